package methods

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// applicant asks a server for a token.
type applicant struct {
	t        *testing.T
	server   *infisicaltest.Server
	known    infisicaltest.Identity
	identity Identity // whom it claims to be
}

// applies is a way to ask: a method whose proof is real, whether or not it is
// good enough for the server.
type applies func(*applicant) Method

// good are, by method, an identity that logs in so and the proof that it has.
func good(t *testing.T) map[string]struct {
	since infisicaltest.Generation
	auth  func() infisicaltest.Auth
	by    applies
} {
	private := ociPrivate(t)
	return map[string]struct {
		since infisicaltest.Generation
		auth  func() infisicaltest.Auth
		by    applies
	}{
		"universal-auth": {infisicaltest.G1, func() infisicaltest.Auth { return &infisicaltest.Universal{ClientSecret: testSecret} }, bySecret(testSecret)},
		"kubernetes":     {infisicaltest.G1, func() infisicaltest.Auth { return new(infisicaltest.Kubernetes) }, byPod(infisicaltest.ServiceAccount("default", "app"))},
		"aws-iam":        {infisicaltest.G1, func() infisicaltest.Auth { return awsKnown() }, bySignature(prove(t, "aws-iam", awsKeys("eu-west-1")...))},
		"gcp-id-token":   {infisicaltest.G1, func() infisicaltest.Auth { return new(infisicaltest.GCPIDToken) }, byInstance(nil)},
		"gcp-iam":        {infisicaltest.G1, func() infisicaltest.Auth { return new(infisicaltest.GCPIAM) }, byAccount(nil)},
		"azure":          {infisicaltest.G1, func() infisicaltest.Auth { return &infisicaltest.Azure{Tenant: testID} }, byManagedIdentity(nil)},
		"oidc-auth":      {infisicaltest.G1, func() infisicaltest.Auth { return new(infisicaltest.OIDC) }, byJWT(new(oidc), nil)},
		"jwt-auth":       {infisicaltest.G2, func() infisicaltest.Auth { return new(infisicaltest.JWT) }, byJWT(new(jwt), nil)},
		"ldap-auth":      {infisicaltest.G2, func() infisicaltest.Auth { return &infisicaltest.LDAP{Username: "robot", Password: "sesame"} }, byName("robot", "sesame")},
		"oci-auth":       {infisicaltest.G2, func() infisicaltest.Auth { return ociKnown(private) }, byOracle},
		"alicloud-auth":  {infisicaltest.G2, func() infisicaltest.Auth { return alicloudKnown() }, byAlibaba("sesame", "")},
		"tls-cert-auth":  {infisicaltest.G2, func() infisicaltest.Auth { return new(infisicaltest.TLSCert) }, func(a *applicant) Method { return &tlsCert{Identity: a.identity} }},
		"spiffe-auth": {infisicaltest.G3, func() infisicaltest.Auth { return new(infisicaltest.SPIFFE) },
			byJWT(new(spiffe), claims{"sub": "spiffe://example.org/app", "aud": "infisical"})},
	}
}

// claims are those of a JWT. They replace what a good one has.
type claims = map[string]any

// mint signs claims as the server's own issuer does, those of others on top.
func (a *applicant) mint(first, others claims) string {
	all := maps.Clone(first)
	if all == nil {
		all = claims{}
	}
	maps.Copy(all, others)
	if all["forged"] != nil { // by somebody who knows the name of the key
		delete(all, "forged")
		signed := a.server.Issuer().Mint(all)
		at := strings.LastIndexByte(signed, '.') + 1
		return signed[:at] + strings.Repeat("B", len(signed)-at-1) + "A"
	}
	if all["foreign"] != nil { // by somebody whom the server does not know
		delete(all, "foreign")
		return infisicaltest.NewIssuer(a.server.URL + "/issuer").Mint(all)
	}
	if all["garbage"] != nil {
		return "x"
	}
	return a.server.Issuer().Mint(all)
}

func bySecret(secret config.Secret) applies {
	return func(a *applicant) Method {
		id := a.known.Auth.(*infisicaltest.Universal).ClientID
		if string(a.identity.ID) != a.known.ID {
			id = string(a.identity.ID)
		}
		return &universal{ClientID: config.UUID(id), ClientSecret: secret, Organization: a.identity.Organization}
	}
}

