package vault_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/output/vault"
)

// A vault that the official CLI has written, made here by another program of
// that format, is read: who is logged in, where, and with what.
func TestOfficialVault(t *testing.T) {
	t.Parallel()
	v := open(t, official(t))
	s, found, err := v.Current()
	if err != nil || !found {
		t.Fatalf("found %v, %v", found, err)
	}
	if s.Email != "ada+ci@example.com" || s.Domain != "https://infisical.example.com" ||
		s.Token.Reveal() != "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOiJhZGEifQ.c2lnbmF0dXJl" {
		t.Errorf("got %s at %s: %s", s.Email, s.Domain, s.Token.Reveal())
	}
	if s, found, err = v.Get("bob@example.com"); err != nil || !found || s.Token.Reveal() != "token-of-bob" || s.Domain != "https://eu.infisical.com" {
		t.Errorf("bob: %s at %s, %v, %v", s.Token.Reveal(), s.Domain, found, err)
	}
	if _, found, err = v.Get("eve@example.com"); found || err != nil {
		t.Errorf("eve, who never logged in: %v, %v", found, err)
	}
	users, err := v.Users()
	if err != nil || len(users) != 2 || users[0].Email != "bob@example.com" || users[0].Current || !users[1].Current {
		t.Errorf("users %v, %v", users, err)
	}
	if kind, err := v.Backend(); kind != vault.File || err != nil {
		t.Errorf("backend %q, %v", kind, err)
	}
}

