package methods

import (
	"context"
	"os"
)

// serviceAccountToken is where Kubernetes mounts a pod's own token. (Kubernetes
// documentation, "Configure Service Accounts for Pods")
const serviceAccountToken = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// kubernetes logs in with a service account token.
type kubernetes struct {
	Identity
	Path string `env:"INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH" flag:"service-account-token-path" default:"/var/run/secrets/kubernetes.io/serviceaccount/token" usage:"File of the service account token."`
}

// Proof implements [Prover]. The file is read each time: the kubelet replaces
// projected tokens well before they expire.
func (k *kubernetes) Proof(context.Context) (Body, error) {
	jwt, err := readToken(k.Path, "INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH", "service-account-token-path")
	if err != nil {
		return nil, err
	}
	return k.body(Body{"jwt": jwt}), nil
}

func kubernetesEvidence(lookup Lookup) Evidence {
	path, given := lookup("INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH")
	if !given {
		path = serviceAccountToken
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return Evidence{}
	}
	return Evidence{Rank: Cluster, Because: "there is a service account token at " + path}
}
