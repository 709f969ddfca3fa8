// Command quickstart shows infisical-login at work on a machine with nothing but
// Go: it starts a stand-in Infisical server, builds the real program and lets
// it deliver a token to standard output, to a file and to a command.
package main

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

const (
	clientID     = "5b2ddf3c-65f0-4c8e-9a55-3f4f6c6fd0a1"
	clientSecret = "a-client-secret-for-show"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) > 1 && os.Args[1] == "app" {
		app(os.Args[2:])
		return
	}
	if err := show(); err != nil {
		log.Fatal("quickstart: ", err)
	}
}

// show builds the program and runs it three times against a server of its own.
func show() error {
	dir, err := os.MkdirTemp("", "quickstart")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	standIn := infisicaltest.New(infisicaltest.G3)
	standIn.Add(infisicaltest.Identity{Auth: &infisicaltest.Universal{ClientID: clientID, ClientSecret: clientSecret}})
	server := httptest.NewServer(http.Handler(standIn))
	defer server.Close()

	program := filepath.Join(dir, "infisical-login")
	fmt.Println("building infisical-login ...")
	build := exec.Command("go", "build", "-tags", "grpcnotrace", "-trimpath", "-ldflags=-s -w", "-o", program, "github.com/infisical-login/infisical-login")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	settings := []string{
		"INFISICAL_DOMAIN=" + server.URL,
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID=" + clientID,
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=" + clientSecret,
	}
	fmt.Println("with these settings:")
	for _, setting := range settings {
		fmt.Println("    " + setting)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "token")
	for _, step := range []struct {
		does string
		args []string
	}{
		{"the token on standard output", []string{"--plain", "--silent"}},
		{"the token in a file", []string{"--silent", "--token-path", file}},
		{"the token for a command, which does not get the client secret", append([]string{"--silent", "--", self, "app"}, settings[1:]...)},
	} {
		fmt.Printf("\n# %s\n$ infisical-login %s\n", step.does, shorten(step.args, dir, self))
		if err := runProgram(program, step.args, settings); err != nil {
			return err
		}
	}
	if complaints := standIn.Complaints(); len(complaints) > 0 {
		return fmt.Errorf("the server complained: %q", complaints)
	}
	return look(file)
}

func runProgram(program string, args, settings []string) error {
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), settings...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// look shows the file that the second run wrote.
func look(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	fmt.Printf("\nthe file has mode %v and holds %d bytes; the server answered every request without complaint\n", info.Mode(), info.Size())
	return nil
}

// app is the launched command: it tells what it got and what was removed.
func app(removed []string) {
	token := os.Getenv("INFISICAL_TOKEN")
	fmt.Printf("the command got INFISICAL_TOKEN (%d bytes, beginning with %.12q) and INFISICAL_DOMAIN=%s\n", len(token), token, os.Getenv("INFISICAL_DOMAIN"))
	for _, setting := range removed {
		name, _, _ := strings.Cut(setting, "=")
		_, there := os.LookupEnv(name)
		fmt.Printf("the command got %s: %v\n", name, there)
		if there {
			os.Exit(1)
		}
	}
	if token == "" {
		os.Exit(1)
	}
}

// shorten makes a command line readable.
func shorten(args []string, dir, self string) string {
	line := strings.Join(args, " ")
	line, _, _ = strings.Cut(line, self)
	return strings.ReplaceAll(line, dir+string(filepath.Separator), "") + map[bool]string{true: "quickstart app", false: ""}[strings.HasSuffix(line, "-- ")]
}
