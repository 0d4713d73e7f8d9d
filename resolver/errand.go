package resolver

import (
	"context"
	"sync"

	"lachan/metrics"
	"lachan/resolver/dnswire"
)

// An errand is one question that came in a stream of its own, over HTTPS or
// QUIC. Who brought it waits for its answer.
type errand struct {
	reply []byte // empty: there is none
	done  chan struct{}
}

// errands are those that are not on their way.
type errands struct{ idle sync.Pool }

func newErrands() *errands {
	return &errands{sync.Pool{New: func() any {
		return &errand{reply: make([]byte, 0, queryOctets), done: make(chan struct{}, 1)}
	}}}
}

// write copies the reply.
func (e *errand) write(q *Query) {
	e.reply = append(e.reply[:0], q.out...)
	e.done <- struct{}{}
}

func (e *errand) drop(*Query) {
	e.reply = e.reply[:0]
	e.done <- struct{}{}
}

// flush has nothing to do: who brought the errand has been told.
func (e *errand) flush() {}

func (e *errand) async() responseWriter { return e }

// ask answers q, whose origin and message are set, and gives the reply to use,
// which may be empty and is good until use returns. It waits until ctx is done
// and returns false when that comes first.
func (r *Resolver) ask(ctx context.Context, q *Query, lane *metrics.Shard, use func(reply []byte)) bool {
	e := r.errands.idle.Get().(*errand)
	q.to, q.recent, q.starts = e, nil, nil
	q.begin(r.world.Load(), r.clock())
	if r.serve(q) {
		r.finish(q, r.clock(), lane)
		r.queries.Put(q)
	}
	select {
	case <-e.done:
		use(e.reply)
		r.errands.idle.Put(e)
		return true
	case <-ctx.Done(): // the answer will find nobody
		return false
	}
}

// take makes message q's; what is longer than q has room for is used as it is.
func (q *Query) take(message []byte) {
	if len(message) > len(q.in) {
		q.message = message
		return
	}
	q.message = q.in[:copy(q.in[:], message)]
}

// isQuery tells whether a message is one that can have an answer.
func isQuery(message []byte) bool {
	return len(message) >= dnswire.HeaderSize && message[2]&(dnswire.FlagQR>>8) == 0
}
