package infisicaltest

import "crypto/subtle"

// LDAP is LDAP auth: a name and a password in a directory.
type LDAP struct {
	Username string
	Password string
	Lockout  Lockout
	// Unpaid makes the server find LDAP missing in the organization's plan. The
	// sentence that it gives is the stand-in's own.
	Unpaid bool
}

func (l *LDAP) method() string { return "ldap-auth" }

func (l *LDAP) complete(*Server, *Identity) {
	if l.Username == "" {
		l.Username = "user-" + randomText(6)
	}
	if l.Password == "" {
		l.Password = randomText(20)
	}
}

func ldapLogin() login {
	return login{
		method: "ldap-auth", since: G2,
		fields:  []field{{name: "identityId", uuid: true}, {name: "username", filled: true}, {name: "password", filled: true}},
		unknown: func(Generation) error { return unauthorized("Invalid credentials") },
		prove:   proveLDAP,
	}
}

func proveLDAP(c *call, id *Identity, body fields) error {
	l := id.Auth.(*LDAP)
	if l.Unpaid {
		return badRequest("Failed to log in: the plan does not have LDAP auth. Upgrade it to log in with LDAP.")
	}
	lock := c.server.lockout(l.Lockout, id.ID+" "+body.text("username"))
	if err := lock.check(c.now); err != nil {
		return err
	}
	known := body.text("username") == l.Username
	if !known || subtle.ConstantTimeCompare([]byte(body.text("password")), []byte(l.Password)) != 1 {
		lock.fail(c.now)
		return because(unauthorized("Invalid credentials"), "wrong user name or password")
	}
	lock.clear()
	return nil
}
