//go:build linux

package main

import (
	"math/bits"
	"time"
)

// Latencies are counted in buckets a thirty-second of their size wide.
const (
	subBits = 5
	sub     = 1 << subBits
)

type latencies struct {
	counts [64 * sub]int64
	total  int64
	max    time.Duration
}

func bucket(ns uint64) int {
	if ns < sub {
		return int(ns)
	}
	shift := bits.Len64(ns) - subBits - 1
	return (shift+1)<<subBits + int(ns>>shift) - sub
}

// ceiling is the largest latency in a bucket.
func ceiling(i int) time.Duration {
	if i < sub {
		return time.Duration(i)
	}
	shift := i>>subBits - 1
	return time.Duration((uint64(i&(sub-1))+sub+1)<<shift - 1)
}

func (l *latencies) add(d time.Duration) {
	l.counts[bucket(uint64(max(d, 0)))]++
	l.total++
	l.max = max(l.max, d)
}

// quantile is the latency that a part q of all do not exceed.
func (l *latencies) quantile(q float64) time.Duration {
	left := int64(q * float64(l.total))
	for i, n := range l.counts {
		if left -= n; left < 0 {
			return min(ceiling(i), l.max)
		}
	}
	return l.max
}
