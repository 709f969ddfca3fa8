package methods

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

// problem is the body of an error, as the Infisical server sends it. Every
// member may be missing.
type problem struct {
	id      string // reqId, which the server's own log has too; old servers send none
	name    string // error: of the exception
	message string
}

// verdict is the cause of an [Error] that an answer with a status of failure led
// to: what the server said, for those who know what it means there.
type verdict struct {
	status int
	problem
}

// Error implements error.
func (v verdict) Error() string { return statusError(v.status).Error() }

// Unwrap returns the status alone.
func (v verdict) Unwrap() error { return statusError(v.status) }

// routeMissing tells whether a server does not know what it was asked for.
func (v verdict) routeMissing() bool {
	return v.status == http.StatusNotFound && v.name == "Not Found" && strings.HasPrefix(v.message, "Route ")
}

// refusal is the error for an answer with a status of failure.
func (c *Client) refusal(r request, response *http.Response, text []byte, fields map[string]json.RawMessage, secrets []config.Secret, now time.Time) error {
	status := response.StatusCode
	p, ours := explain(fields)
	v := verdict{status, p}
	if status >= 500 || status == http.StatusRequestTimeout || status == http.StatusTooEarly || status == http.StatusTooManyRequests {
		h := hint{answered: true, limited: status == http.StatusTooManyRequests, verdict: v}
		clock := now.Add(skew(response.Header, now))
		if h.limited {
			h.after = limitWait(response.Header, p.message, clock)
		} else {
			h.after = retryAfter(response.Header.Get("Retry-After"), clock)
		}
		return &Error{Kind: Unavailable, Message: fmt.Sprintf("%s failed %s with status %d%s", c.domain.Host, r.what, status, p.said(secrets)), Err: h}
	}
	if c.domain.Scheme == "http" && status == http.StatusBadRequest && !ours && bytes.Contains(text, []byte("HTTPS")) {
		return c.stranger("it speaks TLS there; write https:// instead of http://")
	}
	if !ours {
		return c.stranger("it answered %s with status %d and not with Infisical's JSON", r.what, status)
	}
	if v.routeMissing() {
		return &Error{Kind: Protocol, Message: fmt.Sprintf("this server does not know %s: it has no route %s, and may be too old for it; check --domain or INFISICAL_DOMAIN", cmp.Or(r.method, r.what), r.path), Err: v}
	}
	message := fmt.Sprintf("%s refused %s with status %d%s", c.domain.Host, r.what, status, p.said(secrets))
	if status == http.StatusUnauthorized && r.method != "" {
		message += c.otherRegion("identity")
	}
	return &Error{Kind: Refused, Message: message, Err: v}
}

// explain reads the members of an error's body. It reports false if none is
// there, so that this cannot be the Infisical server's.
func explain(fields map[string]json.RawMessage) (problem, bool) {
	var p problem
	_ = json.Unmarshal(fields["reqId"], &p.id)
	_ = json.Unmarshal(fields["error"], &p.name)
	if json.Unmarshal(fields["message"], &p.message) != nil {
		p.message = issues(fields["message"])
	}
	return p, p.message != "" || p.name != "" || p.id != ""
}

// issues makes a sentence of the array in which the server lists what it did
// not like about a request, of which each has a path to a member.
func issues(text json.RawMessage) string {
	var list []struct {
		Path    []any  `json:"path"`
		Message string `json:"message"`
	}
	if json.Unmarshal(text, &list) != nil {
		return ""
	}
	var said []string
	for _, issue := range list {
		var path []string
		for _, part := range issue.Path {
			path = append(path, fmt.Sprint(part))
		}
		said = append(said, strings.TrimPrefix(strings.Join(path, ".")+": "+issue.Message, ": "))
	}
	return strings.Join(said, ", ")
}

// said is what the server gave as the reason, safe to print.
func (p problem) said(secrets []config.Secret) string {
	text := cmp.Or(p.message, p.name)
	said := ""
	if text != "" {
		said = ": " + shown(redact(text, secrets))
	}
	if p.id != "" {
		said += " (reqId " + shown(redact(p.id, secrets)) + ")"
	}
	return said
}

// redact replaces the secrets in a stranger's text, the longest first, since
// one may be part of another.
func redact(text string, secrets []config.Secret) string {
	var plain []string
	for _, secret := range secrets {
		// The server trims what it is sent before it says anything about it.
		plain = append(plain, secret.Reveal(), strings.TrimSpace(secret.Reveal()))
	}
	slices.SortFunc(plain, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, secret := range plain {
		if secret != "" {
			pairs = append(pairs, secret, config.Secret(secret).String())
		}
	}
	// In one pass, lest a short secret be found in what stands for another.
	return strings.NewReplacer(pairs...).Replace(text)
}

// otherRegion hints at a frequent mistake: the two regions of the cloud know
// nothing of each other's identities and accounts.
func (c *Client) otherRegion(of string) string {
	const hint = "; an %[2]s of the other region needs --domain %[1]s or INFISICAL_DOMAIN=%[1]s"
	switch c.domain.Hostname() {
	case "app.infisical.com", "us.infisical.com":
		return fmt.Sprintf(hint, "eu", of)
	case "eu.infisical.com":
		return fmt.Sprintf(hint, "us", of)
	}
	return ""
}
