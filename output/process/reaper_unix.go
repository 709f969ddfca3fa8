//go:build unix

package process

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// reaper waits for all children of this process: the command, whose end
// matters, and orphans that the kernel gave us, whose ends do not. Other packages
// may start children too and wait for them themselves; that they do only while
// the reaper is paused.
type reaper struct {
	mutex   sync.Mutex
	paused  int
	pid     int            // of the command, 0 if none runs
	stop    syscall.Signal // that keeps the command stopped, 0 if it goes on
	ended   chan syscall.WaitStatus
	stopped chan struct{} // has something in it when the command was stopped
}

func newReaper() *reaper {
	r := &reaper{ended: make(chan syscall.WaitStatus, 1), stopped: make(chan struct{}, 1)}
	changed := make(chan os.Signal, 1) // one is enough: each makes us look at all children
	signal.Notify(changed, syscall.SIGCHLD)
	go func() {
		r.sweep() // of what ended before somebody looked
		for range changed {
			r.sweep()
		}
	}()
	return r
}

// pause leaves strangers alone until as many calls of resume.
func (r *reaper) pause() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.paused++
}

func (r *reaper) resume() {
	r.mutex.Lock()
	r.paused--
	r.mutex.Unlock()
	r.sweep()
}

// sweep takes note of every child that has ended, stopped or been continued.
func (r *reaper) sweep() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for {
		whom := -1
		if r.paused > 0 {
			whom = r.pid
		}
		if whom == 0 {
			return
		}
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(whom, &status, syscall.WNOHANG|syscall.WUNTRACED|syscall.WCONTINUED, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
		if pid == r.pid {
			r.note(status)
		}
	}
}

// note passes on what happened to the command. Whoever runs it takes its end
// before starting another, so there is room.
func (r *reaper) note(status syscall.WaitStatus) {
	switch {
	case status.Continued():
		r.stop = 0
	case status.Stopped():
		r.stop = status.StopSignal()
		select {
		case r.stopped <- struct{}{}:
		default:
		}
	default:
		r.pid, r.stop = 0, 0
		r.ended <- status
	}
}

// halted returns the signal that keeps the command stopped at this moment, 0 if it
// goes on.
func (r *reaper) halted() syscall.Signal {
	r.sweep()
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.stop
}

// start starts a command. Nothing is waited for meanwhile, so that its end cannot
// be taken for a stranger's.
func (r *reaper) start(fork func() (pid int, err error)) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	pid, err := fork()
	if err == nil {
		r.pid = pid
	}
	return err
}

// signal sends a signal to the command, or to its whole group. It does nothing
// once the command's end is known, when the number may be somebody else's.
func (r *reaper) signal(number syscall.Signal, group bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.pid == 0 {
		return
	}
	if group {
		_ = syscall.Kill(-r.pid, number)
	}
	if !group || number == syscall.SIGKILL { // a command may have left its group
		_ = syscall.Kill(r.pid, number)
	}
}

// group returns the process group that the command leads, 0 if there is none.
func (r *reaper) group() int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.pid
}
