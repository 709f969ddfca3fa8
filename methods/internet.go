package methods

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
)

// internet is the transport for the clouds' services on the internet: the
// standard one with its proxy variables, but for the metadata services, which a
// cloud's configuration file may name as well.
func internet() *http.Transport {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		transport = standard.Clone()
	}
	trustAsWeDo(transport)
	boundHeaders(transport)
	proxy := transport.Proxy
	transport.Proxy = func(request *http.Request) (*url.URL, error) {
		host := request.URL.Hostname()
		if net.ParseIP(host).IsLinkLocalUnicast() || host == "metadata.google.internal" {
			return nil, nil
		}
		return proxy(request)
	}
	return transport
}

// boundHeaders bounds what a transport reads before the body of an answer.
func boundHeaders(transport *http.Transport) { transport.MaxResponseHeaderBytes = maxProof }

// trustAsWeDo has a transport trust the certificates that the program brings
// along if the system has none.
func trustAsWeDo(transport *http.Transport) {
	pool, err := Server{}.roots()
	if err != nil {
		return // to the error that the first connection gives
	}
	if transport.TLSClientConfig == nil {
		transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	transport.TLSClientConfig.RootCAs = pool
}
