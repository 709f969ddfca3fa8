package output

import (
	"errors"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
)

// status is what the program would end with.
func status(err error) int {
	var setting *config.Error
	var undelivered *Error
	switch {
	case errors.As(err, &undelivered):
		return 73
	case errors.As(err, &setting):
		return 78
	}
	return 70
}

// wants checks that an error has the status and says the words.
func wants(t *testing.T, err error, code int, words string) {
	t.Helper()
	if err == nil || status(err) != code || !strings.Contains(err.Error(), words) {
		t.Errorf("got %v, want status %d and %q", err, code, words)
	}
}
