package metrics

import "sync/atomic"

// withins are the times within which answers of the node are counted for
// reports: by how they are written, and the place in bounds of each. They are
// odometers, a few for each node and none for a school.
var withins = [...]struct {
	label string
	bound int
}{
	{"1ms", 4}, {"5ms", 6}, {"10ms", 7}, {"25ms", 8}, {"50ms", 9}, {"100ms", 10}, {"250ms", 11}, {"500ms", 12}, {"1s", 13}, {"2.5s", 14},
	{"any", len(bounds)},
}

// answers are what these odometers read when the process began.
type answers [len(withins)]atomic.Uint64

// read adds them and what lanes have counted since: each counts the answers of
// those before it too. A node that has answered nothing has none of them.
func (a *answers) read(sum *totals) (counts []count) {
	next, within := 0, uint64(0)
	for i := range withins {
		for ; next <= withins[i].bound; next++ {
			for source := range sum.buckets {
				within += sum.buckets[source][next]
			}
		}
		counts = append(counts, count{Odometer{within: uint8(i + 1)}, a[i].Load() + within})
	}
	if counts[len(counts)-1].value == 0 {
		return nil
	}
	return counts
}
