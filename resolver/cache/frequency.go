package cache

import (
	"math"
	"time"

	"lachan/blocklist/domain"
)

// A frequency counts questions and forgets them: one of halfLife ago counts half.
// It knows nothing of clients.
type frequency struct {
	count float32
	at    int64 // on the resolver's clock, when count was last brought up to date
}

const (
	halfLife  = int64(time.Hour)
	agingStep = int64(time.Minute) // within it nothing is forgotten, which keeps counting cheap
)

func (f *frequency) add(n uint32, now int64) {
	if now-f.at > agingStep {
		f.count, f.at = f.by(now), now
	}
	f.count += float32(n)
}

// by is the count at a moment.
func (f *frequency) by(now int64) float32 {
	return f.count * float32(math.Exp2(-float64(max(0, now-f.at))/float64(halfLife)))
}

// Popular calls yield with every name that the cache has an answer for and how
// often clients asked for it lately, of whatever type; those of an hour ago
// count half. It is an estimate: what one reader answered out of its own memory
// is added now and then. It stops when yield returns false. The name belongs to
// yield for the time of the call.
func (c *Cache) Popular(now int64, yield func(n *domain.Name, asked float64) bool) {
	asked := map[string]float64{}
	for i := range c.shards {
		c.shards[i].popular(now, asked)
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
		entry *Entry
		count float32
	}
	s.mu.Lock()
	names := make([]name, 0, s.lru.Len())
	for _, e := range s.lru.Values() {
		names = append(names, name{e, e.asked.by(now)})
	}
	s.mu.Unlock()
	for _, n := range names { // names of entries never change
		if n.entry.Answers() {
			asked[string(n.entry.name())] += float64(n.count)
		}
	}
}
