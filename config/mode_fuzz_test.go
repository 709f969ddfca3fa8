package config

import (
	"errors"
	"strconv"
	"testing"
)

// A mode that is taken is one that chmod(1) takes for the same, and it is taken again
// as it is printed; a UUID likewise.
func FuzzMode(f *testing.F) {
	for _, text := range []string{"0600", "600", "0o640", "0o", "", "-1", "+7", "0b1", "0x10", "8", "1777", "0_7", "00000000000000000000000000600", "37777777777"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var mode, again Mode
		if mode.UnmarshalText([]byte(text)) == nil {
			if mode > 0o777 || again.UnmarshalText([]byte(mode.String())) != nil || again != mode {
				t.Errorf("%q is %v, and that is %v", text, mode, again)
			}
			if _, err := strconv.ParseUint(text, 8, 64); err != nil && text[:2] != "0o" {
				t.Errorf("%q is taken for %v", text, mode)
			}
		}
		var id, same UUID
		if id.UnmarshalText([]byte(text)) == nil && (len(id) != 36 || errors.Join(same.UnmarshalText([]byte(id))) != nil || same != id) {
			t.Errorf("%q is %q, and that is %q", text, id, same)
		}
	})
}
