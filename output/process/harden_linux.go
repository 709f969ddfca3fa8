package process

import "golang.org/x/sys/unix"

// Limits are the limits that [Harden] lowered, as they were.
type Limits struct {
	core *unix.Rlimit // nil if nothing was lowered
}

// Harden keeps the memory of this process, which will hold secrets, from other
// processes of the same user: they can neither attach to it nor read its memory or
// its environment in /proc, and it leaves no core dump. Root is not kept out. It is
// meant to be a program's first statement. The kernel undoes the first half of it at
// execve; the limits that are returned are for [Command.Limits].
func Harden() Limits {
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	var core unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &core); err != nil {
		return Limits{}
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: 0, Max: core.Max}); err != nil {
		return Limits{}
	}
	return Limits{&core}
}

// restore puts the limits back, for a command that is about to start, and lower
// takes them down again.
func (l Limits) restore() {
	if l.core != nil {
		_ = unix.Setrlimit(unix.RLIMIT_CORE, l.core)
	}
}

func (l Limits) lower() {
	if l.core != nil {
		_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: 0, Max: l.core.Max})
	}
}
