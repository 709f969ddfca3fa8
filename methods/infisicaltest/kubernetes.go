package infisicaltest

import "slices"

// Kubernetes is Kubernetes auth: a service account's token, which the cluster
// reviews. The cluster's tokens hold the claim kubernetes.io; mint them with
// [ServiceAccount].
type Kubernetes struct {
	Issuer     *Issuer  // the cluster; the server's own issuer if nil
	Tokens     []string // also accepted, whatever they hold
	Namespaces []string // allowed ones; all if empty
	Names      []string // allowed service accounts; all if empty
	Audience   string   // demanded, if set
	Unreviewed string   // what the cluster says to a server that may not review tokens; empty if it may
	Down       bool     // the cluster cannot be reached
}

// ServiceAccount returns the claims of a service account's token.
func ServiceAccount(namespace, name string, audience ...string) map[string]any {
	if audience == nil {
		audience = []string{"https://kubernetes.default.svc.cluster.local"}
	}
	return map[string]any{
		"aud": audience,
		"sub": "system:serviceaccount:" + namespace + ":" + name,
		"kubernetes.io": map[string]any{
			"namespace":      namespace,
			"serviceaccount": map[string]any{"name": name},
		},
	}
}

func (k *Kubernetes) method() string { return "kubernetes-auth" }

func (k *Kubernetes) complete(s *Server, _ *Identity) {
	if k.Issuer == nil {
		k.Issuer = s.ownIssuer()
	}
}

func kubernetesLogin() login {
	return login{
		method: "kubernetes-auth", since: G1,
		fields: []field{identityField(), {name: "jwt"}},
		unknown: func(Generation) error {
			return notFound("Kubernetes auth method not found for identity, did you configure Kubernetes auth?")
		},
		prove: proveKubernetes,
	}
}

func proveKubernetes(c *call, id *Identity, body fields) error {
	k := id.Auth.(*Kubernetes)
	if k.Down {
		return because(internal(), "the cluster cannot be reached")
	}
	if k.Unreviewed != "" {
		return &failure{status: 401, name: "KubernetesTokenReviewRequestError", message: k.Unreviewed}
	}
	if slices.Contains(k.Tokens, body.text("jwt")) {
		return nil
	}
	payload, err := k.Issuer.verify(body.text("jwt"), c.now, "")
	if err != nil {
		return because(tokenReviewError(err), err.Error())
	}
	pod, _ := payload["kubernetes.io"].(map[string]any)
	account, _ := pod["serviceaccount"].(map[string]any)
	namespace, _ := pod["namespace"].(string)
	name, _ := account["name"].(string)
	switch {
	case len(k.Namespaces) > 0 && !slices.Contains(k.Namespaces, namespace):
		return unauthorized("Access denied: K8s namespace not allowed.")
	case len(k.Names) > 0 && !slices.Contains(k.Names, name):
		return unauthorized("Access denied: K8s name not allowed.")
	case k.Audience != "" && !slices.Contains(payload.audiences(), k.Audience):
		return unauthorized("Access denied: K8s audience not allowed.")
	}
	return nil
}

// tokenReviewError is what the cluster says of a token, which the server hands on.
func tokenReviewError(err error) error {
	message := "[invalid bearer token, square/go-jose: error in cryptographic primitive]"
	if err == errExpired {
		message = "[invalid bearer token, service account token has expired]"
	}
	return &failure{status: 401, name: "KubernetesTokenReviewError", message: message}
}
