package infisicaltest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Issuer signs JWTs: a Kubernetes cluster, a CI system, a cloud's token service,
// a SPIFFE trust domain. As an [http.Handler] it serves its discovery document
// and its keys.
type Issuer struct {
	// URL is the iss claim of what it signs.
	URL string
	// Now is its clock, time.Now unless it is replaced before use.
	Now func() time.Time

	mu    sync.Mutex
	ec    *ecdsa.PrivateKey
	rsa   *rsa.PrivateKey // made when first used, since it takes long
	ecID  string
	rsaID string
}

// NewIssuer returns an issuer with keys of its own.
func NewIssuer(url string) *Issuer {
	return &Issuer{
		URL: url, Now: time.Now,
		ec:   must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)),
		ecID: "ec-" + randomText(8), rsaID: "rsa-" + randomText(8),
	}
}

// Issuer returns an issuer that belongs to the server, the same at each call.
// The server serves its documents under /issuer.
func (s *Server) Issuer() *Issuer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ownIssuer()
}

func (s *Server) ownIssuer() *Issuer {
	if s.issuer == nil {
		s.issuer = NewIssuer(s.URL + "/issuer")
		s.issuer.Now = func() time.Time { return s.Now() }
	}
	return s.issuer
}

// Mint signs a JWT with ES256. It has iss, iat, nbf and an exp of ten minutes,
// unless payload says otherwise; a claim that is nil there is left out.
func (i *Issuer) Mint(payload map[string]any) string {
	return signJWT(i.ec, i.ecID, i.complete(payload))
}

// MintRSA is [Issuer.Mint] with RS256, which Azure and Google use.
func (i *Issuer) MintRSA(payload map[string]any) string {
	return signJWT(i.rsaKey(), i.rsaID, i.complete(payload))
}

func (i *Issuer) complete(payload map[string]any) map[string]any {
	now := i.Now()
	all := map[string]any{"iss": i.URL, "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(10 * time.Minute).Unix()}
	for name, value := range payload {
		all[name] = value
		if value == nil {
			delete(all, name)
		}
	}
	return all
}

func (i *Issuer) rsaKey() *rsa.PrivateKey {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.rsa == nil {
		i.rsa = must(rsa.GenerateKey(rand.Reader, 2048))
	}
	return i.rsa
}

// key returns the public key of an id.
func (i *Issuer) key(id string) (any, error) {
	switch id {
	case i.ecID:
		return &i.ec.PublicKey, nil
	case i.rsaID:
		return &i.rsaKey().PublicKey, nil
	}
	return nil, errUnknownKey
}

// verify checks a JWT against the issuer's keys and clock, and its audience and
// iss if they are given.
func (i *Issuer) verify(token string, now time.Time, issuer string, audiences ...string) (claims, error) {
	payload, err := verifyJWT(token, now, i.key)
	if err != nil {
		return nil, err
	}
	if len(audiences) > 0 && !slices.ContainsFunc(payload.audiences(), func(a string) bool { return slices.Contains(audiences, a) }) {
		return nil, jwtError("jwt audience invalid. expected: " + strings.Join(audiences, " or "))
	}
	if issuer != "" && payload.text("iss") != issuer {
		return nil, jwtError("jwt issuer invalid. expected: " + issuer)
	}
	return payload, nil
}

// ServeHTTP serves /.well-known/openid-configuration (OpenID Connect Discovery
// 1.0) and /jwks (RFC 7517).
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration"):
		writeJSON(w, http.StatusOK, map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/jwks",
			"id_token_signing_alg_values_supported": []string{"ES256", "RS256"}})
	case strings.HasSuffix(r.URL.Path, "/jwks"):
		writeJSON(w, http.StatusOK, json.RawMessage(i.JWKS()))
	default:
		http.NotFound(w, r)
	}
}

// JWKS returns the issuer's public keys (RFC 7517).
func (i *Issuer) JWKS() []byte {
	encode := base64.RawURLEncoding.EncodeToString
	point := must(i.ec.PublicKey.Bytes()) // 4, X, Y
	n := i.rsaKey().N.Bytes()
	return must(json.Marshal(map[string]any{"keys": []map[string]string{
		{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": i.ecID, "x": encode(point[1:33]), "y": encode(point[33:])},
		{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": i.rsaID, "n": encode(n), "e": "AQAB"},
	}}))
}
