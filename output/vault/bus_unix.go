//go:build unix && !darwin

package vault

import "github.com/godbus/dbus/v5"

// reachable reports whether there is a session bus to find a keyring on. The
// keyring's library would start a bus where there is none, which outlives us, is
// found by nobody, and has no keyring on it.
func reachable() error {
	connection, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return err
	}
	return connection.Close()
}
