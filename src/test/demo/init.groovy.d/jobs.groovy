// The demo's jobs: the example of docs/examples/addressbook, with its manifests in the workspace.
import hudson.model.ParametersDefinitionProperty
import hudson.model.StringParameterDefinition
import jenkins.model.Jenkins
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition
import org.jenkinsci.plugins.workflow.job.WorkflowJob

def example = new File(System.getenv('SAFE_DEPLOYMENTS_EXAMPLES'), 'addressbook')
def job = Jenkins.get().createProject(WorkflowJob, 'addressbook')
job.description = 'Tags to try: 1.0, then 1.1 (goes through); 1.2-pull-fail, 1.2-crash, 1.2-never-ready (are taken back).'
// The demo's containers are played: they know echo, but no npm.
def jenkinsfile = new File(example, 'Jenkinsfile').text
    .replace("defaultValue: 'shop'", "defaultValue: 'default'")
    .replace("defaultValue: 'npm run ping'", "defaultValue: 'echo pong'")
job.definition = new CpsFlowDefinition(jenkinsfile, true)
job.addProperty(new ParametersDefinitionProperty(
    new StringParameterDefinition('TAG', '1.0', 'Tag of the image to release; a new one for each build'),
    new StringParameterDefinition('NAMESPACE', 'default', 'Where the application lives'),
    new StringParameterDefinition('PING', 'echo pong', 'What is run in the canary to test it')))
job.save()
def workspace = Jenkins.get().getWorkspaceFor(job)
['service.yml', 'deployment.yml'].each { workspace.child(it).write(new File(example, it).text, 'UTF-8') }
