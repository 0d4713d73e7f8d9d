package upstream

import (
	"context"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"lachan/resolver/upstream/exchange"
	"lachan/resolver/upstream/udp"
)

// A Call is an exchange that no goroutine waits for. Its owner fills in the
// exported fields, gives it to Start and leaves it alone until Arrived is called.
type Call struct {
	Group *Group // asks
	// Query is a packed message with exactly one question. Its ID does not matter:
	// it is overwritten.
	Query []byte
	// Arrived takes what Group.Exchange would have returned, once: the reply,
	// which is valid until Arrived returns, or the error. It may be called before
	// Start returns, and by a goroutine that many exchanges share, so that it must
	// not wait. The tail that it returns, if any, is called after Arrived was called
	// for all replies that came at the same time.
	Arrived func(reply []byte, err error) (tail func())

	request udp.Request
	member  *Member
	pool    *udp.Pool // nil if a goroutine makes the exchange
	began   time.Time

	canceled atomic.Bool
	stop     atomic.Pointer[context.CancelFunc] // of the goroutine that makes the exchange; nil if there is none
}

// Cancel ends an exchange whose reply is no longer wanted: it is not sent again, and
// no other member is asked. Arrived is called soon, as always, with an error unless
// the reply has come. Any goroutine may call Cancel, also before Start, but a call
// that was canceled is not to be used again.
func (c *Call) Cancel() {
	c.canceled.Store(true)
	c.request.Cancel()
	if stop := c.stop.Load(); stop != nil {
		(*stop)()
	}
}

// cancelable lets Cancel end ctx.
func (c *Call) cancelable(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	c.stop.Store(&cancel)
	if c.canceled.Load() {
		cancel()
	}
	return ctx, cancel
}

// Start is Group.Exchange for callers that do not wait. If the member that is
// asked first is asked over UDP and answers, nothing is started for a call, and
// calls to the same member are sent together. Every other call gets a goroutine.
// Start clears calls.
func Start(calls ...*Call) {
	if len(calls) == 0 {
		return
	}
	now := time.Now()
	for _, c := range calls {
		c.choose(now)
	}
	var room [udp.MaxBatch]*udp.Request
	for i, first := range calls {
		if first == nil {
			continue
		}
		if first.canceled.Load() {
			calls[i] = nil
			first.arrive(nil, context.Canceled)
			continue
		}
		p, together := first.pool, room[:0]
		if p == nil {
			calls[i] = nil
			go first.exchange()
			continue
		}
		for j, c := range calls[i:] {
			if c != nil && c.pool == p && len(together) < udp.MaxBatch {
				together = append(together, &c.request)
				calls[i+j] = nil
			}
		}
		p.Start(together, now)
	}
}

// choose picks the member that is asked first.
func (c *Call) choose(now time.Time) {
	c.began, c.member, c.pool = now, nil, nil
	g := c.Group
	var room [8]*Member
	members := g.candidates(room[:0])
	if g.strategy == Parallel || len(members) == 0 {
		return
	}
	plain, ok := members[0].exchanger.(*Plain)
	if !ok {
		return
	}
	c.member, c.pool = members[0], plain.pool
	c.request.Query, c.request.Deadline = c.Query, now.Add(exchange.Share(g.timeout, len(members)))
	if c.request.Done == nil {
		c.request.Done = c.replied
	}
	c.member.exchanges.Add(1)
}

// exchange makes the whole exchange on a goroutine of its own.
func (c *Call) exchange() {
	ctx, cancel := c.cancelable(context.Background())
	defer cancel()
	tail := c.Arrived(c.Group.Exchange(ctx, c.Query, nil))
	if tail != nil {
		runtime.Gosched() // what a connection has brought at the same time ends together
		tail()
	}
}

// arrive ends a call that no others end together with.
func (c *Call) arrive(reply []byte, err error) {
	if tail := c.Arrived(reply, err); tail != nil {
		tail()
	}
}

// replied takes the reply or the error of the first member.
func (c *Call) replied(reply []byte, err error) (tail func()) {
	if err == nil && usable(reply) {
		c.member.noteReply(reply, time.Since(c.began))
		c.member.judge(reply)
		return c.Arrived(reply, nil)
	}
	if c.canceled.Load() {
		return c.Arrived(nil, context.Canceled)
	}
	go c.goOn(slices.Clone(reply), err)
	return nil
}

// goOn ends an exchange for which the first member's UDP reply was not enough.
func (c *Call) goOn(reply []byte, err error) {
	ctx, cancel := context.WithDeadline(context.Background(), c.began.Add(c.Group.timeout))
	defer cancel()
	ctx, cancel = c.cancelable(ctx)
	defer cancel()
	plain := c.member.exchanger.(*Plain)
	if err != nil {
		err = c.pool.Error(err)
	}
	reply, err = plain.settle(ctx, c.Query, nil, reply, err)
	reply, err = c.member.settle(ctx, c.Query, nil, reply, err, c.began)
	if err != nil || !usable(reply) {
		others := slices.DeleteFunc(c.Group.candidates(nil), func(m *Member) bool { return m == c.member })
		last, failed := inTurn(ctx, others, c.Query, nil)
		if last != nil {
			reply = last
		}
		if failed != nil {
			err = failed
		}
	}
	if reply == nil {
		err = noAnswer(len(c.Group.members), err)
	} else {
		err = nil
	}
	c.arrive(reply, err)
}
