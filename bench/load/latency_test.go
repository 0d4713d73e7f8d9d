//go:build linux

package main

import (
	"testing"
	"time"
)

func TestABucketHoldsWhatItSays(t *testing.T) {
	for _, d := range []time.Duration{0, 1, 31, 32, 33, 63, 64, 1000, 999_999, time.Second, time.Hour} {
		i := bucket(uint64(d))
		if d > ceiling(i) || i > 0 && d <= ceiling(i-1) {
			t.Errorf("%v is in bucket %d, from above %v to %v", d, i, ceiling(i-1), ceiling(i))
		}
	}
}

func TestQuantilesAreWithinAThirtySecond(t *testing.T) {
	var l latencies
	for i := range 1000 {
		l.add(time.Duration(i+1) * time.Microsecond)
	}
	f := func(q float64, want time.Duration) {
		t.Helper()
		if got := l.quantile(q); got < want || got > want+want/16 {
			t.Errorf("quantile %v is %v, want about %v", q, got, want)
		}
	}
	f(0.5, 500*time.Microsecond)
	f(0.99, 990*time.Microsecond)
	f(1, 1000*time.Microsecond)
}
