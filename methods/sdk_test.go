package methods

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// sdks are the libraries of the clouds, and the files that may use them.
var sdks = map[string]string{
	"github.com/aws/": "aws", "cloud.google.com/go/": "gcp", "golang.org/x/oauth2": "gcp", "google.golang.org/protobuf/": "gcp",
	"google.golang.org/grpc": "spiffe", "github.com/spiffe/": "spiffe",
}

// sdkOf returns the beginning of the names of the files that may import a package.
func sdkOf(path string) string {
	for prefix, files := range sdks {
		if strings.HasPrefix(path, prefix) {
			return files
		}
	}
	return ""
}

// constructs tells whether the name is that of a function by which an SDK makes,
// loads or fetches something.
func constructs(name string) bool {
	for _, prefix := range []string{"New", "Load", "Fetch", "Dial", "CredentialsFrom"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func TestNoMethodPaysForAnothersSDK(t *testing.T) {
	// A cloud's SDK is used in the files of its method alone, and nothing of it is
	// constructed but on the way from a proof: not when the table of methods is
	// made, not in looking for evidence, not before main.
	t.Parallel()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]map[string]bool{} // by function, those that it calls, by name
	construct := map[string]bool{}        // functions that use an SDK
	used := map[string]bool{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		imported := map[string]bool{}
		for _, spec := range file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			files := sdkOf(path)
			if files == "" {
				continue
			}
			name := filepath.Base(path)
			if spec.Name != nil {
				name = spec.Name.Name
			}
			imported[name] = true
			used[files] = true
		}
		for _, spec := range file.Imports {
			if files := sdkOf(strings.Trim(spec.Path.Value, `"`)); files != "" && !strings.HasPrefix(path, files) {
				t.Errorf("%s imports %s, which is for %s*.go", path, spec.Path.Value, files)
			}
		}
		for _, decl := range file.Decls {
			name := path // what is done before main, if it is no function
			if function, ok := decl.(*ast.FuncDecl); ok {
				name = function.Name.Name
			}
			ast.Inspect(decl, func(node ast.Node) bool {
				call, ok := node.(*ast.CallExpr)
				if !ok {
					return true
				}
				switch f := call.Fun.(type) {
				case *ast.Ident:
					note(calls, name, f.Name)
				case *ast.SelectorExpr:
					pkg, isName := f.X.(*ast.Ident)
					if isName && imported[pkg.Name] && constructs(f.Sel.Name) {
						construct[name] = true
					}
					note(calls, name, f.Sel.Name)
				}
				return true
			})
		}
	}
	if len(used) != 3 || len(construct) < 5 {
		t.Fatalf("found the SDKs %v in use, and %v", used, construct)
	}
	for name := range construct {
		if root := beyondProof(calls, name, map[string]bool{}); root != "" {
			t.Errorf("%s makes something of an SDK, and %s gets there without a proof", name, root)
		}
	}
}

func note(calls map[string]map[string]bool, caller, called string) {
	if calls[caller] == nil {
		calls[caller] = map[string]bool{}
	}
	calls[caller][called] = true
}

// beyondProof goes from a function to those that call it, up to the proofs, and
// returns one that nobody calls, if there is any but those.
func beyondProof(calls map[string]map[string]bool, name string, seen map[string]bool) string {
	if name == "Proof" || seen[name] {
		return ""
	}
	seen[name] = true
	called := false
	for caller, theirs := range calls {
		if !theirs[name] || caller == name {
			continue
		}
		called = true
		if root := beyondProof(calls, caller, seen); root != "" {
			return root
		}
	}
	if !called {
		return name
	}
	return ""
}

func TestHowLongServicesMayTake(t *testing.T) {
	// Every metadata service has 2 seconds, a CI's token service 5.
	t.Parallel()
	withAnswer := func(q query, err error) query {
		if err != nil {
			t.Error(err)
		}
		return q
	}
	m := withAzure(func(m *azure) { m.IdentityEndpoint, m.IdentityHeader = "http://x", "y" })
	amazon := newAWSService("x", "y")
	if amazon.http.Timeout != metadataLimit {
		t.Errorf("AWS: %v", amazon.http.Timeout)
	}
	for name, q := range map[string]query{
		"AWS": amazon.query, "Google": GoogleMetadata{}.query("x", nil),
		"Azure": withAnswer(m.machine(t.Context())), "App Service": withAnswer(m.appService(t.Context())),
	} {
		if q.Limit.String() != "2s" || q.Proxy != nil {
			t.Errorf("%s: %v", name, q.Limit)
		}
	}
	for name, q := range map[string]query{"GitHub": (&github{}).query(""), "Buildkite": (&buildkite{}).query(""), "Azure DevOps": (&azureDevOps{}).query()} {
		if q.Limit.String() != "5s" || q.Proxy != nil {
			t.Errorf("%s: %v", name, q.Limit)
		}
	}
}
