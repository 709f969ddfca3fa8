//go:build unix

package vault

import (
	"errors"
	"os"
	"syscall"
)

func acquire(file *os.File) error {
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
