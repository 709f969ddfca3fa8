package validate

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// job holds keys that GitLab's CI/CD YAML reference documents for a job, as far
// as the examples may use them. What is not here is an error.
type job struct {
	Stage        string                       `json:"stage"`
	Image        string                       `json:"image"`
	IDTokens     map[string]struct{ Aud any } `json:"id_tokens"`
	Variables    map[string]string            `json:"variables"`
	BeforeScript []string                     `json:"before_script"`
	Script       []string                     `json:"script"`
	Rules        []struct{ If, When string }  `json:"rules"`
	Artifacts    struct {
		Access   string   `json:"access"`
		ExpireIn string   `json:"expire_in"`
		Paths    []string `json:"paths"`
		Reports  struct {
			Dotenv string `json:"dotenv"`
		} `json:"reports"`
	} `json:"artifacts"`
}

// specification is the head of a component's template.
type specification struct {
	Spec struct {
		Inputs map[string]struct {
			Description string   `json:"description"`
			Default     *string  `json:"default"`
			Type        string   `json:"type"`
			Options     []string `json:"options"`
			Regex       string   `json:"regex"`
		} `json:"inputs"`
	} `json:"spec"`
}

// jobs reads a pipeline strictly: each name at its top that is not GitLab's own is
// a job.
func jobs(text string) (map[string]job, error) {
	var top map[string]json.RawMessage
	if err := yaml.UnmarshalStrict([]byte(text), &top); err != nil {
		return nil, err
	}
	found := map[string]job{}
	for name, value := range top {
		if name == "variables" {
			if err := yaml.UnmarshalStrict(value, new(map[string]string)); err != nil {
				return nil, err
			}
			continue
		}
		var one job
		if err := yaml.UnmarshalStrict(value, &one); err != nil {
			return nil, err
		}
		found[name] = one
	}
	return found, nil
}

// runnable fails for jobs that GitLab would refuse, or that could not log in.
func runnable(t *testing.T, found map[string]job) {
	t.Helper()
	for name, one := range found {
		if !slices.Contains([]string{"", ".pre", "build", "test", "deploy", ".post", "$[[ inputs.stage ]]"}, one.Stage) {
			t.Errorf("%s: no pipeline has the stage %q by itself", name, one.Stage)
		}
		if len(one.Script) == 0 || one.IDTokens["INFISICAL_ID_TOKEN"].Aud == nil {
			t.Errorf("%s has no script, or no ID token", name)
		}
		if !slices.Contains([]string{"", "all", "developer", "maintainer", "none"}, one.Artifacts.Access) {
			t.Errorf("%s: artifacts are for %q", name, one.Artifacts.Access)
		}
		known(t, one.Variables)
	}
}

// The pipeline is one, and an unknown key in it would be found.
func TestGitLabPipeline(t *testing.T) {
	t.Parallel()
	text := file(t, "../gitlab-ci/.gitlab-ci.yml")
	found, err := jobs(text)
	if err != nil || len(found) != 2 {
		t.Fatalf("%d jobs: %v", len(found), err)
	}
	runnable(t, found)
	if _, err := jobs(strings.Replace(text, "expire_in:", "expires_in:", 1)); err == nil {
		t.Error("expires_in was taken for a key")
	}
}

// The component's template has a head and one job, and an unknown key in either
// would be found. The example on its page gives it the inputs that have no default.
func TestGitLabTemplate(t *testing.T) {
	t.Parallel()
	head, body, _ := strings.Cut(file(t, "../gitlab-ci/component/templates/login.yml"), "\n---\n")
	var declared specification
	if err := yaml.UnmarshalStrict([]byte(head), &declared); err != nil {
		t.Fatal(err)
	}
	found, err := jobs(body)
	if err != nil || len(found) != 1 {
		t.Fatalf("%d jobs: %v", len(found), err)
	}
	filled := map[string]job{}
	for name, one := range found {
		one.Variables["INFISICAL_MACHINE_IDENTITY_ID"] = identity
		one.Variables["INFISICAL_DOMAIN"] = *declared.Spec.Inputs["domain"].Default
		filled[name] = one
	}
	runnable(t, filled)
	_, example, _ := strings.Cut(file(t, "../gitlab-ci/README.md"), "    inputs:\n")
	example, _, _ = strings.Cut(example, "```")
	var given map[string]string
	if err := yaml.UnmarshalStrict([]byte(example), &given); err != nil {
		t.Fatal(err)
	}
	for name, input := range declared.Spec.Inputs {
		if _, there := given[name]; !there && input.Default == nil {
			t.Errorf("the page's example does not give %s", name)
		}
		delete(given, name)
	}
	if len(given) > 0 {
		t.Errorf("the page's example gives %v", given)
	}
	if err := yaml.UnmarshalStrict([]byte(strings.Replace(head, "default:", "defaults:", 1)), new(specification)); err == nil {
		t.Error("defaults was taken for a key")
	}
	if _, err := jobs(strings.Replace(body, "id_tokens:", "id-tokens:", 1)); err == nil {
		t.Error("id-tokens was taken for a key")
	}
}
