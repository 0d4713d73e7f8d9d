package upstream

import (
	"context"
	"slices"
	"time"
)

// A Call is an exchange that nobody waits for. Its owner fills in the exported
// fields, gives it to Start and leaves it alone until Arrived is called.
type Call struct {
	Group *Group // of whom to ask
	// Query is a packed message with exactly one question, whose ID does not
	// matter: it is overwritten.
	Query []byte
	// Arrived takes what Group.Exchange would have returned, once: the reply,
	// which is valid until Arrived returns, or the error. It may be called before
	// Start returns, and by a goroutine that many exchanges share, so that it must
	// not wait. The tail that it returns, if any, is called when Arrived was called
	// for all replies that came at the same time.
	Arrived func(reply []byte, err error) (tail func())

	call
	member *Member
	pool   *pool // nil: a goroutine makes the exchange
	began  time.Time
}

// Start is Group.Exchange for those who do not wait. Where the member to be asked
// first is asked over UDP and answers, nothing is started for a call, and calls
// to the same one are sent together. All that goes another way is done by a
// goroutine of its own. calls is cleared.
func Start(calls ...*Call) {
	if len(calls) == 0 {
		return
	}
	now := time.Now()
	for _, c := range calls {
		c.choose(now)
	}
	var room [maxTogether]*call
	for i, first := range calls {
		if first == nil {
			continue
		}
		p, together := first.pool, room[:0]
		if p == nil {
			calls[i] = nil
			go first.exchange()
			continue
		}
		for j, c := range calls[i:] {
			if c != nil && c.pool == p && len(together) < maxTogether {
				together = append(together, &c.call)
				calls[i+j] = nil
			}
		}
		p.start(together, now)
	}
}

// choose picks the member to be asked first.
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
	c.sent, c.ends = c.Query, now.Add(g.timeout/time.Duration(min(len(members), shares)))
	if c.done == nil {
		c.done = c.replied
	}
	c.member.exchanges.Add(1)
}

func (c *Call) exchange() {
	c.arrive(c.Group.Exchange(context.Background(), c.Query, nil))
}

// arrive ends the exchange by itself.
func (c *Call) arrive(reply []byte, err error) {
	if tail := c.Arrived(reply, err); tail != nil {
		tail()
	}
}

// replied takes what the first member said.
func (c *Call) replied(reply []byte, err error) (tail func()) {
	if err == nil && usable(reply) {
		c.member.heard(reply, time.Since(c.began))
		return c.Arrived(reply, nil)
	}
	go c.goOn(slices.Clone(reply), err)
	return nil
}

// goOn ends an exchange of which the first part was not enough.
func (c *Call) goOn(reply []byte, err error) {
	ctx, cancel := context.WithDeadline(context.Background(), c.began.Add(c.Group.timeout))
	defer cancel()
	plain := c.member.exchanger.(*Plain)
	if err != nil {
		err = failed(plain.pool.server, err)
	}
	reply, err = plain.settle(ctx, c.Query, nil, reply, err)
	reply, err = c.member.settle(ctx, c.Query, nil, reply, err, c.began)
	if err != nil || !usable(reply) {
		rest := slices.DeleteFunc(c.Group.candidates(nil), func(m *Member) bool { return m == c.member })
		last, failed := inTurn(ctx, rest, c.Query, nil)
		if last != nil {
			reply = last
		}
		if failed != nil {
			err = failed
		}
	}
	if reply == nil {
		reply, err = nil, noAnswer(len(c.Group.members), err)
	} else {
		err = nil
	}
	c.arrive(reply, err)
}
