package metrics

import (
	"maps"
	"math/bits"
	"sync/atomic"
	"time"
)

// This file tells visits from single queries, by a sample.

const (
	// visitShare is of how many pairs of a client and a name one is looked at.
	visitShare = 64
	// visitLasts is for how long the queries of a pair are one visit.
	visitLasts = time.Minute
	// visitTurn is how often other pairs are looked at, so that one that is busy
	// every day does not weigh too much or nothing at all: each 2^38 nanoseconds,
	// four and a half minutes.
	visitTurn = 38

	visitPlaces = 1 << 16
	visitClock  = 20 // bits of a place that are the second; the others are the pair's
)

// visits remembers when the pairs that are looked at were last counted. Two pairs
// that share a place forget each other, so on a node with more than about four
// million pairs in a minute visits are counted a little too high. Nothing of it
// can be traced to a client: the salt is never shown and dies with the process.
type visits struct {
	salt   uint64
	places [visitPlaces]atomic.Uint64
}

// countVisit counts a query as a visit of its group, unless the client has asked
// for the name within the last minute. It looks at one pair of client and name in
// 64, others every few minutes, and counts 64 for each visit, so that the sum is
// right on average. All others cost a few multiplications.
func (s *Shard) countVisit(e *Event, client uint64) {
	v := s.counters.visits
	pair := mix(client^v.salt, e.NameHash^bits.RotateLeft64(v.salt, 32))
	turn, next := uint64(e.Time)>>visitTurn, uint64(e.Time+int64(visitLasts))>>visitTurn
	counts := looksAt(pair, turn)
	if !counts && (next == turn || !looksAt(pair, next)) {
		return
	}
	at := uint64(e.Time / int64(time.Second))
	place := &v.places[pair%visitPlaces]
	const clock = 1<<visitClock - 1
	before := place.Load()
	if before>>visitClock == pair>>visitClock && (at-before)&clock < uint64(visitLasts/time.Second) {
		return
	}
	place.Store(pair&^clock | at&clock)
	if counts {
		e.Group.visits.Add(visitShare)
	}
}

// looksAt reports whether a pair is among those that are looked at in a turn.
func looksAt(pair, turn uint64) bool { return mix(pair, turn^0xd6e8feb86659fd93)%visitShare == 0 }

func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}

// connectivity adds up, by school, the questions by which devices look whether there is a
// network. Nothing of it is kept: it counts from the first tick of each epoch that this
// process hears, what was before is not known.
type connectivity struct {
	bySchool map[string]uint64
	last     map[Epoch]map[*GroupCounters]uint64
	begun    []Epoch // of last, the oldest first
}

// take takes the total of a group in an epoch.
func (c *connectivity) take(id Epoch, g *GroupCounters, total uint64) {
	if c.bySchool == nil {
		c.bySchool, c.last = map[string]uint64{}, map[Epoch]map[*GroupCounters]uint64{}
	}
	last := c.last[id]
	if last == nil {
		last = map[*GroupCounters]uint64{}
		c.last[id], c.begun = last, append(c.begun, id)
		if len(c.begun) > maxEpochs {
			delete(c.last, c.begun[0])
			c.begun = c.begun[1:]
		}
	}
	if before, known := last[g]; known && total > before {
		c.bySchool[g.school] += total - before
	}
	last[g] = total
}

// Connectivity are the questions by which devices looked whether there is a network, by
// school, since this process first heard of each. They only grow, and are not kept.
func (a *Aggregator) Connectivity() map[string]uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.checks.bySchool)
}
