//go:build !linux

package process

// Trim gives back memory that a process which waits does not need, where that is
// known how to.
func Trim() {}
