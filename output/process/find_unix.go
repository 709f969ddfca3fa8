//go:build unix

package process

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// defaultPath is searched where the environment has no PATH: what Debian's
// shells and container runtimes fall back to.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// find returns the path of a command. A name with a slash is a path already. An
// empty element of PATH is the working directory. A file that is found but cannot
// be executed does not end the search.
func find(name string, env []string) (string, error) {
	if strings.Contains(name, "/") {
		return name, executable(name)
	}
	path, given := lookup(env, "PATH")
	if !given {
		path = defaultPath
	}
	failure := errNoCommand
	for _, directory := range strings.Split(path, ":") {
		if directory == "" {
			directory = "."
		}
		file := directory + "/" + name // not cleaned: ".." after a link is the kernel's to resolve
		err := executable(file)
		if err == nil {
			return file, nil
		}
		if found(file) {
			failure = err
		}
	}
	return "", failure
}

// found reports whether there is something of that name at all. A directory that
// may not be searched counts, as in sh.
func found(file string) bool {
	_, err := os.Stat(file)
	return err == nil || os.IsPermission(err)
}

// executable finds out whether execve would take the file.
func executable(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return syscall.EISDIR
	}
	if err := unix.Faccessat(unix.AT_FDCWD, file, unix.X_OK, unix.AT_EACCESS); err != nil {
		return err
	}
	return interpretable(file)
}

// interpretable reports a script whose interpreter is missing: execve answers
// that with the same "no such file" as for the script itself, which puzzles
// everybody who copies a script into a smaller image.
func interpretable(script string) error {
	start := head(script)
	if !bytes.HasPrefix(start, []byte("#!")) {
		return nil
	}
	line, _, _ := bytes.Cut(start[2:], []byte("\n"))
	words := bytes.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' }) // not at a carriage return, as the kernel does not
	if len(words) == 0 {
		return nil
	}
	interpreter := string(words[0])
	if _, err := os.Stat(interpreter); os.IsNotExist(err) {
		return &Error{notFound, fmt.Sprintf("command %q is a script for %q, which does not exist", script, interpreter)}
	}
	return nil
}

// head returns what the kernel looks at to find out what a file is, at most 256
// bytes, and nothing of a file that may be executed but not read.
func head(name string) []byte {
	file, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer file.Close()
	start := make([]byte, 256)
	n, _ := io.ReadFull(file, start)
	return start[:n]
}

// shell returns the command as sh runs a file that is neither a program nor a
// script with an interpreter: as a script of its own. Binary files, such as
// programs for another machine, are not given to it.
func (c *Command) shell() (*Command, bool) {
	start := head(c.Path)
	line, _, _ := bytes.Cut(start, []byte("\n"))
	if bytes.IndexByte(line, 0) >= 0 || bytes.HasPrefix(start, []byte("\x7fELF")) {
		return nil, false
	}
	script := *c
	script.Path = "/bin/sh"
	script.Args = append([]string{"sh", c.Path}, c.Args[1:]...)
	return &script, true
}
