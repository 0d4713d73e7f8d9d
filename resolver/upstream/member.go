package upstream

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"lachan/resolver/dnswire"
	"lachan/resolver/upstream/exchange"
	"lachan/resolver/upstream/udp"
)

const (
	// downAfter is how many exchanges in a row without any reply take a member
	// out of use.
	downAfter = 3
	// doubtAfter is how many races in a row a member may lose without a reply
	// before the probe asks whether it is there at all: a race that others won
	// says nothing about it.
	doubtAfter = 50
)

// A Member is one server that a Group may ask, with what is known about it. It
// may belong to several groups and outlive them: on a reload the new groups
// take over the members whose servers are still there (see Open). All methods
// may be called by any number of goroutines; none takes a lock.
type Member struct {
	name      string
	bootstrap string // how the server's addresses are found; "" when it is not named
	exchanger Exchanger

	exchanges atomic.Uint64
	failures  [Failures]atomic.Uint64
	rtt       average // seconds, of usable replies
	failing   average // share of exchanges that gave no usable reply, 0 to 1
	unheard   atomic.Int32
	lost      atomic.Int32
	down      atomic.Bool
	answered  atomic.Int64 // Unix nanoseconds of the last usable reply
	doubt     chan struct{}
}

// NewMember returns a Member that asks through e. Metrics and logs call it by
// name.
func NewMember(name string, e Exchanger) *Member {
	return &Member{name: name, exchanger: e, doubt: make(chan struct{}, 1)}
}

// Name is what metrics and logs call the member, such as "1.1.1.1:53".
func (m *Member) Name() string { return m.name }

// exchange asks the member once, twice if it did not understand an OPT record,
// and remembers how it went. The reply always has the question of the query.
func (m *Member) exchange(ctx context.Context, query, buf []byte) ([]byte, error) {
	m.exchanges.Add(1)
	began := time.Now()
	reply, err := m.exchanger.Exchange(ctx, query, buf)
	return m.settle(ctx, query, buf, reply, err, began)
}

// settle is the second part of exchange.
func (m *Member) settle(ctx context.Context, query, buf, reply []byte, err error, began time.Time) ([]byte, error) {
	if err == nil && dnswire.Rcode(reply) == dnswire.RcodeFormErr {
		reply, err = m.exchangeWithoutOPT(ctx, query, buf, reply)
	}
	m.judge(reply, err, time.Since(began))
	return reply, err
}

// exchangeWithoutOPT asks again as RFC 6891 section 6.2.2 has it for servers
// that answer FORMERR because they do not know EDNS.
func (m *Member) exchangeWithoutOPT(ctx context.Context, query, buf, formErr []byte) (reply []byte, err error) {
	reply = formErr
	if plain, ok := exchange.WithoutOPT(query); ok {
		reply, err = m.exchanger.Exchange(ctx, plain, buf)
	}
	if err == nil && exchange.BareFormErr(reply) {
		return nil, fmt.Errorf("ask %s: %w", m.name, ErrMalformed)
	}
	return reply, err
}

// judge remembers how an exchange went that took elapsed.
func (m *Member) judge(reply []byte, err error, elapsed time.Duration) {
	switch {
	case err == nil:
		m.heard(reply, elapsed)
	case errors.Is(err, ErrQuery): // nothing was sent
	case errors.Is(err, context.Canceled):
		if m.lost.Add(1) >= doubtAfter {
			m.lost.Store(0)
			m.wake()
		}
	case exchange.IsLocal(err):
		m.failures[Network].Add(1)
	default:
		m.failures[failureOf(err)].Add(1)
		m.failing.blend(1)
		m.missed(err)
	}
}

// missed takes note of an exchange without a reply. Where TCP does not get
// through, UDP may still do, and did: that is no sign of being down.
func (m *Member) missed(err error) {
	if errors.Is(err, udp.ErrUseTCP) {
		m.unheard.Store(0)
	} else if m.unheard.Add(1) >= downAfter {
		m.setDown()
	}
}

// heard takes note of any reply: who replies is not down, however little the
// reply may be worth.
func (m *Member) heard(reply []byte, elapsed time.Duration) {
	m.unheard.Store(0)
	m.lost.Store(0)
	m.down.Store(false)
	if !usable(reply) {
		m.failures[failureOfRcode(dnswire.Rcode(reply))].Add(1)
		m.failing.blend(1)
		return
	}
	m.failing.blend(0)
	m.rtt.blendFromFirst(elapsed.Seconds())
	m.answered.Store(time.Now().UnixNano())
}

// setDown takes the member out of use and wakes the probe that brings it back.
func (m *Member) setDown() {
	if m.down.CompareAndSwap(false, true) {
		m.wake()
	}
}

func (m *Member) wake() {
	select {
	case m.doubt <- struct{}{}:
	default: // it is awake
	}
}

// cost ranks members in seconds: the round trip, and for each exchange that may
// fail the time that is then lost.
func (m *Member) cost(timeout time.Duration) float64 {
	return m.rtt.value() + m.failing.value()*timeout.Seconds()
}

// usable tells whether a reply settles the question. Of the others it can be
// hoped that another server knows better.
func usable(reply []byte) bool {
	switch dnswire.Rcode(reply) {
	case dnswire.RcodeFormErr, dnswire.RcodeServFail, dnswire.RcodeNotImp, dnswire.RcodeRefused:
		return false
	}
	return true
}
