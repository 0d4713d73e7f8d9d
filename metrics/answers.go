package metrics

import "sync/atomic"

// withins are the limits of time for which reports count the answers of the node:
// the label, and its place in bounds. There are few, and none for each school,
// because history keeps them.
var withins = [...]struct {
	label string
	bound int
}{
	{"1ms", 4}, {"5ms", 6}, {"10ms", 7}, {"25ms", 8}, {"50ms", 9},
	{"100ms", 10}, {"250ms", 11}, {"500ms", 12}, {"1s", 13}, {"2.5s", 14},
	{"any", len(bounds)},
}

// answers are the values that history had when the process began.
type answers [len(withins)]atomic.Uint64

// each calls yield for each limit, with the answers of history and of shards. The
// answers within a limit are within all longer ones too. If there are no answers at
// all yield is not called.
func (a *answers) each(sum *shardTotals, yield func(Counter, uint64)) {
	last := len(withins) - 1
	next, within := 0, uint64(0)
	var counts [len(withins)]uint64
	for i := range withins {
		for ; next <= withins[i].bound; next++ {
			for source := range sum.buckets {
				within += sum.buckets[source][next]
			}
		}
		counts[i] = a[i].Load() + within
	}
	if counts[last] == 0 {
		return
	}
	for i, n := range counts {
		yield(Counter{kind: kindAnswers, what: uint8(i)}, n)
	}
}
