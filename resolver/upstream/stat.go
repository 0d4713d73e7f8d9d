package upstream

import (
	"errors"
	"time"

	"lachan/resolver/dnswire"
	"lachan/resolver/upstream/udp"
)

// A Failure is a reason why an exchange gave no usable reply.
type Failure uint8

// The kinds of failure. Dropped datagrams are counted as Mismatch too, although
// the exchange goes on after them. Refused also stands for NOTIMP and FORMERR.
const (
	Timeout Failure = iota
	Network
	ServFail
	Refused
	Malformed
	Mismatch
	Failures // how many kinds there are
)

// String is the word that metrics use for it.
func (f Failure) String() string {
	switch f {
	case Timeout:
		return "timeout"
	case Network:
		return "network"
	case ServFail:
		return "servfail"
	case Refused:
		return "refused"
	case Malformed:
		return "malformed"
	case Mismatch:
		return "mismatch"
	}
	return "unknown"
}

func failureOf(err error) Failure {
	switch {
	case errors.Is(err, ErrTimeout):
		return Timeout
	case errors.Is(err, ErrMalformed):
		return Malformed
	case errors.Is(err, ErrMismatch):
		return Mismatch
	}
	return Network
}

func failureOfRcode(code int) Failure {
	if code == dnswire.RcodeServFail {
		return ServFail
	}
	return Refused
}

// A Stat holds the figures of one member. Counters start with the Member and
// never decrease.
type Stat struct {
	Name       string
	Exchanges  uint64           // begun for queries; probes are not counted
	Failures   [Failures]uint64 // by kind
	RTT        time.Duration    // moving average of usable replies; 0 before the first
	Up         bool
	Reason     Reason    // why it is not up
	Case       udp.Case  // what it makes of the case of letters in a name; unknown if it is not asked over UDP
	LastAnswer time.Time // last usable reply to a query or a probe; zero before the first
}

// Stat reads the member's figures one by one: they may differ by the exchanges
// that end meanwhile.
func (m *Member) Stat() Stat {
	s := Stat{
		Name:       m.label,
		Exchanges:  m.exchanges.Load(),
		RTT:        time.Duration(m.rtt.value() * float64(time.Second)),
		Up:         !m.down.Load(),
		LastAnswer: m.lastAnswer(),
	}
	if !s.Up {
		s.Reason = m.reason()
	}
	if plain, ok := m.exchanger.(*Plain); ok {
		s.Case = plain.Case()
	}
	for f := range s.Failures {
		s.Failures[f] = m.failures[f].Load()
	}
	if dropping, ok := m.exchanger.(interface{ Mismatches() uint64 }); ok {
		s.Failures[Mismatch] += dropping.Mismatches()
	}
	return s
}

// reason is why the member is down, or was last.
func (m *Member) reason() Reason { return Reason(m.why.Load()) }

func (m *Member) lastAnswer() time.Time {
	if ns := m.answered.Load(); ns != 0 {
		return time.Unix(0, ns)
	}
	return time.Time{}
}
