package history

import "math"

// rewindAfter is how many ticks in a row the clock must be behind history
// before it is believed: an hour of ticks, in which a machine that started with
// a wrong clock has asked for the right time.
const rewindAfter = 360

// A clock gives ticks their time, in milliseconds since 1970.
type clock struct {
	newest int64 // of the newest tick; math.MinInt64 when there is none
	behind int   // ticks in a row for which the clock has been behind it
}

// stamp is the time of a tick when the machine says it is now. With rewind,
// what is after that time must be deleted first.
func (c *clock) stamp(now int64) (at int64, rewind bool) {
	if now > c.newest {
		c.behind = 0
		return now, false
	}
	if c.behind++; c.behind >= rewindAfter {
		c.behind = 0
		return now, true
	}
	return c.newest + 1, false
}

// turns says whether a tick is the first one of its Step.
func (c *clock) turns(at int64) bool {
	return c.newest == math.MinInt64 || stepOf(at) != stepOf(c.newest)
}

// stepOf is the number of the Step that a time belongs to. One that is a
// multiple of Step is the last of its own, so that the value at the end of a
// day is that of the last tick of the day.
func stepOf(at int64) int64 { return (at - 1) / Step.Milliseconds() }
