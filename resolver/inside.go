package resolver

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"lachan/blocklist/domain"
	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/dnswire"
)

// This file keeps the inside of a network apart from the outside: names that mean
// something within a network only are asked nowhere else, and names of the outside
// do not lead to addresses of the inside.

// insideTTL is how long an answer about a name of the inside may be kept, in
// seconds (RFC 6303 section 3).
const insideTTL = 10800

// insideZone is the number of labels of the zone of the inside that a name is in, 0
// if it is in none: names that are no names of the DNS (RFC 6761, 6762, 7686, 9476),
// home.arpa (RFC 8375), and the reverse zones of addresses that have no meaning
// outside (RFC 6303, RFC 7793).
func insideZone(n *domain.Name) (labels int) {
	if n.Labels() == 0 {
		return 0
	}
	switch string(n.Suffix(1)) {
	case "\x05local", "\x04test", "\x05onion", "\x03alt", "\x07invalid":
		return 1
	case "\x04arpa":
		return insideARPA(n)
	}
	return 0
}

func insideARPA(n *domain.Name) (labels int) {
	if n.Labels() < 2 {
		return 0
	}
	switch string(n.Suffix(2)) {
	case "\x04home\x04arpa":
		return 2
	case "\x07in-addr\x04arpa":
		return insideIPv4(n)
	case "\x03ip6\x04arpa":
		return insideIPv6(n)
	}
	return 0
}

// insideIPv4 is insideZone for names below in-addr.arpa.
func insideIPv4(n *domain.Name) (labels int) {
	first, second := octet(n, 3), octet(n, 4)
	switch {
	case first == 0 || first == 10 || first == 127:
		return 3
	case first == 192 && second == 168, first == 169 && second == 254,
		first == 172 && 16 <= second && second < 32, first == 100 && 64 <= second && second < 128:
		return 4
	}
	if n.Labels() >= 5 {
		switch string(n.Suffix(5)) {
		case "\x012\x010\x03192\x07in-addr\x04arpa", "\x03100\x0251\x03198\x07in-addr\x04arpa",
			"\x03113\x010\x03203\x07in-addr\x04arpa": // of documentation (RFC 5737)
			return 5
		}
	}
	const broadcast = "\x03255\x03255\x03255\x03255\x07in-addr\x04arpa"
	if n.Labels() >= 6 && string(n.Suffix(6)) == broadcast {
		return 6
	}
	return 0
}

// octet is the number that the first of so many labels is; -1 if it is none.
func octet(n *domain.Name, labels int) int {
	if n.Labels() < labels {
		return -1
	}
	suffix := n.Suffix(labels)
	value, err := strconv.ParseUint(string(suffix[1:1+suffix[0]]), 10, 8)
	if err != nil || strconv.FormatUint(value, 10) != string(suffix[1:1+suffix[0]]) {
		return -1
	}
	return int(value)
}

// insideIPv6 is insideZone for names below ip6.arpa. A label is four bits.
func insideIPv6(n *domain.Name) (labels int) {
	nibbles := n.Labels() - 2
	below := func(digits string) bool { // digits are in the order of an address
		if nibbles < len(digits) {
			return false
		}
		for i := range digits {
			if s := n.Suffix(3 + i); s[0] != 1 || s[1] != digits[i] {
				return false
			}
		}
		return true
	}
	for _, prefix := range [...]string{"fc", "fd", "fe8", "fe9", "fea", "feb", "20010db8"} {
		if below(prefix) {
			return 2 + len(prefix)
		}
	}
	const zeros = "0000000000000000000000000000000"
	if below(zeros+"0") || below(zeros+"1") { // :: and ::1
		return 2 + 32
	}
	return 0
}

// answerInside answers at a name in a zone of the inside that has so many labels:
// there is nothing but the zone itself (RFC 6303 section 3). It is not done if the
// name is a zone's that has servers of its own, or if the question is for the parent
// of the zone.
func (l local) answerInside(labels int) (done bool) {
	apex := labels > 1 && labels == l.Name.Labels()
	if _, own := l.snapshot.upstreams.For(&l.Name); own || apex && l.Type == dnswire.TypeDS {
		return false
	}
	l.action = metrics.ActionLocal
	rcode := dnswire.RcodeNXDomain
	if apex {
		rcode = dnswire.RcodeSuccess
	}
	l.start(rcode)
	l.reply.Authoritative()
	whole, zone := l.Name.Suffix(l.Name.Labels()), l.Name.Suffix(labels)
	owner := l.reply.OwnerPointer() + uint16(len(whole)-len(zone))
	section := dnswire.SectionAuthority
	switch {
	case apex && l.Type == dnswire.TypeNS:
		name := binary.BigEndian.AppendUint16(nil, owner)
		l.reply.RecordOf(dnswire.SectionAnswer, owner, dnswire.TypeNS, dnswire.ClassIN, insideTTL, name)
		return true
	case apex && l.Type == dnswire.TypeSOA:
		section = dnswire.SectionAnswer
	}
	l.reply.RecordOf(section, owner, dnswire.TypeSOA, dnswire.ClassIN, insideTTL, insideSOA(owner))
	return true
}

// insideSOA is the SOA of a zone of the inside, which has only itself to name.
func insideSOA(zone uint16) []byte {
	rdata := binary.BigEndian.AppendUint16(nil, zone)
	rdata = append(rdata, "\x06nobody\x07invalid\x00"...)
	for _, v := range [5]uint32{1, 3600, 1200, 604800, insideTTL} { // serial, refresh, retry, expire, minimum
		rdata = binary.BigEndian.AppendUint32(rdata, v)
	}
	return rdata
}

// rebind is what becomes of an answer that leads a name of the outside to an
// address of the inside.
var rebind = policy.Decision{
	Action: policy.Local, Reply: policy.ReplyNodata, EDE: dnswire.EDEBlocked, Entry: -1, Category: policy.NoCategory,
}

// rebindText says why, in the answer.
const rebindText = "rebinding: a public name leads to a private address (server.rebind_allowed)"

// mayLeadInside reports whether the name that was asked for may lead to private
// addresses: it is never blocked, a unit allows it by name, or the settings do.
func (q *Query) mayLeadInside() bool {
	d := &q.decision
	if d.Explicit && (d.Layer == policy.LayerCore || d.Layer == policy.LayerOwn && d.Entry >= 0) {
		return true
	}
	return q.snapshot.settings.Replies.RebindAllowed.Hold(&q.Name)
}

// Domains are names with all that is below them. The zero value has none.
type Domains struct {
	names   map[string]bool // by wire form without the final zero byte
	deepest int             // labels of the longest
}

// NewDomains returns the domains with these names.
func NewDomains(names ...string) (d Domains, err error) {
	d.names = make(map[string]bool, len(names))
	for _, text := range names {
		var n domain.Name
		canonical, err := domain.Canonical(text)
		if err == nil {
			err = n.SetText(canonical)
		}
		if err != nil {
			return Domains{}, fmt.Errorf("read domain %q: %w", text, err)
		}
		d.names[string(n.Suffix(n.Labels()))] = true
		d.deepest = max(d.deepest, n.Labels())
	}
	return d, nil
}

// Hold reports whether a name is one of the domains or below one.
func (d *Domains) Hold(n *domain.Name) bool {
	for k := min(n.Labels(), d.deepest); k > 0; k-- {
		if d.names[string(n.Suffix(k))] {
			return true
		}
	}
	return false
}
