package vault

import (
	"errors"
	"fmt"
	"sync"
	"time"

	system "github.com/zalando/go-keyring"
)

// service is the name under which the official CLI keeps its entries in the
// system's keyring; the key of an entry is the e-mail.
const service = "infisical-cli"

// keyring is the system's: Secret Service over D-Bus, the macOS keychain, the
// Windows credential store. None of them can be told to stop, so a use that takes
// too long is abandoned: its goroutine stays until the process ends, and the
// keyring is not asked again.
type keyring struct {
	mutex  sync.Mutex
	broken error // why it is not asked again
}

func (k *keyring) get(patience time.Duration, email string) (text string, found bool, err error) {
	err = k.within(patience, func() error {
		text, err = system.Get(service, email)
		return err
	})
	if errors.Is(err, system.ErrNotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("the system keyring cannot be read (%w); if it never can, run infisical-login vault set file and log in again", err)
	}
	return text, true, nil
}

func (k *keyring) set(patience time.Duration, email, text string) error {
	return k.within(patience, func() error { return system.Set(service, email, text) })
}

// remove takes an entry that does not exist for removed.
func (k *keyring) remove(patience time.Duration, email string) error {
	err := k.within(patience, func() error { return system.Delete(service, email) })
	if errors.Is(err, system.ErrNotFound) {
		return nil
	}
	return err
}

// probe reports whether the keyring answers, by asking for what cannot be there.
func (k *keyring) probe(patience time.Duration) error {
	_, _, err := k.get(patience, "probe of infisical-login")
	return err
}

// within gives a use of the keyring so much time.
func (k *keyring) within(patience time.Duration, use func() error) error {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.broken != nil {
		return k.broken
	}
	done := make(chan error, 1)
	go func() {
		if err := reachable(); err != nil {
			done <- err
			return
		}
		done <- use()
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		k.broken = fmt.Errorf("no answer within %s; perhaps it is locked and asks for its password where nobody sees it", patience)
		return k.broken
	}
}
