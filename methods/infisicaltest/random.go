package infisicaltest

import (
	"crypto/rand"
	"encoding/hex"
)

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// randomText returns n letters and digits.
func randomText(n int) string {
	return rand.Text()[:n]
}

// newUUID returns a random UUID of version 4 (RFC 9562, section 5.4).
func newUUID() string {
	b := randomBytes(16)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func randomHex(n int) string { return hex.EncodeToString(randomBytes(n)) }
