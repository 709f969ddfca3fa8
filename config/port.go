package config

import (
	"fmt"
	"strconv"
)

// Port is a TCP port from 1 to 65535. The zero value is none in particular.
type Port uint16

// UnmarshalText implements encoding.TextUnmarshaler. It takes decimal digits only.
func (p *Port) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 10, 16)
	if err != nil || n == 0 {
		return fmt.Errorf("%s is not a port from 1 to 65535", quote(string(text)))
	}
	*p = Port(n)
	return nil
}
