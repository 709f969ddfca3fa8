package process

import (
	"time"

	"github.com/infisical-login/infisical-login/config"
)

// Settings are how a command is ended and told of a new token.
type Settings struct {
	StopTimeout config.Duration `env:"INFISICAL_LOGIN_STOP_TIMEOUT" flag:"stop-timeout" default:"0" shown:"0: never" usage:"Time from the first SIGTERM to SIGKILL for the command's process group."`
	OnRenew     OnRenew         `env:"INFISICAL_LOGIN_ON_RENEW" flag:"on-renew" default:"nothing" usage:"What the command gets when the token has changed: nothing, signal:NAME or restart."`
}

// restartTimeout is how long a command has to end before it is started anew,
// where no stop timeout is set.
const restartTimeout = 10 * time.Second
