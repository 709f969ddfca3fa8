package main

import "syscall"

// detached keeps a program out of the console's reach, so that a Ctrl-C meant
// for us does not close somebody's browser.
func detached() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
