package output

import (
	"fmt"
	"os"

	"github.com/infisical-login/infisical-login/methods/token"
)

// memfd hands the token to the command in a sealed file that exists in memory only,
// under a descriptor that it inherits. INFISICAL_TOKEN_FILE names it; the token is
// not in the environment. It serves the command and those of its descendants that
// inherit its descriptors, as long as that one stays open.
type memfd struct {
	file *os.File // of the last token, nil before there is one
}

// tokenFile is the variable that says where the token is.
const tokenFile = "INFISICAL_TOKEN_FILE"

// Check implements [Sink].
func (m *memfd) Check(target Target) error {
	if err := commanded("memfd", target); err != nil {
		return err
	}
	file, err := sealed(nil)
	if err != nil {
		return failed(err, "this system has no memory files: %s; use --output=child", reason(err))
	}
	return file.Close()
}

// Put implements [Sink]. A command that already runs keeps the file that it has.
func (m *memfd) Put(t token.Token, target Target) error {
	file, err := sealed([]byte(t.Secret.Reveal()))
	if err != nil {
		return failed(err, "the memory file did not take the token: %s", reason(err))
	}
	command := target.Command
	if m.file != nil {
		command.Drop(m.file)
		_ = m.file.Close()
	}
	m.file = file
	command.Files = append(command.Files, file)
	command.Set(tokenFile, fmt.Sprintf("/proc/self/fd/%d", file.Fd()))
	introduce(command, t)
	return nil
}
