package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/infisical-login/infisical-login"

// arrows lists what each package may know of the others. Everything flows one
// way: arguments and environment, settings, method, token, sinks, exit status.
var arrows = map[string][]string{
	"":                      {"config", "methods", "methods/token", "output", "output/process", "output/vault"},
	"config":                nil,
	"methods":               {"config", "methods/token", "methods/srp"},
	"methods/token":         {"config"},
	"methods/srp":           nil,
	"methods/infisicaltest": nil,
	"output":                {"config", "methods/token", "output/process", "output/vault"},
	"output/process":        {"config"},
	"output/vault":          {"config", "methods/token"},
}

// source is a parsed file that is not a test.
type source struct {
	pkg  string // the package's folder, "" for main
	path string
	file *ast.File
	set  *token.FileSet
}

// sources parses the program's files, tests, examples and test data left out.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (path == "examples" || entry.Name() == "testdata" || strings.HasPrefix(path, ".") && path != ".") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(path))
		all = append(all, source{strings.TrimPrefix(pkg, "."), path, file, set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPackagesKnowOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	for _, src := range sources(t) {
		allowed, known := arrows[src.pkg]
		if !known {
			t.Errorf("%s: package %q has no arrows; say what it may import", src.path, src.pkg)
		}
		for _, spec := range src.file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			inner, ours := strings.CutPrefix(path, module+"/")
			if ours && !slices.Contains(allowed, inner) {
				t.Errorf("%s imports %s", src.path, inner)
			}
			if path == "github.com/rs/zerolog" && src.pkg != "" || path == "github.com/rs/zerolog/log" || path == "log" {
				t.Errorf("%s imports %s; only main logs, through a logger of its own", src.path, path)
			}
		}
	}
}

// forbidden lists the functions and variables of os that belong to main alone.
var forbidden = map[string][]string{
	"os":      {"Getenv", "LookupEnv", "Environ", "Setenv", "ExpandEnv", "Exit", "Stdin", "Stdout", "Stderr", "Args"},
	"syscall": {"Getenv", "Environ", "Exit"},
	"fmt":     {"Print", "Printf", "Println"},
}

func TestOnlyMainTouchesTheProcess(t *testing.T) {
	t.Parallel()
	for _, src := range sources(t) {
		ast.Inspect(src.file, func(node ast.Node) bool {
			if f, ok := node.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init", src.set.Position(f.Pos()))
			}
			selector, ok := node.(*ast.SelectorExpr)
			if !ok || src.path == "main.go" {
				return true
			}
			if pkg, ok := selector.X.(*ast.Ident); ok && slices.Contains(forbidden[pkg.Name], selector.Sel.Name) {
				t.Errorf("%s uses %s.%s", src.set.Position(node.Pos()), pkg.Name, selector.Sel.Name)
			}
			return true
		})
	}
}

func TestNoPackageVariableChanges(t *testing.T) {
	t.Parallel()
	for _, src := range sources(t) {
		names := map[string]bool{}
		for _, decl := range src.file.Decls {
			if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
				for _, spec := range d.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						names[name.Name] = name.Name != "_"
					}
				}
			}
		}
		ast.Inspect(src.file, func(node ast.Node) bool {
			assign, ok := node.(*ast.AssignStmt)
			if !ok || assign.Tok == token.DEFINE {
				return true
			}
			for _, left := range assign.Lhs {
				if id, ok := left.(*ast.Ident); ok && names[id.Name] {
					t.Errorf("%s assigns to package variable %s", src.set.Position(id.Pos()), id.Name)
				}
			}
			return true
		})
	}
}

// TestNoTemplateIsReachable guards the binary's size: one reachable template
// keeps every exported method of every SDK in it.
func TestNoTemplateIsReachable(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds the program")
	}
	binary := filepath.Join(t.TempDir(), "infisical-login")
	build := exec.Command("go", "build", "-tags", "grpcnotrace", "-trimpath", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	symbols, err := exec.Command("go", "tool", "nm", binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(symbols), "main.main") {
		t.Fatal("the build has no symbols to look at")
	}
	for _, symbol := range []string{"text/template.(*Template).Execute", "text/template.(*state).walk", "html/template.(*Template).Execute"} {
		for line := range strings.Lines(string(symbols)) {
			if strings.HasSuffix(strings.TrimSpace(line), " "+symbol) {
				t.Errorf("%s is linked", symbol)
			}
		}
	}
}

func TestEveryPackageHasArrows(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, src := range sources(t) {
		seen[src.pkg] = true
	}
	for _, pkg := range slices.Sorted(maps.Keys(arrows)) {
		if !seen[pkg] {
			t.Errorf("there is no package %q any more", pkg)
		}
	}
}
