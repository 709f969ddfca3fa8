//go:build unix

package process_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/infisical-login/infisical-login/output/process"
)

// TestMain lets the test binary stand in for the program: started with the
// variable PROCESS_TEST it does what that names instead of testing.
func TestMain(m *testing.M) {
	mode := os.Getenv("PROCESS_TEST")
	os.Unsetenv("PROCESS_TEST")
	if helper, ok := helpers[mode]; ok {
		os.Exit(helper(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// helpExec replaces itself by the command in its arguments.
func helpExec(args []string) int {
	command, err := process.Find(args, os.Environ())
	if err == nil {
		err = command.Exec(nil)
	}
	return report(err)
}

// report prints an error and returns the status that it asks for.
func report(err error) int {
	if err == nil {
		return 0
	}
	var failure *process.Error
	if !errors.As(err, &failure) {
		fmt.Fprintln(os.Stderr, "unexpected:", err)
		return 70
	}
	if failure.Message != "" {
		fmt.Fprintln(os.Stderr, failure.Message)
	}
	return failure.Status
}

// helper returns the test binary, ready to start as a helper.
func helper(t *testing.T, mode string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), "PROCESS_TEST="+mode)
	return cmd
}

// outcome runs a command to its end and returns what it left.
func outcome(t *testing.T, cmd *exec.Cmd) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	var ended *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// script writes an executable file.
func script(t *testing.T, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}
