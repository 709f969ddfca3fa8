// Package vault keeps the sessions of persons between runs, in the places and
// the format of the official Infisical CLI, so that either program goes on from
// a login of the other's. It does not log in, and it does not judge whether a
// session is still good.
package vault

import (
	"fmt"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

// Session is a person's login at one instance.
type Session struct {
	Email  string
	Domain string        // of the instance, without /api
	Token  config.Secret // the access token
}

// User is a person of whom a session was kept at some time.
type User struct {
	Email   string
	Domain  string // of the instance, without /api
	Current bool   // commands that name nobody are about this one
}

// Vault is the sessions of one home directory. Several processes may use it at
// the same time.
type Vault struct {
	// Patience bounds each use of the system keyring, which may ask its owner for
	// a password, or may never answer. Waiting for another process's changes to
	// the vault has the same bound.
	Patience time.Duration

	home       string
	passphrase config.Secret
	keyring    *keyring
}

// patience is enough for any keyring that is unlocked, and short enough for a
// machine where nobody would see a prompt.
const patience = 5 * time.Second

// Open returns the vault of a home directory, without touching it. The
// passphrase serves the encrypted file if the vault holds none of its own; it may
// be empty.
func Open(home string, passphrase config.Secret) (*Vault, error) {
	if home == "" {
		return nil, fmt.Errorf("there is no home directory to keep sessions in; set HOME")
	}
	return &Vault{Patience: patience, home: home, passphrase: passphrase, keyring: new(keyring)}, nil
}

// Usable finds out whether Save could succeed, and leaves nothing behind. With
// the backend auto the encrypted file is as good as a keyring.
func (v *Vault) Usable() error {
	record, err := v.read()
	if err != nil {
		return err
	}
	if err := writable(v.directory()); err != nil {
		return err
	}
	kind, err := record.backend()
	if err != nil {
		return err
	}
	if kind == Auto && v.keyring.probe(v.Patience) == nil {
		return nil
	}
	return writable(v.files())
}

// Save keeps a session and makes its person the current one. If the backend is
// auto and the system keyring cannot be used, the session goes to the encrypted
// file, which becomes the backend; then the warning, one sentence, says so.
func (v *Vault) Save(s Session) (warning string, err error) {
	err = v.change(func(r *record) error {
		warning, err = v.store(r, s)
		if err != nil {
			return err
		}
		r.login(s.Email, s.Domain)
		return nil
	})
	return warning, err
}

func (v *Vault) store(r *record, s Session) (warning string, err error) {
	kind, err := r.backend()
	if err != nil {
		return "", err
	}
	text, err := encode(s)
	if err != nil {
		return "", err
	}
	if kind == Auto {
		broken := v.keyring.set(v.Patience, s.Email, text)
		if broken == nil {
			return "", nil
		}
		warning = fmt.Sprintf("the system keyring cannot be used (%s); sessions are kept in the encrypted files of %s from now on", broken, v.files())
		r.set("vaultBackendType", string(File))
	}
	secret, err := v.secret(r, true)
	if err != nil {
		return "", err
	}
	return warning, v.file(secret).set(s.Email, text)
}

// Current returns the session of the current person. It reports false if nobody
// is logged in.
func (v *Vault) Current() (Session, bool, error) {
	record, err := v.read()
	if err != nil {
		return Session{}, false, err
	}
	email := record.text("loggedInUserEmail")
	if email == "" {
		return Session{}, false, nil
	}
	return v.get(record, email)
}

// Get returns the session of a person. It reports false if there is none.
func (v *Vault) Get(email string) (Session, bool, error) {
	record, err := v.read()
	if err != nil {
		return Session{}, false, err
	}
	return v.get(record, email)
}

func (v *Vault) get(r *record, email string) (Session, bool, error) {
	store, err := v.backend(r)
	if err != nil {
		return Session{}, false, err
	}
	text, found, err := store.get(email)
	if err != nil || !found {
		return Session{}, false, err
	}
	session, err := decode(text)
	if err != nil {
		return Session{}, false, fmt.Errorf("the session of %s in the vault cannot be read; log in again: %w", email, err)
	}
	session.Email, session.Domain = email, r.domain(email)
	return session, true, nil
}

// Backend returns where sessions are kept.
func (v *Vault) Backend() (Backend, error) {
	record, err := v.read()
	if err != nil {
		return "", err
	}
	return record.backend()
}

// SetBackend chooses where sessions are kept from now on. If that is a change,
// everybody has to log in again: the old sessions stay in the old place, but are
// no longer looked for.
func (v *Vault) SetBackend(kind Backend) error {
	return v.change(func(r *record) error {
		if now, err := r.backend(); err == nil && now == kind {
			return nil
		}
		r.set("vaultBackendType", string(kind))
		r.forget()
		if kind == Auto {
			return nil
		}
		_, err := v.secret(r, true)
		return err
	})
}
