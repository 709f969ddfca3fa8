package output

import (
	"fmt"
	"os/user"
	"runtime"
	"strconv"
	"strings"
)

// Owner is the owner of a file: a user, or a user and a group after a colon, each
// by name or by number. Empty leaves it to the system.
type Owner string

// UnmarshalText implements encoding.TextUnmarshaler.
func (o *Owner) UnmarshalText(text []byte) error {
	name, group, grouped := strings.Cut(string(text), ":")
	if name == "" || grouped && group == "" || strings.Contains(group, ":") {
		return fmt.Errorf("%q is not an owner; use user or user:group", text)
	}
	if runtime.GOOS == "windows" {
		return fmt.Errorf("on Windows a file's owner cannot be chosen")
	}
	*o = Owner(text)
	return nil
}

// resolve returns the owner's ids, -1 for one that is not given.
func (o Owner) resolve() (uid, gid int, err error) {
	if o == "" {
		return -1, -1, nil
	}
	name, group, grouped := strings.Cut(string(o), ":")
	uid, err = number(name)
	if err != nil {
		known, err := user.Lookup(name)
		if err != nil {
			return -1, -1, fmt.Errorf("there is no user %q here; its number works everywhere", name)
		}
		name = known.Uid
		if uid, err = number(name); err != nil {
			return -1, -1, err
		}
	}
	if !grouped {
		return uid, -1, nil
	}
	gid, err = number(group)
	if err == nil {
		return uid, gid, nil
	}
	known, err := user.LookupGroup(group)
	if err != nil {
		return -1, -1, fmt.Errorf("there is no group %q here; its number works everywhere", group)
	}
	gid, err = number(known.Gid)
	return uid, gid, err
}

// number reads an id. The largest 32-bit number is none: to chown it means no change.
func number(text string) (int, error) {
	id, err := strconv.ParseUint(text, 10, 32)
	if err != nil || id == 1<<32-1 {
		return -1, fmt.Errorf("%q is not an id", text)
	}
	return int(id), nil
}
