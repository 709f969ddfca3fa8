package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods"
	"github.com/infisical-login/infisical-login/output"
	"github.com/spf13/cobra"
)

// statusLimit bounds the question to the server unless --timeout does: the command
// serves as a probe, and whoever runs probes waits seconds, not a minute.
const statusLimit = 10 * time.Second

// statusCommand returns the command that tells whether the token in use is alive.
func (r *run) statusCommand() *cobra.Command {
	var asJSON bool
	about := takes(&methods.Server{}, &output.TokenFile{}, &output.Vault{}, &config.EnvFile{}, &logSettings{})
	cmd := r.command("status", "Tell which token is in use and whether it is alive", about, func(cmd *cobra.Command) error {
		var server methods.Server
		decoded := r.source.Decode(&server, &config.EnvFile{}, &logSettings{})
		held, err := r.tokensInUse()
		if err := errors.Join(r.source.EmptyFlags(), decoded, err); err != nil {
			return err
		}
		report, alive := r.examine(cmd.Context(), server, held)
		if err := interruption(cmd.Context()); err != nil {
			return err
		}
		if err := report.write(r.stdout, asJSON); err != nil {
			return undelivered(err)
		}
		return alive
	})
	cmd.Flags().BoolVar(&asJSON, "json", false, "Print one JSON object.")
	return cmd
}

// tokensInUse returns the tokens that there are, the one that counts first: one
// that is named, or else the sessions of the person's vault, which is not looked at
// if a token is named.
func (r *run) tokensInUse() ([]heldToken, error) {
	held, named, err := r.namedToken()
	if _, none := errors.AsType[*missingToken](err); none {
		return nil, &methods.Error{Kind: methods.Refused, Message: err.Error()}
	}
	if err != nil || named {
		return []heldToken{held}, err
	}
	return r.keptSessions()
}

// keptSessions returns the sessions of the vault, the current person's first.
func (r *run) keptSessions() ([]heldToken, error) {
	if r.home() == "" {
		return nil, nil
	}
	kept, err := r.vault()
	if err != nil {
		return nil, err
	}
	users, err := kept.Users()
	if err != nil {
		return nil, lost(err)
	}
	var all []heldToken
	for _, user := range users {
		session, found, err := kept.Get(user.Email)
		if err != nil {
			return nil, lost(err)
		}
		if !found {
			continue
		}
		held := heldToken{source: "the vault"}
		held.Secret, held.Email, held.Domain = session.Token, session.Email, session.Domain
		if user.Current {
			all = slices.Insert(all, 0, held)
		} else {
			all = append(all, held)
		}
	}
	return all, nil
}

// examine asks the server about each token. The error is about the first one, the
// one in use.
func (r *run) examine(ctx context.Context, server methods.Server, held []heldToken) (statusReport, error) {
	report := statusReport{Sessions: []session{}}
	if len(held) == 0 {
		return report, &methods.Error{Kind: methods.Refused, Message: "there is no token; set --token-path or INFISICAL_LOGIN_TOKEN_PATH, or INFISICAL_TOKEN, or run infisical-login login --method=user"}
	}
	var alive error
	for i, t := range held {
		if t.Domain != "" {
			server.Domain = config.URL(t.Domain)
		}
		client, err := server.Client()
		if err != nil {
			return report, err
		}
		r.follow(client)
		if _, given := r.source.Lookup("INFISICAL_LOGIN_TIMEOUT"); !given {
			client = client.Within(statusLimit)
		}
		s, err := inspect(ctx, client, t)
		report.Sessions = append(report.Sessions, s)
		if i == 0 {
			alive = err
		}
	}
	return report, alive
}

// inspect finds out what a token says of itself and what the server says of it.
// The server's word counts: a token that has expired by our clock may be alive.
// Only where there is no word its own has to do.
func inspect(ctx context.Context, client *methods.Client, t heldToken) (session, error) {
	s := describe(t)
	s.Domain = client.Domain()
	var err error
	switch s.PrincipalType {
	case "service-token":
		err = client.CheckServiceToken(ctx, t.Secret)
	case "user":
		err = client.CheckAuth(ctx, t.Secret)
	default:
		s.Organization, err = client.Details(ctx, t.Secret)
	}
	if err == nil {
		s.Status, s.Verification.State = "authenticated", "verified"
		return s, nil
	}
	s.Status, s.Verification = "unknown", verification{"unknown", err.Error()}
	left, ends := t.Remaining(time.Now())
	expired := ends && left <= 0
	if failed, ok := errors.AsType[*methods.Error](err); ok && failed.Kind == methods.Refused {
		s.Status, s.Verification.State = "rejected", "rejected"
	} else if expired {
		err = &methods.Error{Kind: methods.Refused, Message: fmt.Sprintf("the token of %s has expired", t.source)}
	}
	if expired {
		s.Status = "expired"
	}
	return s, err
}
