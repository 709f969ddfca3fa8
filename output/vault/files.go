package vault

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/infisical-login/infisical-login/config"
)

// files is a directory with one encrypted file for each person: a JWE (RFC 7516)
// in compact form, whose key derives from a passphrase (RFC 7518, section 4.8).
type files struct {
	directory string
	secret    config.Secret
}

// iterations of the key's derivation, as the official CLI has it. A file may say
// otherwise.
const iterations = 8192

func (f files) get(email string) (text string, found bool, err error) {
	path, err := f.path(email)
	if err != nil {
		return "", false, err
	}
	sealed, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	message, err := jose.ParseEncryptedCompact(strings.TrimSpace(string(sealed)),
		[]jose.KeyAlgorithm{jose.PBES2_HS256_A128KW}, []jose.ContentEncryption{jose.A256GCM})
	if err != nil {
		return "", false, fmt.Errorf("%q is not an encrypted session; remove it and log in again", path)
	}
	plain, err := message.Decrypt([]byte(f.secret.Reveal()))
	if err != nil {
		return "", false, fmt.Errorf("%q cannot be decrypted with the vault's passphrase (INFISICAL_VAULT_FILE_PASSPHRASE, or vaultBackendPassphrase in the vault's settings); log in again", path)
	}
	if err := json.Unmarshal(plain, &text); err != nil {
		return "", false, fmt.Errorf("%q does not hold a session; log in again", path)
	}
	return text, true, nil
}

func (f files) set(email, text string) error {
	path, err := f.path(email)
	if err != nil {
		return err
	}
	sealed, err := f.seal(text)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.directory, 0o700); err != nil {
		return err
	}
	return replace(path, []byte(sealed))
}

// saltSize is what the official CLI takes, in bytes.
const saltSize = 12

// seal encrypts a value, which is encoded as JSON for that once more.
func (f files) seal(text string) (string, error) {
	plain, err := json.Marshal(text)
	if err != nil {
		return "", err
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails, since Go 1.24
	options := new(jose.EncrypterOptions).WithHeader("created", time.Now().String())
	encrypter, err := jose.NewEncrypter(jose.A256GCM, jose.Recipient{
		Algorithm:  jose.PBES2_HS256_A128KW,
		Key:        []byte(f.secret.Reveal()),
		PBES2Count: iterations,
		PBES2Salt:  salt,
	}, options)
	if err != nil {
		return "", err
	}
	message, err := encrypter.Encrypt(plain)
	if err != nil {
		return "", err
	}
	return message.CompactSerialize()
}

func (f files) remove(email string) error {
	path, err := f.path(email)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// path is the file of a person. A per cent sign and a slash are escaped; nothing
// else is.
func (f files) path(email string) (string, error) {
	name := strings.NewReplacer("%", "%25", "/", "%2F").Replace(email)
	if name == "" || name == "." || name == ".." || strings.ContainsRune(name, 0) || filepath.Base(name) != name {
		return "", fmt.Errorf("%q is not an e-mail address", email)
	}
	return filepath.Join(f.directory, name), nil
}
