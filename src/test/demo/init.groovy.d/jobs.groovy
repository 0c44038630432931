// The demo's jobs: the examples of docs/examples, with the manifests of the first in their workspaces.
import hudson.model.ParametersDefinitionProperty
import hudson.model.StringParameterDefinition
import jenkins.model.Jenkins
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition
import org.jenkinsci.plugins.workflow.job.WorkflowJob

def examples = new File(System.getenv('SAFE_DEPLOYMENTS_EXAMPLES'))

def make = { String name, String example, String description, Map<String, String> parameters ->
    def job = Jenkins.get().createProject(WorkflowJob, name)
    job.description = description
    // What there is nothing to check out for; and the demo's containers are played: they know echo, but no npm.
    def script = new File(examples, example).text
        .replace("    checkout scm\n", '')
        .replace("defaultValue: 'shop'", "defaultValue: 'default'")
        .replace('npm run ping', 'echo pong')
        .replace("sh 'docker", "echo 'docker") // nor is there anything to build
    job.definition = new CpsFlowDefinition(script, true)
    if (parameters) {
        job.addProperty(new ParametersDefinitionProperty(
            parameters.collect { new StringParameterDefinition(it.key, it.value, '') }))
    }
    job.save()
    def workspace = Jenkins.get().getWorkspaceFor(job)
    ['service.yml', 'deployment.yml'].each {
        workspace.child(it).write(new File(examples, "addressbook/$it").text, 'UTF-8')
    }
}

def tags = 'Tags to try: 1.0, then 1.1 (goes through); 1.2-pull-fail, 1.2-crash, 1.2-never-ready (are taken back).'
make('addressbook', 'addressbook/Jenkinsfile', tags, [TAG: '1.0', NAMESPACE: 'default', PING: 'echo pong'])
make('addressbook-ci', 'promotions/ci.Jenkinsfile', 'Its builds lead to addressbook-canary.', [:])
make('addressbook-canary', 'promotions/canary.Jenkinsfile',
    "$tags Its builds and its Releases lead to the next two.", [TAG: '2.0', NAMESPACE: 'default'])
make('addressbook-stable', 'promotions/stable.Jenkinsfile', 'Started by addressbook-canary.', [:])
make('addressbook-rollback', 'promotions/rollback.Jenkinsfile', 'Started by addressbook-canary.', [:])
make('manual-judgment', 'judgment/Jenkinsfile', "$tags Sign in as qa/qa to decide.", [TAG: '3.0', NAMESPACE: 'default'])
