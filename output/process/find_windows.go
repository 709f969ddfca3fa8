package process

import (
	"os/exec"
	"path/filepath"
	"strings"
)

// find returns the path of a command as Windows' own shells would find it, with
// the endings of PATHEXT, but in the PATH that the command will get and never in
// the working directory.
func find(name string, env []string) (string, error) {
	if strings.ContainsAny(name, `/\:`) {
		return exec.LookPath(name)
	}
	path, _ := lookup(env, "PATH")
	for _, directory := range filepath.SplitList(path) {
		if directory == "" {
			continue
		}
		if file, err := exec.LookPath(filepath.Join(directory, name)); err == nil {
			return file, nil
		}
	}
	return "", errNoCommand
}
