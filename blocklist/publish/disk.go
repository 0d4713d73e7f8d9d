package publish

import (
	"os"

	"github.com/gofrs/flock"
)

// lock makes the caller the only one that publishes in a directory, or returns
// ErrBusy. The lock is of the directory itself, so that there is no file of it
// for the web to show, and ends with the process.
func lock(dir string) (unlock func(), err error) {
	l := flock.New(dir, flock.SetFlag(os.O_RDONLY))
	locked, err := l.TryLock()
	if !locked {
		_ = l.Close()
		if err == nil {
			err = ErrBusy
		}
		return nil, err
	}
	return func() { _ = l.Close() }, nil // which unlocks
}
