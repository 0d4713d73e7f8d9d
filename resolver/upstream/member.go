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

// This file is a server of a group: how fast it answers, and whether it is in use.

const (
	// downAfter is how many exchanges in a row without any reply take a member
	// out of use.
	downAfter = 3
	// probeAfter is how many races in a row a member may lose without a reply before
	// a probe finds out whether it is there at all: a race that another member won
	// does not say.
	probeAfter = 50
)

// A Member is one server that a Group may ask, with the figures of its exchanges.
// It may belong to several groups and outlive them: on a reload the new groups
// take over the members whose servers are still configured (see Bootstrap.Open).
// All methods may be called by any number of goroutines; none takes a lock.
type Member struct {
	name      string // as in the configuration; it may hold a key
	label     string // what may be shown of it
	bootstrap string // how the server's addresses are found; "" if it is not named
	exchanger Exchanger

	exchanges atomic.Uint64
	failures  [Failures]atomic.Uint64
	rtt       average      // seconds, of usable replies
	failing   average      // share of exchanges that gave no usable reply, 0 to 1
	noReply   atomic.Int32 // exchanges in a row without any reply
	lostRaces atomic.Int32 // in a row, without a reply
	down      atomic.Bool
	why       atomic.Uint32 // Reason of the last failure that took the member out of use
	answered  atomic.Int64  // Unix nanoseconds of the last usable reply
	probeNow  chan struct{} // holds at most one
	doubted   atomic.Bool   // what it says of validation is not passed on
}

// NewMember returns a Member that asks through e. Metrics and logs call it by
// name.
func NewMember(name string, e Exchanger) *Member {
	return &Member{name: name, label: name, exchanger: e, probeNow: make(chan struct{}, 1)}
}

// Name is what metrics and logs call the member, such as "1.1.1.1:53".
func (m *Member) Name() string { return m.label }

// Doubt says whether the member's word that an answer was validated, the AD bit, is left
// out of its replies. A new member is not doubted.
func (m *Member) Doubt(yes bool) { m.doubted.Store(yes) }

// judge takes the AD bit out of a reply of a member that is doubted.
func (m *Member) judge(reply []byte) {
	if m.doubted.Load() && len(reply) >= dnswire.HeaderSize {
		reply[3] &^= dnswire.FlagAD
	}
}

// exchange asks the member once, or twice if it did not understand an OPT record,
// and counts the result. The reply always has the question of the query.
func (m *Member) exchange(ctx context.Context, query, buf []byte) ([]byte, error) {
	m.exchanges.Add(1)
	began := time.Now()
	reply, err := m.exchanger.Exchange(ctx, query, buf)
	return m.settle(ctx, query, buf, reply, err, began)
}

// settle is the part of exchange that follows the first reply or error.
func (m *Member) settle(ctx context.Context, query, buf, reply []byte, err error, began time.Time) ([]byte, error) {
	if err == nil && dnswire.Rcode(reply) == dnswire.RcodeFormErr {
		reply, err = m.exchangeWithoutOPT(ctx, query, buf, reply)
	}
	m.record(reply, err, time.Since(began))
	m.judge(reply)
	return reply, err
}

// exchangeWithoutOPT asks again without an OPT record, as RFC 6891 section 6.2.2
// says for servers that answer FORMERR because they do not know EDNS.
func (m *Member) exchangeWithoutOPT(ctx context.Context, query, buf, formErr []byte) (reply []byte, err error) {
	reply = formErr
	if plain, ok := exchange.WithoutOPT(query); ok {
		reply, err = m.exchanger.Exchange(ctx, plain, buf)
	}
	if err == nil && exchange.BareFormErr(reply) {
		return nil, fmt.Errorf("ask %s: %w", m.label, ErrMalformed)
	}
	return reply, err
}

// record counts the result of an exchange that took elapsed.
func (m *Member) record(reply []byte, err error, elapsed time.Duration) {
	switch {
	case err == nil:
		m.noteReply(reply, elapsed)
	case errors.Is(err, ErrQuery): // nothing was sent
	case errors.Is(err, context.Canceled):
		if m.lostRaces.Add(1) >= probeAfter {
			m.lostRaces.Store(0)
			m.requestProbe()
		}
	case exchange.IsLocal(err):
		m.failures[Network].Add(1)
	default:
		m.failures[failureOf(err)].Add(1)
		m.failing.blend(1)
		m.noteNoReply(err)
	}
}

// noteNoReply notes an exchange without a reply that can be used. If something
// came over UDP but TCP did not get through, the member is not down.
func (m *Member) noteNoReply(err error) {
	if errors.Is(err, udp.ErrUseTCP) {
		m.noReply.Store(0)
	} else if m.noReply.Add(1) >= downAfter {
		m.setDown(err)
	}
}

// noteReply notes any reply: a member that replies is not down, whether or not
// the reply is usable.
func (m *Member) noteReply(reply []byte, elapsed time.Duration) {
	m.noReply.Store(0)
	m.lostRaces.Store(0)
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

// setDown takes the member out of use for an error, and has it probed until it
// replies.
func (m *Member) setDown(err error) {
	m.why.Store(uint32(reasonOf(err)))
	if m.down.CompareAndSwap(false, true) {
		m.requestProbe()
	}
}

func (m *Member) requestProbe() {
	select {
	case m.probeNow <- struct{}{}:
	default: // one is requested already
	}
}

// cost is what an exchange is expected to take, in seconds: the round trip, and
// the time that a failure costs by its likelihood.
func (m *Member) cost(timeout time.Duration) float64 {
	return m.rtt.value() + m.failing.value()*timeout.Seconds()
}

// usable reports whether a reply settles the question. If it does not, another
// server may know better.
func usable(reply []byte) bool {
	switch dnswire.Rcode(reply) {
	case dnswire.RcodeFormErr, dnswire.RcodeServFail, dnswire.RcodeNotImp, dnswire.RcodeRefused:
		return false
	}
	return true
}
