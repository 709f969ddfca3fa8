package main

import (
	"errors"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"github.com/infisical-login/infisical-login/output/process"
)

// openBrowser opens a browser at an address. It does not wait for the browser,
// which gets none of our credentials and none of our terminal.
func (r *run) openBrowser(address string) error {
	err := errors.New("no browser was found; set BROWSER to the command that opens one")
	for _, words := range browsers(runtime.GOOS, r.source.Lookup, address) {
		path, missing := exec.LookPath(words[0])
		if missing != nil {
			continue
		}
		environ := process.Command{Env: slices.Clone(r.environ)}
		environ.Unset(r.scrubbed(nil)...)
		command := exec.Command(path, words[1:]...)
		command.Env = environ.Env
		command.SysProcAttr = detached()
		if err = command.Start(); err == nil {
			go func() { _ = command.Wait() }() // so that no zombie stays
			return nil
		}
	}
	return err
}

// browsers returns the commands that may open an address on a system, by Go's
// name for it, the best first.
func browsers(system string, lookup func(string) (string, bool), address string) [][]string {
	var all [][]string
	given, _ := lookup("BROWSER")
	for command := range strings.SplitSeq(given, ":") {
		if words := strings.Fields(command); len(words) > 0 {
			all = append(all, withAddress(words, address))
		}
	}
	switch system {
	case "darwin":
		return append(all, []string{"open", address})
	case "windows":
		return append(all, []string{"rundll32", "url.dll,FileProtocolHandler", address})
	}
	if _, wsl := lookup("WSL_DISTRO_NAME"); wsl {
		all = append(all, []string{"wslview", address}, []string{"rundll32.exe", "url.dll,FileProtocolHandler", address})
	}
	// Without a desktop xdg-open would start a browser for text, in this terminal.
	_, x11 := lookup("DISPLAY")
	_, wayland := lookup("WAYLAND_DISPLAY")
	if x11 || wayland {
		all = append(all, []string{"xdg-open", address})
	}
	return all
}

// withAddress puts the address where a command of BROWSER wants it, by
// convention at %s, else at its end.
func withAddress(words []string, address string) []string {
	placed := false
	for i, word := range words {
		if strings.Contains(word, "%s") {
			words[i], placed = strings.ReplaceAll(word, "%s", address), true
		}
	}
	if placed {
		return words
	}
	return append(words, address)
}
