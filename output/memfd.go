package output

import (
	"errors"
	"fmt"
	"os"

	"github.com/infisical-login/infisical-login/methods/token"
)

// memfd hands the token to the command in a sealed file that exists in memory only,
// under a descriptor that it inherits. INFISICAL_TOKEN_FILE names it; the token is
// not in the environment. It serves the command and those of its descendants that
// inherit its descriptors, as long as that one stays open.
type memfd struct {
	file *os.File // whose number always leads to the last token, nil before there is one
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

// Put implements [Sink]. A command that already runs keeps the file that it has. A
// later token takes the number of the first one, since a command that waits for its
// start may have been told that number already.
func (m *memfd) Put(t token.Token, target Target) error {
	file, err := sealed([]byte(t.Secret.Reveal()))
	if err == nil && m.file != nil {
		err = errors.Join(become(m.file, file), file.Close())
		file = m.file
	}
	if err != nil {
		return failed(err, "the memory file did not take the token: %s", reason(err))
	}
	command := target.Command
	if m.file == nil {
		m.file = file
		command.Files = append(command.Files, file)
		command.Set(tokenFile, fmt.Sprintf("/proc/self/fd/%d", file.Fd()))
	}
	introduce(command, t)
	return nil
}
