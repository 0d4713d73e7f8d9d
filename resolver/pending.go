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

// A pending is one exchange with the upstreams for one question, and the
// queries that wait for it: however many ask the same, one is sent.
//
// The cache may have an answer that is past its end. Then there is a stale timer,
// which serves it after staleAfter, while the exchange goes on. The timer and the
// reply both take the waiters under shard.mu, so that each query is answered once.
// Which of them uses the pending last decides whether it can be used again:
//
//	no timer ------------ reply, afterFlush ------------------> pool
//	timer runs ---------- reply, afterFlush, Stop succeeds ---> garbage, as ended
//	timer runs -- fires -- serves what waits by now;
//	                       queries that join later wait for the reply
//	timer has fired ----- reply, afterFlush, Stop fails ------> garbage
//
// Where Stop fails the timer may still be running and has the pending, so that it
// never goes back to the pool. The timer counts in pendings.live from when it is
// made: Stop takes it off when it succeeds, and the timer does when it has fired.
type pending struct {
	call       upstream.Call
	key        string // of its question
	resolver   *Resolver
	shard      *pendingShard
	snapshot   *snapshot
	hash       uint64      // of the cache
	local      bool        // it goes to the group of a conditional zone
	staleTimer *time.Timer // nil if the cache has no answer

	older, newer *pending // shard.mu
	waiters      []*Query // shard.mu

	answered []*Query // the waiters, once the reply has come
	tail     func()   // afterFlush
}

// pendings are the exchanges under way.
type pendings struct {
	shards  [cache.Shards]pendingShard
	seed    maphash.Seed
	waiting atomic.Int64   // queries that wait
	live    sync.WaitGroup // exchanges under way and stale timers
	free    sync.Pool      // of *pending
}

type pendingShard struct {
	mu             sync.Mutex
	by             map[string]*pending // mu
	oldest, newest *pending            // mu
}

// maxWaiting bounds the queries that wait for upstreams, and with them the memory
// they hold, about 10 KB each. When one more comes, one that has waited long is
// dropped and counted: its client has asked again or gone.
const maxWaiting = 8192

func newPendings(r *Resolver) *pendings {
	f := &pendings{seed: maphash.MakeSeed()}
	for i := range f.shards {
		f.shards[i].by = map[string]*pending{}
	}
	f.free.New = func() any {
		p := &pending{resolver: r}
		p.call.Query, p.call.Arrived, p.tail = make([]byte, 0, upstreamQuerySize), p.onReply, p.afterFlush
		return p
	}
	return f
}

func (ps *pendings) shard(key []byte) *pendingShard {
	return &ps.shards[maphash.Bytes(ps.seed, key)%cache.Shards]
}

