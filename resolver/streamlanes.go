package resolver

import (
	"sync/atomic"

	"lachan/internal/eventloop"
	"lachan/metrics"
)

// streamLanes are what the readers of connections count in: one for each core,
// shared by however many connections there are.
type streamLanes struct {
	lanes []*metrics.Shard
	next  atomic.Uint32
}

func newStreamLanes(c *metrics.Counters) *streamLanes {
	s := &streamLanes{lanes: make([]*metrics.Shard, eventloop.Count)}
	for i := range s.lanes {
		s.lanes[i] = c.Shard()
	}
	return s
}

// lane is the next one in turn.
func (s *streamLanes) lane() *metrics.Shard {
	return s.lanes[int(s.next.Add(1)%uint32(len(s.lanes)))]
}
