package vault

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// replace makes a file appear whole or not at all, with the mode 0600. A symbolic
// link stays one, since people keep such files elsewhere.
func replace(path string, content []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	draft := filepath.Join(filepath.Dir(path), ".infisical-login-"+rand.Text())
	file, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(draft, path)
	}
	if err != nil {
		_ = os.Remove(draft)
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

// writable reports whether files can be made in a directory, or, while it does
// not exist, whether it could be made.
func writable(directory string) error {
	info, err := os.Stat(directory)
	if errors.Is(err, fs.ErrNotExist) {
		parent := filepath.Dir(directory)
		if info, err = os.Stat(parent); err != nil {
			return fmt.Errorf("there is no place to keep sessions: %w", err)
		}
		directory = parent
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%q is not a directory", directory)
	}
	probe := filepath.Join(directory, ".infisical-login-"+rand.Text())
	file, err := os.OpenFile(probe, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(probe))
}
