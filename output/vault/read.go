package vault

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/infisical-login/infisical-login/config"
)

// maxFile bounds a file of the vault, in bytes. A session is below 8 KiB, the
// settings of a thousand persons below 200 KiB; other programs write them, too.
const maxFile = 1 << 20

// read returns what a file of the vault holds. Whatever else stands in its place
// is an error, and not waited for.
func read(path string) ([]byte, error) {
	content, err := config.ReadRegular(path, maxFile)
	if _, named := errors.AsType[*fs.PathError](err); err == nil || named {
		return content, err
	}
	return nil, fmt.Errorf("%q: %w; mend or remove it", path, err)
}
