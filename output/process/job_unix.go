//go:build unix

package process

import (
	"os"
	"os/signal"
	"syscall"
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
// started us we are the job, so we stop too, and go on when it says so. A command
// that was stopped because it wanted the terminal gets it instead, if we have it.
// Without a terminal whoever stopped the command will continue it.
func (s *Supervisor) suspend(by syscall.Signal) {
	if s.terminal == nil {
		return
	}
	wanted := by == syscall.SIGTTIN || by == syscall.SIGTTOU
	if !wanted || !s.terminal.owned() {
		s.terminal.take()
		s.stop()
	}
	s.wake()
}

// wake continues the command, in the foreground if we are there.
func (s *Supervisor) wake() {
	s.terminal.give()
	s.reaper.signal(syscall.SIGCONT, true)
}

// stop stops our process group, as Ctrl-Z does, and returns when it is continued.
// Where nobody could continue it, because we are process 1 or lead the session, the
// kernel does not stop it, and stop returns at once.
func (s *Supervisor) stop() {
	signal.Reset(syscall.SIGTSTP)
	_ = syscall.Kill(0, syscall.SIGTSTP)
	stopThread()
	signal.Ignore(syscall.SIGTSTP) // forgets one that was not delivered yet
	signal.Notify(s.changes, syscall.SIGTSTP)
}
