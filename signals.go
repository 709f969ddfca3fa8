package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// grace is how long work may go on after a signal asked us to end. The promise
// is to be gone within 100 ms.
const grace = 50 * time.Millisecond

// interrupted is the end of a run by a signal.
type interrupted struct{ signal syscall.Signal }

func (e *interrupted) Error() string {
	return fmt.Sprintf("ended by signal %d (%v)", int(e.signal), e.signal)
}

// status is the shell's convention for a process that a signal ended.
func (e *interrupted) status() int { return 128 + int(e.signal) }

// signals holds the signals that reach us until a command takes them over.
type signals struct{ received chan os.Signal }

// watchSignals starts to watch for the signals that end us. One that was
// ignored when we started (nohup) stays ignored. SIGPIPE is caught, so that
// writing to a closed standard output is an error and not our death.
func watchSignals() *signals {
	s := &signals{received: make(chan os.Signal, 64)}
	for _, sig := range []os.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT} {
		if !signal.Ignored(sig) {
			signal.Notify(s.received, sig)
		}
	}
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return s
}

// context returns a context that ends with the first signal; its cause is an
// [interrupted].
func (s *signals) context(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	go func() {
		select {
		case sig := <-s.received:
			number, _ := sig.(syscall.Signal)
			cancel(&interrupted{number})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// within runs work and returns its error, or the signal's once the signal came
// and work did not end within the grace. Work is then left behind, which is
// harmless since the process is about to end.
func within(ctx context.Context, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
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
