package config

import (
	"fmt"
	"io"
)

// redacted stands wherever a secret would be printed.
const redacted = "[redacted]"

// Secret is a value that cannot be printed by accident: every verb of fmt, and
// JSON and text encoders, show a placeholder. Reveal is the only way out.
type Secret string

// Reveal returns the secret itself. Its callers are the places where a secret
// has to leave: a request's body, a sink.
func (s Secret) Reveal() string { return string(s) }

// Format implements fmt.Formatter, so that %x and %q reveal as little as %v.
func (Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// String implements fmt.Stringer for callers that do not go through fmt.
func (Secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return redacted }

// MarshalText implements encoding.TextMarshaler, which encoding/json honours.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
