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

// staySettings say what is owed after the token has been delivered. If nothing
// is, nothing of us remains.
type staySettings struct {
	Renew  bool `env:"INFISICAL_LOGIN_RENEW" flag:"renew" usage:"Stay, and keep the token alive."`
	Revoke bool `env:"INFISICAL_LOGIN_REVOKE_ON_EXIT" flag:"revoke-on-exit" usage:"Stay, and revoke the token when the command has ended."`
	process.Settings
	Health healthSettings
}

func (s staySettings) stays() bool { return s.Renew || s.Revoke }

// revokeLimit bounds the revocation at the end, which may not hold up the exit.
const revokeLimit = 2 * time.Second

// checkStay finds contradictions in what is asked of a process that stays.
func (p *plan) checkStay() error {
	if !p.stay.stays() {
		if p.stay.Health.Address != "" {
			p.run.log.warn("--health-address or INFISICAL_LOGIN_HEALTH_ADDRESS has no effect without --renew or --revoke-on-exit")
		}
		return nil
	}
	names := p.names
	onlyCommand := p.target.Command != nil && !slices.ContainsFunc(names, func(name string) bool { return name != "child" && name != "memfd" })
	if p.stay.Renew && slices.Contains(names, "memfd") && !p.stay.OnRenew.Restart() {
		return &config.Error{Name: "INFISICAL_LOGIN_ON_RENEW", Flag: "on-renew", Message: "a command that runs cannot get a new memory file: with --renew the sink memfd needs --on-renew=restart or INFISICAL_LOGIN_ON_RENEW=restart"}
	}
	if p.stay.Renew && onlyCommand && p.stay.OnRenew == "nothing" {
		p.run.log.warn("the command cannot learn of a renewed token; deliver it to a file too (--token-path), or set --on-renew or INFISICAL_LOGIN_ON_RENEW to restart")
	}
	if p.target.Command == nil && p.stay.Revoke && !p.stay.Renew {
		p.run.log.warn("without a command --revoke-on-exit keeps this process until a signal ends it")
	}
	return nil
}

// stayer is a process that stays with a token.
type stayer struct {
	*plan
	supervisor *process.Supervisor
	notify     notifySettings

	mutex   sync.Mutex
	current token.Token // the newest, which is the one to revoke
}

// remain logs in, delivers the token, and stays until the command has ended or,
// without one, until a signal says so.
func (p *plan) remain(ctx context.Context, release func()) error {
	s := &stayer{plan: p}
	var err error
	if p.health, err = listenHealth(p.stay.Health.Address); err != nil {
		return err
	}
	defer p.health.close()
	_ = p.run.source.Decode(&s.notify)
	got, err := p.login(ctx)
	if err != nil {
		p.health.failed(err)
		return err
	}
	p.health.count("infisical_login_logins_total")
	s.current = got
	defer s.end()
	if err := p.deliver(got); err != nil {
		return err
	}
	p.run.log.loggedIn(got)
	p.health.delivered(got)
	if err := interruption(ctx); err != nil {
		return err
	}
	release()
	s.supervisor = process.NewSupervisor(p.stay.Settings, p.run.signals.received)
	s.notify.tell("READY=1")
	defer s.notify.tell("STOPPING=1")
	if p.target.Command == nil {
		return s.sidecar()
	}
	return s.supervise()
}

// supervise runs the command to its end, with the token kept alive beside it.
func (s *stayer) supervise() error {
	ctx, cancel := context.WithCancel(context.Background())
	command := s.command()
	var keeping sync.WaitGroup
	if s.stay.Renew {
		keeping.Go(func() {
			if err := s.keep(ctx); ctx.Err() == nil && err != nil {
				s.run.log.fail(err) // the command goes on, and its end is the run's
			}
		})
	} else {
		s.forget()
	}
	err := s.supervisor.Run(command)
	cancel()
	keeping.Wait()
	return err
}

// sidecar keeps the token alive until a signal ends us, which is a good end.
func (s *stayer) sidecar() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	if s.stay.Renew {
		go func() { ended <- s.keep(ctx) }()
	} else {
		s.forget()
	}
	for {
		select {
		case err := <-ended:
			return err
		case sig := <-s.run.signals.received:
			if !ends(sig) {
				continue
			}
			cancel()
			select {
			case <-ended:
			case <-time.After(grace):
			}
			return nil
		}
	}
}

// keep keeps the token alive until ctx ends.
func (s *stayer) keep(ctx context.Context) error {
	keeper := methods.Keeper{
		Client: s.client, Row: s.row, Fresh: s.method,
		Deliver: s.redeliver, Report: s.report,
		Guard: func() func() { s.supervisor.Pause(); return s.supervisor.Resume },
	}
	return keeper.Keep(ctx, s.current)
}

// redeliver gives a new token to the sinks and then tells the command of it.
func (s *stayer) redeliver(t token.Token) error {
	if s.target.Command != nil {
		s.target.Command = s.command()
	}
	if err := s.deliver(t); err != nil {
		return err
	}
	s.health.delivered(t)
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
	s.run.log.kept(news)
	switch news.What {
	case methods.Failed:
		s.health.failed(news.Err)
		return
	case methods.Renewed:
		s.health.count("infisical_login_renewals_total")
	case methods.LoggedIn:
		s.health.count("infisical_login_logins_total")
	}
	s.health.delivered(news.Token)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.current = news.Token
}

// forget drops all that could log in again, once nothing will.
func (s *stayer) forget() {
	s.run.environ, s.run.source = nil, nil
	s.sinks, s.target.Environ = nil, nil
}

// end revokes the newest token if that was asked for. It neither takes long nor
// changes the exit status.
func (s *stayer) end() {
	if !s.stay.Revoke {
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), revokeLimit)
	defer cancel()
	s.client.Report = nil
	if err := s.client.Revoke(ctx, s.current); err != nil {
		s.run.log.warn("the token could not be revoked: " + err.Error())
	}
}
