package vault

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"
)

// Whatever a file of the vault holds, and whatever its settings do: a session, none,
// or an error; and a file cannot make us work for long.
func FuzzVaultFiles(f *testing.F) {
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":2147483647,"p2s":"AAAAAAAAAAAAAAAA"}`))
	for _, sealed := range []string{"", "a.b.c.d.e", "....", header + ".AAAA.AAAA.AAAA.AAAA", "eyJhbGciOiJub25lIn0.e30."} {
		for _, record := range []string{"", "{}", "[]", "null", `{"loggedInUsers":5,"vaultBackendType":"file"}`, `{"loggedInUserEmail":"a@b","loggedInUsers":[{"email":"a@b"}],"vaultBackendPassphrase":"!"}`} {
			f.Add(sealed, record)
		}
	}
	f.Fuzz(func(t *testing.T, sealed, text string) {
		directory := t.TempDir()
		sessions := files{directory: directory, secret: "passphrase"}
		path, err := sessions.path("a@b")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(sealed), 0o600); err != nil {
			t.Fatal(err)
		}
		if text, found, err := sessions.get("a@b"); found && err == nil {
			_, _ = decode(text)
		}
		v := &Vault{home: directory}
		if err := os.MkdirAll(v.directory(), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(v.path(), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := v.read()
		if (r == nil) == (err == nil) {
			t.Errorf("%q: %v, %v", text, r, err)
		}
		if r != nil {
			_, _ = r.backend()
			_, _ = r.member("a@b")
			_, _ = v.Users()
			r.login("a@b", "https://infisical.example")
		}
	})
}
