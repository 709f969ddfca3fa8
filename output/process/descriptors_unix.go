//go:build unix

package process

import "golang.org/x/sys/unix"

// none marks a descriptor that a process to be started does not get.
const none = ^uintptr(0)

// descriptors returns those that the command gets, each under the number that it
// has here: the standard streams, the command's files, and what whoever started us
// left open for it.
func (c *Command) descriptors() []uintptr {
	list := []uintptr{0, 1, 2}
	for _, file := range c.Files {
		for number := file.Fd(); uintptr(len(list)) <= number; {
			list = append(list, inherited(len(list)))
		}
		list[file.Fd()] = file.Fd()
	}
	return list
}

// inherited returns the descriptor if it is open and survives execve.
func inherited(fd int) uintptr {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC != 0 {
		return none
	}
	return uintptr(fd)
}

// rewind sets the command's files to their beginning, for a command that is started
// anew with the same ones.
func (c *Command) rewind() error {
	for _, file := range c.Files {
		if _, err := file.Seek(0, 0); err != nil {
			return err
		}
	}
	return nil
}
