// Package cache holds answers by question. The rules of schools have no part in it:
// what an answer points at is judged again for each client that asks.
//
// It is split into shards, each an LRU under a mutex of its own. Before it each
// reader has a Hot cache, which needs no lock.
package cache

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"lachan/blocklist/domain"
	"lachan/policy"
	"lachan/resolver/dnswire"
)

// A Question is what tells one answer from another: the name, the type and, as
// answers differ by them, the flags DO and CD.
type Question struct {
	Name  *domain.Name
	Type  uint16
	Flags byte // see Flags
}

// Flags are the flags of a Question.
func Flags(q *dnswire.Query) byte {
	flags := byte(q.Flags & dnswire.FlagCD)
	if q.DO {
		flags |= 1
	}
	return flags
}

// AppendKey appends what tells the question from others.
func (q *Question) AppendKey(dst []byte) []byte {
	dst = append(dst, q.Name.Wire()...)
	dst = binary.BigEndian.AppendUint16(dst, q.Type)
	return append(dst, q.Flags)
}

// A Cache is safe for use by any number of goroutines.
type Cache struct {
	shards    [Shards]shard
	seed      uint64 // differs in each process, so that clients cannot choose names that collide
	evictions atomic.Uint64

	mu       sync.Mutex
	hot      []*Hot // mu
	hotBytes int64  // mu; that they may hold together
	hits     uint64 // mu; of those that were released
}

// Shards is how many locks divide what is kept.
const Shards = 64

type shard struct {
	mu   sync.Mutex
	lru  *simplelru.LRU[uint64, *Entry]
	hits uint64 // mu
	miss uint64 // mu

	bytes    int64 // mu; that its entries take
	maxBytes int64 // mu
}

// New returns a cache with bounds.
func New(b Bounds) *Cache {
	c := &Cache{seed: maphash.Bytes(maphash.MakeSeed(), nil), hotBytes: b.Bytes / hotPart}
	entries, bytes := b.ofShard()
	for i := range c.shards {
		s := &c.shards[i]
		lru, err := simplelru.NewLRU(entries, func(_ uint64, e *Entry) { s.bytes -= e.weight() })
		if err != nil {
			panic(err) // only a size below 1 is refused
		}
		s.lru, s.maxBytes = lru, bytes
	}
	return c
}

// queryFlags are the Flags of a query that ends in an OPT record without options.
func queryFlags(query []byte) byte {
	flags := byte(binary.BigEndian.Uint16(query[2:]) & dnswire.FlagCD)
	if query[len(query)-4]&0x80 != 0 {
		flags |= 1
	}
	return flags
}

// Hash is what the question is kept by.
func (c *Cache) Hash(q *Question) uint64 {
	h := q.Name.Hash(q.Name.Labels()) ^ c.seed
	h ^= uint64(q.Type)<<8 | uint64(q.Flags)
	h *= 0x9E3779B97F4A7C15
	return h ^ h>>29
}

func (c *Cache) shard(hash uint64) *shard { return &c.shards[hash%Shards] }

// A Found is an answer, and what the cache says of it.
type Found struct {
	Answer  *Answer
	Verdict Verdict // by the rules that were given
	Expires bool    // it is asked often and ends soon
	Stale   bool    // it is past its end
	Failed  bool    // it is past its end and a refresh failed a moment ago
}

// Get finds the answer to a question that a client asks now, in the reader's Hot
// cache if there is one, or in the shard. f is empty before and not changed if there
// is no answer. It does not allocate, but to judge again when the rules have
// changed.
func (c *Cache) Get(f *Found, q *Question, hot *Hot, rules *policy.Rules, now int64) (ok bool) {
	hash := c.Hash(q)
	if hot == nil {
		return c.shard(hash).get(f, q, hash, 1, rules, now)
	}
	if hot.get(f, q, hash, rules, now) {
		return true
	}
	ok = c.shard(hash).get(f, q, hash, 1+uint32(hot.takeCount(hash)), rules, now)
	if ok {
		hot.put(hash, f.Answer, f.Verdict)
	}
	return ok
}

