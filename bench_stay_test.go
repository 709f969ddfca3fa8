//go:build linux

package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// BenchmarkSupervising starts a command under this program, waits for it, and
// reports how much of the program is resident meanwhile. The budget is 12 MiB.
//
//	go test -run '^$' -bench Supervising -benchtime 5x .
func BenchmarkSupervising(b *testing.B) {
	ours := build(b, ".")
	_, env := serve(b, infisicaltest.G3, infisicaltest.Identity{})
	var resident []float64
	for b.Loop() {
		r := launch(b, env, ours, "--silent", "--renew", "--revoke-on-exit", "--on-renew=restart", "--", "sh", "-c", "echo ready; exec sleep 1000")
		r.line()
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.pid()))
		if err != nil {
			b.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(status), "VmRSS:")
		var kib float64
		if _, err := fmt.Sscan(rest, &kib); err != nil {
			b.Fatal(err)
		}
		resident = append(resident, kib/1024)
		r.signal(syscall.SIGTERM)
		if status, _ := r.end(); status != 143 {
			b.Fatalf("status %d", status)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(resident), "MiB-resident")
}
