#!/usr/bin/env bash
# The same release by shell commands: what the plugin is compared with. Canary, its test, promotion, as one would write
# them in a CI job with kubectl.
#   release.sh MANIFESTS NAMESPACE IMAGE
# $KUBECTL is the kubectl to use.
set -euo pipefail
manifests=$1 namespace=$2 image=$3

kubectl() { "$KUBECTL" --namespace "$namespace" "$@"; }

# apply DEPLOYMENT REPLICAS: fills in the manifest, applies it, and waits until it is rolled out.
apply() {
  local text
  text=$(<"$manifests/deployment.yml")
  text=${text//\$deployment/$1} text=${text//\$replicas/$2} text=${text//\$img/$image}
  kubectl apply -f - <<<"$text"
  kubectl rollout status --timeout=120s "deployment/$1"
}

# the canary
kubectl apply -f "$manifests/service.yml"
apply addressbook-canary 1
if kubectl get deployment addressbook-stable; then
  kubectl scale --replicas=2 deployment/addressbook-stable
fi

# its test
pod=$(kubectl get pod -l deployment=addressbook-canary -o name | head -n 1)
kubectl exec "$pod" -- echo pong

# the promotion
kubectl apply -f "$manifests/service.yml"
apply addressbook-stable 3
if kubectl get deployment addressbook-canary; then
  kubectl delete deployment/addressbook-canary
fi
