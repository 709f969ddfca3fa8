package methods

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math"
	"os"
	"strings"
	"testing"
)

// sealed returns an encrypted key that is well formed as far as ASN.1 goes.
func sealed(t *testing.T, iterations int, iv, data []byte) []byte {
	t.Helper()
	raw := func(value any) asn1.RawValue {
		der, err := asn1.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return asn1.RawValue{FullBytes: der}
	}
	derivation := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12},
		Parameters: raw(struct {
			Salt       []byte
			Iterations int
		}{[]byte("salt"), iterations})}
	cipher := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, Parameters: raw(iv)}
	der, err := asn1.Marshal(encryptedKey{
		Algorithm: pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, Parameters: raw(pbes2{derivation, cipher})},
		Data:      data,
	})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestEncryptedKeyOfNoUse(t *testing.T) {
	// A key file that asks for absurd work, or is cut, is refused at once.
	t.Parallel()
	iv, data := make([]byte, 16), make([]byte, 32)
	for name, test := range map[string]struct {
		der  []byte
		want string
	}{
		"endless work":   {sealed(t, math.MaxInt64, iv, data), "not supported"},
		"no work":        {sealed(t, 0, iv, data), "not supported"},
		"short vector":   {sealed(t, 1, iv[:8], data), "not a private key"},
		"cut":            {sealed(t, 1, iv, data[:31]), "not a private key"},
		"empty":          {sealed(t, 1, iv, nil), "not a private key"},
		"another's":      {sealed(t, 1, iv, data), "does not open the key"},
		"not ASN.1":      {[]byte("key"), "not a private key"},
		"not even a key": {nil, "not a private key"},
	} {
		if _, err := decryptPKCS8(test.der, "passphrase"); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func FuzzRSAKey(f *testing.F) {
	// No key file brings the program down.
	for _, name := range []string{"pkcs1.pem", "pkcs8.pem", "pkcs1-aes128.pem", "pkcs8-aes256.pem", "pkcs8-aes128-sha1.pem", "pkcs8-des3.pem", "ec.pem"} {
		text, err := os.ReadFile(ociKey(name))
		if err != nil {
			f.Fatal(err)
		}
		block, _ := pem.Decode(text)
		f.Add(block.Type, block.Headers["DEK-Info"], block.Bytes)
	}
	f.Fuzz(func(t *testing.T, kind, dek string, der []byte) {
		block := &pem.Block{Type: kind, Bytes: der}
		if dek != "" {
			block.Headers = map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": dek}
		}
		if key, err := rsaKey(pem.EncodeToMemory(block), ociPassphrase); (key == nil) == (err == nil) {
			t.Errorf("%v, %v", key, err)
		}
	})
}
