//go:build unix

package process_test

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"github.com/infisical-login/infisical-login/output/process"
)

func TestExecInterrupted(t *testing.T) {
	// A signal that came before the command is not forgotten: if it ends who does not catch it, the command does not start.
	t.Parallel()
	for signal, status := range map[syscall.Signal]int{syscall.SIGTERM: 143, syscall.SIGINT: 130, syscall.SIGQUIT: 131, syscall.SIGHUP: 129, syscall.SIGUSR1: 128 + int(syscall.SIGUSR1), 64: 192, syscall.SIGWINCH: 127} {
		signals := make(chan os.Signal, 2)
		signals <- syscall.SIGWINCH
		signals <- signal
		command := &process.Command{Path: "/no/such/command", Args: []string{"command"}}
		var failure *process.Error
		if err := command.Exec(signals); !errors.As(err, &failure) || failure.Status != status {
			t.Errorf("%v: got %v, want status %d", signal, err, status)
		}
	}
}
