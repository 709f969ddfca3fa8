package output

// helpers are what the test binary can be instead of a test.
var helpers = map[string]func(args []string) error{
	"stdout": helpStdout,
	"file":   helpFile,
	"loop":   helpLoop,
	"memfd":  helpMemfd,
}
