package methods

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
)

// unanswered is the error for an attempt without an answer. What may pass by
// itself is Unavailable; what will be the same the next time is Protocol.
func (c *Client) unanswered(ctx context.Context, err error) error {
	host := c.domain.Host
	if failed, ok := errors.AsType[*Error](err); ok { // of a proxy
		return failed
	}
	if untrusted, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return &Error{Kind: Protocol, Message: fmt.Sprintf("the certificate of %s does not verify: %s%s", host, shown(untrusted.Err.Error()), remedy(untrusted.Err)), Err: err}
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return c.stranger("it does not speak TLS; if that is meant to be so, write http:// instead of https://")
	}
	if strings.Contains(err.Error(), `malformed HTTP response "\x15\x03`) { // a TLS alert
		return c.stranger("it speaks TLS there; write https:// instead of http://")
	}
	if failed, ok := errors.AsType[*net.OpError](err); ok && failed.Op == "remote error" {
		return &Error{Kind: Protocol, Message: fmt.Sprintf("%s broke off TLS: %s; if it wants a client certificate, set --tls-cert-path or INFISICAL_TLS_CERT_PATH", host, shown(failed.Err.Error())), Err: err}
	}
	if !passing(err) {
		if wasCut(ctx) { // within the head, which net/http calls malformed then
			return &Error{Kind: Unavailable, Message: fmt.Sprintf("no answer from %s: the connection was cut", host), Err: err}
		}
		return c.stranger("%s", shown(redact(err.Error(), c.secrets)))
	}
	return &Error{Kind: Unavailable, Message: fmt.Sprintf("no answer from %s: %s", host, why(ctx, err)), Err: err}
}

// passing tells whether a failure of the network may pass by itself.
func passing(err error) bool {
	_, network := errors.AsType[net.Error](err) // dialling, names, time-outs
	_, system := errors.AsType[syscall.Errno](err)
	return network || system || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		strings.Contains(err.Error(), "server closed idle connection")
}

// why says in a few words what was wrong with the network.
func why(ctx context.Context, err error) string {
	lookup, unknown := errors.AsType[*net.DNSError](err)
	timeout, network := errors.AsType[net.Error](err)
	errno, system := errors.AsType[syscall.Errno](err)
	switch {
	case ctx.Err() != nil:
		return "out of time"
	case unknown && lookup.IsNotFound:
		return "no such host"
	case unknown:
		return "its name could not be looked up"
	case network && timeout.Timeout():
		return "connecting took too long"
	case system:
		return errno.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was cut"
	}
	return shown(err.Error())
}

// remedy says which setting may help against a certificate that does not
// verify; none helps against one that has expired.
func remedy(err error) string {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "; set --ca-path or INFISICAL_CA_PATH to a file with the certificate of the authority that signed it"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "; check --domain or INFISICAL_DOMAIN"
	}
	return ""
}

// undialled tells whether a failed attempt has surely not reached the server.
func undialled(err error) bool {
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "dial"
}
