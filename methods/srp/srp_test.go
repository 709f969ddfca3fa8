package srp_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/infisical-login/infisical-login/methods/srp"
)

// The client repeats, bit for bit, an exchange that a server of Infisical's accepted.
func TestAcceptedExchange(t *testing.T) {
	t.Parallel()
	known := fixture(t, "testdata/accepted.txt")
	client, err := srp.New(bytes.NewReader(unhex(t, known["a"])))
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(client.Public()); got != known["A"] {
		t.Errorf("public number %s, want %s", got, known["A"])
	}
	proof, err := client.Proof(known["I"], known["P"], unhex(t, known["salt"]), unhex(t, known["B"]))
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(proof); got != known["M1"] {
		t.Errorf("proof %s, want %s", got, known["M1"])
	}
}

// The server of these tests is a real one's equal: it accepts the same exchange,
// and no other proof.
func TestServerOfTheTests(t *testing.T) {
	t.Parallel()
	known := fixture(t, "testdata/accepted.txt")
	server := newServer(known["I"], known["P"], unhex(t, known["salt"]))
	server.open(toInt(unhex(t, known["b"])))
	if got := hex.EncodeToString(server.public); got != known["B"] {
		t.Errorf("public number %s, want %s", got, known["B"])
	}
	proof := unhex(t, known["M1"])
	if !server.accepts(unhex(t, known["A"]), proof) {
		t.Error("the proof that a server accepted is refused")
	}
	proof[7] ^= 1
	if server.accepts(unhex(t, known["A"]), proof) {
		t.Error("a wrong proof is accepted")
	}
}

// Random exchanges all succeed, among them those in which a public number starts
// with zero bytes. With CI=true there are 10,000, which takes two cores 40
// seconds, otherwise 1,000, with -short 100. The private numbers of both sides are
// 32 bits long, which changes no formula and saves a third of the time, and twenty
// persons share the exchanges; TestFullLength has private numbers of full length.
func TestRandomExchanges(t *testing.T) {
	t.Parallel()
	exchanges := 1_000
	switch {
	case testing.Short():
		exchanges = 100
	case os.Getenv("CI") == "true":
		exchanges = 10_000
	}
	seed := mathrand.Uint64()
	t.Logf("seed %d", seed)
	const persons = 20
	workers := runtime.GOMAXPROCS(0)
	zeros := make([]int, workers)
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			random := mathrand.New(mathrand.NewPCG(seed, uint64(worker)))
			for person := worker; person < persons; person += workers {
				email, password := fmt.Sprintf("person%d@example.com", person), fmt.Sprintf("päss %x:", random.Uint64())
				server := newServer(email, password, randomBytes(random, 16))
				for range exchanges / persons {
					server.open(big.NewInt(int64(random.Uint32()) + 5000))
					client := clientWith(t, 32, random)
					if server.public[0] == 0 || client.Public()[0] == 0 {
						zeros[worker]++
					}
					if !exchange(t, server, client, email, password) {
						t.Errorf("refused: person %d, B %x", person, server.public[:4])
					}
				}
			}
		})
	}
	group.Wait()
	total := 0
	for _, n := range zeros {
		total += n
	}
	t.Logf("%d exchanges, %d with a leading zero byte", exchanges, total)
}

// Private numbers of full length give exchanges that succeed.
func TestFullLength(t *testing.T) {
	t.Parallel()
	random := mathrand.New(mathrand.NewPCG(1, 2))
	for range 50 {
		server := newServer("full@example.com", "length", randomBytes(random, 32))
		server.open(toInt(randomBytes(random, 32)))
		client, err := srp.New(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if !exchange(t, server, client, "full@example.com", "length") {
			t.Fatalf("refused: b %x", server.private)
		}
	}
}

// A server's public number that starts with zero bytes is hashed with them.
func TestLeadingZerosOfTheServer(t *testing.T) {
	t.Parallel()
	server := newServer("zero@example.com", "bytes", []byte("salt"))
	found := 0
	for private := int64(4096); found < 3; private++ {
		server.open(big.NewInt(private))
		if server.public[0] != 0 {
			continue
		}
		found++
		if !exchange(t, server, clientWith(t, 256, mathrand.New(mathrand.NewPCG(3, 4))), "zero@example.com", "bytes") {
			t.Errorf("refused: B %x", server.public[:4])
		}
	}
}

// A public number that is a multiple of the prime, which would make the key
// known to everybody, ends the attempt.
func TestMultipleOfThePrime(t *testing.T) {
	t.Parallel()
	client := clientWith(t, 256, mathrand.New(mathrand.NewPCG(5, 6)))
	prime := prime4096()
	for name, public := range map[string][]byte{
		"zero":            make([]byte, 512),
		"nothing":         nil,
		"the prime":       prime.Bytes(),
		"twice the prime": new(big.Int).Lsh(prime, 1).Bytes(),
	} {
		if proof, err := client.Proof("a@example.com", "b", []byte("salt"), public); err == nil {
			t.Errorf("%s: got proof %x", name, proof)
		}
	}
}

// A wrong password, e-mail or salt gives a proof that the server refuses.
func TestWrongProof(t *testing.T) {
	t.Parallel()
	server := newServer("right@example.com", "right", []byte("salt"))
	server.open(big.NewInt(987654321))
	client := clientWith(t, 256, mathrand.New(mathrand.NewPCG(7, 8)))
	if exchange(t, server, client, "right@example.com", "wrong") {
		t.Error("a wrong password is accepted")
	}
	if exchange(t, server, client, "Right@example.com", "right") {
		t.Error("a wrong e-mail is accepted")
	}
	server.salt = []byte("pepper")
	if exchange(t, server, client, "right@example.com", "right") {
		t.Error("a wrong salt is accepted")
	}
}

// A source of random numbers that ends is an error, not a weak number.
func TestShortRandom(t *testing.T) {
	t.Parallel()
	if _, err := srp.New(strings.NewReader("too short")); err == nil {
		t.Error("9 bytes were enough")
	}
}

func exchange(t *testing.T, s *server, client *srp.Client, email, password string) bool {
	t.Helper()
	proof, err := client.Proof(email, password, s.salt, s.public)
	if err != nil {
		t.Error(err)
	}
	return s.accepts(client.Public(), proof)
}

// clientWith returns a client with a private number of that many bits.
func clientWith(t *testing.T, bits int, random *mathrand.Rand) *srp.Client {
	t.Helper()
	number := make([]byte, 32)
	copy(number[32-bits/8:], randomBytes(random, bits/8))
	client, err := srp.New(bytes.NewReader(number))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func randomBytes(random *mathrand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fixture reads lines of the form "name = value"; an indented line continues
// the value before it.
func fixture(t *testing.T, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	values, name := map[string]string{}, ""
	for line := range strings.Lines(string(text)) {
		key, value, named := strings.Cut(line, " = ")
		switch {
		case strings.HasPrefix(line, "#"):
		case named:
			name = key
			values[name] = strings.TrimSpace(value)
		default:
			values[name] += strings.TrimSpace(line)
		}
	}
	return values
}
