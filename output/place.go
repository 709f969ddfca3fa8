package output

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// place is where a file is to appear. Its directory is held open, so that
// whatever happens to the path meanwhile, everything happens in this directory.
type place struct {
	what      string // the file is, for messages: "token file"
	path      string // as it was given, for messages
	name      string // within the directory
	directory *os.Root
}

// attributes are what a file has besides its content. An id of -1 stays as it is.
type attributes struct {
	mode     fs.FileMode
	uid, gid int
}

// open finds the place of a path, and refuses one that holds something else than
// a regular file.
func open(what, path string) (*place, error) {
	parent, name := filepath.Split(path)
	if name == "" || name == "." || name == ".." {
		return nil, failed(nil, "%s %q: the path names a directory", what, path)
	}
	directory, err := os.OpenRoot(filepath.Clean(parent))
	if err != nil {
		return nil, failed(err, "%s %q: its directory cannot be opened: %s", what, path, reason(err))
	}
	p := &place{what, path, name, directory}
	if err := p.free(); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *place) close() { _ = p.directory.Close() }

// free finds out whether a file may take the place.
func (p *place) free() error {
	info, err := p.directory.Lstat(p.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return p.failed(err)
	}
	switch kind := info.Mode().Type(); {
	case kind&fs.ModeSymlink != 0:
		return p.refused("is a symbolic link, which could lead anywhere; name the file itself")
	case kind&fs.ModeDir != 0:
		return p.refused("is a directory")
	case kind != 0:
		return p.refused("is a device, a pipe or a socket, which cannot be replaced")
	}
	if mounted(p.path) {
		return p.refused(mountPoint)
	}
	if !removable(p.directory, info) {
		return p.refused("belongs to somebody else, in a directory where nobody may replace another's files")
	}
	return nil
}

const mountPoint = "is a mount point and cannot be replaced; mount its directory instead"

// refused says why a place cannot be taken.
func (p *place) refused(why string) error { return failed(nil, "%s %q %s", p.what, p.path, why) }

// draft makes a file with the content and the attributes under a random name. Until
// all of it is there and safe on the disk, nobody but the owner can open it.
func (p *place) draft(content io.Reader, a attributes) (name string, err error) {
	name = ".infisical-login-" + rand.Text()
	file, err := p.directory.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", p.failed(err)
	}
	if err := errors.Join(fill(file, content, a), file.Close()); err != nil {
		_ = p.directory.Remove(name)
		return "", p.failed(err)
	}
	return name, nil
}

// fill gives a new file everything that it will have. The mode comes last: it may
// let others in.
func fill(file *os.File, content io.Reader, a attributes) error {
	if a.uid != -1 || a.gid != -1 {
		if err := file.Chown(a.uid, a.gid); err != nil {
			return err
		}
	}
	if _, err := io.Copy(file, content); err != nil {
		return err
	}
	if err := file.Chmod(a.mode); err != nil {
		return err
	}
	return file.Sync()
}

// try makes an empty draft and removes it. There is no other way to know that all
// of it will be allowed.
func (p *place) try(a attributes) error {
	name, err := p.draft(strings.NewReader(""), a)
	if err != nil {
		return err
	}
	if err := p.directory.Remove(name); err != nil {
		return p.failed(err)
	}
	return nil
}

// publish lets a draft take the place.
func (p *place) publish(name string) error {
	if err := p.directory.Rename(name, p.name); err != nil {
		_ = p.directory.Remove(name)
		if errors.Is(err, syscall.EBUSY) {
			return p.refused(mountPoint)
		}
		return p.failed(err)
	}
	if err := syncDirectory(p.directory); err != nil {
		return p.failed(err)
	}
	return nil
}

func (p *place) failed(err error) error {
	if call, ok := errors.AsType[*fs.PathError](err); ok && call.Op == "chown" {
		return failed(err, "%s %q cannot be given the owner of --token-owner (INFISICAL_LOGIN_TOKEN_OWNER): %s", p.what, p.path, reason(err))
	}
	return failed(err, "%s %q cannot be written: %s", p.what, p.path, reason(err))
}

// put makes a file appear in the place.
func (p *place) put(content io.Reader, a attributes) error {
	name, err := p.draft(content, a)
	if err != nil {
		return err
	}
	return p.publish(name)
}

// write makes a file appear whole or not at all, replacing an older one.
func write(what, path string, content io.Reader, a attributes) error {
	p, err := open(what, path)
	if err != nil {
		return err
	}
	defer p.close()
	return p.put(content, a)
}

// reason is the system's word alone, without the call and the path that os adds.
func reason(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number.Error()
	}
	return err.Error()
}
