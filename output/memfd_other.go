//go:build !linux

package output

import (
	"errors"
	"os"
)

var errNoMemoryFiles = errors.New("they are Linux's")

func sealed([]byte) (*os.File, error) { return nil, errNoMemoryFiles }

func become(_, _ *os.File) error { return errNoMemoryFiles }
