//go:build !linux

package suspended

import "time"

// now is not known: the system does not tell.
func now() time.Duration { return 0 }
