package suspended

import "time"

// A Minute is the one that a clock on the wall shows. It may change at any moment: at
// its end, when the machine wakes up, when the clock is set.
type Minute struct{ shown time.Time }

// MinuteOf is the minute of a moment.
func MinuteOf(now time.Time) Minute { return Minute{now.Truncate(time.Minute)} }

// Changed reports whether the clock shows another minute than when it was asked last.
func (m *Minute) Changed(now time.Time) bool {
	before := *m
	*m = MinuteOf(now)
	return !m.shown.Equal(before.shown)
}

// UntilLook is after how long to look at the clock again: at the end of the minute, or
// sooner, as the minute may change at any moment.
func (m *Minute) UntilLook(now time.Time) time.Duration {
	return min(Wake, now.Truncate(time.Minute).Add(time.Minute).Sub(now))
}
