package methods

import "context"

// tlsCert proves an identity by the client certificate of the connection: the
// proxy before Infisical passes it on, and Infisical compares it with the
// authority and the names that the identity allows.
type tlsCert struct {
	Identity
	ClientCertificate `required:"true"`
}

// Proof implements [Prover].
func (t *tlsCert) Proof(context.Context) (Body, error) {
	return t.body(Body{}), nil
}

// cloudPort implements [elsewhere]. The load balancers of the Infisical cloud
// ask for a client certificate at a port of its own.
func (*tlsCert) cloudPort() string { return "8443" }