func byPod(claims claims) applies {
	return func(a *applicant) Method {
		path := filepath.Join(a.t.TempDir(), "token")
		write(a.t, path, a.mint(claims, nil))
		return &kubernetes{a.identity, ServiceAccountToken{path}}
	}
}

// bySignature replays a request that was signed before, by whoever it is now.
func bySignature(signed proofResult) applies {
	return func(a *applicant) Method {
		if signed.Message != "" {
			a.t.Fatal(signed.Message)
		}
		body := Body(maps.Clone(signed.Body))
		return proved(a.identity.body(body))
	}
}

func awsKnown() *infisicaltest.AWS {
	return &infisicaltest.AWS{AccessKeyID: awsKeyID, SecretAccessKey: awsKey, ARN: "arn:aws:iam::123456789012:user/app"}
}

// metadataService gives one answer whatever it is asked, as Google's or Azure's.
func metadataService(t *testing.T, answer string) string {
	t.Helper()
	return answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Metadata-Flavor", "Google")
		fmt.Fprint(w, answer)
	})
}

func byInstance(others claims) applies {
	return func(a *applicant) Method {
		jwt := a.mint(infisicaltest.InstanceIdentity(a.known.ID, gcpEmailAddress, "acme", "west"), others)
		return &gcpIDToken{a.identity, GoogleMetadata{strings.TrimPrefix(metadataService(a.t, jwt), "http://")}}
	}
}

func byAccount(others claims) applies {
	return func(a *applicant) Method {
		cloud := newGCPCloud(a.t)
		cloud.sign = func(signed map[string]any) string { return a.mint(signed, others) }
		m := cloud.method()
		m.Identity, m.KeyFilePath = a.identity, cloud.keyFile(cloud.key)
		return m
	}
}

func byManagedIdentity(others claims) applies {
	return func(a *applicant) Method {
		const resource = "https://management.azure.com/"
		answer, err := json.Marshal(map[string]string{"access_token": a.mint(infisicaltest.ManagedIdentity(testID, resource, "me"), others)})
		if err != nil {
			a.t.Fatal(err)
		}
		return &azure{Identity: a.identity, Resource: resource, Azure: Azure{MetadataBase: metadataService(a.t, string(answer))}}
	}
}

// byJWT gives a JWT to one of the methods that take any.
func byJWT[M any](method *M, claims claims) applies {
	return func(a *applicant) Method {
		return decoded(a.t, new(M), "INFISICAL_JWT="+a.mint(claims, nil), noCluster, "INFISICAL_MACHINE_IDENTITY_ID="+string(a.identity.ID),
			"INFISICAL_AUTH_ORGANIZATION_SLUG="+a.identity.Slug)
	}
}

func byName(name string, password config.Secret) applies {
	return func(a *applicant) Method { return &ldap{a.identity, name, password} }
}

func ociKnown(private *rsa.PrivateKey) *infisicaltest.OCI {
	return &infisicaltest.OCI{PublicKey: &private.PublicKey, Tenancy: ociTenancy, User: ociUser, Fingerprint: ociFingerprint, Username: "app"}
}

func ociPrivate(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	text, err := os.ReadFile(ociKey("pkcs1.pem"))
	if err != nil {
		t.Fatal(err)
	}
	private, err := rsaKey(text, "")
	if err != nil {
		t.Fatal(err)
	}
	return private
}

func byOracle(a *applicant) Method { return byOracleIn("us-phoenix-1")(a) }

func byOracleIn(region string) applies {
	return func(a *applicant) Method {
		return &oci{Identity: a.identity, User: ociUser, Tenancy: ociTenancy, Fingerprint: ociFingerprint, KeyPath: ociKey("pkcs1.pem"), Region: region}
	}
}

func alicloudKnown() *infisicaltest.Alicloud {
	return &infisicaltest.Alicloud{AccessKeyID: "LTAI5app", AccessKeySecret: "sesame", ARN: "acs:ram::1:user/app"}
}

func byAlibaba(secret, temporary config.Secret) applies {
	return func(a *applicant) Method {
		return &alicloud{Identity: a.identity, KeyID: "LTAI5app", KeySecret: secret, SecurityToken: temporary}
	}
}
