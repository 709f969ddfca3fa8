package output

import "golang.org/x/sys/unix"

// mounted reports whether a file is itself a mount point, as with docker run -v
// file:file. The kernel tells since Linux 5.8.
func mounted(path string) bool {
	var info unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, 0, &info)
	return err == nil && info.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
}
