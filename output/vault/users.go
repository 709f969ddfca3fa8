package vault

import (
	"fmt"
	"slices"
	"strings"
)

// Users returns everybody of whom a session was kept, the oldest first.
func (v *Vault) Users() ([]User, error) {
	record, err := v.read()
	if err != nil {
		return nil, err
	}
	current := record.text("loggedInUserEmail")
	var users []User
	for _, member := range record.members() {
		users = append(users, User{member.Email, bare(member.Domain), member.Email == current})
	}
	return users, nil
}

// Switch makes a person the current one. The error names everybody who could be.
func (v *Vault) Switch(email string) error {
	return v.change(func(r *record) error {
		member, err := r.member(email)
		if err != nil {
			return err
		}
		r.login(member.Email, bare(member.Domain))
		return nil
	})
}

// UpdateDomain records that a person's instance is now found elsewhere. The
// session is given up: its token belongs to the old address, and must not be sent
// to the new one.
func (v *Vault) UpdateDomain(email, domain string) error {
	return v.change(func(r *record) error {
		member, err := r.member(email)
		if err != nil {
			return err
		}
		store, err := v.backend(r)
		if err != nil {
			return err
		}
		if err := store.remove(member.Email); err != nil {
			return err
		}
		r.move(member.Email, domain)
		return nil
	})
}

// Domains returns the instances, other than Infisical's own clouds, where
// somebody has logged in, without /api.
func (v *Vault) Domains() ([]string, error) {
	record, err := v.read()
	if err != nil {
		return nil, err
	}
	return record.domains(), nil
}

// ClearDomains forgets what Domains returns. Sessions stay.
func (v *Vault) ClearDomains() error {
	return v.change(func(r *record) error {
		r.set("domains", []string{})
		return nil
	})
}

// member finds a person by e-mail; case matters only between two who differ in
// nothing else.
func (r *record) member(email string) (member, error) {
	members := r.members()
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		if i := slices.IndexFunc(members, func(m member) bool { return same(m.Email, email) }); i >= 0 {
			return members[i], nil
		}
	}
	if len(members) == 0 {
		return member{}, fmt.Errorf("nobody has logged in yet; run infisical-login")
	}
	var names []string
	for _, m := range members {
		names = append(names, m.Email)
	}
	return member{}, fmt.Errorf("%q has not logged in; the vault knows %s", email, strings.Join(names, ", "))
}
