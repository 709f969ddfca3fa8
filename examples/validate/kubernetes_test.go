package validate

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// decode reads a manifest into its type. A field that the type does not have, or
// has twice, is an error.
func decode(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../kubernetes", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// harmless fails for pods that a restricted namespace would not take.
func harmless(t *testing.T, pod corev1.PodSpec) {
	t.Helper()
	if context := pod.SecurityContext; context == nil || context.RunAsNonRoot == nil || !*context.RunAsNonRoot || context.SeccompProfile == nil {
		t.Error("the pod may run as root, or without seccomp")
	}
	for _, c := range append(pod.InitContainers, pod.Containers...) {
		s := c.SecurityContext
		if s == nil || *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || len(s.Capabilities.Drop) != 1 {
			t.Errorf("container %s has more rights than it needs", c.Name)
		}
		mounted := map[string]bool{}
		for _, v := range pod.Volumes {
			mounted[v.Name] = true
		}
		for _, m := range c.VolumeMounts {
			if !mounted[m.Name] {
				t.Errorf("container %s mounts %s, which the pod does not have", c.Name, m.Name)
			}
		}
	}
}

// of makes a container of the manifest one of this machine: its mounts are
// folders, its images the programs.
func of(t *testing.T, c corev1.Container, replace ...string) container {
	t.Helper()
	words := append(c.Command, c.Args...)
	if len(c.Command) == 0 && c.Image == "infisical-login" {
		words = append([]string{"/infisical-login"}, words...) // the image's ENTRYPOINT
	}
	environ := map[string]string{}
	for _, v := range c.Env {
		environ[v.Name] = v.Value
	}
	known(t, environ)
	return container{words, environ, strings.NewReplacer(replace...)}
}

// The wrapper's init container leaves the program where the other one starts it,
// and that one gets a token for its service account.
func TestKubernetesWrapper(t *testing.T) {
	t.Parallel()
	var deployment appsv1.Deployment
	decode(t, "wrapper.yaml", &deployment)
	pod := deployment.Spec.Template.Spec
	harmless(t, pod)
	shared := t.TempDir()
	url, token := start(t)

	install := of(t, pod.InitContainers[0], "/shared", shared, "/infisical-login", filepath.Join(built, "infisical-login"))
	if out, err := install.command(t.Context()).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	app := of(t, pod.Containers[0], "/shared", shared, "/app", "../docker/app", "https://infisical.example.com", url)
	app.environ["INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH"] = token // where the kubelet mounts it is not ours to write
	out, err := app.command(t.Context()).Output()
	if err != nil || !strings.Contains(string(out), "INFISICAL_TOKEN\n") {
		t.Errorf("%v: %s", err, out)
	}
}

// The job's token is revoked when it has ended.
func TestKubernetesCronJob(t *testing.T) {
	t.Parallel()
	var job batchv1.CronJob
	decode(t, "cronjob.yaml", &job)
	pod := job.Spec.JobTemplate.Spec.Template.Spec
	harmless(t, pod)
	url, token := start(t)
	program := filepath.Join(built, "infisical-login")
	kept := filepath.Join(t.TempDir(), "token")
	app := of(t, pod.Containers[0], "/infisical-login", program, "https://infisical.example.com", url)
	app.words = []string{"/infisical-login", "--", "/bin/sh", "-c", `printf %s "$INFISICAL_TOKEN" >` + kept}
	app.environ["INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH"] = token
	if out, err := app.command(t.Context()).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	status := exec.Command(program, "login", "status", "--token-path", kept)
	status.Env = []string{"INFISICAL_DOMAIN=" + url}
	out, _ := status.CombinedOutput()
	if status.ProcessState.ExitCode() != 77 {
		t.Errorf("the token is still good: %s", out)
	}
}

// The sidecar says that it is ready once the file is there, and ends well when it
// is told to.
func TestKubernetesSidecar(t *testing.T) {
	t.Parallel()
	var deployment appsv1.Deployment
	decode(t, "sidecar.yaml", &deployment)
	pod := deployment.Spec.Template.Spec
	harmless(t, pod)
	if always := pod.InitContainers[0].RestartPolicy; always == nil || *always != corev1.ContainerRestartPolicyAlways {
		t.Error("the init container is no sidecar")
	}
	if medium := pod.Volumes[0].EmptyDir.Medium; medium != corev1.StorageMediumMemory {
		t.Errorf("the token is kept in %q", medium)
	}
	url, token := start(t)
	dir, health := t.TempDir(), free(t)
	sidecar := of(t, pod.InitContainers[0], "/infisical-login", filepath.Join(built, "infisical-login"), "/token", dir, ":9440", health, "https://infisical.example.com", url)
	sidecar.environ["INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH"] = token
	cmd := sidecar.command(t.Context())
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, "http://"+health+pod.InitContainers[0].StartupProbe.HTTPGet.Path)
	if text, err := os.ReadFile(filepath.Join(dir, "infisical")); err != nil || strings.Count(string(text), ".") != 2 {
		t.Errorf("the file holds %q: %v", text, err)
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, log.String())
	}
}

// free returns an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// await asks until the answer is good, as a probe does.
func await(t *testing.T, url string) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	last := fmt.Errorf("never asked")
	for range 1000 {
		answer, err := http.Get(url)
		if err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		last = err
		<-ticker.C
	}
	t.Fatalf("%s never answered well: %v", url, last)
}

// A field that no Kubernetes knows is found.
func TestUnknownFieldsFail(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../kubernetes/wrapper.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "serviceAccountName:", "serviceAccount_name:", 1)
	if err := yaml.UnmarshalStrict([]byte(changed), new(appsv1.Deployment)); err == nil {
		t.Error("serviceAccount_name was taken for a field")
	}
}
