package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what is derived: golden parts of scripts, the README's table")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"infisical-login": watched,
		"infisical":       watched,
		"probe":           probe,
		"random-runs":     randomRuns,
	})
}

// The identities that every script's server knows.
const (
	scriptIdentity = "11111111-1111-4111-8111-111111111111"
	scriptClient   = "22222222-2222-4222-8222-222222222222"
	scriptSecret   = "s3cr3t-of-the-client-0123456789abcdef"
)

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, scripts())
}

// scripts are the scripts and the words that they may use.
func scripts() testscript.Params {
	return testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup:         setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"standin":   standin,
			"requests":  requests,
			"sent":      sent,
			"status":    exitStatus,
			"mode":      fileMode,
			"mint":      mint,
			"cloud":     cloud,
			"machine":   machine,
			"job":       job,
			"federated": federated,
			"visited":   visited,
			"session":   loggedIn,
			"account":   account,
		},
	}
}

// scripted is the server of one script.
type scripted struct {
	tb       scriptTB
	server   *infisicaltest.Server
	internet *internet // what is behind the proxy, if there is one
}

type scriptedKey struct{}

// setup starts a server for the script and hands it the environment of somebody
// who uses universal-auth.
func setup(env *testscript.Env) error {
	s := &scripted{tb: scriptTB{env}}
	env.Values[scriptedKey{}] = s
	env.Vars = append(env.Vars,
		"INFISICAL_DOMAIN="+s.start(infisicaltest.G3),
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID="+scriptClient,
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET="+scriptSecret,
		"INFISICAL_RETRY_BASE_DELAY=1ms",
		"IDENTITY="+scriptIdentity, "CLIENT="+scriptClient, "SECRET="+scriptSecret,
		"NOBODY="+infisicaltest.Refused(s.tb), "MUTE="+infisicaltest.Mute(s.tb),
	)
	return nil
}

// start starts a server of a generation in place of the present one.
func (s *scripted) start(generation infisicaltest.Generation) string {
	s.server = infisicaltest.New(generation)
	addScriptIdentity(s.server)
	return s.server.Start(s.tb)
}

func addScriptIdentity(server *infisicaltest.Server) {
	server.Add(infisicaltest.Identity{
		ID: scriptIdentity, TTL: time.Hour,
		Auth: &infisicaltest.Universal{ClientID: scriptClient, ClientSecret: scriptSecret, Lockout: infisicaltest.Lockout{Off: true}},
	})
}

// scriptTB lets the stand-in server clean up and complain through a script.
type scriptTB struct{ env *testscript.Env }

func (scriptTB) Helper()                          {}
func (t scriptTB) Cleanup(f func())               { t.env.Defer(f) }
func (t scriptTB) Errorf(format string, a ...any) { t.env.T().Fatal(fmt.Sprintf(format, a...)) }
func (t scriptTB) Fatalf(format string, a ...any) { t.env.T().Fatal(fmt.Sprintf(format, a...)) }
func (t scriptTB) TempDir() string                { return t.env.WorkDir }

// faults are the ways of a server to fail, as scripts name them.
func faults(ts *testscript.TestScript, args []string) infisicaltest.Fault {
	number := func(i int) int {
		n, err := strconv.Atoi(args[i])
		ts.Check(err)
		return n
	}
	switch args[0] {
	case "html":
		return infisicaltest.HTML
	case "empty-object":
		return infisicaltest.EmptyObject
	case "empty-token":
		return infisicaltest.EmptyToken
	case "null-token":
		return infisicaltest.NullToken
	case "token":
		text, err := strconv.Unquote(`"` + args[1] + `"`)
		ts.Check(err)
		return infisicaltest.Token(text)
	case "cut":
		return infisicaltest.Cut
	case "reset":
		return infisicaltest.Reset
	case "silent":
		return infisicaltest.Silent
	case "huge":
		return infisicaltest.Huge(int64(number(1)))
	case "gzip-bomb":
		return infisicaltest.GzipBomb(int64(number(1)))
	case "deep":
		return infisicaltest.Deep(number(1))
	case "trickle":
		return infisicaltest.Trickle(time.Millisecond)
	case "echo":
		return infisicaltest.Echo(number(1))
	case "redirect":
		return infisicaltest.Redirect(number(1), args[2])
	case "status":
		return infisicaltest.Status(number(1), args[2:]...)
	case "message":
		text, err := strconv.Unquote(`"` + args[2] + `"`)
		ts.Check(err)
		return infisicaltest.Message(number(1), text)
	case "no-message":
		return infisicaltest.Message(number(1), nil)
	case "body":
		return infisicaltest.Body(number(1), args[2], args[3])
	}
	ts.Fatalf("there is no fault %q", args[0])
	return nil
}

