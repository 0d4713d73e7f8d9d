package suspended

import (
	"time"

	"golang.org/x/sys/unix"
)

// now is what CLOCK_BOOTTIME is ahead of CLOCK_MONOTONIC, the clock of Go; 0 if the
// system has none. The clocks are read one after the other, so that it may be a little
// too much.
func now() time.Duration {
	var running, all unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &running) != nil || unix.ClockGettime(unix.CLOCK_BOOTTIME, &all) != nil {
		return 0
	}
	return max(0, time.Duration(all.Nano()-running.Nano()))
}
