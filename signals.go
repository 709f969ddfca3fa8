package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/infisical-login/infisical-login/output/process"
)

// grace is how long work may go on after a signal asked us to end. The promise
// is to be gone within 100 ms.
const grace = 50 * time.Millisecond

// waiting bounds the signals that are kept for the command while it does not run
// yet. A kernel that keeps more of one real-time signal for a process is rare.
const waiting = 4096

// interrupted is the end of a run by a signal.
type interrupted struct{ signal syscall.Signal }

func (e *interrupted) Error() string {
	return fmt.Sprintf("ended by signal %d (%v)", int(e.signal), e.signal)
}

// status is the shell's convention for a process that a signal ended.
func (e *interrupted) status() int { return 128 + int(e.signal) }

// signals holds the signals that reach us until a command gets them.
type signals struct{ received chan os.Signal }

// watchSignals starts to watch for what ends us, and if there is a command for
// everything that it should get. Watching for all sixty costs a tenth of a
// login. SIGHUP and SIGINT stay ignored if they were (nohup). SIGPIPE is caught, so
// that writing to a closed standard output is an error and not our death.
func watchSignals(command bool) *signals {
	s := &signals{received: make(chan os.Signal, waiting)}
	if command {
		s.watchAll()
	} else {
		s.watch(ends)
	}
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return s
}

// watchAll watches for everything that a command should get, and that does not
// end a process that stays without one.
func (s *signals) watchAll() { s.watch(func(os.Signal) bool { return true }) }

func (s *signals) watch(wanted func(os.Signal) bool) {
	for _, sig := range process.Signals() {
		if wanted(sig) {
			signal.Notify(s.received, sig)
		}
	}
}

// context returns a context that ends with the first signal that is meant to
// end us; its cause is an [interrupted]. That one and all others are kept: it may
// have come when it was too late to look at the context. The function that it
// returns stops the watching and leaves the kept ones to whoever reads next.
func (s *signals) context(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	done := make(chan struct{})
	var kept []os.Signal
	go func() {
		defer close(done)
		for {
			select {
			case sig := <-s.received:
				if len(kept) < waiting || ends(sig) {
					kept = append(kept, sig)
				}
				if ends(sig) {
					cancel(&interrupted{sig.(syscall.Signal)})
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, func() {
		cancel(nil)
		<-done
		for _, sig := range kept {
			select {
			case s.received <- sig:
			default:
			}
		}
		kept = nil
	}
}

// ends tells whether a signal is meant to end a program that waits for nothing
// in particular.
func ends(sig os.Signal) bool {
	return slices.Contains([]os.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP}, sig)
}

// within runs work and returns its error, or the signal's once the signal came
// and work did not end within the grace. Work is then left behind, which is
// harmless since the process is about to end.
func within(ctx context.Context, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- guarded(work) }()
	select {
	case err := <-done:
		return first(interruption(ctx), err)
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return first(interruption(ctx), err)
	case <-time.After(grace):
		return context.Cause(ctx)
	}
}

// interruption returns the signal that ended ctx, if one did.
func interruption(ctx context.Context) error {
	if cause, ok := context.Cause(ctx).(*interrupted); ok {
		return cause
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
