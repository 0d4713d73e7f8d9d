package resolver

import (
	"encoding/binary"
	"errors"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lachan/metrics"
	"lachan/resolver/cache"
	"lachan/resolver/dnswire"
	"lachan/resolver/upstream"
)

// A flight is one exchange with the upstreams for one question, and the
// queries that wait for it: however many ask the same, one is sent.
type flight struct {
	upstream.Call
	key      string // of its question
	resolver *Resolver
	shard    *flightShard
	world    *world
	hash     uint64      // of the cache
	local    bool        // it goes to the group of a conditional zone
	patience *time.Timer // gives an old answer to who has waited long; nil when there is none

	older, newer *flight  // shard.mu
	waiters      []*Query // shard.mu

	answered []*Query // those that waited, when it has landed
	settle   func()   // settled
}

// flights are the exchanges under way.
type flights struct {
	shards [cache.Shards]flightShard
	seed   maphash.Seed
	parked atomic.Int64   // queries that wait
	live   sync.WaitGroup // flights, and what else gives answers to who waits
	landed sync.Pool      // of *flight
}

type flightShard struct {
	mu             sync.Mutex
	by             map[string]*flight // mu
	oldest, newest *flight            // mu
}

// maxParked bounds the queries that wait for upstreams, and with them the
// memory they hold, about 10 KB each. When one more comes, one that has waited
// long is dropped and counted: whoever sent it has asked again or gone.
const maxParked = 8192

func newFlights(r *Resolver) *flights {
	f := &flights{seed: maphash.MakeSeed()}
	for i := range f.shards {
		f.shards[i].by = map[string]*flight{}
	}
	f.landed.New = func() any {
		f := &flight{resolver: r}
		f.Query, f.Arrived, f.settle = make([]byte, 0, upstreamQueryOctets), f.arrived, f.settled
		return f
	}
	return f
}

func (fs *flights) shard(key []byte) *flightShard {
	return &fs.shards[maphash.Bytes(fs.seed, key)%cache.Shards]
}

// wait waits until no exchange is under way, at most for limit.
func (fs *flights) wait(limit time.Duration) bool {
	landed := make(chan struct{})
	go func() {
		fs.live.Wait()
		close(landed)
	}()
	select {
	case <-landed:
		return true
	case <-time.After(limit):
		return false
	}
}

// forward lets q wait until an upstream has answered its question. It is done if q
// has a reply at once: the upstreams failed a moment ago and a stale answer is
// there.
func (r *Resolver) forward(q *Query) (done bool) {
	question, f := q.question(), cache.Found{}
	stale := r.cache.GetStale(&f, &question, q.world.rules, q.now, q.world.settings.Lifetimes.StaleFor)
	if stale && f.Failed {
		q.appendAnswer(f.Answer)
		q.markStale(f.Answer)
		r.inspect(q, f.Answer, f.Verdict)
		return true
	}
	r.depart(q, q, stale)
	return false
}

// prefetch fetches the answer to q's question anew while it is still good.
func (r *Resolver) prefetch(q *Query) { r.depart(q, nil, false) }

// depart joins the flight for q's question, or starts it. waiter, if not nil,
// belongs to the flight from here on.
func (r *Resolver) depart(q, waiter *Query, stale bool) {
	var buf [keyOctets]byte
	question := q.question()
	key := question.AppendKey(buf[:0])
	shard := r.flights.shard(key)
	starts := q.starts
	if waiter != nil {
		waiter.to, waiter.hot, waiter.starts = waiter.to.async(), nil, nil
		if r.flights.parked.Add(1) > maxParked {
			r.drop(shard.longest())
		}
	}
	shard.mu.Lock()
	f := shard.by[string(key)]
	begins := f == nil
	if begins {
		f = r.newFlight(q, string(key), r.cache.Hash(&question), shard)
		if stale {
			r.flights.live.Add(1)
			f.patience = time.AfterFunc(staleAfter, f.losePatience)
		}
	}
	if waiter != nil {
		f.waiters = append(f.waiters, waiter)
	}
	shard.mu.Unlock()
	switch {
	case !begins:
	case starts != nil:
		*starts = append(*starts, &f.Call)
	default:
		upstream.Start(&f.Call)
	}
}

