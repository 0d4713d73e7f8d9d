package metrics

import "slices"

// This file adds up what several processes have counted, each under its epoch.

const (
	maxEpochs = 8  // alive at a time; beyond, the oldest counts as ended
	maxEnded  = 64 // the newest epochs that have ended are remembered
)

// epochs are the epochs of the processes that answer, from the first tick of each to
// its end. The Aggregator that has them guards them.
type epochs struct {
	alive   []*epoch    // the oldest first
	ended   []Epoch     // the newest last
	shards  shardTotals // of epochs that have ended
	changes uint64      // epochs that have begun or ended
}

// An epoch holds the last known totals of one epoch.
type epoch struct {
	id      Epoch
	closing int  // snapshots until it ends for good, plus one; 0: its process lives
	awaited bool // known from history alone: no tick has come yet
	shards  shardTotals
	last    []uint64 // by place in entries; zero beyond its end
}

// at returns the last total of the counter at a place.
func (e *epoch) at(place int) uint64 {
	if place < len(e.last) {
		return e.last[place]
	}
	return 0
}

func (e *epoch) set(place int, total uint64) {
	if place >= len(e.last) {
		e.last = append(e.last, make([]uint64, place+1-len(e.last))...)
	}
	e.last[place] = total
}

// endAwaited ends the epochs that were alive in history and are not now.
func (s *epochs) endAwaited(live []Epoch) {
	for _, e := range slices.Clone(s.alive) {
		if e.awaited && !slices.Contains(live, e.id) {
			s.end(e.id)
		}
	}
}

func (s *epochs) find(id Epoch) *epoch {
	if i := slices.IndexFunc(s.alive, func(e *epoch) bool { return e.id == id }); i >= 0 {
		return s.alive[i]
	}
	return nil
}

// takeUp puts epochs that history knows before those that are alive, and remembers others that
// have ended.
func (s *epochs) takeUp(awaited []*epoch, ended []Epoch) {
	s.alive = append(awaited, s.alive...)
	s.ended = append(slices.Clone(ended), s.ended...)
	for len(s.alive) > maxEpochs {
		s.fold(s.alive[0])
	}
	s.ended = s.ended[max(0, len(s.ended)-maxEnded):]
}

// begin adds an epoch that is alive and has counted nothing.
func (s *epochs) begin(id Epoch) *epoch {
	if len(s.alive) == maxEpochs {
		s.fold(s.alive[0])
	}
	e := &epoch{id: id}
	s.alive = append(s.alive, e)
	s.changes++
	return e
}

// end notes that the process of an epoch has ended. The epoch stays for two
// snapshots, as its final tick may still be read from a file.
func (s *epochs) end(id Epoch) {
	if s.hasEnded(id) {
		return
	}
	e := s.find(id)
	if e == nil {
		e = s.begin(id)
	}
	if e.closing == 0 {
		e.closing = 2 + 1
	}
}

// close ends for good the epochs that have been ending for two snapshots.
func (s *epochs) close() {
	for _, e := range slices.Clone(s.alive) {
		if e.closing == 0 {
			continue
		}
		if e.closing--; e.closing == 1 {
			s.fold(e)
		}
	}
}

// fold makes the totals of an epoch part of the base.
func (s *epochs) fold(e *epoch) {
	s.remember(e.id)
	s.changes++
	sum := s.shards.flat()
	for i, n := range e.shards.flat() {
		*sum[i] += *n
	}
	s.alive = slices.DeleteFunc(s.alive, func(other *epoch) bool { return other == e })
}

// remember notes that an epoch has ended.
func (s *epochs) remember(id Epoch) {
	s.ended = append(s.ended, id)
	if len(s.ended) > maxEnded {
		s.ended = slices.Delete(s.ended, 0, 1)
	}
}

func (s *epochs) hasEnded(id Epoch) bool { return slices.Contains(s.ended, id) }

// sumShards adds up the shards of all epochs.
func (s *epochs) sumShards() shardTotals {
	all := s.shards
	sum := all.flat()
	for _, e := range s.alive {
		for i, n := range e.shards.flat() {
			*sum[i] += *n
		}
	}
	return all
}
