//go:build !linux

package process

// Limits are the limits that [Harden] lowered: none, on this system.
type Limits struct{}

// Harden keeps the memory of this process from other processes of the same user,
// on systems where that is possible. On this one it does nothing.
func Harden() Limits { return Limits{} }

func (Limits) restore() {}

func (Limits) lower() {}
