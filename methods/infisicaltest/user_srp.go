package infisicaltest

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"math/big"
)

// srpWidth is the length of the group's numbers, in bytes.
const srpWidth = 512

// verifier is what the server keeps of a password to check proofs by SRP-6a
// (RFC 5054) with SHA-256.
type verifier struct {
	salt []byte
	v    *big.Int
}

// srpAttempt is a login between its two steps.
type srpAttempt struct {
	theirs  []byte // A, as it came
	private *big.Int
	public  []byte // B, as it was sent
}

func newVerifier(email, password string) verifier {
	return verifierOf(email, password, randomBytes(32))
}

func verifierOf(email, password string, salt []byte) verifier {
	secret := digest(salt, digest([]byte(email), []byte(":"), []byte(password)))
	return verifier{salt, new(big.Int).Exp(srpGenerator(), secret.number(), srpPrime())}
}

// answer makes the server's public number for a client's.
func (v verifier) answer(theirs []byte, private *big.Int) *srpAttempt {
	prime, base := srpPrime(), srpGenerator()
	public := new(big.Int).Exp(base, private, prime)
	multiplier := digest(srpPad(prime), srpPad(base)).number()
	public.Add(public, multiplier.Mul(multiplier, v.v)).Mod(public, prime)
	return &srpAttempt{theirs: theirs, private: private, public: srpPad(public)}
}

// proves tells whether a proof is that of somebody who knows the password.
func (v verifier) proves(a *srpAttempt, proof []byte) bool {
	prime := srpPrime()
	theirs := new(big.Int).SetBytes(a.theirs)
	if new(big.Int).Mod(theirs, prime).Sign() == 0 {
		return false
	}
	key := new(big.Int).Exp(v.v, digest(a.theirs, a.public).number(), prime)
	key.Mul(key, theirs).Exp(key, a.private, prime)
	wanted := digest(a.theirs, a.public, digest(srpPad(key)))
	return subtle.ConstantTimeCompare(wanted, proof) == 1
}

// login1 exchanges public numbers.
func (s *Server) login1(c *call) (any, error) {
	body, err := c.object(field{name: "email"}, field{name: "clientPublicKey"}, field{name: "providerAuthToken", optional: true})
	if err != nil {
		return nil, err
	}
	p, known := s.byEmail(body.text("email"))
	switch {
	case !known && s.generation == G1:
		return nil, because(internal(), "no such user")
	case !known, p.SSOOnly:
		return nil, badRequest("Invalid login credentials")
	}
	theirs, err := hex.DecodeString(body.text("clientPublicKey"))
	if err != nil || len(theirs) != srpWidth {
		c.complain("clientPublicKey is not %d bytes in hexadecimal", srpWidth)
		return nil, because(internal(), "clientPublicKey is of no use")
	}
	p.attempt = p.verifier.answer(theirs, new(big.Int).SetBytes(randomBytes(32)))
	return map[string]string{"serverPublicKey": hex.EncodeToString(p.attempt.public), "salt": hex.EncodeToString(p.verifier.salt)}, nil
}

// login2 checks the proof. Each pair of public numbers is good for one.
func (s *Server) login2(c *call) (any, error) {
	body, err := c.object(field{name: "email"}, field{name: "clientProof"}, field{name: "captchaToken", optional: true},
		field{name: "password", optional: true}, field{name: "providerAuthToken", optional: true})
	if err != nil {
		return nil, err
	}
	if c.request.Header.Get("User-Agent") == "" {
		return nil, because(internal(), "no User-Agent")
	}
	p, known := s.byEmail(body.text("email"))
	if !known || p.attempt == nil {
		return nil, because(internal(), "no login1 came before")
	}
	if p.Captcha {
		return nil, captcha()
	}
	attempt := p.attempt
	p.attempt = nil
	proof, _ := hex.DecodeString(body.text("clientProof"))
	if !p.verifier.proves(attempt, proof) {
		return nil, because(internal(), "wrong proof")
	}
	if body.text("password") != "" {
		p.Legacy = false // the server has seen the password and keeps a hash of it
	}
	token, _ := s.hand(c, s.begin(p), scope{})
	return map[string]any{"token": token, "encryptionVersion": 2, "publicKey": nil, "encryptedPrivateKey": nil, "iv": nil, "tag": nil,
		"protectedKey": nil, "protectedKeyIV": nil, "protectedKeyTag": nil}, nil
}

// hashed is a SHA-256 digest.
type hashed []byte

func (h hashed) number() *big.Int { return new(big.Int).SetBytes(h) }

func digest(parts ...[]byte) hashed {
	h := sha256.New()
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

func srpGenerator() *big.Int { return big.NewInt(5) }

func srpPad(n *big.Int) []byte { return n.FillBytes(make([]byte, srpWidth)) }

// srpPrime is the prime of the 4096-bit group, which RFC 3526, section 5, gives as
// 2^4096 - 2^4032 - 1 + 2^64 * { [2^3966 pi] + 240904 }.
func srpPrime() *big.Int {
	prime := new(big.Int).Add(scaledPi(3966), big.NewInt(240904))
	prime.Lsh(prime, 64).Sub(prime, big.NewInt(1))
	return prime.SetBit(prime, 4096, 1).Sub(prime, new(big.Int).Lsh(big.NewInt(1), 4032))
}

// scaledPi is the whole part of 2^bits pi, by Gauss: pi = 48 arctan(1/18) + 32
// arctan(1/57) - 20 arctan(1/239).
func scaledPi(bits uint) *big.Int {
	const spare = 64 // bits, for what is lost to rounding
	sum := new(big.Int)
	for _, term := range []struct{ factor, inverse int64 }{{48, 18}, {32, 57}, {-20, 239}} {
		power := new(big.Int).Lsh(big.NewInt(term.factor), bits+spare)
		power.Quo(power, big.NewInt(term.inverse))
		for odd := int64(1); power.Sign() != 0; odd += 2 {
			sum.Add(sum, new(big.Int).Quo(power, big.NewInt(odd)))
			power.Quo(power.Neg(power), big.NewInt(term.inverse*term.inverse))
		}
	}
	return sum.Rsh(sum, spare)
}
