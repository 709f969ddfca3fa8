package main

import (
	"fmt"
	"io"
	"time"

	"github.com/infisical-login/infisical-login/methods"
)

// statusReport is what `login status --json` prints, in the shape in which the
// official CLI does.
type statusReport struct {
	Sessions []session `json:"sessions"`
}

// session is one token and what is known of it.
type session struct {
	PrincipalType string           `json:"principalType"` // user, machine-identity or service-token
	Status        string           `json:"status"`        // authenticated, expired, rejected, or unknown if the server could not be asked
	Domain        string           `json:"domain"`
	Email         string           `json:"email,omitempty"`
	UserID        string           `json:"userId,omitempty"`
	AuthMethod    string           `json:"authMethod,omitempty"`
	TokenSource   string           `json:"tokenSource"`
	Identity      *sessionIdentity `json:"identity,omitempty"`
	Token         *sessionToken    `json:"token,omitempty"`
	Organization  string           `json:"organization,omitempty"`
	Verification  verification     `json:"verification"`
}

type sessionIdentity struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

type sessionToken struct {
	Exp int64 `json:"exp"` // seconds since 1970
}

// verification is the server's word.
type verification struct {
	State  string `json:"state"` // verified, rejected or unknown
	Reason string `json:"reason,omitempty"`
}

// describe tells what a token says of itself.
func describe(t heldToken) session {
	claims, _ := t.Claims()
	s := session{PrincipalType: "machine-identity", TokenSource: t.source, AuthMethod: claims.Method}
	if deadline, ends := t.Deadline(); ends {
		s.Token = &sessionToken{deadline.Unix()}
	}
	switch {
	case methods.IsServiceToken(t.Secret):
		s.PrincipalType = "service-token"
	case claims.Identity == "" && claims.User != "":
		s.PrincipalType, s.UserID, s.Email = "user", claims.User, claims.Email
		if s.Email == "" {
			s.Email = t.Email
		}
	case claims.Identity != "":
		s.Identity = &sessionIdentity{claims.Identity, claims.IdentityName}
	}
	return s
}

func (s statusReport) write(w io.Writer, asJSON bool) error {
	if asJSON {
		return printJSON(w, s)
	}
	for _, session := range s.Sessions {
		if _, err := fmt.Fprintln(w, session); err != nil {
			return err
		}
	}
	return nil
}

// String is one line for people. What a token says of itself is quoted, since
// nobody has checked what is in it.
func (s session) String() string {
	text := s.Status + ": " + map[string]string{"user": "person", "machine-identity": "machine identity", "service-token": "service token"}[s.PrincipalType]
	if s.Identity != nil {
		text += fmt.Sprintf(" %q", s.Identity.ID)
		if s.Identity.Name != "" {
			text += fmt.Sprintf(" (%q)", s.Identity.Name)
		}
	}
	if s.Email != "" {
		text += fmt.Sprintf(" %q", s.Email)
	}
	text += " at " + s.Domain
	if s.Organization != "" {
		text += fmt.Sprintf(", organization %q", s.Organization)
	}
	if s.Token != nil {
		text += ", expires " + time.Unix(s.Token.Exp, 0).UTC().Format(time.RFC3339)
	}
	return text + ", from " + s.TokenSource
}
