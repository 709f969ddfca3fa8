package methods

import "context"

// jwt logs in with an assertion of an issuer whose keys Infisical was given.
type jwt struct {
	Identity
	JWT `required:"true"`
}

// Proof implements [Prover].
func (j *jwt) Proof(context.Context) (Body, error) {
	return j.body(Body{"jwt": j.JWT.JWT}), nil
}
