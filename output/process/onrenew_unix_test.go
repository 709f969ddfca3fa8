//go:build unix

package process_test

import (
	"fmt"
	"testing"

	"github.com/infisical-login/infisical-login/output/process"
)

func TestOnRenewText(t *testing.T) {
	// What a command gets is named as kill(1) names it, or refused with the way out.
	t.Parallel()
	for text, want := range onRenewTexts {
		got, err := parse(text)
		if got != want || (err == nil) != (want != "refused") {
			t.Errorf("%q: got %s, %v; want %s", text, got, err, want)
		}
	}
}

// onRenewTexts are settings and what they mean.
var onRenewTexts = map[string]string{
	"nothing":         "nothing",
	"restart":         "restart",
	"signal:HUP":      "1",
	"signal:SIGHUP":   "1",
	"signal:hup":      "1",
	"signal:TERM":     "15",
	"signal:15":       "15",
	"signal:RTMIN":    "34",
	"signal:RTMIN+3":  "37",
	"signal:SIGRTMAX": "64",
	"signal:RTMAX-1":  "63",
	"signal:RTMIN+31": "refused",
	"signal:RTMIN-1":  "refused",
	"signal:RTMIN3":   "refused",
	"signal:RTMIN+":   "refused",
	"signal:KILL":     "refused",
	"signal:STOP":     "refused",
	"signal:9":        "refused",
	"signal:0":        "refused",
	"signal:65":       "refused",
	"signal:300":      "refused",
	"signal:-1":       "refused",
	"signal:":         "refused",
	"signal:HUPS":     "refused",
	"signal":          "refused",
	"Restart":         "refused",
	"":                "refused",
}

// parse returns what a setting of --on-renew means.
func parse(text string) (string, error) {
	var setting process.OnRenew
	if err := setting.UnmarshalText([]byte(text)); err != nil {
		return "refused", err
	}
	if number, ok := setting.Signal(); ok {
		return fmt.Sprint(int(number)), nil
	}
	if setting.Restart() {
		return "restart", nil
	}
	return "nothing", nil
}
