package config

import (
	"fmt"
	"strings"
)

// List is the items of a text that commas separate, without the white space
// around them. No item is empty.
type List []string

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *List) UnmarshalText(text []byte) error {
	items := strings.Split(string(text), ",")
	for i, item := range items {
		items[i] = strings.TrimSpace(item)
		if items[i] == "" {
			return fmt.Errorf("item %d of the list %s is empty", i+1, quote(string(text)))
		}
	}
	*l = items
	return nil
}

// String returns the list as it is written.
func (l List) String() string { return strings.Join(l, ",") }
