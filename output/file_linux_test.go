package output

import (
	"bufio"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// small mounts a file system of 64 KiB for the length of a test.
func small(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("none", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skip("skipped: mounting is not permitted here")
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

func TestFileDiskFull(t *testing.T) {
	// A full disk keeps the old token whole, and no part of the new one.
	t.Parallel()
	dir := small(t)
	path := filepath.Join(dir, "token")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	out, _ := helper(t, "file", "022", path, "0600", filepath.Join(dir, "zz-filler")).CombinedOutput()
	if !strings.Contains(string(out), "no space left on device") {
		t.Errorf("got %s", out)
	}
	if err := os.Remove(filepath.Join(dir, "zz-filler")); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "old", 0o640)
}

func TestFileMountPoint(t *testing.T) {
	// A file that is mounted by itself, as with docker run -v file:file, is refused before the login, with the way out.
	t.Parallel()
	dir := small(t)
	source, path := filepath.Join(dir, "source"), filepath.Join(dir, "token")
	for _, name := range []string{source, path} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mount(source, path, "", unix.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Unmount(path, unix.MNT_DETACH) }()
	sink := &file{TokenFile: TokenFile{path}, Mode: 0o600}
	wants(t, sink.Check(Target{}), 73, "mount its directory instead")
	wants(t, sink.Put(sample("abc"), Target{}), 73, "mount its directory instead")
	alone(t, dir, "source", "token")
}

func TestFileKilled(t *testing.T) {
	// Killed at any moment of 500 writes, we leave one whole token, the old or the new, and nothing that lets more people in.
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "token")
	for writes := 0; writes < 500; {
		writes += killDuringWrites(t, path, 1+rand.IntN(40))
		text, err := os.ReadFile(path)
		if err != nil || len(text) != long || strings.Trim(string(text), "a") != "" && strings.Trim(string(text), "b") != "" {
			t.Fatalf("%d bytes, %v", len(text), err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if info, err := entry.Info(); err != nil || info.Mode()&^fs.FileMode(0o640) != 0 {
				t.Errorf("%s: %v, %v", entry.Name(), info.Mode(), err)
			}
		}
	}
}

// helpLoop writes two long tokens in turn, for ever, and counts.
func helpLoop(args []string) error {
	sink := &file{TokenFile: TokenFile{args[0]}, Mode: 0o640, Rendering: Rendering{Format: Plain}}
	for i := 0; ; i++ {
		secret := strings.Repeat(string(rune('a'+i%2)), long)
		if err := sink.Put(sample(secret), Target{}); err != nil {
			return err
		}
		fmt.Println(i)
	}
}

// long is the length of a token that no single page holds.
const long = 100_000

// killDuringWrites starts a process that writes one token after the other and
// kills it after some of them, wherever it is then.
func killDuringWrites(t *testing.T, path string, writes int) int {
	t.Helper()
	cmd := helper(t, "loop", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(out)
	for range writes {
		if !scanner.Scan() {
			t.Fatal("the writer ended by itself")
		}
	}
	for range rand.IntN(100_000) { // a moment of some microseconds, without a clock
		runtime.Gosched()
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	return writes
}
