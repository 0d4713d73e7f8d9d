package upstream

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"lachan/resolver/upstream/exchange"
)

// A Strategy says which members of a Group are asked, and in which order.
type Strategy uint8

// The strategies.
const (
	Fastest  Strategy = iota // by moving average of round trip and failures; one in twenty tries another first
	Ordered                  // as written
	Parallel                 // all at once; the first usable reply is taken
)

// ParseStrategy reads the value of upstream.strategy. Its error is a
// *ConfigError.
func ParseStrategy(s string) (Strategy, error) {
	switch s {
	case "fastest":
		return Fastest, nil
	case "ordered":
		return Ordered, nil
	case "parallel":
		return Parallel, nil
	}
	return 0, &ConfigError{textUnknownStrategy.With(s)}
}

// exploreOneIn: one in so many exchanges of Fastest begins with another member
// than the cheapest, so that one that has become faster is found.
const exploreOneIn = 20

// A Group asks several servers as if they were one. It is immutable; its members
// hold what changes.
//
// The next member is asked if one times out, cannot be reached, sends a reply
// that cannot be read, or replies SERVFAIL, REFUSED, NOTIMP or FORMERR. A member
// is down after three exchanges in a row without any reply: until a probe (see
// Run) or an exchange gets a reply, it is asked only if all members are down.
type Group struct {
	strategy Strategy
	timeout  time.Duration
	members  []*Member
}

// NewGroup returns a Group that spends at most timeout on an exchange, all
// members and repetitions included. It starts nothing.
func NewGroup(strategy Strategy, timeout time.Duration, members ...*Member) *Group {
	return &Group{strategy: strategy, timeout: timeout, members: members}
}

// Exchange implements Exchanger. If no reply is usable it returns the last one
// that came; if none came, an error that wraps ErrNoAnswer and the error of the
// member that was asked last. It never returns a bare FORMERR header.
func (g *Group) Exchange(ctx context.Context, query, buf []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	var room [8]*Member
	members := g.candidates(room[:0])
	ask := inTurn
	if g.strategy == Parallel {
		ask = race
	}
	reply, err := ask(ctx, members, query, buf)
	if reply == nil {
		return nil, noAnswer(len(members), err)
	}
	return reply, nil
}

func noAnswer(asked int, err error) error {
	if err == nil { // no members, or no time
		return ErrNoAnswer
	}
	return fmt.Errorf("ask %d upstreams: %w: %w", asked, ErrNoAnswer, err)
}

// candidates appends to dst the members to ask, in their order.
func (g *Group) candidates(dst []*Member) []*Member {
	for _, m := range g.members {
		if !m.down.Load() {
			dst = append(dst, m)
		}
	}
	if len(dst) == 0 {
		dst = append(dst, g.members...)
	}
	if g.strategy == Fastest && len(dst) > 1 {
		slices.SortStableFunc(dst, func(a, b *Member) int {
			return cmp.Compare(a.cost(g.timeout), b.cost(g.timeout))
		})
		if rand.IntN(exploreOneIn) == 0 {
			other := 1 + rand.IntN(len(dst)-1)
			first := dst[other]
			copy(dst[1:], dst[:other])
			dst[0] = first
		}
	}
	return dst
}

// inTurn asks one member after the other until a reply is usable. It returns
// the last reply that came, if any, and the last error, if any.
func inTurn(ctx context.Context, members []*Member, query, buf []byte) (last []byte, err error) {
	for i, m := range members {
		attempt, cancel := exchange.WithShare(ctx, len(members)-i)
		reply, failed := m.exchange(attempt, query, buf)
		cancel()
		if failed != nil {
			err = failed
		} else if last = reply; usable(reply) {
			return reply, nil
		} else {
			buf = nil // it holds the reply to return if no other comes
		}
		if ctx.Err() != nil {
			break
		}
	}
	return last, err
}

// race asks all members at once. The first usable reply cancels the other
// exchanges; race waits for all of them to end. It returns that reply or the last
// one that came, and the last error, if any.
func race(ctx context.Context, members []*Member, query, buf []byte) (last []byte, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type end struct {
		reply []byte
		err   error
	}
	ends := make(chan end, len(members))
	for _, m := range members {
		own := buf
		buf = nil // only the first member may use it
		go func() {
			reply, err := m.exchange(ctx, query, own)
			ends <- end{reply, err}
		}()
	}
	for range members {
		switch e := <-ends; {
		case e.err != nil:
			err = e.err
		case last == nil || !usable(last):
			last = e.reply
			if usable(last) {
				cancel()
			}
		}
	}
	return last, err
}

// Stats reads the figures of all members, in the order of the configuration.
func (g *Group) Stats() []Stat {
	stats := make([]Stat, 0, len(g.members))
	for _, m := range g.members {
		stats = append(stats, m.Stat())
	}
	return stats
}

// LastAnswer is when the last usable reply to a query or a probe came. It is zero
// before the first one.
func (g *Group) LastAnswer() time.Time {
	var last time.Time
	for _, m := range g.members {
		if t := m.lastAnswer(); t.After(last) {
			last = t
		}
	}
	return last
}
