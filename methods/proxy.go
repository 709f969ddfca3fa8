package methods

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/infisical-login/infisical-login/config"
)

// Proxy is how Infisical is reached. The variables are those of everybody, and
// metadata services are never asked through them.
type Proxy struct {
	HTTPS config.Secret `env:"HTTPS_PROXY" older:"https_proxy" external:"true" usage:"Proxy for an Infisical instance with https."`
	HTTP  config.Secret `env:"HTTP_PROXY" older:"http_proxy" external:"true" usage:"Proxy for an Infisical instance with http."`
	No    string        `env:"NO_PROXY" older:"no_proxy" external:"true" usage:"Hosts, domains and networks that are reached without a proxy."`
}

// function returns what net/http asks for the proxy of a request. All of our
// requests go to one host, so that a proxy that is none is found out here,
// where an error can be worded without its password.
func (p Proxy) function(domain *url.URL) (func(*http.Request) (*url.URL, error), error) {
	variable, value := "HTTP_PROXY", p.HTTP.Reveal()
	if domain.Scheme == "https" {
		variable, value = "HTTPS_PROXY", p.HTTPS.Reveal()
	}
	if value == "" {
		return nil, nil
	}
	// Httpproxy decides whether there is to be a proxy. It takes one that is
	// malformed for none, and the request would go past it.
	const any = "http://any.proxy"
	settings := &httpproxy.Config{HTTPProxy: any, HTTPSProxy: any, NoProxy: p.No}
	if applies, err := settings.ProxyFunc()(domain); err != nil || applies == nil {
		return nil, nil
	}
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	proxy, err := url.Parse(value) // whose error would quote the password
	if err != nil || proxy.Hostname() == "" || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, proxy.Scheme) {
		return nil, &Error{Kind: Setting, Message: variable + " is not the URL of a proxy; it should look like http://proxy.example:3128"}
	}
	return http.ProxyURL(proxy), nil
}

// proxyAnswered judges the answer of a proxy that was asked for a connection.
func proxyAnswered(_ context.Context, proxy *url.URL, _ *http.Request, response *http.Response) error {
	status := response.StatusCode
	if status == http.StatusOK {
		return nil
	}
	message := fmt.Sprintf("the proxy %s answered with status %d", proxy.Host, status)
	if status >= 500 || status == http.StatusTooManyRequests {
		return &Error{Kind: Unavailable, Message: message}
	}
	return &Error{Kind: Protocol, Message: message + "; see HTTPS_PROXY and NO_PROXY"}
}
