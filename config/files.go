package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"unicode"
)

// maxFile bounds a file that holds a setting, or settings, in bytes. The largest
// that makes sense, a JWT with many claims, is under 16 KiB.
const maxFile = 1 << 20 // 1 MiB

// files reads the files that settings name. Regular files are read anew each
// time. What a pipe held, as with NAME_FILE=<(command), is kept, since it can
// be read only once.
type files struct {
	mu    sync.Mutex
	pipes map[string][]byte
}

func (r *files) read(path string) ([]byte, error) {
	if strings.ContainsFunc(path, unicode.IsControl) {
		return nil, fmt.Errorf("%s is not a path: it holds a control character", quote(path))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if content, kept := r.pipes[path]; kept {
		return content, nil
	}
	content, regular, err := readBounded(path)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	if !regular {
		if r.pipes == nil {
			r.pipes = map[string][]byte{}
		}
		r.pipes[path] = content
	}
	return content, nil
}

// readBounded returns a file's content, and whether reading it again would give
// what it holds then.
func readBounded(path string) (content []byte, regular bool, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, false, cause(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, false, cause(err)
	}
	if info.IsDir() {
		return nil, false, errors.New("it is a directory")
	}
	content, err = io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, false, cause(err)
	}
	if len(content) > maxFile {
		return nil, false, errors.New("it is larger than 1 MiB")
	}
	return content, info.Mode().IsRegular(), nil
}

// cause drops the path from an error of os, since the caller quotes it.
func cause(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err
	}
	return err
}
