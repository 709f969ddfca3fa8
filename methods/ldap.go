package methods

import (
	"context"

	"github.com/infisical-login/infisical-login/config"
)

// ldap logs in with the name and password of a directory's entry.
type ldap struct {
	Identity
	Username string        `env:"INFISICAL_LDAP_USERNAME" flag:"ldap-username" required:"true" file:"true" scrub:"true" usage:"Name in the LDAP directory."`
	Password config.Secret `env:"INFISICAL_LDAP_PASSWORD" flag:"ldap-password" required:"true" file:"true" scrub:"true" usage:"Password in the LDAP directory."`
}

// Proof implements [Prover].
func (l *ldap) Proof(context.Context) (Body, error) {
	return l.body(Body{"username": l.Username, "password": l.Password}), nil
}

func ldapEvidence(lookup Lookup) Evidence {
	return pair(lookup, "INFISICAL_LDAP_USERNAME", "INFISICAL_LDAP_PASSWORD")
}
