package upstream

import (
	"context"
	"slices"
	"time"
)

// A Call is an exchange that nobody waits for. Its owner fills in the exported
// fields, gives it to Group.Start and leaves it alone until Arrived is called.
type Call struct {
	// Query is a packed message with exactly one question, whose ID does not
	// matter: it is overwritten.
	Query []byte
	// Arrived takes what Group.Exchange would have returned, once: the reply,
	// which is valid until Arrived returns, or the error. It may be called before
	// Start returns, and by a goroutine that many exchanges share, so that it must
	// not wait.
	Arrived func(reply []byte, err error)

	call
	group  *Group
	member *Member
	began  time.Time
}

// Start is Exchange for those who do not wait. Where the member to be asked
// first is asked over UDP and answers, nothing is started for it. All that goes
// another way is done by a goroutine of its own.
func (g *Group) Start(c *Call) {
	c.group, c.began = g, time.Now()
	var room [8]*Member
	members := g.candidates(room[:0])
	if g.strategy == Parallel || len(members) == 0 {
		go c.exchange()
		return
	}
	c.member = members[0]
	plain, ok := c.member.exchanger.(*Plain)
	if !ok {
		go c.exchange()
		return
	}
	c.sent, c.ends = c.Query, c.began.Add(g.timeout/time.Duration(min(len(members), shares)))
	if c.done == nil {
		c.done = c.replied
	}
	c.member.exchanges.Add(1)
	if err := plain.pool.start(&c.call, c.began); err != nil {
		go c.goOn(nil, networkError("ask", plain.pool.server, err))
	}
}

func (c *Call) exchange() {
	c.Arrived(c.group.Exchange(context.Background(), c.Query, nil))
}

// replied takes what the first member said.
func (c *Call) replied(reply []byte, err error) {
	if err == nil && usable(reply) {
		c.member.heard(reply, time.Since(c.began))
		c.Arrived(reply, nil)
		return
	}
	go c.goOn(slices.Clone(reply), err)
}

// goOn ends an exchange of which the first part was not enough.
func (c *Call) goOn(reply []byte, err error) {
	ctx, cancel := context.WithDeadline(context.Background(), c.began.Add(c.group.timeout))
	defer cancel()
	plain := c.member.exchanger.(*Plain)
	if err != nil {
		err = failed(plain.pool.server, err)
	}
	reply, err = plain.settle(ctx, c.Query, nil, reply, err)
	reply, err = c.member.settle(ctx, c.Query, nil, reply, err, c.began)
	if err != nil || !usable(reply) {
		rest := slices.DeleteFunc(c.group.candidates(nil), func(m *Member) bool { return m == c.member })
		last, failed := inTurn(ctx, rest, c.Query, nil)
		if last != nil {
			reply = last
		}
		if failed != nil {
			err = failed
		}
	}
	if reply == nil {
		reply, err = nil, noAnswer(len(c.group.members), err)
	} else {
		err = nil
	}
	c.Arrived(reply, err)
}
