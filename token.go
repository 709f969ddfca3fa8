package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods"
	"github.com/infisical-login/infisical-login/methods/token"
	"github.com/infisical-login/infisical-login/output"
	"github.com/spf13/cobra"
)

// maxToken bounds what is read as a token, in bytes. Tokens are below 4 KiB; an
// environment variable could hold 128 KiB.
const maxToken = 128 << 10

// heldToken is a token that somebody obtained before, and where it came from.
type heldToken struct {
	token.Token
	path   string // of the file, empty if it came from elsewhere
	source string // for people
}

// tokenCommand returns the commands about a token that is at hand.
func (r *run) tokenCommand() *cobra.Command {
	cmd := r.command("token", "Renew or revoke a token", nil, func(*cobra.Command) error {
		return &usageError{"name what to do with the token: renew or revoke"}
	})
	about := takes(&methods.Server{}, &output.TokenFile{}, &config.EnvFile{}, &logSettings{})
	renew := r.command("renew", "Lengthen the life of a token; it goes back where it came from, else to standard output", about, func(cmd *cobra.Command) error {
		return r.withToken(cmd.Context(), r.renew)
	})
	revoke := r.command("revoke", "End a token at once", about, func(cmd *cobra.Command) error {
		return r.withToken(cmd.Context(), func(ctx context.Context, client *methods.Client, held heldToken) error {
			return client.Revoke(ctx, held.Token)
		})
	})
	cmd.AddCommand(renew, revoke)
	return cmd
}

// withToken finds the token and the server and does something about them.
func (r *run) withToken(ctx context.Context, work func(context.Context, *methods.Client, heldToken) error) error {
	var server methods.Server
	err := r.source.Decode(&server, &config.EnvFile{}, &logSettings{})
	held, missing := r.heldToken()
	if err := errors.Join(err, missing); err != nil {
		return err
	}
	client, err := server.Client()
	if err != nil {
		return err
	}
	r.follow(client)
	return work(ctx, client, held)
}

// checkPlace finds out whether what replaces a token can be put where that was, or
// printed if that was in no file.
func (r *run) checkPlace(held heldToken) error {
	if held.path != "" {
		return output.CheckReplace(held.path)
	}
	return output.CheckStdout(r.stdout)
}

// renew replaces a token. Whether there is a place for the new one is found out
// before, since the old one may be gone afterwards.
func (r *run) renew(ctx context.Context, client *methods.Client, held heldToken) error {
	if err := r.checkPlace(held); err != nil {
		return err
	}
	renewed, err := client.Renew(ctx, held.Token)
	if err != nil {
		return err
	}
	if held.path != "" {
		return output.Replace(held.path, []byte(renewed.Secret.Reveal()))
	}
	_, err = fmt.Fprintln(r.stdout, renewed.Secret.Reveal())
	return undelivered(err)
}

// heldToken returns the token that the run is about: the named one, else what
// standard input holds. It is never an argument, which other processes could see.
func (r *run) heldToken() (heldToken, error) {
	held, named, err := r.namedToken()
	if !named && err == nil {
		held, err = r.readToken()
	}
	if missing, ok := errors.AsType[*missingToken](err); ok {
		return held, &config.Error{Name: "INFISICAL_TOKEN", Flag: "token-path", Message: missing.message}
	}
	return held, err
}

// missingToken says that there is no token where one should be. It is a mistake in
// the settings or, to a probe, the answer.
type missingToken struct{ message string }

func (e *missingToken) Error() string { return e.message }

// namedToken returns the token of --token-path, else INFISICAL_TOKEN's or its
// file's, and reports whether one was named.
func (r *run) namedToken() (held heldToken, named bool, err error) {
	var at output.TokenFile
	var given methods.AccessToken
	if err := r.source.Decode(&at, &given); err != nil {
		return heldToken{}, true, err
	}
	if at.Path != "" {
		text, err := readBounded(at.Path)
		if err != nil {
			return heldToken{}, true, &missingToken{fmt.Sprintf("--token-path or INFISICAL_LOGIN_TOKEN_PATH: %v", err)}
		}
		held, err = hold(text, at.Path, "file "+at.Path)
		return held, true, err
	}
	if given.Token != "" {
		path, _ := r.source.Lookup("INFISICAL_TOKEN_FILE")
		held, err = hold([]byte(given.Token.Reveal()), path, "INFISICAL_TOKEN")
		return held, true, err
	}
	return heldToken{}, false, nil
}

// readToken reads a token from standard input, but not from a person.
func (r *run) readToken() (heldToken, error) {
	if isTerminal(r.stdin) {
		return heldToken{}, &missingToken{"no token: set --token-path or INFISICAL_LOGIN_TOKEN_PATH, set INFISICAL_TOKEN, or give it on standard input"}
	}
	text, err := io.ReadAll(io.LimitReader(r.stdin, maxToken+1))
	if err != nil {
		return heldToken{}, &missingToken{fmt.Sprintf("standard input: %v", err)}
	}
	return hold(text, "", "standard input")
}

// hold makes a token of a text that came from somewhere.
func hold(text []byte, path, source string) (heldToken, error) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return heldToken{}, &missingToken{"there is no token in " + source}
	}
	held, err := token.New(config.Secret(text))
	if err != nil || len(text) > maxToken {
		return heldToken{}, &missingToken{source + " holds no token in the format plain"}
	}
	return heldToken{held, path, source}, nil
}

// readBounded reads a file of the size that a token may have.
func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxToken+1))
}
