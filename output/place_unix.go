//go:build unix

package output

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// owner returns the ids of a file's owner.
func owner(info fs.FileInfo) (uid, gid int) {
	if system, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(system.Uid), int(system.Gid)
	}
	return -1, -1
}

// removable reports whether we may replace a file of a directory: where the
// sticky bit is set, as on /tmp, that takes its owner, the directory's or root.
func removable(directory *os.Root, info fs.FileInfo) bool {
	parent, err := directory.Stat(".")
	if err != nil || parent.Mode()&fs.ModeSticky == 0 {
		return true
	}
	fileOwner, _ := owner(info)
	parentOwner, _ := owner(parent)
	self := os.Geteuid()
	return self == 0 || self == fileOwner || self == parentOwner
}

// syncDirectory makes the names in a directory survive a loss of power, on file
// systems that can.
func syncDirectory(directory *os.Root) error {
	file, err := directory.Open(".")
	if err != nil {
		return err
	}
	defer file.Close()
	if err := file.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}
