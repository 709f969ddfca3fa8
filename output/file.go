package output

import (
	"bytes"
	"os"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
)

// TokenFile is where a token is kept as a file.
type TokenFile struct {
	Path string `env:"INFISICAL_LOGIN_TOKEN_PATH" flag:"token-path" usage:"File that receives the token."`
}

// tokenFileWord is what messages call it.
const tokenFileWord = "token file"

// file writes the token to a file, whole or not at all. In the format plain the
// file holds the token and nothing else; the other formats end in a newline.
type file struct {
	TokenFile
	Mode  config.Mode `env:"INFISICAL_LOGIN_TOKEN_MODE" flag:"token-mode" default:"0600" usage:"Mode of that file, octal."`
	Owner Owner       `env:"INFISICAL_LOGIN_TOKEN_OWNER" flag:"token-owner" shown:"the process's" usage:"Owner of that file: user or user:group, names or numbers."`
	Rendering
}

// Check implements [Sink]. It makes and removes an empty file beside the target,
// with the owner and the mode that the token will have.
func (f *file) Check(Target) error {
	if f.Path == "" {
		return setting(tokenPath, "token-path", `set --token-path or INFISICAL_LOGIN_TOKEN_PATH, or take "file" out of --output (INFISICAL_LOGIN_OUTPUT)`)
	}
	uid, gid, err := f.Owner.resolve()
	if err != nil {
		return setting("INFISICAL_LOGIN_TOKEN_OWNER", "token-owner", "--token-owner (INFISICAL_LOGIN_TOKEN_OWNER): %s", err)
	}
	place, err := open(tokenFileWord, f.Path)
	if err != nil {
		return err
	}
	defer place.close()
	return place.try(attributes{f.Mode.Perm(), uid, gid})
}

// Put implements [Sink].
func (f *file) Put(t token.Token, _ Target) error {
	text, err := f.render(t)
	if err != nil {
		return err
	}
	if f.Format != Plain {
		text = append(text, '\n')
	}
	uid, gid, err := f.Owner.resolve()
	if err != nil {
		return failed(err, "--token-owner (INFISICAL_LOGIN_TOKEN_OWNER): %s", err)
	}
	return write(tokenFileWord, f.Path, bytes.NewReader(text), attributes{f.Mode.Perm(), uid, gid})
}

// CheckReplace finds out whether [Replace] can succeed, and leaves nothing behind.
func CheckReplace(path string) error {
	return replace(path, func(p *place, a attributes) error { return p.try(a) })
}

// Replace gives an existing file new content, whole or not at all, and keeps its
// mode and its owner.
func Replace(path string, content []byte) error {
	return replace(path, func(p *place, a attributes) error { return p.put(bytes.NewReader(content), a) })
}

// replace does something with the place of a file that exists, and what the file
// has besides its content.
func replace(path string, work func(*place, attributes) error) error {
	info, err := os.Lstat(path)
	if err != nil {
		return failed(err, "token file %q: %s", path, reason(err))
	}
	place, err := open(tokenFileWord, path)
	if err != nil {
		return err
	}
	defer place.close()
	uid, gid := owner(info)
	return work(place, attributes{info.Mode().Perm(), uid, gid})
}
