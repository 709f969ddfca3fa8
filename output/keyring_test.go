package output

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
	"github.com/infisical-login/infisical-login/output/vault"
)

// aPerson is somebody whose vault is encrypted files, so that the tests leave the
// keyring of whoever runs them alone.
func aPerson(t *testing.T) (Target, *[]string) {
	t.Helper()
	home := t.TempDir()
	files, err := vault.Open(home, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := files.SetBackend(vault.File); err != nil {
		t.Fatal(err)
	}
	warnings := new([]string)
	return Target{Home: home, Person: true, Warn: func(m string) { *warnings = append(*warnings, m) }}, warnings
}

func aSession() token.Token {
	return token.Token{Secret: "session.of.ada", Email: "ada@example.com", Domain: "https://infisical.example.com"}
}

func TestKeyringKeepsASession(t *testing.T) {
	// A person's token is in the vault afterwards, and the person is the current one.
	t.Parallel()
	target, warnings := aPerson(t)
	sink := new(keyring)
	if err := sink.Check(target); err != nil {
		t.Fatal(err)
	}
	if err := sink.Put(aSession(), target); err != nil || len(*warnings) != 0 {
		t.Fatal(err, *warnings)
	}
	kept, err := vault.Open(target.Home, "")
	if err != nil {
		t.Fatal(err)
	}
	session, found, err := kept.Current()
	if err != nil || !found || session.Token.Reveal() != "session.of.ada" || session.Domain != "https://infisical.example.com" || session.Email != "ada@example.com" {
		t.Errorf("%+v, %v, %v", session, found, err)
	}
}

func TestKeyringIsForPersons(t *testing.T) {
	// A machine identity's token is refused before a login is spent.
	t.Parallel()
	target, _ := aPerson(t)
	target.Person = false
	wants(t, new(keyring).Check(target), 78, "machine identities")
}

func TestUnusableVault(t *testing.T) {
	// A vault that cannot be used is 73 before the login, or, where the token goes
	// elsewhere too, one warning and no error.
	t.Parallel()
	target, warnings := aPerson(t)
	settings := filepath.Join(target.Home, ".infisical", "infisical-config.json")
	if err := os.WriteFile(settings, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	wants(t, new(keyring).Check(target), 73, "infisical-config.json")
	nowhere := target
	nowhere.Home = ""
	wants(t, new(keyring).Check(nowhere), 73, "home directory")

	extra := &keyring{optional: true}
	if err := extra.Check(target); err != nil {
		t.Error(err)
	}
	if err := extra.Put(aSession(), target); err != nil {
		t.Error(err)
	}
	if len(*warnings) != 1 || !strings.Contains((*warnings)[0], "your session is not kept") {
		t.Errorf("warnings %q", *warnings)
	}
}

func TestVaultsPassphraseIsASecret(t *testing.T) {
	// The passphrase has a variable and its _FILE, no flag, and is not for the command.
	t.Parallel()
	fields := config.Fields(new(keyring))
	if len(fields) != 1 {
		t.Fatalf("%d settings", len(fields))
	}
	if f := fields[0]; f.Name != "INFISICAL_VAULT_FILE_PASSPHRASE" || f.Flag != "" || !f.File || !f.Scrub || !f.Secret {
		t.Errorf("%+v", f)
	}
}
