package history

import (
	"math"
	"testing"
)

// TestAnHourBehindIsNeededToGoBack counts the ticks after which history is taken to
// be wrong: going back deletes what lies ahead.
func TestAnHourBehindIsNeededToGoBack(t *testing.T) {
	const newest = 1_000_000
	c := clock{newest: math.MinInt64}
	f := func(now, want int64, wantRewind bool) {
		t.Helper()
		at, rewind := c.stamp(now)
		if at != want || rewind != wantRewind {
			t.Errorf("%d behind, the clock says %d: %d, %v; want %d, %v", c.behind, now, at, rewind, want, wantRewind)
		}
		c.newest = at
	}
	f(newest, newest, false)
	f(newest, newest+1, false) // not later is behind
	f(newest+2, newest+2, false)
	for i := range int64(359) {
		f(newest, newest+3+i, false)
	}
	f(newest, newest, true)
	f(newest, newest+1, false) // counted anew
	f(newest+2, newest+2, false)
	for i := range int64(359) {
		f(5, newest+3+i, false)
	}
	f(newest+1000, newest+1000, false) // right once: counted anew
	for i := range int64(359) {
		f(5, newest+1001+i, false)
	}
	f(5, 5, true)
}

func TestAMultipleOfAStepEndsIt(t *testing.T) {
	step := Step.Milliseconds()
	f := func(newest, at int64, want bool) {
		t.Helper()
		if got := (&clock{newest: newest}).turns(at); got != want {
			t.Errorf("a tick at %d after one at %d is the first of its step: %v", at, newest, got)
		}
	}
	f(math.MinInt64, 4*step, true)
	f(4*step-1, 4*step, false)
	f(4*step, 4*step+1, true)
	f(4*step+1, 5*step, false)
}
