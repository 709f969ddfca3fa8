//go:build unix

package process

import (
	"errors"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// Supervisor stays with a command from its start to its end: it passes signals
// on, reaps orphans and knows how the command ended. As process 1 it is the
// container's init. There is one for a process.
type Supervisor struct {
	settings Settings
	signals  <-chan os.Signal
	reaper   *reaper
	restarts chan *Command
	done     chan struct{} // closed when Run is over

	// What follows is the running command's, and touched by Run alone.
	terminal   *terminal
	stopping   bool             // somebody asked for the command's end
	restarting *Command         // to be started once the running one has ended, nil if none
	deadline   <-chan time.Time // when to kill it
}

// NewSupervisor returns a supervisor that reaps from now on, also if no command is
// ever run. Signals is a channel registered for [Signals] from the first moments of
// the process on, with a buffer of some thousands, so that none is lost before
// there is a command to get it.
func NewSupervisor(settings Settings, signals chan os.Signal) *Supervisor {
	adopt()
	return &Supervisor{settings: settings, signals: signals, reaper: newReaper(), restarts: make(chan *Command), done: make(chan struct{})}
}

// Pause leaves other children of this process to whoever started them, until
// [Supervisor.Resume]. It belongs around everything that may start a process and
// wait for it by itself, such as a login. The command's own end is still noticed.
func (s *Supervisor) Pause() { s.reaper.pause() }

// Resume ends a [Supervisor.Pause] and reaps what ended meanwhile.
func (s *Supervisor) Resume() { s.reaper.resume() }

// Signal sends a signal to the command. Without one that runs it does nothing.
func (s *Supervisor) Signal(number syscall.Signal) { s.reaper.signal(number, false) }

// Run starts the command, stays until it has ended and returns its end: nil for
// status 0, else an [Error]. Started, if not nil, is called once it has started for the
// first time. Run may be called once.
//
// The command gets SIGTERM if we die. The kernel binds that to the thread that
// started it, so Run keeps its thread for itself.
func (s *Supervisor) Run(command *Command, started func()) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(s.done)
	s.terminal = openTerminal()
	defer s.terminal.close()
	changes := make(chan os.Signal, 16)
	signal.Notify(changes, s.terminal.signals()...)
	defer signal.Stop(changes)
	if err := s.start(command); err != nil {
		return err
	}
	if started != nil {
		started()
	}
	for {
		select {
		case received := <-s.signals:
			s.forward(received)
		case received := <-changes:
			s.change(received)
		case next := <-s.restarts:
			s.replace(next)
		case <-s.deadline:
			s.reaper.signal(syscall.SIGKILL, true)
		case <-s.reaper.stopped:
			s.suspend()
		case status := <-s.reaper.ended:
			s.terminal.recover()
			if s.restarting == nil || s.stopping {
				return end(status)
			}
			if err := s.start(s.restarting); err != nil {
				return err
			}
		}
	}
}

// forward passes a signal on to the command. The first SIGTERM starts the stop
// timeout, and no command is started anew after it.
func (s *Supervisor) forward(received os.Signal) {
	number, ok := received.(syscall.Signal)
	if !ok || number == syscall.SIGCHLD || number == syscall.SIGURG || number == syscall.SIGPIPE {
		return
	}
	switch number {
	case syscall.SIGTERM:
		s.stop()
	case syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP:
		if s.restarting != nil {
			s.stop()
		}
	}
	s.reaper.signal(number, false)
}

// stop notes that somebody asked for the command's end. Its stop timeout begins, and
// what is left of the time that a restart gave it does not count.
func (s *Supervisor) stop() {
	if s.stopping {
		return
	}
	s.stopping, s.deadline = true, nil
	if s.settings.StopTimeout > 0 {
		s.deadline = time.After(s.settings.StopTimeout.Std())
	}
}

// Restart ends the running command and starts the given one in its place: SIGTERM,
// SIGKILL to its group after the stop timeout or 10 seconds, start. If the command
// ends by itself, or somebody else asks for its end, that stays its end, and
// Restart does nothing. It returns when the request is taken, not when it is done;
// the command must not be changed from then on.
func (s *Supervisor) Restart(command *Command) {
	select {
	case s.restarts <- command:
	case <-s.done:
	}
}

// replace begins to end the running command for the sake of another.
func (s *Supervisor) replace(next *Command) {
	s.reaper.sweep() // an end that came before our signal is not caused by it
	if s.stopping || s.reaper.group() == 0 {
		return
	}
	if s.restarting == nil {
		timeout := s.settings.StopTimeout.Std()
		if timeout == 0 {
			timeout = restartTimeout
		}
		s.deadline = time.After(timeout)
		s.reaper.signal(syscall.SIGTERM, false)
		s.reaper.signal(syscall.SIGCONT, true) // or a stopped command could not end
	}
	s.restarting = next
}

// start starts a command in a process group of its own and gives it the terminal
// that we have.
func (s *Supervisor) start(command *Command) error {
	s.restarting, s.deadline = nil, nil
	if err := command.rewind(); err != nil {
		return describe(command.Args[0], err)
	}
	command.Limits.restore()
	defer command.Limits.lower()
	err := s.reaper.start(func() (int, error) {
		pid, err := s.terminal.fork(command)
		if script, ok := command.shell(); ok && errors.Is(err, syscall.ENOEXEC) {
			pid, err = s.terminal.fork(script)
		}
		return pid, err
	})
	if err != nil {
		return describe(command.Args[0], err)
	}
	return nil
}

// end turns the end of a command into an exit status, as sh does.
func end(status syscall.WaitStatus) error {
	if status.Signaled() {
		return &Error{Status: 128 + int(status.Signal())}
	}
	if status.ExitStatus() != 0 {
		return &Error{Status: status.ExitStatus()}
	}
	return nil
}
