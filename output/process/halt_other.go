//go:build unix && !linux

package process

import "syscall"

// halt stops this process and all others of its group, as Ctrl-Z would, until a
// SIGCONT, unless called says that somebody wants us to go on.
func halt(called func() bool) {
	if !called() {
		_ = syscall.Kill(0, syscall.SIGTSTP)
	}
}
