//go:build unix

package process

import (
	"strings"
	"testing"
)

// A signal that is taken is one that can be sent, by whatever name.
func FuzzOnRenew(f *testing.F) {
	for _, text := range []string{"nothing", "restart", "signal:HUP", "signal:SIGHUP", "signal:1", "signal:RTMIN+1", "signal:RTMAX-64", "signal:0", "signal:-9", "signal:", "signal:99999999999999999999", "signal: 1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var o OnRenew
		if o.UnmarshalText([]byte(text)) != nil {
			return
		}
		signal, given := o.Signal()
		if given != strings.HasPrefix(text, signalPrefix) || given && (signal < 1 || signal > 64) {
			t.Errorf("%q is signal %d, %v", text, signal, given)
		}
	})
}
