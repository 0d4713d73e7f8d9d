package supervise

import (
	"time"

	"github.com/cenkalti/backoff/v5"
)

// This file says when a process that has ended is started again.

const (
	// steadyTime is how long a process has to have done its work for its end not to
	// count as one of a loop of crashes.
	steadyTime = 250 * time.Millisecond
	// freeRestarts is how often in a row a process is started again at once.
	freeRestarts = 3
	firstWait    = 100 * time.Millisecond
	longestWait  = 5 * time.Second
)

// restarts say when a process that has ended is started again: at once, unless
// it ends soon after its start again and again.
type restarts struct {
	quick int // ends in a row soon after the start
	waits *backoff.ExponentialBackOff
}

func newRestarts() *restarts {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval = firstWait, longestWait
	return &restarts{waits: waits}
}

// ended takes note of the end of a process.
func (r *restarts) ended(c *child) {
	if c.ready && time.Since(c.began) >= steadyTime {
		r.quick = 0
		r.waits.Reset()
		return
	}
	r.quick++
}

// failed takes note of a process that could not be started at all.
func (r *restarts) failed() { r.quick = max(r.quick, freeRestarts) + 1 }

// wait is how long to wait before the next start.
func (r *restarts) wait() time.Duration {
	if r.quick <= freeRestarts {
		return 0
	}
	return r.waits.NextBackOff()
}
