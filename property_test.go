package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"github.com/infisical-login/infisical-login/output/process"
)

var seed = flag.Uint64("seed", 1, "of the random runs")

// hang is when a run counts as one that does not end. Every run has a timeout of
// 1 s or less; the rest is for a busy machine.
const hang = time.Minute

// world is what random runs find around them.
type world struct {
	Seed    uint64
	Domains []string // of servers of every kind, the first of nobody
}

// Whatever the arguments and the environment are: no panic, an end in time, a
// status that is documented, nothing on standard output of a run that failed, and
// nobody is asked anything. The runs share processes, except those that launch a
// command.
func TestAnyEnvironment(t *testing.T) {
	t.Parallel()
	w, err := json.Marshal(aWorld(t))
	if err != nil {
		t.Fatal(err)
	}
	const each = 500
	var group sync.WaitGroup
	for part := range 4 {
		group.Go(func() {
			cmd := exec.CommandContext(t.Context(), "random-runs", string(w), strconv.Itoa(part*each), strconv.Itoa(each))
			cmd.Dir = t.TempDir()
			cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir} // the clouds' SDKs read it
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, out)
				return
			}
			t.Logf("%s", out)
		})
	}
	group.Wait()
}

// Random runs that launch a command, each in a process of its own, keep the same
// promises, and the status is the command's if it ran.
func TestAnyEnvironmentWithACommand(t *testing.T) {
	t.Parallel()
	w := aWorld(t)
	for number := range 100 {
		t.Run(strconv.Itoa(number), func(t *testing.T) {
			t.Parallel()
			c := w.choose(uint64(1_000_000+number), t.TempDir())
			ctx, cancel := context.WithTimeout(t.Context(), hang)
			defer cancel()
			cmd := exec.CommandContext(ctx, "infisical-login", append(c.args, "--", "probe", "exit", "3")...)
			cmd.Env, cmd.Dir = append(c.environ, "PATH="+os.Getenv("PATH")), c.folder
			var stdout, stderr bytes.Buffer
			stdin, done := c.stdin()
			defer done()
			cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &stdout, &stderr
			_ = cmd.Run()
			if wrong := c.judge(cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), 3); wrong != "" || ctx.Err() != nil {
				t.Errorf("%s %v\n%s", wrong, ctx.Err(), c)
			}
		})
	}
}

// aWorld starts servers of every kind.
func aWorld(t *testing.T) world {
	t.Helper()
	w := world{*seed, []string{"http://" + infisicaltest.Refused(t), "http://" + infisicaltest.Mute(t), "https://" + infisicaltest.Mute(t)}}
	for _, fault := range []infisicaltest.Fault{nil, nil, echo(401), infisicaltest.HTML, infisicaltest.Status(503), infisicaltest.Silent, infisicaltest.Status(429, "Retry-After", "1000")} {
		server := infisicaltest.New(infisicaltest.G3)
		server.Lenient = true
		addScriptIdentity(server)
		if fault != nil {
			server.Fault(fault)
		}
		w.Domains = append(w.Domains, server.Start(t))
	}
	return w
}

// randomRuns is the program of [TestAnyEnvironment]: random-runs WORLD FIRST COUNT.
// It says which statuses came about, and ends with 1 at the first run that breaks
// a promise.
func randomRuns() {
	var w world
	first, err1 := strconv.Atoi(os.Args[2])
	count, err2 := strconv.Atoi(os.Args[3])
	if json.Unmarshal([]byte(os.Args[1]), &w) != nil || err1 != nil || err2 != nil {
		panic("random-runs WORLD FIRST COUNT")
	}
	var mutex sync.Mutex
	statuses := map[int]int{}
	var group sync.WaitGroup
	numbers := make(chan int)
	for range 8 { // most of them wait
		group.Go(func() {
			for number := range numbers {
				folder := filepath.Join(".", strconv.Itoa(number))
				_ = os.Mkdir(folder, 0o700)
				c := w.choose(uint64(number), folder)
				status := c.try()
				mutex.Lock()
				statuses[status]++
				mutex.Unlock()
				_ = os.RemoveAll(folder)
			}
		})
	}
	for number := range count {
		numbers <- first + number
	}
	close(numbers)
	group.Wait()
	fmt.Printf("%d runs with seed %d:", count, w.Seed)
	for _, status := range slices.Sorted(maps.Keys(statuses)) {
		fmt.Printf(" status %d: %d", status, statuses[status])
	}
	fmt.Println()
}

// try does a run within this process.
func (c choice) try() int {
	late := time.AfterFunc(hang, func() {
		fmt.Printf("does not end\n%s", c)
		panic("a run does not end") // shows where
	})
	defer late.Stop()
	stdin, done := c.stdin()
	defer done()
	var stdout, stderr bytes.Buffer
	status := start(append([]string{"infisical-login"}, c.args...), c.environ, process.Limits{}, stdin, &stdout, &stderr)
	if wrong := c.judge(status, stdout.String(), stderr.String()); wrong != "" {
		fmt.Printf("%s\n%s", wrong, c)
		os.Exit(1)
	}
	return status
}

// judge says which promise a run broke, empty if none.
func (c choice) judge(status int, stdout, stderr string, more ...int) string {
	reports := slices.Contains(c.args, "settings") || slices.Contains(c.args, "status") // which tell what is wrong there
	switch {
	case !slices.Contains(append(more, 0, 64, 73, 75, 76, 77, 78, 126, 127), status):
		return fmt.Sprintf("status %d: %s", status, stderr)
	case status != 0 && stdout != "" && !reports:
		return fmt.Sprintf("status %d with standard output %q", status, stdout)
	case status != 0 && !slices.Contains(more, status) && !strings.Contains(stderr, "error") && !reports:
		return fmt.Sprintf("status %d without a word: %q", status, stderr)
	case strings.Contains(stderr, "goroutine "), strings.Contains(stderr, "%!"):
		return "told: " + stderr
	}
	return ""
}
