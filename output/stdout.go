package output

import (
	"io"
	"os"

	"github.com/infisical-login/infisical-login/methods/token"
)

// stdout writes the token and a newline to standard output. Whoever runs it must
// have SIGPIPE ignored, or a reader that is gone ends the process unasked.
type stdout struct {
	Rendering
}

// Check implements [Sink].
func (s *stdout) Check(target Target) error { return CheckStdout(target.Stdout) }

// CheckStdout finds a standard output that was closed, or whose reader is gone
// already.
func CheckStdout(w io.Writer) error {
	file, ok := w.(*os.File)
	if !ok {
		return nil
	}
	if err := writable(file); err != nil {
		return failed(err, "standard output cannot take the token: %s", err)
	}
	return nil
}

// Put implements [Sink].
func (s *stdout) Put(t token.Token, target Target) error {
	text, err := s.render(t)
	if err != nil {
		return err
	}
	if _, err := target.Stdout.Write(append(text, '\n')); err != nil {
		return failed(err, "standard output did not take the token: %s", reason(err))
	}
	return nil
}
