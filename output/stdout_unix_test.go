//go:build unix

package output

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
)

func helpStdout([]string) error {
	return new(stdout).Check(Target{Stdout: os.Stdout})
}

func TestStdout(t *testing.T) {
	// Standard output gets the token, one newline, and nothing else.
	t.Parallel()
	var out, errs bytes.Buffer
	target := Target{Stdout: &out, Stderr: &errs}
	sink := &stdout{Rendering{Format: Plain}}
	if err := sink.Check(target); err != nil {
		t.Fatal(err)
	}
	if err := sink.Put(sample("abc.def"), target); err != nil {
		t.Fatal(err)
	}
	if out.String() != "abc.def\n" || errs.Len() > 0 {
		t.Errorf("got %q and %q", out.String(), errs.String())
	}
}

func TestStdoutClosed(t *testing.T) {
	// A closed standard output is known before the login; a discarded one is somebody's wish.
	t.Parallel()
	for redirection, want := range map[string]int{">&-": 73, ">/dev/null": 0, ">>/dev/null": 0, "</dev/null": 0, "| cat": 0, "1</dev/null": 73} {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", `"$0" `+redirection, os.Args[0])
		cmd.Env = append(os.Environ(), "OUTPUT_TEST=stdout")
		if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != want {
			t.Errorf("%s: got %v, %s; want %d", redirection, cmd.ProcessState, out, want)
		}
	}
}

func TestStdoutReaderGone(t *testing.T) {
	// A reader that is gone is found before the login, and reported if it goes meanwhile.
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	target, sink := Target{Stdout: writer}, new(stdout)
	if err := sink.Check(target); err != nil {
		t.Error(err)
	}
	reader.Close()
	wants(t, sink.Check(target), 73, "its reader is gone")
	wants(t, sink.Put(sample("abc"), target), 73, "standard output did not take the token: broken pipe")
}

func TestStdoutFull(t *testing.T) {
	// A token that a full device did not take is not reported as delivered.
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("skipped: no /dev/full here")
	}
	defer full.Close()
	wants(t, new(stdout).Put(sample("abc"), Target{Stdout: full}), 73, "no space left on device")
}
