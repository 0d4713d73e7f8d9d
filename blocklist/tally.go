package blocklist

import (
	"sync"

	"lachan/blocklist/domain"
)

// A tally adds up what the rules of all feeds say of one name. It takes any
// number of rules in any order: of each feed it keeps the strongest exception,
// and the tags that exceptions of each level would lift.
type tally struct {
	feeds   []feedTally // by number of the feed
	touched []int       // numbers of those that some rule is of
	// pairwise is set if there is an exception for some rules of its feed only, or a
	// rule that only some lift: then each has to be compared with each.
	pairwise bool
}

// A feedTally is what the rules of one feed say.
type feedTally struct {
	blocked [maxLevel + 1]Set // by level of the blocking rules
	lifted  int               // the highest level of an exception that holds; 0 if none does
	touched bool
}

// add takes in a rule that holds for the name.
func (t *tally) add(b *boundSpec) {
	f := &t.feeds[b.number]
	if !f.touched {
		f.touched = true
		t.touched = append(t.touched, b.number)
	}
	t.pairwise = t.pairwise || b.Rewrite || b.Nearer
	level := b.level()
	if b.Allow {
		f.lifted = max(f.lifted, level)
		return
	}
	f.blocked[level] = f.blocked[level].Or(b.tags)
}

// sum returns the tags of all blocking rules that no exception of their own feed
// lifts, and empties the tally. If pairwise the set means nothing.
func (t *tally) sum() (set Set, pairwise bool) {
	for _, number := range t.touched {
		f := &t.feeds[number]
		for level := f.lifted + 1; level <= maxLevel; level++ {
			set = set.Or(f.blocked[level])
		}
		*f = feedTally{}
	}
	pairwise = t.pairwise
	t.touched, t.pairwise = t.touched[:0], false
	return set, pairwise
}

// A scratch is what looking up one name takes besides the list.
type scratch struct {
	tally tally
	text  [domain.MaxWire]byte // the name, for regular expressions
	tried []int32              // expressions that are to be tried
	seen  []bool               // by number of an expression: whether it is among tried
}

// newScratches makes the pool of a list with that many feeds, of whose two
// snapshots none has more expressions than the given number.
func newScratches(feeds, expressions int) *sync.Pool {
	return &sync.Pool{New: func() any {
		return &scratch{
			tally: tally{feeds: make([]feedTally, feeds), touched: make([]int, 0, feeds)},
			tried: make([]int32, 0, expressions), seen: make([]bool, expressions),
		}
	}}
}
