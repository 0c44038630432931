// The same with freestyle jobs: what the build steps have in common with those of Pipelines is in their settings.
freeStyleJob('shop/freestyle-canary') {
    parameters {
        stringParam('TAG')
    }
    properties {
        releasePromotions {
            stableJob 'freestyle-stable'
            rollbackJob 'freestyle-rollback'
        }
    }
    steps {
        executionWindow {
            window {
                calendar 'holidays'
            }
        }
        canaryDeploy {
            settings {
                app 'addressbook'
                namespace 'shop'
                image 'registry.example.com/addressbook:${TAG}'
                manifests 'service.yml, deployment.yml'
                onBusy 'wait'
                preconditions {
                    conditionHolds {
                        condition "parameter('TAG') != 'latest'"
                    }
                }
                timeout 5
                timeoutUnit 'MINUTES'
            }
        }
        canaryTest {
            settings {
                app 'addressbook'
                namespace 'shop'
                tests {
                    exec {
                        command 'npm run ping'
                    }
                    http {
                        path '/contacts'
                        bodyContains 'Smith'
                    }
                }
            }
        }
        judgment {
            judgment {
                message 'How does the canary look?'
                id 'qa'
                inputs(['continue', 'rollback'])
                app 'addressbook'
                namespace 'shop'
                timeout 30
                timeoutUnit 'MINUTES'
            }
        }
    }
}

freeStyleJob('shop/freestyle-stable') {
    parameters {
        stringParam('RELEASE')
    }
    steps {
        promoteStable {
            settings {
                app 'addressbook'
                namespace 'shop'
            }
            release '${RELEASE}'
        }
    }
    publishers {
        startRollbackJob {
            job 'freestyle-rollback'
            unstable true
        }
    }
}

freeStyleJob('shop/freestyle-rollback') {
    triggers {
        failedDeployment {
            upstream 'freestyle-canary'
            results(['FAILURE', 'ABORTED'])
        }
    }
    steps {
        rollbackCanary {
            settings {
                app '${APP}'
                cluster '${CLUSTER}'
                namespace '${NAMESPACE}'
                to '${RETURN_TO}'
                reason '${REASON}'
            }
            release '${RELEASE}'
            forceIf '${FORCE}'
            acknowledgeMigrationIf '${ACKNOWLEDGE_MIGRATION}'
        }
    }
}
