package config

import (
	"fmt"
	"strconv"
)

// Count is a whole number from 0 to 2147483647.
type Count int

// UnmarshalText implements encoding.TextUnmarshaler. It takes decimal digits only,
// so that 010 is ten to everybody.
func (c *Count) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 10, 31)
	if err != nil {
		return fmt.Errorf("%s is not a whole number from 0 to 2147483647", quote(string(text)))
	}
	*c = Count(n)
	return nil
}
