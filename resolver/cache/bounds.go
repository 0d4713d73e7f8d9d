package cache

// Bounds are how much a Cache keeps. What is beyond them goes, the answer that was
// asked for longest ago first.
type Bounds struct {
	Entries int // answers
	// Bytes are those of answers with all that is kept of them, in the Cache and in
	// the Hot caches of its readers.
	Bytes int64
}

const (
	// entryOverhead is what an entry takes besides its message, in bytes: the entry,
	// its verdict, its places in the map and in the list of its shard.
	entryOverhead  = 256
	filterOverhead = 32
	rareOverhead   = 96
	// hotPart is the part of the bytes that the Hot caches have together. What they
	// hold may be in the Cache too, or may have been evicted from it.
	hotPart = 8
	// maxHotAnswer is how large an answer in a Hot cache may be, in bytes. Almost all
	// that is asked often is far smaller.
	maxHotAnswer = 4 << 10
	// largeAnswer is how many bytes an answer may have that is kept for all of its
	// lifetime. A larger one serves the clients that ask at about the same time, for
	// largeLifetime: who can have such answers made would fill the cache with them.
	largeAnswer   = 16 << 10
	largeLifetime = int64(FailureTTL)
)

// weight is how many bytes an answer takes where it is kept.
func (a *Answer) weight() int64 {
	weight := int64(cap(a.data)) + entryOverhead
	if a.rare != nil {
		weight += rareOverhead
	}
	if f := a.Filter(); f != nil {
		weight += int64(len(f.Text)) + filterOverhead
	}
	return weight
}

// ofShard is the part of the bounds that each shard has.
func (b Bounds) ofShard() (entries int, bytes int64) {
	return max(1, b.Entries/Shards), (b.Bytes - b.Bytes/hotPart) / Shards
}

// add keeps an entry and lets others go as the bounds ask. The lock of the shard is
// held. An entry that would take more than half of the shard is not kept: all
// others would go for it.
func (s *shard) add(hash uint64, e *Entry) (evicted int) {
	weight := e.weight()
	if weight > s.maxBytes/2 {
		s.lru.Remove(hash)
		return 0
	}
	if len(e.data) > largeAnswer {
		e.lifetime = min(e.lifetime, largeLifetime)
	}
	if old, replaces := s.lru.Peek(hash); replaces {
		s.bytes -= old.weight()
	}
	if s.lru.Add(hash, e) {
		evicted++
	}
	s.bytes += weight
	return evicted + s.fit()
}

// fit evicts until the shard is within its bytes. Its lock is held.
func (s *shard) fit() (evicted int) {
	for s.bytes > s.maxBytes {
		s.lru.RemoveOldest()
		evicted++
	}
	return evicted
}

// Resize changes how much is kept. It may be called at any time.
func (c *Cache) Resize(b Bounds) {
	entries, bytes := b.ofShard()
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		s.maxBytes = bytes
		c.evictions.Add(uint64(s.lru.Resize(entries) + s.fit()))
		s.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hotBytes = b.Bytes / hotPart
	c.divide()
}

// Forget drops all answers: they may not be what the settings want now. What readers
// have in their Hot caches does not serve under other rules.
func (c *Cache) Forget() {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		s.lru.Purge()
		s.mu.Unlock()
	}
}

// divide gives each Hot cache its part of the bytes. c.mu is held.
func (c *Cache) divide() {
	for _, h := range c.hot {
		h.maxBytes.Store(c.hotBytes / int64(len(c.hot)))
	}
}
