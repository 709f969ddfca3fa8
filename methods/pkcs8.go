package methods

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"hash"

	"github.com/infisical-login/infisical-login/config"
)

// maxIterations bounds the work that a key file can ask for. openssl asks for
// 2048, careful guides for 600 thousand.
const maxIterations = 2_000_000

// encryptedKey is EncryptedPrivateKeyInfo of RFC 5958.
type encryptedKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

// pbes2 is PBES2-params of RFC 8018.
type pbes2 struct {
	Derivation pkix.AlgorithmIdentifier
	Cipher     pkix.AlgorithmIdentifier
}

// pbkdf2Salted is PBKDF2-params of RFC 8018, with the salt given.
type pbkdf2Salted struct {
	Salt       []byte
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	Hash       pkix.AlgorithmIdentifier `asn1:"optional"` // absent means HMAC-SHA1
}

// decryptPKCS8 opens an encrypted PKCS#8 key of the kind that openssl has
// written since version 3: PBES2 with PBKDF2 and AES-CBC.
func decryptPKCS8(der []byte, passphrase config.Secret) ([]byte, error) {
	var key encryptedKey
	var scheme pbes2
	var derivation pbkdf2Salted
	var iv []byte
	if _, err := asn1.Unmarshal(der, &key); err != nil {
		return nil, errors.New("not a private key")
	}
	_, unknown := asn1.Unmarshal(key.Algorithm.Parameters.FullBytes, &scheme)
	_, strange := asn1.Unmarshal(scheme.Derivation.Parameters.FullBytes, &derivation)
	_, noIV := asn1.Unmarshal(scheme.Cipher.Parameters.FullBytes, &iv)
	size, block := aesKeySize(scheme.Cipher.Algorithm), aes.BlockSize
	sum := hmacHash(derivation.Hash.Algorithm)
	switch {
	case unknown != nil, strange != nil, noIV != nil, size == 0, sum == nil,
		!scheme.Derivation.Algorithm.Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}), // PBKDF2
		derivation.Iterations < 1, derivation.Iterations > maxIterations:
		return nil, errors.New("the key is encrypted in a way that is not supported; " +
			"use AES-CBC and PBKDF2, as openssl pkcs8 -topk8 -v2 aes256 does")
	case len(iv) != block, len(key.Data) == 0, len(key.Data)%block != 0:
		return nil, errors.New("not a private key")
	}
	secret, err := pbkdf2.Key(sum, passphrase.Reveal(), derivation.Salt, derivation.Iterations, size)
	if err != nil {
		return nil, err
	}
	aesCipher, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	clear := make([]byte, len(key.Data))
	cipher.NewCBCDecrypter(aesCipher, iv).CryptBlocks(clear, key.Data)
	// A wrong passphrase leaves a padding of PKCS#7 that is none, or, once in
	// 256 times, a key that does not parse.
	pad := int(clear[len(clear)-1])
	if pad < 1 || pad > block || clear[0] != asn1.TagSequence|0x20 {
		return nil, errors.New("the passphrase in OCI_CLI_PASSPHRASE does not open the key")
	}
	return clear[:len(clear)-pad], nil
}

// aesKeySize is the key's length in bytes for an AES-CBC of NIST, else 0.
func aesKeySize(algorithm asn1.ObjectIdentifier) int {
	for last, size := range map[int]int{2: 16, 22: 24, 42: 32} {
		if algorithm.Equal(asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, last}) {
			return size
		}
	}
	return 0
}

// hmacHash is the hash under an HMAC of RFC 8018, nil if it is not known.
func hmacHash(algorithm asn1.ObjectIdentifier) func() hash.Hash {
	if len(algorithm) == 0 {
		return sha1.New
	}
	for last, sum := range map[int]func() hash.Hash{7: sha1.New, 9: sha256.New, 10: sha512.New384, 11: sha512.New} {
		if algorithm.Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 2, last}) {
			return sum
		}
	}
	return nil
}