// What is saved is read back by another process's vault, and the official CLI's
// settings that we do not know survive it, to the last digit.
func TestSave(t *testing.T) {
	t.Parallel()
	home := official(t)
	save(t, open(t, home), vault.Session{Email: "carol@example.com", Domain: "https://other.example.com/infisical", Token: "token-of-carol"})

	v := open(t, home)
	s, found, err := v.Current()
	if err != nil || !found || s.Email != "carol@example.com" || s.Token.Reveal() != "token-of-carol" || s.Domain != "https://other.example.com/infisical" {
		t.Errorf("got %s at %s: %s, %v, %v", s.Email, s.Domain, s.Token.Reveal(), found, err)
	}
	keys := settings(t, home)
	for key, want := range map[string]string{
		"somethingNewer":      `{"b":[1,2.50,12345678901234567890],"a":null}`,
		"lastIdentifiedEmail": `"ada+ci@example.com"`,
		"loggedInUserEmail":   `"carol@example.com"`,
		"LoggedInUserDomain":  `"https://other.example.com/infisical/api"`,
		"domains":             `["https://infisical.example.com","https://other.example.com/infisical"]`,
	} {
		if got := string(keys[key]); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
}

// Everything that a vault writes is for its owner alone.
func TestModes(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	v := open(t, home)
	if err := v.SetBackend(vault.File); err != nil {
		t.Fatal(err)
	}
	save(t, v, vault.Session{Email: "a@example.com", Domain: "https://app.infisical.com", Token: "t"})
	for path, want := range map[string]os.FileMode{
		".infisical":                       0o700,
		".infisical/infisical-config.json": 0o600,
		".infisical/infisical-config.lock": 0o600,
		"infisical-keyring":                0o700,
		"infisical-keyring/a@example.com":  0o600,
	} {
		info, err := os.Stat(filepath.Join(home, path))
		if err != nil {
			t.Error(err)
		} else if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(home, "*", ".infisical-login-*")); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// A token is in no file in clear, and the passphrase that comes from outside is
// in none at all.
func TestSecrecy(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	v, err := vault.Open(home, "passphrase-from-outside")
	if err != nil {
		t.Fatal(err)
	}
	if err := v.SetBackend(vault.File); err != nil {
		t.Fatal(err)
	}
	save(t, v, vault.Session{Email: "a@example.com", Domain: "https://app.infisical.com", Token: "a-very-secret-token"})
	for _, path := range []string{".infisical/infisical-config.json", "infisical-keyring/a@example.com"} {
		text := read(t, filepath.Join(home, path))
		for _, secret := range []string{"very-secret", "from-outside"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %s", path, secret)
			}
		}
	}
	s, found, err := v.Current()
	if err != nil || !found || s.Token.Reveal() != "a-very-secret-token" {
		t.Errorf("with the passphrase: %v, %v", found, err)
	}
	wrong, _ := vault.Open(home, "another")
	if _, found, err := wrong.Current(); found || err == nil || !strings.Contains(err.Error(), "INFISICAL_VAULT_FILE_PASSPHRASE") {
		t.Errorf("with another passphrase: %v, %v", found, err)
	}
	if _, found, err := open(t, home).Current(); found || err == nil || !strings.Contains(err.Error(), "INFISICAL_VAULT_FILE_PASSPHRASE") {
		t.Errorf("without a passphrase: %v, %v", found, err)
	}
}

// Switching changes who is current, and nothing else; a stranger is refused with
// the names of those who are known.
func TestSwitch(t *testing.T) {
	t.Parallel()
	home := official(t)
	v := open(t, home)
	if err := v.Switch("BOB@example.com"); err != nil {
		t.Fatal(err)
	}
	s, found, err := v.Current()
	if err != nil || !found || s.Email != "bob@example.com" || s.Domain != "https://eu.infisical.com" {
		t.Errorf("got %s at %s, %v, %v", s.Email, s.Domain, found, err)
	}
	if got := string(settings(t, home)["LoggedInUserDomain"]); got != `"https://eu.infisical.com/api"` {
		t.Errorf("LoggedInUserDomain is %s", got)
	}
	if err := v.Switch("eve@example.com"); err == nil || !strings.Contains(err.Error(), "bob@example.com, ada+ci@example.com") {
		t.Errorf("eve: %v", err)
	}
	if err := open(t, t.TempDir()).Switch("eve@example.com"); err == nil || !strings.Contains(err.Error(), "nobody has logged in") {
		t.Errorf("empty vault: %v", err)
	}
}

// A session never meets another address than the one it was made at.
func TestUpdateDomain(t *testing.T) {
	t.Parallel()
	v := open(t, official(t))
	if err := v.UpdateDomain("ada+ci@example.com", "https://moved.example.com"); err != nil {
		t.Fatal(err)
	}
	if _, found, err := v.Current(); found || err != nil {
		t.Errorf("the session is still there: %v, %v", found, err)
	}
	users, err := v.Users()
	if err != nil || len(users) != 2 || users[1].Domain != "https://moved.example.com" || !users[1].Current {
		t.Errorf("users %v, %v", users, err)
	}
}

// Forgetting the domains keeps the sessions.
func TestClearDomains(t *testing.T) {
	t.Parallel()
	v := open(t, official(t))
	if domains, err := v.Domains(); err != nil || len(domains) != 1 || domains[0] != "https://infisical.example.com" {
		t.Fatalf("domains %v, %v", domains, err)
	}
	if err := v.ClearDomains(); err != nil {
		t.Fatal(err)
	}
	if domains, err := v.Domains(); err != nil || len(domains) != 0 {
		t.Errorf("domains %v, %v", domains, err)
	}
	if _, found, err := v.Current(); !found || err != nil {
		t.Errorf("session: %v, %v", found, err)
	}
}

// Another backend forgets who is logged in; the same one changes nothing.
func TestSetBackend(t *testing.T) {
	t.Parallel()
	home := official(t)
	v := open(t, home)
	before := read(t, filepath.Join(home, ".infisical/infisical-config.json"))
	if err := v.SetBackend(vault.File); err != nil {
		t.Fatal(err)
	}
	if users, err := v.Users(); err != nil || len(users) != 2 {
		t.Errorf("the same backend: users %v, %v, was %s", users, err, before)
	}
	if err := v.SetBackend(vault.Auto); err != nil {
		t.Fatal(err)
	}
	if users, err := v.Users(); err != nil || len(users) != 0 {
		t.Errorf("another backend: users %v, %v", users, err)
	}
	if _, found, err := v.Current(); found || err != nil {
		t.Errorf("another backend: session %v, %v", found, err)
	}
	var kind vault.Backend
	if err := kind.UnmarshalText([]byte("keychain")); err == nil {
		t.Error("a backend that does not exist is accepted")
	}
}

// Settings that are not JSON are an error that names the file, and stay as they are.
func TestBrokenSettings(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"{", "null", "[]", `"text"`, ""} {
		home := t.TempDir()
		path := filepath.Join(home, ".infisical/infisical-config.json")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		v := open(t, home)
		_, err := v.Save(vault.Session{Email: "a@example.com", Domain: "https://app.infisical.com", Token: "t"})
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: saved: %v", text, err)
		}
		if _, _, err := v.Current(); err == nil {
			t.Errorf("%q: read", text)
		}
		if err := v.Usable(); err == nil {
			t.Errorf("%q: usable", text)
		}
		if got := read(t, path); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// Finding out whether a vault is usable leaves nothing behind.
func TestUsable(t *testing.T) {
	t.Parallel()
	home := official(t)
	before := listing(t, home)
	if err := open(t, home).Usable(); err != nil {
		t.Error(err)
	}
	if after := listing(t, home); after != before {
		t.Errorf("was\n%s\nis\n%s", before, after)
	}
	if err := open(t, filepath.Join(home, "missing")).Usable(); err == nil {
		t.Error("a home directory that does not exist is usable")
	}
	if _, err := vault.Open("", ""); err == nil {
		t.Error("no home directory is usable")
	}
}

// An e-mail cannot lead out of the vault's directory.
func TestNames(t *testing.T) {
	t.Parallel()
	home := official(t)
	v := open(t, home)
	save(t, v, vault.Session{Email: "../odd%2F@example.com", Domain: "https://app.infisical.com", Token: "odd"})
	if s, found, err := v.Current(); err != nil || !found || s.Token.Reveal() != "odd" {
		t.Errorf("%v, %v", found, err)
	}
	if got := listing(t, filepath.Join(home, "infisical-keyring")); !strings.Contains(got, "..%2Fodd%252F@example.com") {
		t.Error(got)
	}
	for _, email := range []string{"", ".", "..", "a\x00b"} {
		if _, err := v.Save(vault.Session{Email: email, Domain: "https://app.infisical.com", Token: "odd"}); err == nil {
			t.Errorf("%q is saved", email)
		}
	}
}

// Settings that are a symbolic link, as people keep them elsewhere, stay one.
func TestLinkedSettings(t *testing.T) {
	t.Parallel()
	home, elsewhere := official(t), filepath.Join(t.TempDir(), "settings.json")
	path := filepath.Join(home, ".infisical/infisical-config.json")
	if err := os.Rename(path, elsewhere); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, path); err != nil {
		t.Skip(err)
	}
	save(t, open(t, home), vault.Session{Email: "a@example.com", Domain: "https://app.infisical.com", Token: "t"})
	if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if !strings.Contains(read(t, elsewhere), `"loggedInUserEmail":"a@example.com"`) {
		t.Error("the file behind the link was not written")
	}
}

func open(t *testing.T, home string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(home, "")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func save(t *testing.T, v *vault.Vault, s vault.Session) {
	t.Helper()
	if warning, err := v.Save(s); err != nil || warning != "" {
		t.Fatalf("warning %q, %v", warning, err)
	}
}

// official is a home directory as the official CLI leaves it.
func official(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	for from, to := range map[string]string{"dot-infisical": ".infisical", "infisical-keyring": "infisical-keyring"} {
		if err := os.CopyFS(filepath.Join(home, to), os.DirFS(filepath.Join("testdata/official", from))); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

func settings(t *testing.T, home string) map[string]json.RawMessage {
	t.Helper()
	var keys map[string]json.RawMessage
	if err := json.Unmarshal([]byte(read(t, filepath.Join(home, ".infisical/infisical-config.json"))), &keys); err != nil {
		t.Fatal(err)
	}
	return keys
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func listing(t *testing.T, directory string) string {
	t.Helper()
	var names strings.Builder
	err := filepath.WalkDir(directory, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		names.WriteString(path + "\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names.String()
}
