//go:build unix

package process

import (
	"errors"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// Exec replaces this process by the command. It returns only if that failed, or if a
// signal waits in signals, the channel that was given to signal.Notify (nil for none),
// that would have ended the command, which cannot have asked to be spared so early.
//
// The command finds signals as we found them: what the kernel had us ignore stays
// ignored, as under nohup, and everything else is at its default. (Of ignored
// signals Go's runtime remembers SIGHUP and SIGINT only.) The limit on open files
// that the runtime raises is put back by it.
func (c *Command) Exec(signals chan os.Signal) error {
	if signals != nil {
		signal.Stop(signals)
	}
	signal.Reset() // from here on a signal does to us what it does to anybody
	if err := pending(signals); err != nil {
		return err
	}
	if err := c.inherit(true); err != nil {
		return describe(c.Args[0], err)
	}
	c.Limits.restore()
	err := unix.Exec(c.Path, c.Args, c.Env)
	if script, ok := c.shell(); ok && errors.Is(err, unix.ENOEXEC) {
		err = unix.Exec(script.Path, script.Args, script.Env)
	}
	c.Limits.lower() // we go on, and may start something else
	_ = c.inherit(false)
	return describe(c.Args[0], err)
}

// pending returns an [Error] for the first signal of the channel that ends whoever
// does not catch it. That is what everybody else does to a process that has just begun.
func pending(signals chan os.Signal) error {
	for {
		select {
		case s := <-signals:
			number, ok := s.(syscall.Signal)
			if ok && !slices.Contains(spared(), unix.SignalName(number)) {
				return &Error{Status: 128 + int(number)}
			}
		default:
			return nil
		}
	}
}

// spared are the signals that do nothing to who does not catch them; see signal(7).
func spared() []string {
	return []string{"SIGCHLD", "SIGCLD", "SIGCONT", "SIGURG", "SIGWINCH", "SIGINFO"}
}

// inherit makes the command's files survive an execve of this process, or not.
func (c *Command) inherit(yes bool) error {
	flag := unix.FD_CLOEXEC
	if yes {
		flag = 0
	}
	for _, file := range c.Files {
		if _, err := unix.FcntlInt(file.Fd(), unix.F_SETFD, flag); err != nil {
			return err
		}
	}
	return nil
}
