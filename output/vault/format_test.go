package vault_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/output/vault"
)

// What is written has the official format in every particular, as a reader that
// shares no code with the writer finds.
func TestFormatOfFiles(t *testing.T) {
	t.Parallel()
	home := official(t)
	save(t, open(t, home), vault.Session{Email: "dora@example.com", Domain: "https://app.infisical.com", Token: "token-of-dora"})
	var encoded string
	if err := json.Unmarshal(settings(t, home)["vaultBackendPassphrase"], &encoded); err != nil {
		t.Fatal(err)
	}
	passphrase, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(read(t, filepath.Join(home, "infisical-keyring/dora@example.com")), ".")
	if len(parts) != 5 {
		t.Fatalf("%d parts", len(parts))
	}
	var header struct {
		Alg, Enc, P2s, Created string
		P2c                    int
	}
	if err := json.Unmarshal(unbase64(t, parts[0]), &header); err != nil {
		t.Fatal(err)
	}
	salt := unbase64(t, header.P2s)
	if header.Alg != "PBES2-HS256+A128KW" || header.Enc != "A256GCM" || header.P2c != 8192 || len(salt) != 12 || header.Created == "" {
		t.Errorf("header %+v", header)
	}
	wrapping, err := pbkdf2.Key(sha256.New, string(passphrase), append([]byte("PBES2-HS256+A128KW\x00"), salt...), 8192, 16)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(unwrap(t, wrapping, unbase64(t, parts[1])))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	sealed := append(unbase64(t, parts[3]), unbase64(t, parts[4])...)
	plain, err := gcm.Open(nil, unbase64(t, parts[2]), sealed, []byte(parts[0]))
	if err != nil {
		t.Fatal(err)
	}
	const want = `"{\"email\":\"dora@example.com\",\"privateKey\":\"\",\"JTWToken\":\"token-of-dora\",\"RefreshToken\":\"\"}"`
	if string(plain) != want {
		t.Errorf("holds %s, want %s", plain, want)
	}
}

// unwrap is the key unwrapping of RFC 3394, section 2.2.2.
func unwrap(t *testing.T, wrapping, wrapped []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(wrapping)
	if err != nil {
		t.Fatal(err)
	}
	a, r := wrapped[:8], wrapped[8:]
	n := len(r) / 8
	buffer := make([]byte, 16)
	for j := 5; j >= 0; j-- {
		for i := n; i >= 1; i-- {
			binary.BigEndian.PutUint64(buffer, binary.BigEndian.Uint64(a)^uint64(n*j+i))
			copy(buffer[8:], r[8*(i-1):8*i])
			block.Decrypt(buffer, buffer)
			copy(a, buffer[:8])
			copy(r[8*(i-1):], buffer[8:])
		}
	}
	if binary.BigEndian.Uint64(a) != 0xa6a6a6a6a6a6a6a6 {
		t.Fatal("the passphrase does not unwrap the key")
	}
	return r
}

func unbase64(t *testing.T, text string) []byte {
	t.Helper()
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}
