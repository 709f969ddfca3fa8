package output

import (
	"github.com/infisical-login/infisical-login/methods/token"
	"github.com/infisical-login/infisical-login/output/process"
)

// child puts the token into the environment of the command. What the command
// must not inherit has been removed before.
type child struct {
	Naming
}

// Check implements [Sink].
func (c *child) Check(target Target) error {
	if c.Variable == domainVariable || c.Variable == apiVariable {
		return setting("INFISICAL_LOGIN_TOKEN_VARIABLE", "token-variable",
			"--token-variable (INFISICAL_LOGIN_TOKEN_VARIABLE): %s tells a command where its Infisical is; name another variable", c.Variable)
	}
	return commanded("child", target)
}

// Put implements [Sink].
func (c *child) Put(t token.Token, target Target) error {
	command := target.Command
	command.Set(string(c.Variable), t.Secret.Reveal())
	introduce(command, t)
	if !command.Fits() {
		command.Unset(string(c.Variable))
		return failed(nil, "the token is too long for the environment of a command; use --output=file or --output=memfd")
	}
	return nil
}

// commanded returns an error if there is no command that a sink could serve.
func commanded(sink string, target Target) error {
	if target.Command == nil {
		return refuse("sink %q needs a command to launch; put one behind --", sink)
	}
	return nil
}

// The variables in which a command is told which Infisical its token belongs to:
// both spellings that the official tools read.
const (
	domainVariable = "INFISICAL_DOMAIN"
	apiVariable    = "INFISICAL_API_URL"
)

func introduce(command *process.Command, t token.Token) {
	command.Set(domainVariable, t.Domain)
	command.Set(apiVariable, t.Domain+"/api")
}
