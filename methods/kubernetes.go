package methods

import (
	"context"
	"os"

	"github.com/infisical-login/infisical-login/config"
)

// serviceAccountToken is where Kubernetes mounts a pod's own token. (Kubernetes
// documentation, "Configure Service Accounts for Pods")
const serviceAccountToken = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// ServiceAccountToken is where a service account token is.
type ServiceAccountToken struct {
	Path string `env:"INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH" flag:"service-account-token-path" default:"/var/run/secrets/kubernetes.io/serviceaccount/token" usage:"File of the service account token."`
}

// read returns the token. The file is read each time: the kubelet replaces
// projected tokens well before they expire.
func (s ServiceAccountToken) read() (config.Secret, error) {
	return readToken(s.Path, "INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH", "service-account-token-path")
}

// kubernetes logs in with a service account token.
type kubernetes struct {
	Identity
	ServiceAccountToken
}

// Proof implements [Prover].
func (k *kubernetes) Proof(context.Context) (Body, error) {
	jwt, err := k.read()
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
