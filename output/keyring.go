package output

import (
	"fmt"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
	"github.com/infisical-login/infisical-login/output/vault"
)

// keyring keeps a person's token in the vault, from which the official CLI goes
// on, too.
type keyring struct {
	Vault
	// optional makes of a vault that cannot be used a warning: the token goes
	// somewhere else as well.
	optional bool
	skipped  bool
}

// Vault is the settings of a person's vault.
type Vault struct {
	Passphrase config.Secret `env:"INFISICAL_VAULT_FILE_PASSPHRASE" file:"true" scrub:"true" usage:"Passphrase of the encrypted files that sessions are kept in without a system keyring."`
}

// attended bounds each use of a keyring while somebody is there to unlock it.
const attended = 2 * time.Minute

// Open returns the vault of the run's home directory.
func (v Vault) Open(target Target) (*vault.Vault, error) {
	opened, err := vault.Open(target.Home, v.Passphrase)
	if err != nil {
		return nil, unusable(err)
	}
	if target.Attended {
		opened.Patience = attended
	}
	return opened, nil
}

// Check implements [Sink].
func (k *keyring) Check(target Target) error {
	if !target.Person {
		return refuse(`sink "keyring" keeps the sessions of persons, not the tokens of machine identities; use "file"`)
	}
	opened, err := k.Open(target)
	if err == nil {
		err = opened.Usable()
	}
	return k.bear(err, target)
}

// Put implements [Sink].
func (k *keyring) Put(t token.Token, target Target) error {
	if k.skipped {
		return nil
	}
	opened, err := k.Open(target)
	if err != nil {
		return k.bear(err, target)
	}
	warning, err := opened.Save(vault.Session{Email: t.Email, Domain: t.Domain, Token: t.Secret})
	if warning != "" {
		target.Warn(warning)
	}
	return k.bear(err, target)
}

// bear makes of an error what the sink is entitled to: a failure, or one warning.
func (k *keyring) bear(err error, target Target) error {
	if err == nil {
		return nil
	}
	if !k.optional {
		return unusable(err)
	}
	k.skipped = true
	target.Warn(fmt.Sprintf("your session is not kept: %v", err))
	return nil
}

func unusable(err error) error {
	if known, ok := err.(*Error); ok {
		return known
	}
	return failed(err, "the vault cannot be used: %s", err)
}
