// Package srp is the client's side of SRP-6a, by which Infisical servers check
// a password without being sent it: the 4096-bit group of RFC 5054, SHA-256, and
// the server's numbers hashed exactly as they came. It speaks to no server; the
// caller carries the numbers.
package srp

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/big"
)

// ephemeral is the length of the client's private number, in bytes; RFC 5054
// asks for 256 bits at least.
const ephemeral = 32

// Client is one attempt to prove a password. It must not be used for a second.
type Client struct {
	private *big.Int // a
	public  []byte   // A, padded to the length of the group
}

// New starts an attempt with a private number taken from random, which must be
// a cryptographic source such as crypto/rand's Reader.
func New(random io.Reader) (*Client, error) {
	secret := make([]byte, ephemeral)
	if _, err := io.ReadFull(random, secret); err != nil {
		return nil, fmt.Errorf("random number for the password's proof: %w", err)
	}
	prime, base := group()
	private := number(secret)
	return &Client{private, pad(new(big.Int).Exp(base, private, prime))}, nil
}

// Public returns the client's public number, 512 bytes.
func (c *Client) Public() []byte { return append([]byte(nil), c.public...) }

// Proof returns the 32 bytes that prove the password to the server that sent
// salt and public, its own public number. The e-mail must be what the server was
// asked for, byte for byte. The error is a public number that would give the
// session's key away.
func (c *Client) Proof(email, password string, salt, public []byte) ([]byte, error) {
	prime, base := group()
	theirs := number(public)
	if new(big.Int).Mod(theirs, prime).Sign() == 0 {
		return nil, errors.New("the server's public number is a multiple of the group's prime")
	}
	// Both sides hash the bytes that were on the wire. A number stripped of its
	// leading zeros hashes differently, which would fail one login in 256.
	scramble := number(hash(c.public, public))
	if scramble.Sign() == 0 {
		return nil, errors.New("the two public numbers cancel out")
	}
	key := hash(pad(c.shared(theirs, scramble, secret(email, password, salt), prime, base)))
	return hash(c.public, public, key), nil
}

// shared returns (B - k g^x)^(a + u x) mod N, in the letters of RFC 5054.
func (c *Client) shared(theirs, scramble, secret, prime, base *big.Int) *big.Int {
	multiplier := number(hash(pad(prime), pad(base)))
	verifier := new(big.Int).Exp(base, secret, prime)
	root := new(big.Int).Sub(theirs, multiplier.Mul(multiplier, verifier))
	root.Mod(root, prime) // never negative, unlike Rem
	exponent := new(big.Int).Mul(scramble, secret)
	return root.Exp(root, exponent.Add(exponent, c.private), prime)
}

// secret is the number that only who knows the password can compute, x.
func secret(email, password string, salt []byte) *big.Int {
	return number(hash(salt, hash([]byte(email+":"+password))))
}

func hash(parts ...[]byte) []byte {
	digest := sha256.New()
	for _, part := range parts {
		digest.Write(part)
	}
	return digest.Sum(nil)
}

func number(bytes []byte) *big.Int { return new(big.Int).SetBytes(bytes) }

// pad returns n, which is below 2^4096, as 512 bytes.
func pad(n *big.Int) []byte { return n.FillBytes(make([]byte, size)) }
