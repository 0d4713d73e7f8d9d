package resolver

import (
	"sync/atomic"

	"lachan/internal/eventloop"
	"lachan/metrics"
)

// A shardPicker has what the readers of connections count in: one shard for each
// CPU, shared by all connections.
type shardPicker struct {
	shards []*metrics.Shard
	next   atomic.Uint32
}

func newShardPicker(c *metrics.Counters) *shardPicker {
	s := &shardPicker{shards: make([]*metrics.Shard, eventloop.Count)}
	for i := range s.shards {
		s.shards[i] = c.Shard()
	}
	return s
}

// shard is the next one in turn.
func (s *shardPicker) shard() *metrics.Shard {
	return s.shards[int(s.next.Add(1)%uint32(len(s.shards)))]
}
