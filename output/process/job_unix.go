//go:build unix

package process

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// change passes on a signal of job control. Where a terminal stops a whole group,
// the whole group is continued.
func (s *Supervisor) change(received os.Signal) {
	number, ok := received.(syscall.Signal)
	if !ok {
		return
	}
	if number == syscall.SIGCONT && s.terminal != nil {
		s.wake()
		return
	}
	s.reaper.signal(number, false)
}

// suspend is what follows when the command has been stopped. To the shell that
// started us we are the job, so we stop too, all of our group as with Ctrl-Z, and the
// command goes on when we do. It goes on at once where it was stopped because it
// wanted the terminal and we have that, and where nobody could continue us. Without a
// terminal whoever stopped the command will continue it.
func (s *Supervisor) suspend() {
	by := s.reaper.halted()
	if s.terminal == nil || by == 0 { // it goes on already
		return
	}
	wanted := by == syscall.SIGTTIN || by == syscall.SIGTTOU
	if wanted && s.terminal.owned() {
		s.wake()
		return
	}
	s.terminal.take()
	if orphaned() {
		s.wake()
		return
	}
	// A shell that fetches us into the foreground just now does not want to see us stop.
	background := !s.terminal.owned()
	halt(func() bool { return background && s.terminal.owned() })
}

// wake continues the command, in the foreground if we are there.
func (s *Supervisor) wake() {
	s.terminal.give()
	s.reaper.signal(syscall.SIGCONT, true)
}

// orphaned reports whether our process group has no shell that watches it: it is the
// session's first, as in a container, or its parent is gone. The kernel does not let
// Ctrl-Z stop such a group, for it would stay stopped.
func orphaned() bool {
	session, err := unix.Getsid(0)
	if err != nil || unix.Getpgrp() == session {
		return true
	}
	theirs, err := unix.Getsid(unix.Getppid())
	return err != nil || theirs != session
}
