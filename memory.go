package main

import "runtime/debug"

// loginMemory is how much memory a login may use before its garbage is collected
// after all, in bytes: the largest answers several times over.
const loginMemory = 64 << 20 // 64 MiB

// postpone puts off the collection of garbage: a login has ended before anybody
// could use the memory that it would free.
func postpone() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(loginMemory)
}

// collect brings the collection of garbage back, for a process that stays. It
// begins at twice what is in use, as Go's default is.
func collect() { debug.SetGCPercent(100) }
