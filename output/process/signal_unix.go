//go:build unix

package process

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Bounds of signal numbers, and the first and last real-time signal as glibc and
// its shells count them (Linux).
const (
	lastSignal = 64
	rtMin      = 34
	rtMax      = 64
)

// Signals returns those that a supervised command is to get when we get them, for
// signal.Notify: all that can be caught, but not SIGCHLD, SIGURG and SIGPIPE,
// which mean us, and not those of job control, for which a [Supervisor] cares
// itself. (SIGPROF, 32, 33 and 34 never leave Go's runtime.) SIGHUP and SIGINT are
// left out where they were ignored when we started, as under nohup, so that they
// stay ignored for the command too. It has to be asked before the first
// signal.Notify.
func Signals() []os.Signal {
	var all []os.Signal
	for number := syscall.Signal(1); number <= lastSignal; number++ {
		switch number {
		case syscall.SIGKILL, syscall.SIGSTOP, syscall.SIGCHLD, syscall.SIGURG, syscall.SIGPIPE,
			syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGCONT:
			continue
		}
		if !signal.Ignored(number) {
			all = append(all, number)
		}
	}
	return all
}

// parseSignal reads the name of a signal, with or without SIG, or its number.
func parseSignal(text string) (syscall.Signal, error) {
	name := strings.TrimPrefix(strings.ToUpper(text), "SIG")
	number := unix.SignalNum("SIG" + name)
	if n, err := strconv.ParseUint(name, 10, 8); err == nil {
		number = syscall.Signal(n)
	}
	if n, ok := realTime(name); ok {
		number = n
	}
	if number < 1 || number > lastSignal {
		return 0, fmt.Errorf("unknown signal %q; use a name such as HUP or a number", text)
	}
	if number == syscall.SIGKILL || number == syscall.SIGSTOP {
		return 0, fmt.Errorf("no command can act on signal %q; use restart to end it and start it anew", text)
	}
	return number, nil
}

// realTime reads RTMIN, RTMIN+n, RTMAX and RTMAX-n.
func realTime(name string) (syscall.Signal, bool) {
	for _, base := range []struct {
		name   string
		sign   string
		number int
	}{{"RTMIN", "+", rtMin}, {"RTMAX", "-", rtMax}} {
		rest, ok := strings.CutPrefix(name, base.name)
		if !ok {
			continue
		}
		if rest == "" {
			return syscall.Signal(base.number), true
		}
		offset, err := strconv.ParseUint(strings.TrimPrefix(rest, base.sign), 10, 8)
		if err != nil || !strings.HasPrefix(rest, base.sign) || offset > rtMax-rtMin {
			return 0, false
		}
		if base.sign == "-" {
			return syscall.Signal(base.number - int(offset)), true
		}
		return syscall.Signal(base.number + int(offset)), true
	}
	return 0, false
}
