package methods

import (
	"context"
	"net"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
)

// Server is the settings of every request to Infisical.
type Server struct {
	Domain config.URL `env:"INFISICAL_DOMAIN" older:"INFISICAL_API_URL" flag:"domain" default:"https://app.infisical.com" usage:"Infisical instance: a URL, or us or eu."`
}

// Client makes every request to one Infisical instance.
type Client struct {
	// Dial connects to an address; nil dials the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Report, if set, is told of each attempt that failed and will be repeated.
	Report func(Event)
}

// Event is an attempt that failed and will be repeated.
type Event struct {
	Attempt int           // of the attempt that failed, from 1
	Err     error         // why it failed
	Wait    time.Duration // before the next one
}

// Login obtains a token by the method of row. Fresh returns the method with its
// settings decoded anew, and is called for each attempt.
func (c *Client) Login(ctx context.Context, row Row, fresh func() (Method, error)) (token.Token, error) {
	panic("not yet")
}
