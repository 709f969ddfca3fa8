//go:build unix

package vault

import (
	"errors"
	"os"
	"syscall"
)

// syncDirectory makes the names in a directory survive a loss of power, on file
// systems that can.
func syncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	defer directory.Close()
	if err := directory.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}