// GetStale finds an answer that may be past its end by staleFor. It is asked after
// Get, and counts nothing.
func (c *Cache) GetStale(f *Found, q *Question, rules *policy.Rules, now int64, staleFor time.Duration) (ok bool) {
	hash := c.Hash(q)
	return c.shard(hash).getStale(f, q, hash, rules, now, staleFor)
}

// get finds a fresh answer. asked is added to the popularity of the name.
func (s *shard) get(f *Found, q *Question, hash uint64, asked uint32, rules *policy.Rules, now int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.lru.Get(hash)
	if ok = ok && e.isFor(q); ok {
		e.asked.add(asked, now)
		ok = e.fresh(now)
	}
	s.count(ok)
	if ok {
		e.tell(f, q, rules, now)
	}
	return ok
}

// getStale finds an answer that is fresh, or past its end by staleFor.
func (s *shard) getStale(
	f *Found, q *Question, hash uint64, rules *policy.Rules, now int64, staleFor time.Duration,
) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.lru.Get(hash)
	if !ok || !e.isFor(q) {
		return false
	}
	if !e.fresh(now) && (!e.Answers() || now-e.stored >= e.lifetime+int64(staleFor)) {
		return false
	}
	e.tell(f, q, rules, now)
	return true
}

// tell says what the cache knows of an entry that answers now. The lock of the
// shard is held.
func (e *Entry) tell(f *Found, q *Question, rules *policy.Rules, now int64) {
	if e.verdict.Serial != rules.Serial() {
		e.verdict = e.Judge(rules, q.Type)
	}
	f.Answer, f.Verdict, f.Stale = &e.Answer, e.verdict, !e.fresh(now)
	if e.hits++; e.hits >= prefetchHits && e.hits < dueOnce && e.lifetime-(now-e.stored) < e.lifetime/prefetchPart {
		f.Expires, e.hits = true, dueOnce // tell it once
	}
	f.Failed = e.failedAt != 0 && now-e.failedAt < int64(failureRecheck)
}

const (
	prefetchHits   = 3  // an answer that served so often is fetched again before it ends,
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

// Put keeps the entry for the question with that hash.
func (c *Cache) Put(hash uint64, e *Entry) {
	s := c.shard(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.lru.Peek(hash); ok && old.isLike(&e.Answer) {
		e.asked = old.asked // with this question: it found the old one
	} else {
		e.asked.add(1, e.stored)
	}
	c.evictions.Add(uint64(s.add(hash, e)))
}

// Fail notes that the question of e, a failure, got no good answer now. It returns
// true if an answer is kept that may still serve; if not, the failure is kept.
func (c *Cache) Fail(hash uint64, e *Entry, staleFor time.Duration) (stale bool) {
	s := c.shard(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, ok := s.lru.Peek(hash)
	if ok && kept.isLike(&e.Answer) && kept.Answers() && e.stored-kept.stored < kept.lifetime+int64(staleFor) {
		kept.failedAt = e.stored
		return true
	}
	c.evictions.Add(uint64(s.add(hash, e)))
	return false
}

// NewHot makes a Hot cache for a reader. Its hits count as the cache's.
func (c *Cache) NewHot() *Hot {
	h := &Hot{}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hot = append(c.hot, h)
	c.divide()
	return h
}

// Release takes a Hot cache back whose reader has ended. Its hits still count.
func (c *Cache) Release(h *Hot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hot = slices.DeleteFunc(c.hot, func(other *Hot) bool { return other == h })
	c.hits += h.hits.Load()
	c.divide()
}

// Stats are the figures of the cache since the start.
type Stats struct {
	Entries                 int
	Bytes                   int64 // of entries, with those that the Hot caches hold
	Hits, Misses, Evictions uint64
}

// Stats are the figures since the start.
func (c *Cache) Stats() (st Stats) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		st.Entries += s.lru.Len()
		st.Bytes += s.bytes
		st.Hits += s.hits
		st.Misses += s.miss
		s.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	st.Hits += c.hits
	for _, r := range c.hot {
		st.Hits += r.hits.Load()
		st.Bytes += r.bytes.Load()
	}
	st.Evictions = c.evictions.Load()
	return st
}
