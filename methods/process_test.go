package methods

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/infisical-login/infisical-login/config"
)

// testIdentity is the identity that logs in.
const testIdentity = "3f0c7a52-8d6e-4b1a-9c35-6f2e1d0b4a87"

// proofFile names, in the environment of a process that provesItself, the file
// for its result.
const proofFile = "PROOF_RESULT"

// proofResult is what a process that proves tells the test that started it.
type proofResult struct {
	Body    map[string]any
	Kind    Kind
	Message string
}

// TestProofOfThisProcess is no test by itself. The clouds' SDKs read the
// environment of their process, so that the tests of what they find there start
// this one in a process of its own.
func TestProofOfThisProcess(t *testing.T) {
	path := os.Getenv(proofFile)
	if path == "" {
		t.SkipNow()
	}
	var structs []any
	for _, row := range All() {
		structs = append(structs, row.New())
	}
	method := row(t, os.Getenv("INFISICAL_AUTH_METHOD")).New().(Prover)
	err := config.NewSource(config.Fields(structs...), nil, os.Environ()).Decode(method)
	if err != nil {
		t.Fatal(err)
	}
	var result proofResult
	body, err := method.Proof(t.Context())
	if failed, ok := errors.AsType[*Error](err); ok {
		result.Kind, result.Message = failed.Kind, failed.Message
	} else if err != nil {
		t.Fatalf("an error that main cannot judge: %v", err)
	}
	result.Body = revealed(body)
	text, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(text))
}

// revealed is a body as it is sent.
func revealed(body Body) map[string]any {
	sent := map[string]any{}
	for name, value := range body {
		if secret, ok := value.(config.Secret); ok {
			value = secret.Reveal()
		}
		sent[name] = value
	}
	return sent
}

// prove has a process with nothing but the given environment prove who it is.
func prove(t *testing.T, method string, environ ...string) proofResult {
	t.Helper()
	directory := t.TempDir()
	path := filepath.Join(directory, "result.json")
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, "-test.run=^TestProofOfThisProcess$")
	command.Env = append([]string{
		proofFile + "=" + path,
		"INFISICAL_AUTH_METHOD=" + method,
		"INFISICAL_MACHINE_IDENTITY_ID=" + testIdentity,
		"HOME=" + directory,
		"PATH=" + os.Getenv("PATH"),
	}, environ...)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var result proofResult
	if err := json.Unmarshal(text, &result); err != nil {
		t.Fatal(err)
	}
	return result
}

// wants checks the error of a process that could not prove who it is.
func (r proofResult) wants(t *testing.T, kind Kind, text string) {
	t.Helper()
	wantError(t, &Error{Kind: r.Kind, Message: r.Message}, kind, text)
}

// wantBody checks a body, field by field.
func wantBody(t *testing.T, got map[string]any, want map[string]any) {
	t.Helper()
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("body %v, want %v", got, want)
	}
}

// answering starts a service on this machine and returns its URL.
func answering(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// trap starts a proxy that nobody may use, and returns the variables that name it.
func trap(t *testing.T) []string {
	t.Helper()
	proxy := answering(t, func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("the proxy was asked for %s", r.URL)
		w.WriteHeader(http.StatusTeapot)
	})
	return []string{"HTTP_PROXY=" + proxy, "http_proxy=" + proxy, "HTTPS_PROXY=" + proxy, "https_proxy=" + proxy}
}
