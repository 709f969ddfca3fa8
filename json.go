package main

import (
	"encoding/json"
	"io"
)

// printJSON prints a value as the commands with a flag --json do: indented, since
// people read it too, and with addresses as they are written.
func printJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
