package resolver

import (
	"math"
	"time"

	"lachan/blocklist/domain"
)

// A tally counts questions and forgets them: one of tallyHalf ago counts half.
// It knows nothing of who asked.
type tally struct {
	count float32
	at    int64 // on the resolver's clock, when count was last brought up to date
}

const (
	tallyHalf = int64(time.Hour)
	tallyStep = int64(time.Minute) // within it nothing is forgotten, which keeps counting cheap
)

func (t *tally) add(n uint32, now int64) {
	if now-t.at > tallyStep {
		t.count, t.at = t.by(now), now
	}
	t.count += float32(n)
}

// by is the count at a moment.
func (t *tally) by(now int64) float32 {
	return t.count * float32(math.Exp2(-float64(max(0, now-t.at))/float64(tallyHalf)))
}

// Popular calls yield with every name that the cache has an answer for and how
// often clients asked for it lately, of whatever type; those of an hour ago
// count half. It is an estimate: what one reader answered out of its own memory
// is added now and then. It stops when yield returns false. The name belongs to
// yield for the time of the call.
func (r *Resolver) Popular(yield func(n *domain.Name, asked float64) bool) {
	now, asked := r.clock(), map[string]float64{}
	for i := range r.cache.shards {
		r.cache.shards[i].popular(now, asked)
	}
	var n domain.Name
	for wire, count := range asked {
		if _, err := n.SetWire([]byte(wire), 0); err == nil && !yield(&n, count) {
			return
		}
	}
}

// popular adds the names of a shard.
func (s *shard) popular(now int64, asked map[string]float64) {
	type name struct {
		entry *entry
		count float32
	}
	s.mu.Lock()
	names := make([]name, 0, s.lru.Len())
	for _, e := range s.lru.Values() {
		names = append(names, name{e, e.asked.by(now)})
	}
	s.mu.Unlock()
	for _, n := range names { // names of entries never change
		if n.entry.answers() {
			asked[string(n.entry.name())] += float64(n.count)
		}
	}
}
