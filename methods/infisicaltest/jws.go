package infisicaltest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// claims are the payload of a JWT (RFC 7519).
type claims map[string]any

func (c claims) text(name string) string {
	text, _ := c[name].(string)
	return text
}

// number returns a numeric claim, or 0.
func (c claims) number(name string) int64 {
	n, _ := c[name].(float64)
	return int64(n)
}

// audiences returns the audience, which may be one text or a list.
func (c claims) audiences() []string {
	switch aud := c["aud"].(type) {
	case string:
		return []string{aud}
	case []any:
		var all []string
		for _, a := range aud {
			if text, ok := a.(string); ok {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}

// jwtError is what is wrong with a JWT, in the words of the library that the
// Infisical server uses (jsonwebtoken).
type jwtError string

// Error implements error.
func (e jwtError) Error() string { return string(e) }

const (
	errMalformed   = jwtError("jwt malformed")
	errUnsigned    = jwtError("jwt signature is required")
	errAlgorithm   = jwtError("invalid algorithm")
	errSignature   = jwtError("invalid signature")
	errNotActive   = jwtError("jwt not active")
	errExpired     = jwtError("jwt expired")
	errUnknownKey  = jwtError("unknown signing key")
	signedJWTParts = 3
)

// jwtHeader is the header of a signed JWT (RFC 7515).
type jwtHeader struct {
	Algorithm string `json:"alg"`
	Type      string `json:"typ,omitempty"`
	KeyID     string `json:"kid,omitempty"`
}

// signJWT signs with HS256, RS256 or ES256, as the key demands.
func signJWT(key any, keyID string, payload map[string]any) string {
	header := jwtHeader{Type: "JWT", KeyID: keyID}
	var sign func(text string) []byte
	switch k := key.(type) {
	case []byte:
		header.Algorithm = "HS256"
		sign = func(text string) []byte { return hmac256(k, text) }
	case *rsa.PrivateKey:
		header.Algorithm = "RS256"
		sign = func(text string) []byte {
			digest := sha256.Sum256([]byte(text))
			return must(rsa.SignPKCS1v15(nil, k, crypto.SHA256, digest[:]))
		}
	case *ecdsa.PrivateKey:
		header.Algorithm = "ES256"
		sign = func(text string) []byte {
			digest := sha256.Sum256([]byte(text))
			r, s, err := ecdsa.Sign(rand.Reader, k, digest[:])
			if err != nil {
				panic("infisicaltest: " + err.Error())
			}
			return slices.Concat(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32)))
		}
	default:
		panic(fmt.Sprintf("infisicaltest: cannot sign with %T", key))
	}
	text := encodePart(header) + "." + encodePart(payload)
	return text + "." + base64.RawURLEncoding.EncodeToString(sign(text))
}

// verifyJWT checks a JWT at a moment: shape, algorithm, signature, nbf, exp, in
// this order. keyOf returns the public key (or the HMAC secret) for a key id.
func verifyJWT(token string, now time.Time, keyOf func(keyID string) (any, error)) (claims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != signedJWTParts {
		return nil, errMalformed
	}
	var header jwtHeader
	var payload claims
	if decodePart(parts[0], &header) != nil || decodePart(parts[1], &payload) != nil {
		return nil, errMalformed
	}
	if parts[2] == "" {
		return nil, errUnsigned
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return nil, errSignature
	}
	key, err := keyOf(header.KeyID)
	if err != nil {
		return nil, err
	}
	if err := verifySignature(header.Algorithm, key, parts[0]+"."+parts[1], signature); err != nil {
		return nil, err
	}
	if nbf, ok := payload["nbf"]; ok {
		if _, number := nbf.(float64); !number {
			return nil, jwtError("invalid nbf value")
		}
		if payload.number("nbf") > now.Unix() {
			return nil, errNotActive
		}
	}
	if exp, ok := payload["exp"]; ok {
		if _, number := exp.(float64); !number {
			return nil, jwtError("invalid exp value")
		}
		if payload.number("exp") <= now.Unix() {
			return nil, errExpired
		}
	}
	return payload, nil
}

func verifySignature(algorithm string, key any, text string, signature []byte) error {
	digest := sha256.Sum256([]byte(text))
	switch k := key.(type) {
	case []byte:
		if algorithm != "HS256" {
			return errAlgorithm
		}
		if !hmac.Equal(hmac256(k, text), signature) {
			return errSignature
		}
	case *rsa.PublicKey:
		if algorithm != "RS256" {
			return errAlgorithm
		}
		if rsa.VerifyPKCS1v15(k, crypto.SHA256, digest[:], signature) != nil {
			return errSignature
		}
	case *ecdsa.PublicKey:
		if algorithm != "ES256" {
			return errAlgorithm
		}
		if len(signature) != 64 || !ecdsa.Verify(k, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
			return errSignature
		}
	default:
		return errors.New("no key of a known kind")
	}
	return nil
}

// peekJWT decodes a JWT's payload without checking anything.
func peekJWT(token string) (claims, error) {
	parts := strings.Split(token, ".")
	var payload claims
	if len(parts) != signedJWTParts || decodePart(parts[1], &payload) != nil || payload == nil {
		return nil, errMalformed
	}
	return payload, nil
}

func encodePart(v any) string {
	return base64.RawURLEncoding.EncodeToString(must(json.Marshal(v)))
}

func decodePart(part string, v any) error {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

func hmac256(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// must is for what fails only if the stand-in itself is wrong.
func must[T any](v T, err error) T {
	if err != nil {
		panic("infisicaltest: " + err.Error())
	}
	return v
}
