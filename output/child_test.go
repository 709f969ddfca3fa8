package output

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/output/process"
)

func TestChild(t *testing.T) {
	// The command gets the token and its Infisical, once each, in place of stale ones. (Asked of env; sh would hide a duplicate.)
	t.Parallel()
	env, err := exec.LookPath("env")
	if err != nil {
		t.Skip("skipped: no env here")
	}
	command, err := process.Find([]string{env}, []string{"INFISICAL_TOKEN=stale", "KEPT=1", "INFISICAL_API_URL=https://old", "INFISICAL_TOKEN=older"})
	if err != nil {
		t.Fatal(err)
	}
	target := Target{Command: command}
	sink := &child{Naming{"INFISICAL_TOKEN"}}
	if err := sink.Check(target); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"first", "second"} {
		if err := sink.Put(sample(secret), target); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), command.Path)
	cmd.Env = command.Env
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(got)
	want := []string{
		"INFISICAL_API_URL=https://infisical.example.com/base/api", "INFISICAL_DOMAIN=https://infisical.example.com/base",
		"INFISICAL_TOKEN=second", "KEPT=1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestChildTooLong(t *testing.T) {
	// A token that no environment can hold is a failed delivery, not a command that does not start.
	t.Parallel()
	command := &process.Command{Path: "/bin/true", Args: []string{"true"}}
	target := Target{Command: command}
	sink := &child{Naming{"INFISICAL_TOKEN"}}
	wants(t, sink.Put(sample(strings.Repeat("x", 2<<20)), target), 73, "too long for the environment")
	if _, there := command.Lookup("INFISICAL_TOKEN"); there {
		t.Error("the token was left in the environment")
	}
}

func TestChildless(t *testing.T) {
	// A sink for a command without one is a mistake in the settings.
	t.Parallel()
	wants(t, new(child).Check(Target{}), 78, "put one behind --")
}
