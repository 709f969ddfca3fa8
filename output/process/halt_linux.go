package process

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// halt stops this process and all others of its group, as Ctrl-Z would, until a
// SIGCONT. Nothing is stopped any more if one comes before, or if called, which is
// asked at the last moment, says that somebody wants us to go on. The caller has
// locked its thread, and SIGTTOU is ignored.
//
// A stop that is pending is taken back by the kernel when a SIGCONT comes. So ours is
// kept pending while there is something left to look at. Only one thread can be told
// to do so; the others of the group get a signal that does not reach us.
func halt(called func() bool) {
	var stop, before unix.Sigset_t
	stop.Val[0] = 1 << (unix.SIGTSTP - 1)
	if unix.PthreadSigmask(unix.SIG_BLOCK, &stop, &before) != nil {
		return
	}
	_ = unix.Tgkill(unix.Getpid(), unix.Gettid(), unix.SIGTSTP)
	_ = syscall.Kill(0, syscall.SIGTTOU)
	if called() {
		_ = syscall.Kill(0, syscall.SIGCONT)
	}
	_ = unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil)
}
