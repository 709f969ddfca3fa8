package process

import (
	"fmt"
	"strings"
	"syscall"
)

// OnRenew is what a command gets when its token has changed: nothing,
// signal:NAME or restart.
type OnRenew string

const signalPrefix = "signal:"

// UnmarshalText implements encoding.TextUnmarshaler.
func (o *OnRenew) UnmarshalText(text []byte) error {
	value := OnRenew(text)
	if name, ok := strings.CutPrefix(string(text), signalPrefix); ok {
		if _, err := parseSignal(name); err != nil {
			return err
		}
	} else if value != "nothing" && value != "restart" {
		return fmt.Errorf("%q is not one of nothing, signal:NAME and restart", text)
	}
	*o = value
	return nil
}

// Restart reports whether the command is started anew.
func (o OnRenew) Restart() bool { return o == "restart" }

// Signal returns the signal that the command gets, if it gets one.
func (o OnRenew) Signal() (syscall.Signal, bool) {
	name, ok := strings.CutPrefix(string(o), signalPrefix)
	if !ok {
		return 0, false
	}
	number, err := parseSignal(name)
	return number, err == nil
}
