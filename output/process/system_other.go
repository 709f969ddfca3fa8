//go:build unix && !linux

package process

import "syscall"

// adopt does nothing: orphans go to process 1, which knows what to do with them.
func adopt() {}

// bind does nothing: a command outlives us here if we are killed.
func bind(*syscall.SysProcAttr) {}
