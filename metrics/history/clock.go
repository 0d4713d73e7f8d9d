package history

import "math"

// rewindAfter is how many ticks in a row the clock must be behind history before
// the clock is taken to be right: an hour, long enough for a machine that started
// with a wrong clock to get the time by NTP.
const rewindAfter = 360

// A clock gives ticks their time, in milliseconds since 1970.
type clock struct {
	newest int64 // of the newest tick; math.MinInt64 if there is none
	behind int   // ticks in a row for which the clock has been behind it
}

// stamp gives a tick its time if the clock of the machine shows now. If rewind is
// true, the caller deletes everything after that time first.
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

// turns reports whether a tick is the first of its Step.
func (c *clock) turns(at int64) bool {
	return c.newest == math.MinInt64 || stepOf(at) != stepOf(c.newest)
}

// stepOf is the number of the Step that a time belongs to. A multiple of Step ends
// its Step, so that the last tick of a day is the value at the end of the day.
func stepOf(at int64) int64 { return (at - 1) / Step.Milliseconds() }