const (
	keyOctets           = 255 + 3
	upstreamQueryOctets = dnswire.HeaderSize + 255 + 4 + dnswire.OPTSize
)

// newFlight puts a flight into the shard, whose lock is held.
func (r *Resolver) newFlight(q *Query, key string, hash uint64, shard *flightShard) *flight {
	f := r.flights.landed.Get().(*flight)
	f.key, f.shard, f.world, f.hash = key, shard, q.world, hash
	f.Query = appendUpstreamQuery(f.Query[:0], q)
	f.Group, f.local = q.world.upstreams.For(q.lookup)
	r.flights.live.Add(1)
	shard.by[key] = f
	if f.older = shard.newest; f.older != nil {
		f.older.newer = f
	} else {
		shard.oldest = f
	}
	shard.newest = f
	return f
}

// longest takes the query from the shard that has waited longest; nil when
// none waits.
func (s *flightShard) longest() *Query {
	s.mu.Lock()
	defer s.mu.Unlock()
	for f := s.oldest; f != nil; f = f.newer {
		if len(f.waiters) > 0 {
			q := f.waiters[0]
			f.waiters = slices.Delete(f.waiters, 0, 1)
			return q
		}
	}
	return nil
}

// drop ends a query without an answer.
func (r *Resolver) drop(q *Query) {
	if q == nil {
		return
	}
	q.action = metrics.ActionDropped
	r.finish(q, r.clock(), r.lane)
	r.release(q)
}

// appendUpstreamQuery builds what an upstream is asked: the name in lower
// case, the type, RD, CD and DO, and nothing else of the client's.
func appendUpstreamQuery(dst []byte, q *Query) []byte {
	dst = appendQuestion(dst, q)
	binary.BigEndian.PutUint16(dst[2:], dnswire.FlagRD|dnswire.FlagAD|q.Flags&dnswire.FlagCD)
	binary.BigEndian.PutUint16(dst[10:], 1)
	do := byte(0)
	if q.DO {
		do = 0x80
	}
	return append(dst, 0, 0, dnswire.TypeOPT, maxUDP>>8, maxUDP&0xFF, 0, 0, do, 0, 0, 0)
}

