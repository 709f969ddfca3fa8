package process

import (
	"errors"
	"os"
	"syscall"
)

// Signals returns the signals that a supervised command is to get when we get
// them, or that end us: Ctrl-C and the end of the session, on Windows.
func Signals() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }

func parseSignal(string) (syscall.Signal, error) {
	return 0, errors.New("there are no signals on Windows; use nothing or restart")
}
