package infisicaltest

import (
	"encoding/hex"
	"math/big"
	"os"
	"strings"
	"testing"
)

func TestProofThatAServerAccepted(t *testing.T) {
	// With the numbers of an exchange that an Infisical server accepted, the
	// stand-in sends the same public number and accepts the same proof, and no other.
	t.Parallel()
	text, err := os.ReadFile("../srp/testdata/accepted.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{}
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\n  ", "")) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " = "); ok {
			known[name] = value
		}
	}
	number := func(name string) []byte {
		raw, err := hex.DecodeString(known[name])
		if err != nil || len(raw) == 0 {
			t.Fatalf("%s is %q", name, known[name])
		}
		return raw
	}
	v := verifierOf(known["I"], known["P"], number("salt"))
	attempt := v.answer(number("A"), new(big.Int).SetBytes(number("b")))
	if got := hex.EncodeToString(attempt.public); got != known["B"] {
		t.Errorf("public number %s", got)
	}
	proof := number("M1")
	if !v.proves(attempt, proof) {
		t.Error("a good proof is refused")
	}
	proof[0] ^= 1
	if v.proves(attempt, proof) {
		t.Error("a wrong proof is accepted")
	}
	attempt.theirs = srpPad(srpPrime())
	if v.proves(attempt, proof) {
		t.Error("a public number that gives the key away is accepted")
	}
}
