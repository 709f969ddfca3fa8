package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods"
	"github.com/infisical-login/infisical-login/methods/token"
	"github.com/infisical-login/infisical-login/output"
	"github.com/infisical-login/infisical-login/output/vault"
	"github.com/spf13/cobra"
)

// margin is how long before its end a session counts as ended, as in the official
// CLI: what is about to be asked with it takes time.
const margin = 30 * time.Second

// userCommand returns the commands about the persons who have logged in.
func (r *run) userCommand() *cobra.Command {
	about := takes(&output.Vault{}, &config.EnvFile{}, &logSettings{})
	choose := func(*cobra.Command) error {
		return &usageError{"name what to do: get token, switch or update domain"}
	}
	cmd := r.command("user", "Show, switch or mend the persons who have logged in", nil, choose)
	get := r.command("get", "Show the session of the current person", nil, choose)
	update := r.command("update", "Mend what is known about the current person", nil, choose)
	var plain bool
	show := r.command("token", "Print the session's token", about, func(*cobra.Command) error { return r.showToken(plain) })
	show.Flags().BoolVar(&plain, "plain", false, "Print only the token.")
	var email string
	turn := r.command("switch [EMAIL]", "Make another person the current one", about, func(cmd *cobra.Command) error {
		return r.switchUser(cmd.Context(), email)
	})
	turn.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return &usageError{fmt.Sprintf("one person at a time: %q is too much", args[1])}
		}
		email = strings.Join(args, "")
		return nil
	}
	moved := r.command("domain", "Say that the current person's Infisical is found at another address", takes(&methods.Server{}, &output.Vault{}, &config.EnvFile{}, &logSettings{}), func(cmd *cobra.Command) error {
		return r.updateDomain(cmd.Context())
	})
	get.AddCommand(show)
	update.AddCommand(moved)
	cmd.AddCommand(get, turn, update)
	return cmd
}

// showToken prints the token of the current session. A session that has ended is
// told, with the command that begins another; nobody is asked anything.
func (r *run) showToken(plain bool) error {
	if err := output.CheckStdout(r.stdout); err != nil {
		return err
	}
	session, err := r.session()
	if err != nil {
		return err
	}
	if err := alive(session, time.Now()); err != nil {
		return err
	}
	return undelivered(writeSession(r.stdout, session, plain, time.Now()))
}

// session returns the current session of the vault.
func (r *run) session() (vault.Session, error) {
	kept, err := r.vault()
	if err != nil {
		return vault.Session{}, err
	}
	session, found, err := kept.Current()
	if err != nil {
		return vault.Session{}, lost(err)
	}
	if !found {
		return vault.Session{}, &methods.Error{Kind: methods.Refused, Message: "nobody is logged in; run infisical-login login --method=user"}
	}
	return session, nil
}

// alive returns an error for a session that has ended or is about to.
func alive(s vault.Session, now time.Time) error {
	left, known := (token.Token{Secret: s.Token}).Remaining(now)
	if known && left > margin {
		return nil
	}
	command := "infisical-login login --method=user"
	if s.Domain != "" {
		command += " --domain=" + s.Domain
	}
	return &methods.Error{Kind: methods.Refused, Message: fmt.Sprintf("the session of %s has expired; run %s", s.Email, command)}
}

// writeSession prints a session in the official CLI's form.
func writeSession(w io.Writer, s vault.Session, plain bool, now time.Time) error {
	if plain {
		_, err := fmt.Fprintln(w, s.Token.Reveal())
		return err
	}
	held := token.Token{Secret: s.Token}
	claims, _ := held.Claims()
	left, _ := held.Remaining(now)
	_, err := fmt.Fprintf(w, "Session ID: %s\nToken: %s\nExpires At: %s\nTTL: %s\n",
		claims.ID, s.Token.Reveal(), claims.Expires.UTC().Format(time.RFC3339), left.Round(time.Second))
	return err
}

// switchUser makes a person the current one: the one who is named, or the one
// who is chosen at the terminal.
func (r *run) switchUser(ctx context.Context, email string) error {
	kept, err := r.vault()
	if err != nil {
		return err
	}
	users, err := kept.Users()
	if err != nil {
		return lost(err)
	}
	if email == "" {
		if email, err = r.chooseUser(ctx, users); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(users, func(u vault.User) bool { return strings.EqualFold(u.Email, email) }) {
		return &usageError{kept.Switch(email).Error()}
	}
	if err := kept.Switch(email); err != nil {
		return lost(err)
	}
	r.log.events.Info().Str("email", email).Msg("switched")
	return nil
}

func (r *run) chooseUser(ctx context.Context, users []vault.User) (string, error) {
	if len(users) == 0 {
		return "", &methods.Error{Kind: methods.Refused, Message: "nobody has logged in; run infisical-login login --method=user"}
	}
	if !r.attended() {
		return "", &usageError{"nobody is asked without a terminal, or while CI is set; name the person: infisical-login user switch EMAIL"}
	}
	var options []string
	for _, user := range users {
		option := user.Email + " at " + user.Domain
		if user.Current {
			option += " (current)"
		}
		options = append(options, option)
	}
	chosen, err := r.person().Choose(ctx, "Log in commands of which person", options)
	if err != nil {
		return "", unanswered(err)
	}
	return users[chosen].Email, nil
}

// updateDomain records another address of the current person's instance: that of
// --domain, or the one that is typed at the terminal.
func (r *run) updateDomain(ctx context.Context) error {
	kept, err := r.vault()
	if err != nil {
		return err
	}
	users, err := kept.Users()
	if err != nil {
		return lost(err)
	}
	at := slices.IndexFunc(users, func(u vault.User) bool { return u.Current })
	if at < 0 {
		return &methods.Error{Kind: methods.Refused, Message: "nobody is logged in; run infisical-login login --method=user"}
	}
	domain, err := r.newDomain(ctx, users[at])
	if err != nil {
		return err
	}
	if domain == users[at].Domain {
		return nil
	}
	if err := kept.UpdateDomain(users[at].Email, domain); err != nil {
		return lost(err)
	}
	r.log.events.Info().Str("email", users[at].Email).Str("domain", domain).Msg("domain updated; log in again")
	return nil
}

func (r *run) newDomain(ctx context.Context, user vault.User) (string, error) {
	var server methods.Server
	if err := r.source.Decode(&server); err != nil {
		return "", err
	}
	if _, given := r.source.Lookup("INFISICAL_DOMAIN"); given {
		return string(server.Domain), nil
	}
	if !r.attended() {
		return "", &config.Error{Name: "INFISICAL_DOMAIN", Flag: "domain", Message: "nobody is asked for the new address without a terminal, or while CI is set; set --domain or INFISICAL_DOMAIN"}
	}
	answer, err := r.person().Ask(ctx, fmt.Sprintf("New address of %s, which is now %s", user.Email, user.Domain))
	if err != nil {
		return "", unanswered(err)
	}
	var domain config.URL
	if err := domain.UnmarshalText([]byte(answer)); err != nil {
		return "", &config.Error{Name: "INFISICAL_DOMAIN", Flag: "domain", Message: err.Error()}
	}
	return string(domain), nil
}

// unanswered is the error for a question that got no answer; a signal stays what
// it is.
func unanswered(err error) error {
	if _, is := err.(*interrupted); is || err == nil {
		return err
	}
	return &config.Error{Message: fmt.Sprintf("no answer from the terminal: %v", err)}
}
