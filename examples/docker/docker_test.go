// Package docker tests the image, and what the example beside it makes of it.
// The script .ci/image builds both and calls these tests.
package docker

import (
	"bytes"
	"debug/elf"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// image is an image as a folder, what it is for, and how it is to be run.
type image struct {
	root         string
	architecture string
	config       config
}

// config is what an image says of how to run it.
type config struct {
	User       string
	Env        []string
	Entrypoint []string
	Cmd        []string
	Labels     map[string]string
}

// open returns the image that .ci/image has built under a name.
func open(t *testing.T, name string) image {
	t.Helper()
	root := os.Getenv(name + "_ROOT")
	if root == "" {
		t.Skip("needs the image: run .ci/image")
	}
	var inspected struct {
		OCIv1 struct {
			Architecture string
			Config       config
		}
	}
	if err := json.Unmarshal([]byte(os.Getenv(name+"_CONFIG")), &inspected); err != nil {
		t.Fatal(err)
	}
	return image{root, inspected.OCIv1.Architecture, inspected.OCIv1.Config}
}

// contain makes $1 the root of process 1, read-only but for /shared, and executes
// the rest in it.
const contain = `set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mkdir -p "$1/proc" "$1/shared"
mount -t proc proc "$1/proc"
mount --bind "$2" "$1/shared"
mount -o remount,bind,ro "$1"
root=$1 user=$3
shift 3
exec chroot --userspec="$user" --groups= "$root" "$@"`

// run runs the image as a container runtime would: as process 1, with its user, a
// root that is read-only, and the folder shared at /shared. Words replace the
// image's command.
func (i image) run(t *testing.T, shared string, environ []string, words ...string) (stdout, stderr string, status int) {
	t.Helper()
	if len(words) == 0 {
		words = i.config.Cmd
	}
	args := []string{"--mount", "--pid", "--fork", "--kill-child", "sh", "-c", contain, "sh", i.root, shared, i.config.User}
	cmd := exec.CommandContext(t.Context(), "unshare", slices.Concat(args, i.config.Entrypoint, words)...)
	cmd.Env = slices.Concat([]string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}, i.config.Env, environ)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	} else if ok {
		status = exit.ExitCode()
	}
	return out.String(), log.String(), status
}

// volume is a folder that the image's user may write to.
func volume(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(dir, 65532, 65532); err != nil {
		t.Fatal(err)
	}
	return dir
}

const secret = "s3cr3t-of-the-client-0123456789abcdef"

// server starts a stand-in and returns the settings of somebody whom it knows,
// the secret in a file of the volume.
func server(t *testing.T, shared string) []string {
	t.Helper()
	return settings(t, infisicaltest.New(infisicaltest.G3), shared)
}

// settings starts a stand-in that is there already.
func settings(t *testing.T, standIn *infisicaltest.Server, shared string) []string {
	t.Helper()
	auth := &infisicaltest.Universal{ClientSecret: secret}
	standIn.Add(infisicaltest.Identity{Auth: auth})
	if err := os.WriteFile(filepath.Join(shared, "client-secret"), []byte(secret+"\n"), 0o444); err != nil {
		t.Fatal(err)
	}
	return []string{
		"INFISICAL_DOMAIN=" + standIn.Start(t),
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID=" + auth.ClientID,
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET_FILE=/shared/client-secret",
	}
}

// The image holds the program and certificate roots, and runs as nobody in
// particular.
func TestImageHoldsOnlyTheProgram(t *testing.T) {
	i := open(t, "LOGIN")
	var files []string
	err := filepath.WalkDir(i.root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, strings.TrimPrefix(path, i.root))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"/etc/ssl/certs/ca-certificates.crt", "/infisical-login"}; !slices.Equal(files, want) {
		t.Errorf("the image holds %q, not %q", files, want)
	}
	if i.config.User != "65532:65532" || !slices.Equal(i.config.Entrypoint, []string{"/infisical-login"}) {
		t.Errorf("user %q, entrypoint %q", i.config.User, i.config.Entrypoint)
	}
}

