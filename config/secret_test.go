package config

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// No printing shows a secret: not its bytes, not their hexadecimal form.
func TestRedaction(t *testing.T) {
	t.Parallel()
	const canary = "hunter2-canary"
	type holder struct {
		Secret  Secret
		Pointer *Secret
		Headers Headers
		Map     map[string]Secret
		List    []Secret
	}
	secret := Secret(canary)
	held := holder{secret, &secret, Headers{{"X-Key", secret}}, map[string]Secret{"k": secret}, []Secret{secret}}
	values := map[string]any{
		"secret": secret, "pointer": &secret, "headers": held.Headers, "header": held.Headers[0], "holder": held, "holder's pointer": &held,
	}
	for name, value := range values {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			printed := map[string]string{}
			for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%x", "%X", "% x", "%s", "%d", "%10s", "%T"} {
				printed[verb] = fmt.Sprintf(verb, value)
			}
			printed["Print"] = fmt.Sprint(value)
			text, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			printed["JSON"] = string(text)
			var log bytes.Buffer
			logger := zerolog.New(&log)
			logger.Info().Any("any", value).Msgf("%v", value)
			if s, ok := value.(fmt.Stringer); ok {
				logger.Info().Stringer("stringer", s).Msg(s.String())
			}
			printed["zerolog"] = log.String()
			for how, text := range printed {
				for _, form := range []string{canary, hex.EncodeToString([]byte(canary)), fmt.Sprint([]byte(canary))} {
					for _, part := range []string{form, form[:len(form)-2], strings.ToUpper(form)} {
						if strings.Contains(text, part) {
							t.Errorf("%s shows it: %s", how, text)
						}
					}
				}
			}
		})
	}
	if secret.Reveal() != canary {
		t.Error("a secret that cannot be revealed is of no use")
	}
}
