package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods"
	"github.com/infisical-login/infisical-login/methods/token"
	"github.com/infisical-login/infisical-login/output/process"
)

// stayer is a process that stays with a token.
type stayer struct {
	*plan
	supervisor *process.Supervisor
	notify     notifySettings
	health     *health

	mutex sync.Mutex    // of the plan's client as well, which is made anew
	owed  []token.Token // those to revoke in the end
}

// remain logs in, delivers the token, and stays until the command has ended or,
// without one, until a signal says so.
func (p *plan) remain(ctx context.Context, release func()) error {
	s := &stayer{plan: p}
	_ = p.run.source.Decode(&s.notify) // the plan has told what is wrong with it
	var err error
	if s.health, err = listenHealth(p.stay.Health.Address); err != nil {
		return err
	}
	defer s.health.close()
	defer s.end()
	got, err := s.begin(ctx)
	if err != nil {
		return err
	}
	release()
	collect()
	s.supervisor = process.NewSupervisor(p.stay.Settings, p.run.signals.received)
	if p.target.Command == nil {
		return s.sidecar(got)
	}
	return s.supervise(got)
}

// begin obtains and delivers the first token. A signal that comes before the
// command is there, or before the file is, ends it all.
func (s *stayer) begin(ctx context.Context) (token.Token, error) {
	got, err := s.login(ctx)
	if got.Secret != "" {
		s.owe(got)
	}
	if err == nil {
		s.health.count(loginsTotal)
		err = s.deliver(ctx, got)
	}
	if err != nil {
		s.health.failed(err)
		return got, err
	}
	s.run.log.loggedIn(got)
	s.health.delivered(got)
	if s.target.Command != nil {
		err = interruption(ctx)
	}
	return got, err
}

// supervise runs the command to its end, with the token kept alive beside it. If
// that cannot go on the command does, and its end is the run's.
func (s *stayer) supervise(first token.Token) error {
	command := s.command()
	stop := s.keeping(first, func(err error) { s.run.log.fail(err) })
	defer stop()
	started := false
	err := s.supervisor.Run(command, func() { started = true; s.ready() })
	if started {
		s.notify.tell("STOPPING=1")
	}
	return err
}

// ready tells the service manager that all is in its place. What remains to be done
// is to wait.
func (s *stayer) ready() {
	s.notify.tell("READY=1")
	process.Trim()
}

// sidecar keeps the token alive until a signal ends us, which is a good end.
func (s *stayer) sidecar(first token.Token) error {
	s.run.signals.watchAll()
	lost := make(chan error, 1)
	stop := s.keeping(first, func(err error) { lost <- err })
	defer stop()
	s.ready()
	defer s.notify.tell("STOPPING=1")
	for {
		select {
		case err := <-lost:
			return err
		case sig := <-s.run.signals.received:
			if ends(sig) {
				return nil
			}
		}
	}
}

// keeping keeps the token alive, if that is asked for, until the function that it
// returns is called. Failed is told why it had to give up.
func (s *stayer) keeping(first token.Token, failed func(error)) (stop func()) {
	if !s.stay.Renew {
		s.forget()
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	keeper := s.keeper()
	go func() {
		defer close(over)
		err := guarded(func() error { return keeper.Keep(ctx, first) })
		if err != nil && ctx.Err() == nil {
			s.health.failed(err)
			failed(err)
		}
	}()
	return func() {
		cancel()
		select {
		case <-over:
		case <-time.After(grace):
		}
	}
}

// keeper is what keeps the token alive.
func (s *stayer) keeper() methods.Keeper {
	return methods.Keeper{
		Client: s.client, Row: s.row, Fresh: s.method, Connect: s.reconnect,
		Deliver: s.redeliver, Report: s.report,
		Guard: func() func() { s.supervisor.Pause(); return s.supervisor.Resume },
	}
}

// reconnect makes the client anew, from files that may have been rotated. The instance
// stays that of the token, whatever the env file says now.
func (s *stayer) reconnect() (*methods.Client, error) {
	var server methods.Server
	if err := s.run.source.Decode(&server); err != nil {
		return nil, err
	}
	server.Domain = config.URL(s.client.Domain())
	client, err := server.Client()
	if err != nil {
		return nil, err
	}
	client.Dial = s.client.Dial
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.client = client
	return client, nil
}

// redeliver gives a new token to the sinks and then tells the command of it.
func (s *stayer) redeliver(t token.Token) error {
	s.owe(t)
	if s.target.Command != nil {
		s.target.Command = s.command()
	}
	if err := s.put(t); err != nil {
		return err
	}
	if s.target.Command == nil {
		return nil
	}
	if number, ok := s.stay.OnRenew.Signal(); ok {
		s.supervisor.Signal(number)
	}
	if s.stay.OnRenew.Restart() {
		s.supervisor.Restart(s.command())
	}
	return nil
}

// command returns a copy of the command, since the one that the supervisor has
// must not change any more.
func (s *stayer) command() *process.Command {
	command := *s.target.Command
	command.Env, command.Files = slices.Clone(command.Env), slices.Clone(command.Files)
	return &command
}

// report tells people and probes what became of the token.
func (s *stayer) report(news methods.News) {
	defer process.Trim()
	s.run.log.kept(news)
	switch news.What {
	case methods.Failed:
		s.health.failed(news.Err)
	case methods.Renewed:
		s.health.count(renewalsTotal)
		s.health.delivered(news.Token)
	case methods.LoggedIn:
		s.health.count(loginsTotal)
		s.health.delivered(news.Token)
	}
}

// forget drops all that could log in again, once nothing will.
func (s *stayer) forget() {
	s.run.environ, s.run.source = nil, nil
	s.sinks, s.target.Environ = nil, nil
	s.row = methods.Row{}
}
