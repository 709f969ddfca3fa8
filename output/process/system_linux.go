package process

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// adopt makes orphans among the descendants of this process its children, as they
// are for process 1 anyway.
func adopt() {
	if os.Getpid() != 1 {
		_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	}
}

// bind lets a process that is started get SIGTERM when the thread that started it
// ends.
func bind(attributes *syscall.SysProcAttr) {
	attributes.Pdeathsig = syscall.SIGTERM
}
