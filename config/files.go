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
// time. What a pipe held, as with NAME_FILE=<(command), is kept, or what was wrong
// with it, since it can be read only once.
type files struct {
	mu    sync.Mutex
	pipes map[string]piped
}

// piped is what came of reading a pipe.
type piped struct {
	content []byte
	err     error
}

func (r *files) read(path string) ([]byte, error) {
	if strings.ContainsFunc(path, unicode.IsControl) {
		return nil, fmt.Errorf("%s is not a path: it holds a control character", quote(path))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if pipe, kept := r.pipes[path]; kept {
		return pipe.content, pipe.err
	}
	content, again, err := readBounded(path)
	if err != nil {
		content, err = nil, fmt.Errorf("%q: %w", path, err)
	}
	if !again {
		if r.pipes == nil {
			r.pipes = map[string]piped{}
		}
		r.pipes[path] = piped{content, err}
	}
	return content, err
}

// readBounded returns a file's content, and whether it can be read again, which
// gives what it holds then.
func readBounded(path string) (content []byte, again bool, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, true, cause(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, true, cause(err)
	}
	if info.IsDir() {
		return nil, true, errors.New("it is a directory")
	}
	again = info.Mode().IsRegular()
	content, err = io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, again, cause(err)
	}
	if len(content) > maxFile {
		return nil, again, errors.New("it is larger than 1 MiB")
	}
	return content, again, nil
}

// cause drops the path from an error of os, since the caller quotes it.
func cause(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err
	}
	return err
}
