package validate

import (
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclparse"
)

// terraform holds what Terraform documents of the blocks that the example has.
// What is not here is an error.
type terraform struct {
	Variables []struct {
		Name        string         `hcl:"name,label"`
		Type        hcl.Expression `hcl:"type,optional"`
		Description string         `hcl:"description,optional"`
		Sensitive   bool           `hcl:"sensitive,optional"`
		Ephemeral   bool           `hcl:"ephemeral,optional"`
		Nullable    bool           `hcl:"nullable,optional"`
	} `hcl:"variable,block"`
	Providers []struct {
		Name string         `hcl:"name,label"`
		Auth hcl.Expression `hcl:"auth"`
	} `hcl:"provider,block"`
}

// parse reads a configuration strictly.
func parse(text string) (terraform, error) {
	var config terraform
	parsed, problems := hclparse.NewParser().ParseHCL([]byte(text), "main.tf")
	if !problems.HasErrors() {
		problems = gohcl.DecodeBody(parsed.Body, nil, &config)
	}
	if problems.HasErrors() {
		return config, problems
	}
	return config, nil
}

// The configuration is one, and hands on the very variable that the launch line
// sets, which goes into no state.
func TestTerraformFile(t *testing.T) {
	t.Parallel()
	text := file(t, "../terraform/main.tf")
	config, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	variable := config.Variables[0]
	if !strings.Contains(file(t, "../terraform/README.md"), "--token-variable=TF_VAR_"+variable.Name+" ") {
		t.Errorf("no launch line sets %s", variable.Name)
	}
	if !variable.Sensitive || !variable.Ephemeral {
		t.Error("the token would be shown, or kept")
	}
	used := config.Providers[0].Auth.Variables()
	if len(used) != 1 || used[0].RootName() != "var" || used[0][1].(hcl.TraverseAttr).Name != variable.Name {
		t.Errorf("the provider gets %v", used)
	}
	if _, err := parse(strings.Replace(text, "ephemeral", "ephemerial", 1)); err == nil {
		t.Error("a name that Terraform does not know was taken")
	}
}

// file returns what a file holds.
func file(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
