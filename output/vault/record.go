package vault

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// record is the file that the official CLI keeps beside the sessions: who is
// logged in where, and how sessions are stored. Its names are keys of one JSON
// object; a key that we do not know survives every change.
type record struct {
	keys map[string]json.RawMessage
}

// member is a person in the record.
type member struct {
	Email  string `json:"email"`
	Domain string `json:"domain"` // with /api
}

func (v *Vault) directory() string { return filepath.Join(v.home, ".infisical") }
func (v *Vault) path() string      { return filepath.Join(v.directory(), "infisical-config.json") }

// read returns the record as it is now, empty if there is none.
func (v *Vault) read() (*record, error) {
	r := &record{map[string]json.RawMessage{}}
	text, err := read(v.path())
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &r.keys); err != nil || r.keys == nil {
		return nil, fmt.Errorf("%q is not a JSON object; mend or remove it", v.path())
	}
	return r, nil
}

// change reads the record, lets edit change it, and writes it, while no other
// process does. Nothing is written if edit fails.
func (v *Vault) change(edit func(*record) error) error {
	if err := os.MkdirAll(v.directory(), 0o700); err != nil {
		return err
	}
	release, err := lock(filepath.Join(v.directory(), "infisical-config.lock"), 2*v.Patience)
	if err != nil {
		return err
	}
	defer release()
	r, err := v.read()
	if err != nil {
		return err
	}
	if err := edit(r); err != nil {
		return err
	}
	text, err := json.Marshal(r.keys)
	if err != nil {
		return err
	}
	return replace(v.path(), text)
}

func (r *record) backend() (kind Backend, err error) {
	text := r.text("vaultBackendType")
	if text == "" {
		return Auto, nil
	}
	if err := kind.UnmarshalText([]byte(text)); err != nil {
		return "", fmt.Errorf("vaultBackendType in the vault's settings: %w", err)
	}
	return kind, nil
}

// login makes a person the current one, at an instance.
func (r *record) login(email, domain string) {
	r.set("loggedInUserEmail", email)
	r.move(email, domain)
	domains := r.domains()
	if domain = bare(domain); !cloud(domain) && !slices.Contains(domains, domain) {
		r.set("domains", append(domains, domain))
	}
}

// move records where a person's instance is.
func (r *record) move(email, domain string) {
	members, is := r.members(), func(m member) bool { return m.Email == email }
	at := slices.IndexFunc(members, is)
	if at < 0 {
		at, members = len(members), append(members, member{Email: email})
	}
	members[at].Domain = bare(domain) + "/api"
	r.set("loggedInUsers", members)
	if r.text("loggedInUserEmail") == email {
		r.set("LoggedInUserDomain", members[at].Domain)
	}
}

// forget leaves nobody logged in.
func (r *record) forget() {
	r.set("loggedInUserEmail", "")
	r.set("LoggedInUserDomain", "")
	r.set("loggedInUsers", []member{})
}

// domain returns where a person's instance is, without /api, empty if that is unknown.
func (r *record) domain(email string) string {
	for _, m := range r.members() {
		if m.Email == email {
			return bare(m.Domain)
		}
	}
	if r.text("loggedInUserEmail") == email {
		return bare(r.text("LoggedInUserDomain"))
	}
	return ""
}

func (r *record) members() (members []member)   { r.get("loggedInUsers", &members); return members }
func (r *record) domains() (domains []string)   { r.get("domains", &domains); return domains }
func (r *record) text(key string) (text string) { r.get(key, &text); return text }

// get leaves the target alone if the key is missing or holds something else.
func (r *record) get(key string, target any) { _ = json.Unmarshal(r.keys[key], target) }

// set takes strings and lists of strings, which always have a JSON form.
func (r *record) set(key string, value any) { r.keys[key], _ = json.Marshal(value) }

// bare is a domain without /api, as the rest of the program has it.
func bare(domain string) string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.TrimRight(domain, "/"), "/api"), "/")
}

// cloud reports whether an instance is one of Infisical's own, which need no remembering.
func cloud(domain string) bool {
	switch domain {
	case "https://app.infisical.com", "https://us.infisical.com", "https://eu.infisical.com":
		return true
	}
	return false
}
