package main

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods"
	"github.com/infisical-login/infisical-login/output"
	"github.com/infisical-login/infisical-login/output/process"
)

// Every kind of error has its exit status, wrapped or not.
func TestStatusOfEveryError(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{&usageError{"x"}, 64},
		{errors.New("nobody expected this"), 70},
		{&output.Error{Message: "x"}, 73},
		{&methods.Error{Kind: methods.Unavailable}, 75},
		{&methods.Error{Kind: methods.Protocol}, 76},
		{&methods.Error{Kind: methods.Refused}, 77},
		{&methods.Error{Kind: methods.Setting}, 78},
		{&config.Error{Message: "x"}, 78},
		{&process.Error{Status: 126}, 126},
		{&process.Error{Status: 127}, 127},
		{&process.Error{Status: 3}, 3},
		{&process.Error{Status: 0}, 0},
		{&interrupted{syscall.SIGTERM}, 143},
		{&interrupted{syscall.SIGINT}, 130},
		{fmt.Errorf("wrapped: %w", &config.Error{}), 78},
		// Of several, the one to mend first.
		{errors.Join(&output.Error{}, &process.Error{Status: 127}, &config.Error{}), 78},
		{errors.Join(&output.Error{}, &process.Error{Status: 127}), 127},
		{errors.Join(&methods.Error{Kind: methods.Refused}, &output.Error{}), 73},
		{errors.Join(errors.Join(&config.Error{}, &usageError{}), &output.Error{}), 64},
	} {
		if got := status(test.err); got != test.want {
			t.Errorf("%#v: status %d, not %d", test.err, got, test.want)
		}
	}
}

// A bug is status 70, and what a panic says is told only if it cannot hold a secret.
func TestBugsAreConfessed(t *testing.T) {
	t.Parallel()
	var stderr strings.Builder
	if got := confess("hushhush", &stderr); got != 70 {
		t.Errorf("status %d", got)
	}
	if strings.Contains(stderr.String(), "hushhush") || !strings.Contains(stderr.String(), "please report") {
		t.Error(stderr.String())
	}
}
