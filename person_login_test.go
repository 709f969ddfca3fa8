package main

import (
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"github.com/rogpeppe/go-internal/testscript"
)

// account makes a person known to the script's server, who is a member of two
// organizations: account [FACTOR]. The settings of that login take the place of
// the machine identity's; the authenticator's code is in $CODE.
func account(ts *testscript.TestScript, _ bool, args []string) {
	user := infisicaltest.User{
		Email: "ada@example.com", Password: "c0rrect horse battery",
		Organizations: []infisicaltest.Organization{
			{ID: "0f8fad5b-d9cb-469f-a165-70867728950e", Name: "Acme"},
			{ID: "7c9e6679-7425-40de-944b-e07fc1f90ae7", Name: "Zenith"},
		},
	}
	if len(args) > 0 {
		user.MFA = args[0]
	}
	user = ts.Value(scriptedKey{}).(*scripted).server.AddUser(user)
	ts.Setenv("INFISICAL_EMAIL", user.Email)
	ts.Setenv("INFISICAL_PASSWORD", user.Password)
	ts.Setenv("INFISICAL_ORGANIZATION_ID", user.Organizations[1].ID)
	ts.Setenv("CODE", user.TOTP)
	ts.Setenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_ID", "")
	ts.Setenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", "")
}
