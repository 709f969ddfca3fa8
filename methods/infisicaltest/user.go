package infisicaltest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// User is a person with an account. Add it with [Server.AddUser].
type User struct {
	Email    string // made up if empty
	Password string // made up if empty
	// Organizations are those that the person is a member of; nil is the server's
	// own one, with all its sub-organizations.
	Organizations []Organization
	// MFA is the second factor that the person has chosen: nothing, email, totp or
	// webauthn. The first generation knows email only.
	MFA string
	// TOTP is the code that the person's authenticator shows, for ever; made up
	// if empty.
	TOTP string
	// RecoveryCodes are codes of 8 characters, each good for once, in place of the
	// authenticator's. One is made up if they are nil. From G2 on.
	RecoveryCodes []string
	Captcha       bool // too many wrong passwords: the server demands a captcha
	SSOOnly       bool // the account has no password
	// Legacy is an account whose password the server has never seen: it can check
	// it by SRP only, until it is sent it along with a proof. From G2 on.
	Legacy bool
	Locked bool // too many wrong codes
}

// Organization is an organization of persons.
type Organization struct {
	ID   string // a UUID; made up if empty
	Name string // made up if empty
	// MFA is the second factor that the organization demands of everybody, as in [User].
	MFA string
	// SubOrganizations are those below it. From G2 on; listed by G3 only.
	SubOrganizations []Organization
}

// person is what the server remembers of a user.
type person struct {
	User
	id       string
	verifier verifier
	attempt  *srpAttempt // between login1 and login2
	failures int         // of second factors
	locked   time.Time   // until then
	mailed   mailedCode
}

// AddUser makes a person known to the server and returns it with everything
// filled in. It panics if an organization's ID is no UUID.
func (s *Server) AddUser(u User) User {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.Email == "" {
		u.Email = strings.ToLower(randomText(8)) + "@example.com"
	}
	if u.Password == "" {
		u.Password = "password-" + randomText(12)
	}
	if u.TOTP == "" {
		u.TOTP = digits(6)
	}
	if u.RecoveryCodes == nil {
		u.RecoveryCodes = []string{strings.ToLower(randomText(8))}
	}
	if u.Organizations == nil {
		u.Organizations = []Organization{s.ownOrganization()}
	}
	u.Organizations = complete(u.Organizations)
	p := &person{User: u, id: newUUID()}
	p.RecoveryCodes = slices.Clone(u.RecoveryCodes)
	if !u.SSOOnly {
		p.verifier = newVerifier(u.Email, u.Password)
	}
	s.users = append(s.users, p)
	return u
}

// ownOrganization is the organization of machine identities, as persons see it.
func (s *Server) ownOrganization() Organization {
	own := Organization{ID: s.org.id, Name: s.org.name}
	for _, sub := range s.suborgs {
		own.SubOrganizations = append(own.SubOrganizations, Organization{ID: sub.id, Name: sub.name})
	}
	return own
}

// complete returns the organizations with everything filled in.
func complete(organizations []Organization) []Organization {
	all := slices.Clone(organizations)
	for i := range all {
		if all[i].ID == "" {
			all[i].ID = newUUID()
		}
		if !uuidPattern.MatchString(all[i].ID) {
			panic(fmt.Sprintf("infisicaltest: organization id %q is not a UUID", all[i].ID))
		}
		if all[i].Name == "" {
			all[i].Name = "organization-" + strings.ToLower(randomText(6))
		}
		all[i].SubOrganizations = complete(all[i].SubOrganizations)
	}
	return all
}

// byEmail finds a person; capitals do not matter.
func (s *Server) byEmail(email string) (*person, bool) {
	for _, p := range s.users {
		if strings.EqualFold(p.Email, email) {
			return p, true
		}
	}
	return nil, false
}

// member returns the organization of an id that the person belongs to, and the
// one that it is below or that it is itself.
func (s *Server) member(p *person, id string) (found, root Organization, ok bool) {
	for _, root := range p.Organizations {
		if root.ID == id {
			return root, root, true
		}
		for _, sub := range root.SubOrganizations {
			if sub.ID == id && s.generation >= G2 {
				return sub, root, true
			}
		}
	}
	return found, root, false
}

// digits returns n random decimal digits.
func digits(n int) string {
	text := ""
	for _, b := range randomBytes(n) {
		text += string('0' + rune(b%10))
	}
	return text
}
