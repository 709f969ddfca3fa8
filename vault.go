package main

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/output"
	"github.com/infisical-login/infisical-login/output/vault"
	"github.com/spf13/cobra"
)

// vaultCommand returns the commands about where persons' sessions are kept.
func (r *run) vaultCommand() *cobra.Command {
	about := takes(&output.Vault{}, &config.EnvFile{}, &logSettings{})
	cmd := r.command("vault", "Tell or choose where your sessions are kept", about, func(*cobra.Command) error {
		kept, err := r.vault()
		if err != nil {
			return err
		}
		kind, err := kept.Backend()
		if err != nil {
			return lost(err)
		}
		_, err = fmt.Fprintln(r.stdout, kind)
		return undelivered(err)
	})
	var kind vault.Backend
	set := r.command("set auto|file", "Keep sessions in the system keyring (auto) or in encrypted files (file); a change logs everybody out", about, func(*cobra.Command) error {
		return r.setVault(kind)
	})
	set.Args = func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return &usageError{"name where sessions are to be kept: auto or file"}
		}
		if err := kind.UnmarshalText([]byte(args[0])); err != nil {
			return &usageError{err.Error()}
		}
		return nil
	}
	set.ValidArgsFunction = cobra.FixedCompletions([]string{string(vault.Auto), string(vault.File)}, cobra.ShellCompDirectiveNoFileComp)
	cmd.AddCommand(set)
	return cmd
}

func (r *run) setVault(kind vault.Backend) error {
	kept, err := r.vault()
	if err != nil {
		return err
	}
	before, err := kept.Backend()
	if err != nil {
		before = "" // it is about to be mended
	}
	if err := kept.SetBackend(kind); err != nil {
		return lost(err)
	}
	if before != kind {
		r.log.events.Info().Str("vault", string(kind)).Msg("sessions are kept elsewhere from now on; log in again")
	}
	return nil
}

// clearDomains forgets the instances where somebody has logged in.
func (r *run) clearDomains() error {
	kept, err := r.vault()
	if err != nil {
		return err
	}
	return lost(kept.ClearDomains())
}

// vault returns the vault of the person who runs us.
func (r *run) vault() (*vault.Vault, error) {
	var settings output.Vault
	if err := errors.Join(r.source.EmptyFlags(), r.source.Decode(&settings, &config.EnvFile{}, &logSettings{})); err != nil {
		return nil, err
	}
	if _, set := r.source.Lookup("INFISICAL_PROFILE"); set { // newer official CLIs have it
		r.log.warn("INFISICAL_PROFILE counts for nothing, since profiles are not kept; the current person is meant, whom infisical-login user switch changes")
	}
	return settings.Open(output.Target{Home: r.home(), Attended: r.attended()})
}

// attended tells whether somebody is at a terminal, and could unlock a keyring.
func (r *run) attended() bool {
	_, ci := r.source.Lookup("CI")
	return !ci && isTerminal(r.stdin) && isTerminal(r.stderr)
}

// home is the directory of the person who runs us, empty if there is none.
func (r *run) home() string {
	name := "HOME"
	if runtime.GOOS == "windows" {
		name = "USERPROFILE"
	}
	path, _ := r.source.Lookup(name)
	return path
}

// lost is the failure of a vault.
func lost(err error) error {
	if err == nil {
		return nil
	}
	return &output.Error{Message: "the vault cannot be used: " + err.Error(), Err: err}
}
