package main

import (
	"slices"

	"github.com/infisical-login/infisical-login/config"
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

// checkStay finds contradictions in what is asked of a process that stays, and
// tells what has no effect.
func (p *plan) checkStay() error {
	if !p.stay.Renew && p.stay.OnRenew != "nothing" {
		p.run.log.warn("--on-renew or INFISICAL_LOGIN_ON_RENEW has no effect without --renew")
	}
	if !p.stay.stays() {
		if p.stay.Health.Address != "" {
			p.run.log.warn("--health-address or INFISICAL_LOGIN_HEALTH_ADDRESS has no effect without --renew or --revoke-on-exit")
		}
		if p.stay.StopTimeout > 0 {
			p.run.log.warn("--stop-timeout or INFISICAL_LOGIN_STOP_TIMEOUT has no effect without --renew or --revoke-on-exit")
		}
		return nil
	}
	if p.target.Command == nil && p.stay.Revoke && !p.stay.Renew {
		p.run.log.warn("without a command --revoke-on-exit keeps this process until a signal ends it")
	}
	if p.stay.Revoke && p.personal() {
		p.run.log.warn("a person's token cannot be revoked by --revoke-on-exit or INFISICAL_LOGIN_REVOKE_ON_EXIT; it lives until it expires")
	}
	return p.checkRenew()
}

// checkRenew finds out whether a renewed token can be had, and reach the command.
func (p *plan) checkRenew() error {
	if !p.stay.Renew {
		return nil
	}
	if p.personal() {
		return &config.Error{Name: "INFISICAL_LOGIN_RENEW", Flag: "renew", Message: "a person's token cannot be renewed without asking the person; take --renew or INFISICAL_LOGIN_RENEW away, or log in as a machine identity"}
	}
	if slices.Contains(p.names, "memfd") && !p.stay.OnRenew.Restart() {
		return &config.Error{Name: "INFISICAL_LOGIN_ON_RENEW", Flag: "on-renew", Message: "a command that runs cannot get a new memory file: with --renew the sink memfd needs --on-renew=restart or INFISICAL_LOGIN_ON_RENEW=restart"}
	}
	deaf := p.target.Command != nil && !slices.ContainsFunc(p.names, func(name string) bool { return name != "child" })
	if deaf && p.stay.OnRenew == "nothing" {
		p.run.log.warn("the command cannot learn of a renewed token; deliver it to a file too (--token-path), or set --on-renew or INFISICAL_LOGIN_ON_RENEW to restart")
	}
	return nil
}

// personal tells whether a person logs in, and not a machine identity.
func (p *plan) personal() bool { return p.row.Name == "user" }
