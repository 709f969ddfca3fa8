package output

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// lengthy is a program of many bytes, which remembers the most that was asked for at
// once.
type lengthy struct{ left, most int }

func (l *lengthy) Read(p []byte) (int, error) {
	l.most = max(l.most, len(p))
	if l.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), l.left)
	l.left -= n
	return n, nil
}

// A program is copied in pieces, however long it is: an init container needs no
// more memory than the program takes to run.
func TestInstallIsBounded(t *testing.T) {
	t.Parallel()
	const size, piece = 64 << 20, 1 << 20 // bytes
	program := &lengthy{left: size}
	path := filepath.Join(t.TempDir(), "program")
	if err := Install(path, "program", program); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() != size {
		t.Fatalf("not all of it was copied: %v", err)
	}
	if program.most > piece {
		t.Errorf("%d bytes were held at once", program.most)
	}
}

// A copy that is cut short leaves nothing behind, and what was there stays.
func TestInstallCutShort(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "program")
	if err := os.WriteFile(path, []byte("older"), 0o755); err != nil {
		t.Fatal(err)
	}
	broken := io.MultiReader(&lengthy{left: 1 << 20}, failing{})
	if err := Install(path, "program", broken); err == nil {
		t.Error("half a program was installed")
	}
	files, err := os.ReadDir(dir)
	text, _ := os.ReadFile(path)
	if err != nil || len(files) != 1 || string(text) != "older" {
		t.Errorf("there are %v now, and %.10q: %v", files, text, err)
	}
}

// failing is a file that cannot be read.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("input/output error") }
