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

// A Shard is a set of counters that one goroutine has to itself, about 3.3 KB
// with padding, so that counting never waits for another core. Several goroutines may
// record in one shard, just less fast. Made by Counters.Shard.
type Shard struct {
	counters *Counters

	_         cpu.CacheLinePad
	queries   [len(transportNames)][len(actionNames)]atomic.Uint64
	rcodes    [len(rcodeNames)]atomic.Uint64
	durations [len(sourceNames)]histogram
	clients   clientBuffer
	_         cpu.CacheLinePad
}

// A histogram counts durations by bucket; the last bucket has no bound.
type histogram struct {
	nanoseconds atomic.Uint64
	buckets     [len(bounds) + 1]atomic.Uint64
}

// shardTotals is the sum of shards, laid out as one is.
type shardTotals struct {
	queries     [len(transportNames)][len(actionNames)]uint64
	rcodes      [len(rcodeNames)]uint64
	nanoseconds [len(sourceNames)]uint64
	buckets     [len(sourceNames)][len(bounds) + 1]uint64
}

// flat returns all numbers of t, in the order of FORMAT.md.
func (t *shardTotals) flat() []*uint64 {
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

// Record counts one finished query, and the visit it may be, and samples it. It
// waits only for Drain, and allocates only when the group meets a category
// for the first time.
func (s *Shard) Record(e *Event) {
	s.queries[e.Transport][e.Action].Add(1)
	if e.Action != ActionDropped {
		s.rcodes[min(e.Rcode, rcodeOther)].Add(1)
		s.durations[e.Source].observe(e.Duration)
	}
	if e.Group == nil {
		return
	}
	e.Group.count(e.Decision, e.Category)
	if e.Observed != CategoryNone || e.Connectivity {
		e.Group.countBeside(e)
	}
	if e.Client.IsValid() {
		hash := clientHash(e.Group, e.Client)
		s.sample(e, hash)
		s.countVisit(e, hash)
	}
}

// Outcomes are how many queries were served, and how: those of strangers, and those that were
// asked too often, take no part.
type Outcomes struct {
	Queries  uint64
	Blocked  uint64
	ServFail uint64
}

// Outcomes adds up what this process has heard of.
func (a *Aggregator) Outcomes() (o Outcomes) {
	sum := a.sumShards()
	for _, byAction := range &sum.queries {
		for action, n := range byAction {
			switch Action(action) {
			case ActionRefused, ActionDropped, ActionRateLimited:
			default:
				o.Queries += n
			}
		}
		o.Blocked += byAction[ActionBlock]
	}
	o.ServFail = sum.rcodes[rcodeServFail]
	return o
}

// Close gives the shard back once its owner has counted its last query. What it
// counted stays counted. Closing it twice is a mistake.
func (s *Shard) Close() { s.counters.release(s) }

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

func (s *Shard) addTo(sum *shardTotals) {
	for t := range s.queries {
		for a := range s.queries[t] {
			sum.queries[t][a] += s.queries[t][a].Load()
		}
	}
	for r := range s.rcodes {
		sum.rcodes[r] += s.rcodes[r].Load()
	}
	for source := range s.durations {
		sum.nanoseconds[source] += s.durations[source].nanoseconds.Load()
		for b := range s.durations[source].buckets {
			sum.buckets[source][b] += s.durations[source].buckets[b].Load()
		}
	}
}

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
