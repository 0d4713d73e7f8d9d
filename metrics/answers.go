package metrics

import "sync/atomic"

// withins are the times within which answers of the node are counted for
// reports: by how they are written, and the place in bounds of each. They are
// kept by history, a few for each node and none for a school.
var withins = [...]struct {
	label string
	bound int
}{
	{"1ms", 4}, {"5ms", 6}, {"10ms", 7}, {"25ms", 8}, {"50ms", 9}, {"100ms", 10}, {"250ms", 11}, {"500ms", 12}, {"1s", 13}, {"2.5s", 14},
	{"any", len(bounds)},
}

// answers are what history had of them when the process began.
type answers [len(withins)]atomic.Uint64

// each calls yield for each of them, with what shards have counted since: each
// counts the answers of those before it too. A node that has answered nothing
// has none of them.
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
