package cache

import (
	"slices"

	"github.com/miekg/dns"
)

// maxArranged is how many answers are put in order at most. An honest reply has a few
// aliases and the records of the last one.
const maxArranged = MaxPointers

// arrange puts the answers of a reply in the order in which aliases lead to them: some
// stub resolvers take no address that stands before its alias. Servers are not bound to
// any order (RFC 1034 section 3.7), and some do not keep one. What was not asked for is
// left out.
//
// A reply that has more than maxArranged answers, or data that cannot be read, stays as
// it is.
func arrange(reply []byte, s selection) ([]byte, selection) {
	asItCame := selection{own: s.own, all: s.all}
	var m dns.Msg
	if s.places == nil || s.own > maxArranged || m.Unpack(reply) != nil || len(m.Answer) < s.own {
		return reply, asItCame
	}
	order := make([]int, s.own)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return s.places[a] - s.places[b] })
	answers := make([]dns.RR, 0, s.own)
	for _, i := range order {
		answers = append(answers, m.Answer[i])
	}
	m.Answer, m.Extra, m.Compress = answers, nil, true
	arranged, err := m.Pack()
	if err != nil || len(arranged) > dns.MaxMsgSize {
		return reply, asItCame
	}
	return arranged, selection{own: s.own, all: true}
}
