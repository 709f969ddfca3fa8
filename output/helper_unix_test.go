//go:build unix

package output

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// TestMain lets the test binary be another process: started with the variable
// OUTPUT_TEST it does what that names instead of testing.
func TestMain(m *testing.M) {
	if helper, ok := helpers[os.Getenv("OUTPUT_TEST")]; ok {
		if err := helper(os.Args[1:]); err != nil {
			fmt.Fprint(os.Stderr, err)
			os.Exit(status(err))
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// helper returns the test binary, ready to start as a helper.
func helper(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), "OUTPUT_TEST="+name)
	return cmd
}
