//go:build unix

// Command measure runs a program once and prints its wall time and CPU time in
// microseconds and its peak resident memory in KiB. It is a small process of
// its own because the kernel counts the memory of whoever forks as the child's.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

func main() {
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	begin := time.Now()
	out, err := cmd.Output()
	wall := time.Since(begin)
	if err != nil || len(out) == 0 {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	fmt.Println(wall.Microseconds(), cpu.Microseconds(), usage.Maxrss)
}
