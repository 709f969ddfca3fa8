package process

import "golang.org/x/sys/unix"

// maxString bounds one argument or variable with its final NUL, in bytes:
// MAX_ARG_STRLEN of execve(2), 32 pages. Pages are taken to be of 4 KiB, the
// smallest.
const maxString = 32 * 4096

// Fits reports whether arguments and environment are within what execve(2) takes:
// a quarter of the stack's limit, but at least 128 KiB and at most 6 MiB, the
// strings with their NULs and pointers together.
func (c *Command) Fits() bool {
	limit := uint64(6 << 20)
	var stack unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_STACK, &stack); err == nil {
		limit = max(min(limit, stack.Cur/4), 128<<10)
	}
	total := uint64(len(c.Path)) + 1
	for _, list := range [][]string{c.Args, c.Env} {
		for _, text := range list {
			if len(text)+1 > maxString {
				return false
			}
			total += uint64(len(text)) + 1 + 8
		}
	}
	return total <= limit
}
