package main

import (
	"net"
	"strings"
	"time"
)

// notifySettings are systemd's.
type notifySettings struct {
	Socket string `env:"NOTIFY_SOCKET" external:"true" usage:"Socket on which systemd waits to be told that a service is ready."`
}

// notifyLimit bounds how long a manager that does not read can keep us.
const notifyLimit = time.Second

// tell sends a state, such as READY=1, to the service manager that started us,
// if one did; see sd_notify(3). A manager that does not listen is no failure of
// ours.
func (n notifySettings) tell(state string) {
	if n.Socket == "" {
		return
	}
	name := n.Socket
	if strings.HasPrefix(name, "@") {
		name = "\x00" + name[1:] // the abstract namespace
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return
	}
	defer conn.Close()
	_ = conn.SetWriteDeadline(time.Now().Add(notifyLimit))
	_, _ = conn.Write([]byte(state))
}