// The labels and the program say which version it is, and the labels where it
// comes from.
func TestImageTellsWhatItIs(t *testing.T) {
	i := open(t, "LOGIN")
	for name, want := range map[string]string{
		"title":         "infisical-login",
		"description":   "Logs in to Infisical and hands the token to the command behind it",
		"source":        "https://github.com/infisical-login/infisical-login",
		"documentation": "https://github.com/infisical-login/infisical-login/blob/main/README.md",
		"licenses":      "MIT",
		"version":       os.Getenv("VERSION"),
		"revision":      os.Getenv("REVISION"),
	} {
		if got := i.config.Labels["org.opencontainers.image."+name]; got != want || want == "" {
			t.Errorf("the label org.opencontainers.image.%s is %q, not %q", name, got, want)
		}
	}
	stdout, stderr, status := i.run(t, volume(t), nil, "version")
	if status != 0 || !strings.HasPrefix(stdout, "infisical-login "+os.Getenv("VERSION")+" go") {
		t.Errorf("status %d, standard output %q, standard error %q", status, stdout, stderr)
	}
}

// The image for arm64 holds a program for arm64, and that runs.
func TestImageForArm64(t *testing.T) {
	i := open(t, "ARM64")
	path := filepath.Join(i.root, "infisical-login")
	program, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	if i.architecture != "arm64" || program.Machine != elf.EM_AARCH64 {
		t.Errorf("the image is for %q, the program for %v", i.architecture, program.Machine)
	}
	out, err := exec.CommandContext(t.Context(), "qemu-aarch64-static", path, "version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "infisical-login "+os.Getenv("VERSION")) || !strings.HasSuffix(string(out), " linux/arm64\n") {
		t.Errorf("%v: %s", err, out)
	}
}

// The image logs in as process 1, with a root that is read-only and a user that
// has no name.
func TestImageLogsIn(t *testing.T) {
	i := open(t, "LOGIN")
	shared := volume(t)
	stdout, stderr, status := i.run(t, shared, server(t, shared), "--silent")
	if status != 0 || strings.Count(stdout, ".") != 2 || stderr != "" {
		t.Errorf("status %d, standard output %q, standard error %q", status, stdout, stderr)
	}
}

// An init container leaves the program in a volume, for containers with images
// of their own.
func TestImageInstallsItself(t *testing.T) {
	i := open(t, "LOGIN")
	shared := volume(t)
	if _, stderr, status := i.run(t, shared, nil, "install", "/shared"); status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	original, err := os.ReadFile(filepath.Join(i.root, "infisical-login"))
	if err != nil {
		t.Fatal(err)
	}
	installed, err := os.ReadFile(filepath.Join(shared, "infisical-login"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(original, installed) {
		t.Error("the copy differs")
	}
}

// The program behind the entrypoint is process 1 itself, has the token and none of
// the credentials, and its status is the container's.
func TestEntrypoint(t *testing.T) {
	i := open(t, "APP")
	shared := volume(t)
	stdout, stderr, status := i.run(t, shared, append(server(t, shared), "APP_STATUS=7"))
	want := `process 1, user 65532, words: serve
INFISICAL_API_URL
INFISICAL_DOMAIN
INFISICAL_TOKEN
token of `
	if status != 7 || !strings.HasPrefix(stdout, want) || strings.Contains(stdout, "token of 0 ") {
		t.Errorf("status %d, standard output\n%s\nstandard error\n%s", status, stdout, stderr)
	}
	if words, _, _ := i.run(t, shared, server(t, shared), "/app", "migrate"); !strings.Contains(words, "words: migrate\n") {
		t.Errorf("the command was not replaced: %q", words)
	}
}

// If it is to revoke the token at the end, infisical-login stays as process 1, with
// the same root and user, and the container's status is the program's all the same.
func TestEntrypointStays(t *testing.T) {
	i := open(t, "APP")
	shared, standIn := volume(t), infisicaltest.New(infisicaltest.G3)
	stdout, stderr, status := i.run(t, shared, append(settings(t, standIn, shared), "APP_STATUS=7", "INFISICAL_LOGIN_REVOKE_ON_EXIT=true"))
	if status != 7 || !strings.HasPrefix(stdout, "process ") || strings.HasPrefix(stdout, "process 1,") || !strings.Contains(stdout, ", user 65532, words: serve\n") {
		t.Errorf("status %d, standard output\n%s\nstandard error\n%s", status, stdout, stderr)
	}
	requests := standIn.Requests()
	if last := requests[len(requests)-1]; len(requests) != 2 || !strings.HasSuffix(last.Path, "/revoke") {
		t.Errorf("the last of %d requests was %s", len(requests), last.Path)
	}
}

// A container without the settings ends with the status that says so.
func TestEntrypointWithoutSettings(t *testing.T) {
	i := open(t, "APP")
	_, stderr, status := i.run(t, volume(t), nil)
	if status != 78 || !strings.Contains(stderr, "INFISICAL_AUTH_METHOD") {
		t.Errorf("status %d, standard error %q", status, stderr)
	}
}
