package methods

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/infisical-login/infisical-login/config"
)

// readToken returns the token that a file holds, without the white space around
// it. Variable and flag are those of the setting that names the file, for the
// error, which is a [Setting]; either may be empty. The file is opened anew each
// time, since those who project tokens rotate them.
func readToken(path, variable, flag string) (config.Secret, error) {
	text, err := readSmall(path)
	if err == nil {
		text = strings.TrimSpace(text)
		switch {
		case text == "":
			err = errors.New("the file is empty")
		case !printable(text):
			err = errors.New("what the file holds is not a token")
		}
	}
	if err != nil {
		return "", unreadable("token file", path, err, variable, flag)
	}
	return config.Secret(text), nil
}

// readSmall returns the content of a regular file of at most [maxProof] bytes.
func readSmall(path string) (string, error) {
	content, err := config.ReadRegular(path, maxProof)
	return string(content), err
}

// unreadable is the error for a file that is of no use.
func unreadable(what, path string, err error, variable, flag string) error {
	why := err
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		why = failed.Err // the path is named before it
	}
	message := fmt.Sprintf("%s %q: %v", what, path, why)
	switch {
	case flag != "" && variable != "":
		message += fmt.Sprintf("; set --%s or %s", flag, variable)
	case variable != "":
		message += fmt.Sprintf("; see %s", variable)
	}
	return &Error{Kind: Setting, Message: message, Err: err}
}
