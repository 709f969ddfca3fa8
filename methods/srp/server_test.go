package srp_test

import (
	"bytes"
	"crypto/sha256"
	"math/big"
)

// server is the other side, written from RFC 5054 alone: it shares no code and
// no constant with the package it judges. Its group comes from the formula of
// RFC 3526, not from a table.
type server struct {
	n, g, k   *big.Int
	salt      []byte
	verifier  *big.Int
	private   *big.Int
	public    []byte
	published *big.Int
}

func newServer(email, password string, salt []byte) *server {
	s := &server{n: prime4096(), g: big.NewInt(5), salt: salt}
	s.k = toInt(sum(wide(s.n), wide(s.g)))
	x := toInt(sum(salt, sum([]byte(email), []byte(":"), []byte(password))))
	s.verifier = new(big.Int).Exp(s.g, x, s.n)
	return s
}

// open chooses the private number and with it the public one.
func (s *server) open(private *big.Int) {
	s.private = private
	s.published = new(big.Int).Exp(s.g, private, s.n)
	s.published.Add(s.published, new(big.Int).Mul(s.k, s.verifier))
	s.published.Mod(s.published, s.n)
	s.public = wide(s.published)
}

// accepts tells whether the client has proved that it knows the password.
func (s *server) accepts(clientPublic, proof []byte) bool {
	u := toInt(sum(clientPublic, s.public))
	base := new(big.Int).Exp(s.verifier, u, s.n)
	base.Mul(base, toInt(clientPublic)).Mod(base, s.n)
	key := sum(wide(base.Exp(base, s.private, s.n)))
	return bytes.Equal(proof, sum(clientPublic, s.public, key))
}

// prime4096 is 2^4096 - 2^4032 - 1 + 2^64 * ([2^3966 pi] + 240904).
func prime4096() *big.Int {
	power := func(n uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), n) }
	middle := pi(3966)
	middle.Add(middle, big.NewInt(240904)).Lsh(middle, 64)
	n := new(big.Int).Sub(power(4096), power(4032))
	return n.Sub(n, big.NewInt(1)).Add(n, middle)
}

// pi returns the whole part of 2^bits times pi, by Machin's formula.
func pi(bits uint) *big.Int {
	const guard = 64
	inverse := func(x int64) *big.Int { // arctan(1/x), scaled
		term := new(big.Int).Lsh(big.NewInt(1), bits+guard)
		term.Quo(term, big.NewInt(x))
		total := new(big.Int)
		for i := int64(0); term.Sign() != 0; i++ {
			part := new(big.Int).Quo(term, big.NewInt(2*i+1))
			if i%2 == 1 {
				part.Neg(part)
			}
			total.Add(total, part)
			term.Quo(term, big.NewInt(x*x))
		}
		return total
	}
	quarter := new(big.Int).Mul(big.NewInt(4), inverse(5))
	quarter.Sub(quarter, inverse(239))
	return quarter.Lsh(quarter, 2).Rsh(quarter, guard)
}

func sum(parts ...[]byte) []byte {
	digest := sha256.Sum256(bytes.Join(parts, nil))
	return digest[:]
}

func toInt(b []byte) *big.Int { return new(big.Int).SetBytes(b) }

func wide(n *big.Int) []byte {
	b := make([]byte, 512)
	return n.FillBytes(b)
}
