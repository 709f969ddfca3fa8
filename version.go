package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (r *run) versionCommand() *cobra.Command {
	return r.command("version", "Print the version", nil, func(*cobra.Command) error {
		_, err := fmt.Fprintf(r.stdout, "infisical-login %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return undelivered(err)
	})
}

// released is the version where there is no repository that the build could ask,
// as in the image: go build -ldflags "-X main.released=v1.2.3".
var released string

// version is the version that was released, else the module's as the build recorded
// it, with the commit for a build from a checkout.
func version() string {
	if released != "" {
		return released
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	text := info.Main.Version
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && text == "(devel)" {
			text += " " + setting.Value
		}
	}
	return text
}
