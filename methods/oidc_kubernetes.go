package methods

import (
	"context"
	"os"

	"github.com/infisical-login/infisical-login/config"
)

// projected is the service account token that Kubernetes mounts into a pod. Its
// issuer is the cluster, and its audience is set in the pod's volume.
type projected struct{ ServiceAccountToken }

func (p *projected) found() string {
	if info, err := os.Stat(p.Path); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return "there is a service account token at " + p.Path
}

func (p *projected) assertion(context.Context, string) (config.Secret, error) {
	return p.read()
}
