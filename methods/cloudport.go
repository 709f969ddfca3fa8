package methods

import "net"

// elsewhere is a method whose login route the Infisical cloud serves at a port
// of its own.
type elsewhere interface {
	cloudPort() string
}

// address is the URL of a request.
func (c *Client) address(r request) string {
	u := c.domain.JoinPath(r.path)
	if r.cloudPort != "" && u.Scheme == "https" && u.Port() == "" && isCloud(u.Hostname()) {
		u.Host = net.JoinHostPort(u.Hostname(), r.cloudPort)
	}
	return u.String()
}

// isCloud tells whether a host is one of the Infisical cloud's.
func isCloud(host string) bool {
	return host == "app.infisical.com" || host == "us.infisical.com" || host == "eu.infisical.com"
}