// appendQuestion appends a header without id and flags, and the question that
// is looked up.
func appendQuestion(dst []byte, q *Query) []byte {
	dst = append(dst, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	dst = append(dst, q.lookup.Wire()...)
	dst = binary.BigEndian.AppendUint16(dst, q.Type)
	return binary.BigEndian.AppendUint16(dst, dnswire.ClassIN)
}

// staleAfter is how long a client waits before it is given an old answer while
// the exchange goes on (RFC 8767 section 5).
const staleAfter = 1800 * time.Millisecond

// arrived takes what the upstreams said and ends the route of all that wait for
// it. It does not wait for anything. What it returns sends the answers.
func (f *flight) arrived(reply []byte, err error) (settle func()) {
	r, now := f.resolver, f.resolver.clock()
	lifetimes := f.world.settings.Lifetimes
	var e *cache.Entry
	var keep bool
	if err == nil {
		e, keep, err = cache.NewEntry(f.Query, reply, lifetimes, f.world.settings.TrustAD, f.local, now)
	}
	failed := err != nil || !e.Answers()
	if err != nil {
		e, keep = cache.Failure(f.Query, f.local, now), false
	}
	stale := failed && r.cache.Fail(f.hash, e, lifetimes.StaleFor)
	if keep && !failed {
		r.cache.Put(f.hash, e)
	}
	code := uint16(dnswire.EDENone)
	switch {
	case err != nil:
		code = networkError(err)
	case failed:
		code = upstreamError(reply)
	}
	f.answered = f.land()
	if stale {
		r.serveStale(f.answered)
	} else {
		r.arrive(f.answered, &e.Answer, code)
	}
	return f.settle
}

// settled ends a flight whose answers are written.
func (f *flight) settled() {
	f.resolver.flush(f.answered)
	f.resolver.flights.recycle(f)
}

// losePatience gives those who have waited for staleAfter the old answer.
func (f *flight) losePatience() {
	defer f.resolver.flights.live.Done()
	waiters := f.take()
	f.resolver.serveStale(waiters)
	f.resolver.flush(waiters)
}

// flush sees answers that are written off, and gives their queries back.
func (r *Resolver) flush(answered []*Query) {
	for _, q := range answered {
		q.to.flush()
		r.release(q)
	}
}

func networkError(err error) uint16 {
	if errors.Is(err, upstream.ErrTimeout) {
		return dnswire.EDENoAuthority
	}
	return dnswire.EDENetwork
}

// upstreamError is the reason for an error that an upstream answered with: its
// own word where DNSSEC is at fault, which only the validator knows.
func upstreamError(reply []byte) uint16 {
	if code := dnswire.ExtendedError(reply); dnswire.EDEOfValidation(code) {
		return code
	}
	return dnswire.EDENetwork
}

// arrive ends the route of queries whose answer has come.
func (r *Resolver) arrive(waiters []*Query, a *cache.Answer, code uint16) {
	var v cache.Verdict
	for i, q := range waiters {
		if serial := q.world.rules.Serial(); i == 0 || v.Serial != serial {
			v = a.Judge(q.world.rules, q.Type)
		}
		q.now, q.ede, q.source = r.clock(), code, metrics.SourceUpstream
		if !a.Answers() {
			q.action = metrics.ActionError
		}
		r.resume(q, a, v)
	}
}

// serveStale ends the route of queries with the stale answer, as far as it is
// still kept.
func (r *Resolver) serveStale(waiters []*Query) {
	for _, q := range waiters {
		q.now = r.clock()
		question, f := q.question(), cache.Found{}
		if !r.cache.GetStale(&f, &question, q.world.rules, q.now, q.world.settings.Lifetimes.StaleFor) {
			q.fail(dnswire.RcodeServFail, dnswire.EDENoAuthority, "")
			r.finish(q, q.now, r.lane)
			continue
		}
		if q.source = metrics.SourceUpstream; f.Stale {
			q.markStale(f.Answer)
		}
		r.resume(q, f.Answer, f.Verdict)
	}
}

// take gives the waiters so far to the caller; the flight goes on.
func (f *flight) take() (waiters []*Query) {
	f.shard.mu.Lock()
	defer f.shard.mu.Unlock()
	waiters, f.waiters = f.waiters, nil
	return waiters
}

// land ends the flight: a query for the same question that comes now begins
// another.
func (f *flight) land() (waiters []*Query) {
	s := f.shard
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.by, f.key)
	if f.older != nil {
		f.older.newer = f.newer
	} else {
		s.oldest = f.newer
	}
	if f.newer != nil {
		f.newer.older = f.older
	} else {
		s.newest = f.older
	}
	f.older, f.newer = nil, nil
	waiters, f.waiters = f.waiters, nil
	return waiters
}

// recycle keeps a flight that has landed for another, with the room that its
// waiters had.
func (fs *flights) recycle(f *flight) {
	defer fs.live.Done()
	if f.patience != nil {
		if f.patience.Stop() {
			fs.live.Done() // it does not run
		}
		return // or does, and has f
	}
	clear(f.answered)
	f.waiters, f.answered = f.answered[:0], nil
	f.world, f.Group, f.key = nil, nil, ""
	fs.landed.Put(f)
}

// release gives a query that was parked back.
func (r *Resolver) release(q *Query) {
	r.flights.parked.Add(-1)
	r.queries.Put(q)
}
