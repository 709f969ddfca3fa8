package output

import "os"

// writable finds out whether standard output is open.
func writable(file *os.File) error {
	_, err := file.Stat()
	return err
}
