package resolver

import (
	"sync/atomic"
	"time"

	"lachan/internal/suspended"
)

// A clock counts nanoseconds from its zero on, also those for which the machine was
// suspended, up to a second after it woke: answers age while it sleeps. It is never set
// and never goes back. To read it costs no more than to read Go's.
type clock struct {
	zero  time.Time
	slept atomic.Int64 // nanoseconds of suspension since zero
	since int64        // and before it
}

// start makes now the zero of the clock.
func (c *clock) start() {
	c.zero, c.since = time.Now(), int64(suspended.Time())
}

// now is the time since zero in nanoseconds.
func (c *clock) now() int64 { return int64(time.Since(c.zero)) + c.slept.Load() }

// follow looks how long the machine was suspended. One goroutine calls it.
func (c *clock) follow() { c.heed(suspended.Time()) }

// heed takes the time of suspension since the machine was booted.
func (c *clock) heed(all time.Duration) {
	const least = int64(100 * time.Millisecond) // less is how far apart two clocks were read
	if slept := int64(all) - c.since; slept > c.slept.Load()+least {
		c.slept.Store(slept)
	}
}
