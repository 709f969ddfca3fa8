package vault

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

// Backend is where sessions are kept, by the name that the official CLI has for it.
type Backend string

// The backends.
const (
	Auto Backend = "auto" // the system keyring, or encrypted files if there is none
	File Backend = "file" // encrypted files
)

// UnmarshalText implements encoding.TextUnmarshaler. There is no other backend.
func (b *Backend) UnmarshalText(text []byte) error {
	switch kind := Backend(text); kind {
	case Auto, File:
		*b = kind
		return nil
	}
	return fmt.Errorf("unknown vault %q; use auto (the system keyring) or file (encrypted files)", text)
}

// store is what both backends do.
type store interface {
	get(email string) (text string, found bool, err error)
	set(email, text string) error
	remove(email string) error
}

// backend returns the store that sessions are in.
func (v *Vault) backend(r *record) (store, error) {
	kind, err := r.backend()
	if err != nil {
		return nil, err
	}
	if kind == Auto {
		return bounded{v.keyring, v.Patience}, nil
	}
	secret, err := v.secret(r, false)
	if err != nil {
		return nil, err
	}
	return v.file(secret), nil
}

func (v *Vault) file(secret config.Secret) files { return files{v.files(), secret} }

// files is the directory of the encrypted files.
func (v *Vault) files() string { return filepath.Join(v.home, "infisical-keyring") }

// secret returns the passphrase of the encrypted files: the vault's own, else the
// one that was given to Open, else, if create is set, a new one that becomes the
// vault's own.
func (v *Vault) secret(r *record, create bool) (config.Secret, error) {
	if text := r.text("vaultBackendPassphrase"); text != "" {
		plain, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return "", fmt.Errorf("vaultBackendPassphrase in %q is not base64", v.path())
		}
		return config.Secret(plain), nil
	}
	if v.passphrase != "" {
		return v.passphrase, nil
	}
	if !create {
		return "", fmt.Errorf("the vault's passphrase is missing; set INFISICAL_VAULT_FILE_PASSPHRASE, or log in again")
	}
	fresh := rand.Text()
	r.set("vaultBackendPassphrase", base64.StdEncoding.EncodeToString([]byte(fresh)))
	return config.Secret(fresh), nil
}

// bounded is a keyring that is given so much time for each use.
type bounded struct {
	keyring  *keyring
	patience time.Duration
}

func (b bounded) get(email string) (string, bool, error) { return b.keyring.get(b.patience, email) }
func (b bounded) set(email, text string) error           { return b.keyring.set(b.patience, email, text) }
func (b bounded) remove(email string) error              { return b.keyring.remove(b.patience, email) }
