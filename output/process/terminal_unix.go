//go:build unix

package process

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// terminal is the one that controls our session. It belongs to one process group
// at a time: whatever is typed, Ctrl-C included, reaches that group alone. A nil
// terminal is none, and all of its methods do nothing.
type terminal struct {
	fd      int
	ours    int            // our process group
	group   int            // the command's, 0 before there is one
	ignored chan os.Signal // where the signals go that are not for us
}

// openTerminal returns the controlling terminal, nil if there is none. From here
// until close we may write to it, and hand it on, also while it is another group's.
func openTerminal() *terminal {
	fd, err := unix.Open("/dev/tty", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		return nil
	}
	t := &terminal{fd: fd, ours: unix.Getpgrp(), ignored: make(chan os.Signal, 1)}
	t.ignore()
	return t
}

func (t *terminal) close() {
	if t == nil {
		return
	}
	t.heed()
	_ = unix.Close(t.fd)
}

// ignore lets us use the terminal while it is another group's.
func (t *terminal) ignore() { signal.Ignore(syscall.SIGTTIN, syscall.SIGTTOU) }

// heed undoes it, for a process that is about to be started: what is caught here is
// at its default there, while what is ignored would stay so. (After signal.Reset too.)
func (t *terminal) heed() { signal.Notify(t.ignored, syscall.SIGTTIN, syscall.SIGTTOU) }

// signals returns those of job control that are to be caught. Without a terminal
// they come from somebody's kill(1) and are passed on like any other. With one
// SIGTSTP has to keep its default, which Go cannot bring back once it was caught.
func (t *terminal) signals() []os.Signal {
	if t == nil {
		return []os.Signal{syscall.SIGTSTP, syscall.SIGCONT, syscall.SIGTTIN, syscall.SIGTTOU}
	}
	return []os.Signal{syscall.SIGCONT}
}

// fork starts a command as the leader of a process group of its own, which gets
// the terminal if it is ours to give and the command is to talk through it. In a
// pipeline it is not: the program that it is piped into may need the terminal.
func (t *terminal) fork(c *Command) (pid int, err error) {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	bind(attributes)
	if t != nil {
		if t.owned() && term.IsTerminal(0) && term.IsTerminal(1) {
			attributes.Foreground, attributes.Ctty = true, t.fd
		}
		t.heed()
		defer t.ignore()
	}
	pid, err = syscall.ForkExec(c.Path, c.Args, &syscall.ProcAttr{Env: c.Env, Files: c.descriptors(), Sys: attributes})
	if err == nil && t != nil {
		t.group = pid
	}
	return pid, err
}

// owned reports whether the terminal is our group's.
func (t *terminal) owned() bool {
	return t != nil && t.holder() == t.ours
}

// holder returns the process group that has the terminal.
func (t *terminal) holder() int {
	group, err := unix.IoctlGetInt(t.fd, unix.TIOCGPGRP)
	if err != nil {
		return 0
	}
	return group
}

// give hands the terminal to the command, if it is ours to give.
func (t *terminal) give() {
	if t.owned() {
		_ = unix.IoctlSetPointerInt(t.fd, unix.TIOCSPGRP, t.group)
	}
}

// take gets the terminal back from the command.
func (t *terminal) take() {
	if t != nil && t.holder() == t.group {
		_ = unix.IoctlSetPointerInt(t.fd, unix.TIOCSPGRP, t.ours)
	}
}

// recover gets the terminal back after the command's end, also from a group that
// died with it.
func (t *terminal) recover() {
	if t == nil {
		return
	}
	if holder := t.holder(); holder == t.group || unix.Kill(-holder, 0) == unix.ESRCH {
		_ = unix.IoctlSetPointerInt(t.fd, unix.TIOCSPGRP, t.ours)
	}
}
