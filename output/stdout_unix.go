//go:build unix

package output

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// writable finds out whether standard output is open and has somebody at its
// other end. A full device shows only when it is written to.
func writable(file *os.File) error {
	flags, err := unix.FcntlInt(file.Fd(), unix.F_GETFL, 0)
	if err != nil || flags&unix.O_ACCMODE == unix.O_RDONLY {
		return errors.New("it is not open for writing")
	}
	if flags&unix.O_ACCMODE == unix.O_RDWR && isNull(file) {
		return errors.New("it is closed; to discard the token on purpose, write >/dev/null")
	}
	poll := []unix.PollFd{{Fd: int32(file.Fd()), Events: unix.POLLOUT}}
	if _, err := unix.Poll(poll, 0); err == nil && poll[0].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0 {
		return errors.New("its reader is gone")
	}
	return nil
}

// isNull recognises the null device. Go's runtime opens it, for reading and
// writing, in place of a standard stream that it finds closed; a shell that is told
// to discard output opens it for writing only.
func isNull(file *os.File) bool {
	info, err := file.Stat()
	if err != nil {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err == nil && os.SameFile(info, null)
}
