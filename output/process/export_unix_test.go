//go:build unix

package process

// Halt is halt, for the tests.
func Halt(called func() bool) { halt(called) }
