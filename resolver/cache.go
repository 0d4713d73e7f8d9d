package resolver

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"lachan/resolver/dnswire"
)

// A cache holds answers by question. It is split into shards, each an LRU
// under a mutex of its own. The rules of schools have no part in it: what an
// answer points at is judged anew for each that asks.
type cache struct {
	shards    [cacheShards]shard
	seed      uint64 // differs in each process, so that nobody can choose names that collide
	evictions atomic.Uint64

	mu      sync.Mutex
	recents []*recent // mu
}

const cacheShards = 64

type shard struct {
	mu   sync.Mutex
	lru  *simplelru.LRU[uint64, *entry]
	hits uint64 // mu
	miss uint64 // mu
}

func newCache(entries int) *cache {
	c := &cache{seed: maphash.Bytes(maphash.MakeSeed(), nil)}
	for i := range c.shards {
		lru, err := simplelru.NewLRU[uint64, *entry](max(1, entries/cacheShards), nil)
		if err != nil {
			panic(err) // only a size below 1 is refused
		}
		c.shards[i].lru = lru
	}
	return c
}

// resize changes how many answers are kept. It may be called at any time.
func (c *cache) resize(entries int) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		c.evictions.Add(uint64(s.lru.Resize(max(1, entries/cacheShards))))
		s.mu.Unlock()
	}
}

// appendKey appends what tells one question from another: the name, the type
// and, as answers differ by them, DO and CD.
func appendKey(dst []byte, q *Query) []byte {
	dst = append(dst, q.lookup.Wire()...)
	dst = binary.BigEndian.AppendUint16(dst, q.Type)
	return append(dst, keyFlags(q))
}

func keyFlags(q *Query) byte {
	flags := byte(q.Flags & dnswire.FlagCD)
	if q.DO {
		flags |= 1
	}
	return flags
}

// queryFlags are the keyFlags of a query that appendUpstreamQuery built.
func queryFlags(query []byte) byte {
	flags := byte(binary.BigEndian.Uint16(query[2:]) & dnswire.FlagCD)
	if query[len(query)-4]&0x80 != 0 {
		flags |= 1
	}
	return flags
}

// isFor tells whether e is the answer to q's question.
func (e *entry) isFor(q *Query) bool {
	name := q.lookup.Wire()
	end := dnswire.HeaderSize + len(name)
	return int(e.questionEnd) == end+4 && e.keyFlags == keyFlags(q) &&
		string(e.data[dnswire.HeaderSize:end]) == string(name) && binary.BigEndian.Uint16(e.data[end:]) == q.Type
}

// isLike tells whether e is an answer to the same question as the other.
func (e *entry) isLike(other *entry) bool {
	return e.keyFlags == other.keyFlags &&
		bytes.Equal(e.data[dnswire.HeaderSize:e.questionEnd], other.data[dnswire.HeaderSize:other.questionEnd])
}

func (c *cache) hash(q *Query) uint64 {
	h := q.lookup.Hash(q.lookup.Labels()) ^ c.seed
	h ^= uint64(q.Type)<<8 | uint64(keyFlags(q))
	h *= 0x9E3779B97F4A7C15
	return h ^ h>>29
}

func (c *cache) shard(hash uint64) *shard { return &c.shards[hash%cacheShards] }

// A found is what append says of the entry that it used.
type found struct {
	verdict verdict
	private bool // it holds private addresses and did not come from a conditional zone
	expires bool // it is asked often and ends soon
	stale   bool // it is past its end
	failed  bool // it is past its end and a refresh failed a moment ago
}

// append writes the answer to q's question, if there is one, as q's reply: the
// reader's recent one or that of the shard. It does not allocate.
func (c *cache) append(q *Query) (f found, ok bool) {
	hash := c.hash(q)
	if q.recent == nil {
		f, _, ok = c.appendFrom(c.shard(hash), q, hash, 1, false, 0)
		return f, ok
	}
	if f, ok = q.recent.append(q, hash); ok {
		return f, true
	}
	f, e, ok := c.appendFrom(c.shard(hash), q, hash, 1+uint32(q.recent.untold(hash)), false, 0)
	if ok {
		q.recent.keep(hash, e, f.verdict)
	}
	return f, ok
}

// appendStale is append for an answer that may be past its end.
func (c *cache) appendStale(q *Query, staleFor time.Duration) (f found, ok bool) {
	hash := c.hash(q)
	f, _, ok = c.appendFrom(c.shard(hash), q, hash, 0, true, staleFor)
	return f, ok
}

// appendFrom is append from one shard, for so many questions as are to be
// counted.
func (c *cache) appendFrom(s *shard, q *Query, hash uint64, asked uint32, stale bool, staleFor time.Duration) (f found, e *entry, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok = s.lru.Get(hash)
	if ok = ok && e.isFor(q); ok {
		e.asked.add(asked, q.now)
	}
	if ok && !e.fresh(q.now) {
		ok = stale && e.answers() && q.now-e.stored < e.lifetime+int64(staleFor)
	}
	if !stale { // an old answer is asked for only after a miss
		s.count(ok)
	}
	if !ok {
		return found{}, nil, false
	}
	if e.verdict.serial != q.world.rules.Serial() {
		e.verdict = e.judge(q.world.rules, q.Type)
	}
	e.appendTo(q)
	f = found{verdict: e.verdict, private: e.private && !e.local, stale: !e.fresh(q.now)}
	if e.hits++; e.hits >= prefetchHits && e.hits < dueOnce && e.lifetime-(q.now-e.stored) < e.lifetime/prefetchPart {
		f.expires, e.hits = true, dueOnce // tell it once
	}
	f.failed = e.failedAt != 0 && q.now-e.failedAt < int64(failureRecheck)
	return f, e, true
}

const (
	prefetchHits   = 3  // an answer that served so often is fetched anew before it ends,
	prefetchPart   = 10 // in the last tenth of its life
	dueOnce        = 1 << 30
	failureRecheck = 30 * time.Second // RFC 8767 section 5
)

func (s *shard) count(hit bool) {
	if hit {
		s.hits++
	} else {
		s.miss++
	}
}

// put keeps the entry for the question with that hash.
func (c *cache) put(hash uint64, e *entry) {
	s := c.shard(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.lru.Peek(hash); ok && old.isLike(e) {
		e.asked = old.asked // with this question: it found the old one
	} else {
		e.asked.add(1, e.stored)
	}
	if s.lru.Add(hash, e) {
		c.evictions.Add(1)
	}
}

// fail notes that the question of e, a failure, got no good answer now. With
// an answer kept that may still serve it returns true; otherwise the failure
// itself is kept.
func (c *cache) fail(hash uint64, e *entry, staleFor time.Duration) (old bool) {
	s := c.shard(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, ok := s.lru.Peek(hash)
	if ok && kept.isLike(e) && kept.answers() && e.stored-kept.stored < kept.lifetime+int64(staleFor) {
		kept.failedAt = e.stored
		return true
	}
	if s.lru.Add(hash, e) {
		c.evictions.Add(1)
	}
	return false
}

// newRecent makes the recent answers of a reader; their hits count as the
// cache's.
func (c *cache) newRecent() *recent {
	r := &recent{}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recents = append(c.recents, r)
	return r
}

// CacheStats are the figures of the cache since the start.
type CacheStats struct {
	Entries                 int
	Hits, Misses, Evictions uint64
}

func (c *cache) stats() (st CacheStats) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		st.Entries += s.lru.Len()
		st.Hits += s.hits
		st.Misses += s.miss
		s.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.recents {
		st.Hits += r.hits.Load()
	}
	st.Evictions = c.evictions.Load()
	return st
}
