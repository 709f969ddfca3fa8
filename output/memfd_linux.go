package output

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// noExec marks a memory file that can never be executed, MFD_NOEXEC_SEAL. Kernels
// before 6.3 do not know it, and some systems refuse files without it.
const noExec = 0x8

// seals are all that keep content and size as they are, and themselves.
const seals = unix.F_SEAL_WRITE | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_SEAL

// sealed returns a memory file with the content that nobody can change any more,
// at its beginning. Everybody may read it who gets at it, which is who inherits the
// descriptor: a command may become another user before it reads.
func sealed(content []byte) (*os.File, error) {
	const flags = unix.MFD_CLOEXEC | unix.MFD_ALLOW_SEALING
	fd, err := unix.MemfdCreate("infisical-token", flags|noExec)
	if errors.Is(err, unix.EINVAL) {
		fd, err = unix.MemfdCreate("infisical-token", flags)
	}
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "infisical-token")
	if err := seal(file, content); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func seal(file *os.File, content []byte) error {
	if _, err := file.WriteAt(content, 0); err != nil {
		return err
	}
	if err := file.Chmod(0o444); err != nil {
		return err
	}
	_, err := unix.FcntlInt(file.Fd(), unix.F_ADD_SEALS, seals)
	return err
}

// become lets the descriptor of a file lead to another one, at once. Whoever inherited
// the old one keeps that.
func become(file, other *os.File) error {
	return unix.Dup3(int(other.Fd()), int(file.Fd()), unix.O_CLOEXEC)
}
