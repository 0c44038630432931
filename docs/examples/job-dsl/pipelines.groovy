// One Pipeline builds and tests; what has passed on master goes into canary by the second, and is made stable by the third when people
// have approved of it. The fourth takes it back if the canary has failed.
pipelineJob('shop/addressbook-ci') {
    properties {
        releasePromotions {
            canaryJob 'addressbook-canary'
            autoCanary "result = 'passed' and branch = 'master'"
        }
    }
    definition {
        cps {
            sandbox()
            script('''\
                node {
                    sh 'make image TAG=$BUILD_NUMBER'
                }
                '''.stripIndent())
        }
    }
}

pipelineJob('shop/addressbook-canary') {
    parameters {
        stringParam('PROMOTED_NUMBER')
        stringParam('NAMESPACE', 'shop')
    }
    properties {
        releasePromotions {
            stableJob 'addressbook-stable'
            rollbackJob 'addressbook-rollback'
            autoPromote "result = 'passed' and branch = 'master'"
        }
    }
    definition {
        cps {
            sandbox()
            script('''\
                node {
                    canaryDeploy app: 'addressbook', namespace: params.NAMESPACE,
                        image: "registry.example.com/addressbook:${params.PROMOTED_NUMBER}", manifests: 'service.yml, deployment.yml'
                    canaryTest app: 'addressbook', namespace: params.NAMESPACE, tests: [exec('npm run ping')]
                }
                '''.stripIndent())
        }
    }
}

pipelineJob('shop/addressbook-stable') {
    properties {
        judgmentProperty {
            judgment {
                message 'Promote the release?'
                id 'qa'
                app 'addressbook'
                namespace 'shop'
                timeout 3
                timeoutUnit 'DAYS'
                notify {
                    email {
                        to 'qa@example.com'
                        when(['awaiting', 'timedOut'])
                    }
                }
            }
        }
        executionWindowProperty {
            window {
                windows(['Mon-Thu 09:00-17:00', 'Fri 09:00-12:00'])
                timeZone 'Europe/Berlin'
            }
        }
    }
    definition {
        cps {
            sandbox()
            script('''\
                promoteStable app: params.APP, cluster: params.CLUSTER, namespace: params.NAMESPACE,
                    release: params.RELEASE as Integer
                '''.stripIndent())
        }
    }
}

pipelineJob('shop/addressbook-rollback') {
    properties {
        pipelineTriggers {
            triggers {
                failedDeployment {
                    upstream 'addressbook-canary'
                    results(['FAILURE', 'ABORTED'])
                }
            }
        }
    }
    definition {
        cps {
            sandbox()
            script('''\
                rollbackCanary app: params.APP, cluster: params.CLUSTER, namespace: params.NAMESPACE,
                    release: params.RELEASE ? params.RELEASE as Integer : null, to: params.RETURN_TO, reason: params.REASON,
                    force: params.FORCE.toBoolean(), acknowledgeMigration: params.ACKNOWLEDGE_MIGRATION.toBoolean()
                '''.stripIndent())
        }
    }
}
