//go:build unix

package main

import "syscall"

// detached keeps a program out of the terminal's reach, so that a Ctrl-C meant
// for us does not close somebody's browser.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
