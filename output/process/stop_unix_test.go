//go:build unix

package process

import (
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

func TestStopDuringRestart(t *testing.T) {
	// A command that is told to stop in the middle of a restart has the whole stop timeout from then on, whatever the restart had left.
	t.Parallel()
	const restart, stop = 10 * time.Second, 8 * time.Second
	for _, asked := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		for _, limit := range []time.Duration{stop, 0} {
			synctest.Test(t, func(t *testing.T) {
				s := &Supervisor{settings: Settings{StopTimeout: config.Duration(limit)}, reaper: new(reaper)}
				s.restarting, s.deadline = new(Command), time.After(restart)
				time.Sleep(restart - time.Second)
				s.forward(asked)
				begun := time.Now()
				s.forward(syscall.SIGTERM) // a second one does not count
				select {
				case <-s.deadline:
					if got := time.Since(begun); limit == 0 || got != limit {
						t.Errorf("%v: killed after %v, want %v", asked, got, limit)
					}
				case <-time.After(time.Hour):
					if limit != 0 {
						t.Errorf("%v: not killed", asked)
					}
				}
			})
		}
	}
}
