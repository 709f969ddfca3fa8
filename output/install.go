package output

import (
	"io"
	"os"
	"path/filepath"
)

// Install makes a program appear at a path, whole or not at all, for everybody to
// execute. If the path is that of a directory, the program appears in it under its
// own name.
func Install(path, name string, program io.Reader) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, name)
	}
	return write("program file", path, program, attributes{0o755, -1, -1})
}
