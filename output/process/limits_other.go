//go:build !linux

package process

// maxTotal is ARG_MAX of macOS, in bytes, and more than Windows takes.
const maxTotal = 1 << 20

// Fits reports whether arguments and environment are likely to be within what the
// system takes.
func (c *Command) Fits() bool {
	total := 0
	for _, list := range [][]string{c.Args, c.Env} {
		for _, text := range list {
			total += len(text) + 1 + 8
		}
	}
	return total <= maxTotal
}
