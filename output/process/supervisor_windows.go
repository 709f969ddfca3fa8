package process

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// Supervisor stays with a command from its start to its end. On Windows it knows
// how the command ended and can start it anew; there are no signals and no orphans.
type Supervisor struct {
	restarts chan *Command
	done     chan struct{}
	mutex    sync.Mutex
	child    *os.Process
}

// NewSupervisor returns a supervisor. Settings about signals have no effect.
func NewSupervisor(_ Settings, signals chan os.Signal) *Supervisor {
	signal.Ignore(os.Interrupt) // a console's Ctrl-C reaches the command by itself
	return &Supervisor{restarts: make(chan *Command, 1), done: make(chan struct{})}
}

// Pause does nothing here.
func (s *Supervisor) Pause() {}

// Resume does nothing here.
func (s *Supervisor) Resume() {}

// Signal does nothing here.
func (s *Supervisor) Signal(syscall.Signal) {}

// Run starts the command, stays until it has ended and returns its end: nil for
// status 0, else an [Error]. Started, if not nil, is called once it has started for the
// first time.
func (s *Supervisor) Run(command *Command, started func()) error {
	defer close(s.done)
	for {
		child, err := command.start()
		if err != nil {
			return describe(command.Args[0], err)
		}
		if started != nil {
			started()
			started = nil
		}
		s.mutex.Lock()
		s.child = child
		s.mutex.Unlock()
		state, err := child.Wait()
		if err != nil {
			return describe(command.Args[0], err)
		}
		select {
		case command = <-s.restarts:
			continue
		default:
		}
		if status := state.ExitCode(); status != 0 {
			return &Error{Status: status}
		}
		return nil
	}
}

// Restart ends the running command and starts the given one in its place.
func (s *Supervisor) Restart(command *Command) {
	select {
	case s.restarts <- command:
	case <-s.done:
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.child != nil {
		_ = s.child.Kill()
	}
}
