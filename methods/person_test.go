package methods

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// somebody answers what is asked with the next line, and notes all that was
// said. Out of lines, the terminal is gone.
type somebody struct {
	lines   []func() string
	said    []string // prompts and messages, in order
	secrets int      // prompts without an echo
	options []string // of the last choice
}

// typing returns a person who types these lines.
func typing(lines ...string) *somebody {
	s := new(somebody)
	for _, line := range lines {
		s.lines = append(s.lines, func() string { return line })
	}
	return s
}

// reads adds a line that is the code of the last mail.
func (s *somebody) reads(server *infisicaltest.Server, email string) *somebody {
	s.lines = append(s.lines, func() string { return server.MailedCode(email) })
	return s
}

func (s *somebody) Ask(ctx context.Context, prompt string) (string, error) {
	s.said = append(s.said, prompt)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if len(s.lines) == 0 {
		return "", io.EOF
	}
	line := s.lines[0]()
	s.lines = s.lines[1:]
	return line, nil
}

func (s *somebody) AskSecret(ctx context.Context, prompt string) (config.Secret, error) {
	s.secrets++
	line, err := s.Ask(ctx, prompt)
	return config.Secret(line), err
}

func (s *somebody) Choose(ctx context.Context, prompt string, options []string) (int, error) {
	s.options = options
	line, err := s.Ask(ctx, prompt)
	for i, option := range options {
		if option == line {
			return i, err
		}
	}
	return -1, err
}

func (s *somebody) Tell(message string) { s.said = append(s.said, message) }

func (s *somebody) OpenBrowser(string) error { return nil }

// heard checks that each of the texts is in what was said.
func (s *somebody) heard(t *testing.T, texts ...string) {
	t.Helper()
	all := strings.Join(s.said, "\n")
	for _, text := range texts {
		if !strings.Contains(all, text) {
			t.Errorf("nobody said %q:\n%s", text, all)
		}
	}
}