// standin changes the script's server: standin [on PATH] fault NAME..., standin
// [on PATH] next N NAME..., standin heal, standin generation N, standin add METHOD,
// standin tls, which leaves certificates for clients too.
func standin(ts *testscript.TestScript, _ bool, args []string) {
	s := ts.Value(scriptedKey{}).(*scripted)
	var paths []string
	if args[0] == "on" {
		paths, args = []string{args[1]}, args[2:]
	}
	switch args[0] {
	case "fault":
		s.server.Fault(faults(ts, args[1:]), paths...)
	case "next":
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		s.server.FaultNext(n, faults(ts, args[2:]), paths...)
	case "heal":
		s.server.Heal()
	case "generation":
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		ts.Setenv("INFISICAL_DOMAIN", s.start(infisicaltest.Generation(n)))
	case "tls":
		plain := s.server.URL
		s.server = infisicaltest.New(infisicaltest.G3)
		addScriptIdentity(s.server)
		ts.Setenv("INFISICAL_DOMAIN", s.server.StartTLS(s.tb))
		ts.Setenv("CA", s.server.CAPath(s.tb))
		ts.Setenv("PLAIN", strings.TrimPrefix(plain, "http://"))
		id := s.server.Add(infisicaltest.Identity{Auth: &infisicaltest.TLSCert{CommonNames: []string{"worker"}}, TTL: time.Hour})
		ts.Setenv("CERTIFIED", id.ID)
		for _, name := range []string{"worker", "stranger"} {
			certificate, key := s.server.ClientCertificate(name)
			ts.Check(os.WriteFile(ts.MkAbs(name+".pem"), certificate, 0o600))
			ts.Check(os.WriteFile(ts.MkAbs(name+".key"), key, 0o600))
		}
	case "organization":
		s.server.AddSubOrganization(args[1])
	case "add":
		auth := map[string]infisicaltest.Auth{
			"kubernetes": &infisicaltest.Kubernetes{},
			"jwt-auth":   &infisicaltest.JWT{},
			"oidc-auth":  &infisicaltest.OIDC{},
			"ldap-auth":  &infisicaltest.LDAP{Username: "robot", Password: "p4ssw0rd of the robot", Lockout: infisicaltest.Lockout{Off: true}},
		}[args[1]]
		id := s.server.Add(infisicaltest.Identity{Auth: auth, TTL: time.Hour})
		ts.Setenv("IDENTITY", id.ID)
	default:
		ts.Fatalf("standin does not know %q", args[0])
	}
}

// mint writes a JWT that the server's own issuer has signed to a file: mint
// FILE [audience [subject]].
func mint(ts *testscript.TestScript, _ bool, args []string) {
	s := ts.Value(scriptedKey{}).(*scripted)
	claims := infisicaltest.ServiceAccount("default", "app")
	if len(args) > 1 {
		claims["aud"] = args[1]
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(s.server.Issuer().Mint(claims)+"\n"), 0o600))
}

// requests checks how many requests the server has received, and what the last
// one held: requests N [field value]...
func requests(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(scriptedKey{}).(*scripted)
	got := s.server.Requests()
	if strconv.Itoa(len(got)) != args[0] {
		ts.Fatalf("the server received %d requests, not %s", len(got), args[0])
	}
	for i := 1; i+1 < len(args); i += 2 {
		if value := got[len(got)-1].Field(args[i]); (value == args[i+1]) == neg {
			ts.Fatalf("%s is %q", args[i], value)
		}
	}
}

// sent checks a header of the last request: sent NAME VALUE
func sent(ts *testscript.TestScript, _ bool, args []string) {
	s := ts.Value(scriptedKey{}).(*scripted)
	all := s.server.Requests()
	if got := all[len(all)-1].Header.Get(args[0]); got != args[1] {
		ts.Fatalf("%s was %q", args[0], got)
	}
}

// exitStatus runs a program and checks its exit status: status N PROGRAM ARGS...
func exitStatus(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("%v: %s, not status %s", args[1:], got, args[0])
	}
}

// fileMode checks a file's permission bits: mode 0600 FILE
func fileMode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Lstat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%#o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has mode %s, not %s", args[1], got, args[0])
	}
}

// probe is a command to launch: probe env prints its environment as getenv(3)
// sees it, probe args what it was given, probe self what others can see of it,
// and probe exit N ends.
func probe() {
	switch os.Args[1] {
	case "env":
		for _, entry := range os.Environ() {
			fmt.Println(entry)
		}
	case "self": // what anybody may see of it, and of who launched it
		for _, file := range []string{"self/cmdline", "self/environ", fmt.Sprintf("%d/cmdline", os.Getppid())} {
			text, _ := os.ReadFile("/proc/" + file)
			fmt.Printf("%s\n", text)
		}
	case "args":
		fmt.Printf("%q\n", os.Args[2:])
	case "exit":
		n, _ := strconv.Atoi(os.Args[2])
		os.Exit(n)
	}
}
