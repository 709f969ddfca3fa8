//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// BenchmarkLaunch starts /bin/echo by itself, behind a login and, if the variable
// TINI is its path, behind tini, which does nothing but to be process 1; and has
// the official CLI log in, if OFFICIAL_CLI is its path.
func BenchmarkLaunch(b *testing.B) {
	ours, measure := build(b, "."), build(b, "./testdata/measure")
	server := infisicaltest.New(infisicaltest.G3)
	server.Lenient = true
	server.Add(infisicaltest.Identity{Auth: &infisicaltest.Universal{ClientID: scriptClient, ClientSecret: scriptSecret}})
	env := loginEnviron(server.Start(b))
	others := map[string][]string{
		"tini":         {os.Getenv("TINI"), "--", "/bin/echo", "started"},
		"official-cli": {os.Getenv("OFFICIAL_CLI"), "login", "--method=universal-auth", "--plain", "--silent"},
	}
	var mine, alone costs
	installed := map[string]*costs{}
	for name, program := range others {
		if program[0] != "" {
			installed[name] = new(costs)
		}
	}
	for b.Loop() {
		mine.add(b, env, measure, ours, "--silent", "--", "/bin/echo", "started")
		alone.add(b, env, measure, "/bin/echo", "started")
		for name, other := range installed {
			other.add(b, env, measure, others[name]...)
		}
	}
	b.ReportMetric(0, "ns/op") // several programs together say nothing
	b.ReportMetric(median(mine.wall), "ms-wall")
	b.ReportMetric(median(alone.wall), "alone-ms-wall")
	for name, other := range installed {
		b.ReportMetric(median(other.wall), name+"-ms-wall")
	}
}

// BenchmarkStay reports what stays in memory while a command is supervised and
// its token kept alive. The budget is 12 MiB.
func BenchmarkStay(b *testing.B) {
	ours := build(b, ".")
	server := infisicaltest.New(infisicaltest.G3)
	server.Add(infisicaltest.Identity{Auth: &infisicaltest.Universal{ClientID: scriptClient, ClientSecret: scriptSecret}})
	env := loginEnviron(server.Start(b))
	var resident, private []float64
	for b.Loop() {
		cmd := exec.Command(ours, "--renew", "--silent", "--token-path="+filepath.Join(b.TempDir(), "token"), "--", "/bin/sh", "-c", "echo started; exec sleep 100")
		cmd.Env = append(env, "PATH="+os.Getenv("PATH"))
		out, err := cmd.StdoutPipe()
		if err != nil {
			b.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, len("started"))); err != nil {
			b.Fatal(err)
		}
		time.Sleep(time.Second) // what is resident then stays so; nothing is asserted
		status, err := os.ReadFile("/proc/" + strconv.Itoa(cmd.Process.Pid) + "/status")
		if err != nil {
			b.Skip("needs Linux's /proc")
		}
		resident, private = append(resident, kibibytes(status, "VmRSS")/1024), append(private, kibibytes(status, "RssAnon")/1024)
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(resident), "MiB-resident")
	b.ReportMetric(median(private), "MiB-private")
}

// kibibytes reads one line of /proc/PID/status.
func kibibytes(status []byte, name string) float64 {
	match := regexp.MustCompile(`(?m)^` + name + `:\s+(\d+) kB$`).FindSubmatch(status)
	if match == nil {
		return 0
	}
	n, _ := strconv.ParseFloat(string(match[1]), 64)
	return n
}

// loginEnviron is the environment of a login at an address.
func loginEnviron(url string) []string {
	return []string{
		"INFISICAL_DOMAIN=" + url, "INFISICAL_API_URL=" + url,
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID=" + scriptClient, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=" + scriptSecret,
	}
}
