//go:build unix

package main

import "golang.org/x/sys/unix"

// hideInput stops a terminal from showing what is typed, and from keeping a line
// to itself until it is ended. Ctrl-C goes on to be a signal.
func hideInput(fd int) (restore func(), err error) {
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, err
	}
	hidden := *before
	hidden.Lflag &^= unix.ECHO | unix.ICANON
	hidden.Lflag |= unix.ISIG
	hidden.Iflag |= unix.ICRNL
	hidden.Cc[unix.VMIN], hidden.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, setTermios, &hidden); err != nil {
		return nil, err
	}
	return func() { _ = unix.IoctlSetTermios(fd, setTermios, before) }, nil
}
