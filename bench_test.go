package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// BenchmarkLogin runs this program and the smallest one that logs in with
// net/http in turn, and reports medians and their ratio. The budgets are 2.0 of
// the smallest program's time over HTTP, 1.3 over HTTPS, and 18 MiB.
//
//	go test -run '^$' -bench Login -benchtime 40x .
func BenchmarkLogin(b *testing.B) {
	ours, smallest, measure := build(b, "."), build(b, "./testdata/smallest"), build(b, "./testdata/measure")
	server := infisicaltest.New(infisicaltest.G3)
	server.Lenient = true // the smallest program has no User-Agent of its own
	server.Add(infisicaltest.Identity{Auth: &infisicaltest.Universal{ClientID: scriptClient, ClientSecret: scriptSecret}})
	secure := infisicaltest.New(infisicaltest.G3)
	secure.Lenient = true
	secure.Add(infisicaltest.Identity{Auth: &infisicaltest.Universal{ClientID: scriptClient, ClientSecret: scriptSecret}})
	for _, scheme := range []struct{ name, url, roots string }{
		{"http", server.Start(b), ""},
		{"https", secure.StartTLS(b), rootsWith(b, secure.CA())},
	} {
		env := []string{
			"INFISICAL_DOMAIN=" + scheme.url, "SSL_CERT_FILE=" + scheme.roots, "SSL_CERT_DIR=/nonexistent",
			"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID=" + scriptClient, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=" + scriptSecret,
		}
		b.Run(scheme.name, func(b *testing.B) {
			var mine, theirs costs
			for b.Loop() {
				mine.add(b, env, measure, ours, "--plain", "--silent")
				theirs.add(b, env, measure, smallest)
			}
			b.ReportMetric(0, "ns/op") // two programs together say nothing
			b.ReportMetric(median(mine.wall), "ms-wall")
			b.ReportMetric(median(theirs.wall), "smallest-ms-wall")
			b.ReportMetric(median(mine.wall)/median(theirs.wall), "ratio-wall")
			b.ReportMetric(median(mine.cpu), "ms-cpu")
			b.ReportMetric(median(theirs.cpu), "smallest-ms-cpu")
			b.ReportMetric(median(mine.cpu)/median(theirs.cpu), "ratio-cpu")
			b.ReportMetric(median(mine.rss), "MiB-peak")
			b.ReportMetric(median(theirs.rss), "smallest-MiB-peak")
		})
	}
}

// BenchmarkSettings finds out what a login's settings are: those of the program,
// their values, and the structs that hold them. It is about a tenth of what a
// login costs.
func BenchmarkSettings(b *testing.B) {
	environ := []string{"INFISICAL_DOMAIN=http://localhost", "PATH=/usr/bin", "HOME=/root", "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID=" + scriptClient, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=" + scriptSecret}
	b.ReportAllocs()
	for b.Loop() {
		r := &run{fields: fields(), environ: environ, stdout: io.Discard, stderr: io.Discard}
		r.read(nil)
		if _, err := r.plan(); err != nil {
			b.Fatal(err)
		}
	}
}

// costs are what runs of a program cost, in milliseconds and MiB.
type costs struct{ wall, cpu, rss []float64 }

func (c *costs) add(b *testing.B, env []string, measure string, program ...string) {
	cmd := exec.Command(measure, program...)
	cmd.Env = env
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("%v: %v", program, err)
	}
	var wall, cpu, rss float64
	if _, err := fmt.Sscan(string(out), &wall, &cpu, &rss); err != nil {
		b.Fatal(err)
	}
	c.wall, c.cpu, c.rss = append(c.wall, wall/1000), append(c.cpu, cpu/1000), append(c.rss, rss/1024)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// build builds a program as it is released.
func build(b testing.TB, pkg string) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "program")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	cmd := exec.Command("go", "build", "-tags", "grpcnotrace", "-trimpath", "-ldflags=-s -w", "-o", binary, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// rootsWith returns a file with the system's certificates, as far as there are
// any, and one more.
func rootsWith(b testing.TB, more []byte) string {
	b.Helper()
	system, _ := os.ReadFile("/etc/ssl/certs/ca-certificates.crt")
	path := filepath.Join(b.TempDir(), "roots.pem")
	if err := os.WriteFile(path, append(system, more...), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}
