package metrics

import (
	"sync/atomic"
	"time"

	"golang.org/x/sys/cpu"
)

// bounds are the upper bounds of the buckets of lachan_query_duration_seconds.
// An answer from memory is in the first ones.
var bounds = [...]time.Duration{
	50 * time.Microsecond, 100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
	time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond,
	10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2500 * time.Millisecond, 5 * time.Second,
}

// A Lane is a set of counters that one goroutine has to itself, about 3.3 KB
// with padding, so that counting never waits for another core. Several goroutines may
// record in one lane, just less fast. Made by Counters.Lane.
type Lane struct {
	counters *Counters

	_         cpu.CacheLinePad
	queries   [len(transportNames)][len(actionNames)]atomic.Uint64
	rcodes    [len(rcodeNames)]atomic.Uint64
	durations [len(sourceNames)]histogram
	board     board
	_         cpu.CacheLinePad
}

// A histogram counts durations by bucket; the last bucket has no bound.
type histogram struct {
	nanoseconds atomic.Uint64
	buckets     [len(bounds) + 1]atomic.Uint64
}

// totals is the sum of lanes, laid out as a Lane is.
type totals struct {
	queries     [len(transportNames)][len(actionNames)]uint64
	rcodes      [len(rcodeNames)]uint64
	nanoseconds [len(sourceNames)]uint64
	buckets     [len(sourceNames)][len(bounds) + 1]uint64
}

// flat are all the numbers of t, always in the same order: FORMAT.md has it.
func (t *totals) flat() []*uint64 {
	all := make([]*uint64, 0, len(t.queries)*len(t.queries[0])+len(t.rcodes)+len(t.nanoseconds)*(1+len(t.buckets[0])))
	for i := range t.queries {
		for j := range t.queries[i] {
			all = append(all, &t.queries[i][j])
		}
	}
	for i := range t.rcodes {
		all = append(all, &t.rcodes[i])
	}
	for i := range t.buckets {
		all = append(all, &t.nanoseconds[i])
		for j := range t.buckets[i] {
			all = append(all, &t.buckets[i][j])
		}
	}
	return all
}

// Record counts one finished query. It takes no lock, and allocates only when
// the cell meets a category for the first time.
func (l *Lane) Record(e Event) {
	l.queries[e.Transport][e.Action].Add(1)
	if e.Action != ActionDropped {
		l.rcodes[min(e.Rcode, rcodeOther)].Add(1)
		l.durations[e.Source].observe(e.Duration)
	}
	if e.Cell != nil {
		e.Cell.count(e.Decision, e.Category)
	}
}

// Close gives the lane back once its owner has counted its last query. What it
// counted stays counted. Closing it twice is a mistake.
func (l *Lane) Close() { l.counters.release(l) }

// observe counts d. Most durations are those of answers from memory, so the
// search ends at the first bounds.
func (h *histogram) observe(d time.Duration) {
	bucket := 0
	for bucket < len(bounds) && d > bounds[bucket] {
		bucket++
	}
	h.buckets[bucket].Add(1)
	h.nanoseconds.Add(uint64(max(d, 0)))
}

func (l *Lane) addTo(sum *totals) {
	for t := range l.queries {
		for a := range l.queries[t] {
			sum.queries[t][a] += l.queries[t][a].Load()
		}
	}
	for r := range l.rcodes {
		sum.rcodes[r] += l.rcodes[r].Load()
	}
	for s := range l.durations {
		sum.nanoseconds[s] += l.durations[s].nanoseconds.Load()
		for b := range l.durations[s].buckets {
			sum.buckets[s][b] += l.durations[s].buckets[b].Load()
		}
	}
}
