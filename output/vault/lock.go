package vault

import (
	"fmt"
	"os"
	"time"
)

// lock waits until this process alone holds a file's lock. The file stays, since
// removing it would let two processes lock two files of one name. The system
// releases the lock when its holder ends, in whatever way.
func lock(path string, patience time.Duration) (release func(), err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	locked, late := make(chan error), make(chan struct{})
	go func() {
		err := acquire(file)
		select {
		case locked <- err:
		case <-late:
			_ = file.Close()
		}
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-locked:
		if err != nil {
			_ = file.Close()
			return nil, fmt.Errorf("lock %q: %w", path, err)
		}
		return func() { _ = file.Close() }, nil
	case <-timer.C:
		close(late)
		return nil, fmt.Errorf("another process has held %q for %s; end it, or try again", path, patience)
	}
}