// wait waits until no exchange is under way, at most for limit.
func (ps *pendings) wait(limit time.Duration) bool {
	ended := make(chan struct{})
	go func() {
		ps.live.Wait()
		close(ended)
	}()
	select {
	case <-ended:
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
	stale := r.cache.GetStale(&f, &question, q.snapshot.rules, q.now, q.snapshot.settings.Cache.Lifetimes.StaleFor)
	if stale && f.Failed {
		q.appendAnswer(f.Answer)
		q.markStale(f.Answer)
		r.inspect(q, f.Answer, f.Verdict)
		return true
	}
	r.join(q, q, stale)
	return false
}

// prefetch asks q's question again while the answer is still good.
func (r *Resolver) prefetch(q *Query) { r.join(q, nil, false) }

// join joins the exchange that is pending for q's question, or starts one. waiter,
// if not nil, belongs to it from here on.
func (r *Resolver) join(q, waiter *Query, stale bool) {
	var buf [keySize]byte
	question := q.question()
	key := question.AppendKey(buf[:0])
	shard := r.pendings.shard(key)
	starts := q.starts
	if waiter != nil {
		waiter.to, waiter.hot, waiter.starts = waiter.to.async(), nil, nil
		if r.pendings.waiting.Add(1) > maxWaiting {
			r.drop(shard.longest())
		}
	}
	shard.mu.Lock()
	f := shard.by[string(key)]
	begins := f == nil
	if begins {
		f = r.newPending(q, string(key), r.cache.Hash(&question), shard)
		if stale {
			r.pendings.live.Add(1)
			f.staleTimer = time.AfterFunc(staleAfter, f.onStaleTimer)
		}
	}
	if waiter != nil {
		f.waiters = append(f.waiters, waiter)
	}
	shard.mu.Unlock()
	switch {
	case !begins:
	case starts != nil:
		*starts = append(*starts, &f.call)
	default:
		upstream.Start(&f.call)
	}
}

const (
	keySize           = 255 + 3
	upstreamQuerySize = dnswire.HeaderSize + 255 + 4 + dnswire.OPTSize
)

// newPending adds an exchange to the shard, whose lock is held.
func (r *Resolver) newPending(q *Query, key string, hash uint64, shard *pendingShard) *pending {
	f := r.pendings.free.Get().(*pending)
	f.key, f.shard, f.snapshot, f.hash = key, shard, q.snapshot, hash
	f.call.Query = appendUpstreamQuery(f.call.Query[:0], q)
	f.call.Group, f.local = q.snapshot.upstreams.For(q.lookup)
	r.pendings.live.Add(1)
	shard.by[key] = f
	if f.older = shard.newest; f.older != nil {
		f.older.newer = f
	} else {
		shard.oldest = f
	}
	shard.newest = f
	return f
}

// longest takes the query that has waited longest from the shard. It returns nil if
// none waits.
func (s *pendingShard) longest() *Query {
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

// onReply takes what the upstreams said and ends the route of all queries that
// wait for it. It does not wait for anything. The tail that it returns sends the
// answers.
func (p *pending) onReply(reply []byte, err error) (tail func()) {
	r, now := p.resolver, p.resolver.clock()
	lifetimes := p.snapshot.settings.Cache.Lifetimes
	var e *cache.Entry
	var keep bool
	if err == nil {
		e, keep, err = cache.NewEntry(p.call.Query, reply, lifetimes, p.snapshot.settings.TrustAD, p.local, now)
	}
	failed := err != nil || !e.Answers()
	if err != nil {
		e, keep = cache.Failure(p.call.Query, p.local, now), false
	}
	stale := failed && r.cache.Fail(p.hash, e, lifetimes.StaleFor)
	if keep && !failed {
		r.cache.Put(p.hash, e)
	}
	code := uint16(dnswire.EDENone)
	switch {
	case err != nil:
		code = networkError(err)
	case failed:
		code = upstreamError(reply)
	}
	p.answered = p.remove()
	if stale {
		r.serveStale(p.answered)
	} else {
		r.complete(p.answered, &e.Answer, code)
	}
	return p.tail
}

// afterFlush sends the answers that onReply wrote, and ends f.
func (p *pending) afterFlush() {
	p.resolver.flush(p.answered)
	p.resolver.pendings.recycle(p)
}

// onStaleTimer serves the stale answer to the queries that wait.
func (p *pending) onStaleTimer() {
	defer p.resolver.pendings.live.Done()
	waiters := p.takeWaiters()
	p.resolver.serveStale(waiters)
	p.resolver.flush(waiters)
}

// flush sends answers that are written, and gives their queries back.
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

// complete ends the route of queries whose answer has come.
func (r *Resolver) complete(waiters []*Query, a *cache.Answer, code uint16) {
	var v cache.Verdict
	for i, q := range waiters {
		if serial := q.snapshot.rules.Serial(); i == 0 || v.Serial != serial {
			v = a.Judge(q.snapshot.rules, q.Type)
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
		if !r.cache.GetStale(&f, &question, q.snapshot.rules, q.now, q.snapshot.settings.Cache.Lifetimes.StaleFor) {
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

// takeWaiters gives the waiters so far to the caller. The exchange goes on.
func (p *pending) takeWaiters() (waiters []*Query) {
	p.shard.mu.Lock()
	defer p.shard.mu.Unlock()
	waiters, p.waiters = p.waiters, nil
	return waiters
}

// remove takes f out of its shard: a query for the same question that comes now
// begins another exchange.
func (p *pending) remove() (waiters []*Query) {
	s := p.shard
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.by, p.key)
	if p.older != nil {
		p.older.newer = p.newer
	} else {
		s.oldest = p.newer
	}
	if p.newer != nil {
		p.newer.older = p.older
	} else {
		s.newest = p.older
	}
	p.older, p.newer = nil, nil
	waiters, p.waiters = p.waiters, nil
	return waiters
}

// recycle keeps p, whose exchange has ended, for another one, with the room that
// its waiters had. See pending for the stale timer.
func (ps *pendings) recycle(p *pending) {
	defer ps.live.Done()
	if p.staleTimer != nil {
		if p.staleTimer.Stop() {
			ps.live.Done()
		}
		return
	}
	clear(p.answered)
	p.waiters, p.answered = p.answered[:0], nil
	p.snapshot, p.call.Group, p.key = nil, nil, ""
	ps.free.Put(p)
}

// release gives back a query that waited.
func (r *Resolver) release(q *Query) {
	r.pendings.waiting.Add(-1)
	r.queries.Put(q)
}
