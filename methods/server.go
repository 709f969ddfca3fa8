package methods

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

// Server is the settings of every request to Infisical.
type Server struct {
	Domain  config.URL      `env:"INFISICAL_DOMAIN" older:"INFISICAL_API_URL" flag:"domain" default:"https://app.infisical.com" usage:"Infisical instance: a URL, or us or eu."`
	Headers config.Headers  `env:"INFISICAL_CUSTOM_HEADERS" flag:"custom-headers" file:"true" scrub:"true" usage:"Headers of all requests to Infisical: Key=value Other=\"a b\"."`
	Timeout config.Duration `env:"INFISICAL_LOGIN_TIMEOUT" flag:"timeout" default:"60s" usage:"Bound of one login with all its attempts."`
	Retry
	CAPath string `env:"INFISICAL_CA_PATH" flag:"ca-path" shown:"system roots" usage:"File of PEM certificates to trust instead of the system's."`
	ClientCertificate
	Proxy
	Roots
}

// Retry is how often and how fast a failed attempt is repeated.
type Retry struct {
	Max  config.Count    `env:"INFISICAL_RETRY_MAX_RETRIES" flag:"retry-max-retries" default:"5" usage:"Attempts after the first, when Infisical cannot be reached or fails."`
	Base config.Duration `env:"INFISICAL_RETRY_BASE_DELAY" flag:"retry-base-delay" default:"200ms" usage:"Bound of the wait before the second attempt; each later one doubles it."`
	Cap  config.Duration `env:"INFISICAL_RETRY_MAX_DELAY" flag:"retry-max-delay" default:"10s" usage:"Bound of all waits between attempts, unless Infisical asks for a longer one."`
}

// ClientCertificate is what mutual TLS shows to a server: Infisical behind a
// proxy that asks for one, or the method tls-cert-auth.
type ClientCertificate struct {
	CertPath string `env:"INFISICAL_TLS_CERT_PATH" flag:"tls-cert-path" usage:"File of the client certificate (PEM, with its chain) for mutual TLS."`
	KeyPath  string `env:"INFISICAL_TLS_KEY_PATH" flag:"tls-key-path" usage:"File of the client certificate's private key (PEM)."`
}

// Bounds of the steps of one attempt. The timeout bounds them all together.
const (
	connectLimit = 5 * time.Second
	tlsLimit     = 5 * time.Second
	maxHeader    = 64 << 10 // bytes
)

// minSecret is the length, in bytes, from which on the value of a custom header
// is taken for a secret. To redact every 1 would make messages unreadable.
const minSecret = 4

// Client returns a client of the instance. The error joins an [Error] of kind
// Setting for each file that is of no use, for half of a client certificate, for a
// proxy that is none and for a timeout that leaves no time.
func (s Server) Client() (*Client, error) {
	domain, err := url.Parse(string(s.Domain))
	if err != nil || domain.Host == "" {
		return nil, &Error{Kind: Setting, Message: "set --domain or INFISICAL_DOMAIN to the URL of an Infisical instance"}
	}
	errs := []error{s.whole()}
	if s.Timeout <= 0 {
		errs = append(errs, &Error{Kind: Setting, Message: "a login needs some time; set --timeout or INFISICAL_LOGIN_TIMEOUT to more than 0s"})
	}
	proxy, err := s.Proxy.function(domain)
	errs = append(errs, err)
	client := &Client{
		domain:    domain,
		headers:   http.Header{},
		retry:     retry{max: uint(s.Retry.Max), base: s.Base.Std(), cap: s.Cap.Std()},
		timeout:   s.Timeout.Std(),
		spentCode: new(config.Secret),
	}
	for _, header := range s.Headers {
		client.headers.Set(header.Name, header.Value.Reveal())
		if len(header.Value) >= minSecret {
			client.secrets = append(client.secrets, header.Value)
		}
	}
	client.transport = &http.Transport{
		Proxy:                  proxy,
		OnProxyConnectResponse: proxyAnswered,
		DialContext:            client.dial,
		TLSHandshakeTimeout:    tlsLimit,
		MaxResponseHeaderBytes: maxHeader,
		// One request a connection. A renewal comes an hour after the last one,
		// when a kept connection would be dead, and the standard library repeats
		// a request by itself only on kept connections: one login is one request.
		DisableKeepAlives: true,
		// An answer that was compressed small may be huge.
		DisableCompression: true,
	}
	if domain.Scheme == "https" {
		client.transport.TLSClientConfig, err = s.tls(domain, proxy)
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return client, nil
}

// tls is only called where it is needed, since it reads files. HTTP/2 is not
// offered: it serves many requests on one connection, and here is one.
func (s Server) tls(server *url.URL, proxy func(*http.Request) (*url.URL, error)) (*tls.Config, error) {
	settings := &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
	}
	trusted := s.trust(settings, server, proxy)
	if s.CertPath == "" || s.KeyPath == "" {
		return settings, trusted
	}
	if _, err := s.ClientCertificate.load(); err != nil || trusted != nil {
		return nil, errors.Join(trusted, err)
	}
	// Read anew for each connection, since certificates are rotated.
	settings.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		return s.ClientCertificate.load()
	}
	return settings, nil
}

// whole checks that the client certificate is set with both of its halves or
// not at all.
func (c ClientCertificate) whole() error {
	const half = "--tls-%s-path or INFISICAL_TLS_%s_PATH is set without its other half; set --tls-%s-path or INFISICAL_TLS_%s_PATH too"
	switch {
	case c.CertPath != "" && c.KeyPath == "":
		return &Error{Kind: Setting, Message: fmt.Sprintf(half, "cert", "CERT", "key", "KEY")}
	case c.CertPath == "" && c.KeyPath != "":
		return &Error{Kind: Setting, Message: fmt.Sprintf(half, "key", "KEY", "cert", "CERT")}
	}
	return nil
}

// load reads the client certificate.
func (c ClientCertificate) load() (*tls.Certificate, error) {
	certificate, err := readPEM("client certificate", c.CertPath, "INFISICAL_TLS_CERT_PATH", "tls-cert-path")
	key, keyErr := readPEM("client key", c.KeyPath, "INFISICAL_TLS_KEY_PATH", "tls-key-path")
	if err := errors.Join(err, keyErr); err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, &Error{Kind: Setting, Message: fmt.Sprintf("client certificate %q with key %q: %v; see --tls-cert-path or INFISICAL_TLS_CERT_PATH, --tls-key-path or INFISICAL_TLS_KEY_PATH", c.CertPath, c.KeyPath, err), Err: err}
	}
	return &pair, nil
}

// dial connects within [connectLimit].
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	limited, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	dial := c.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(limited, network, address)
	if err != nil {
		return nil, err
	}
	return watched(ctx, conn), nil
}
