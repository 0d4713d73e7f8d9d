package resolver

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/policy"
	"lachan/policy/catalogue"
	"lachan/resolver/ddr"
)

// A reference answers questions as the resolver should, in the plainest way:
// messages of miekg/dns, no cache, nothing in place, nothing shared but what
// policy says of a name. Tests compare the two.
type reference struct {
	rules    *policy.Rules
	client   netip.Addr
	upstream func(q dns.Question) *dns.Msg
	settings Settings

	kept    map[string]bool // questions that the upstream has answered, which need no recursion
	damaged bool            // the next message is, so that its flags may be read in another way
	unsure  bool            // whether the answer to the last question is kept
}

// answer is the reply to a message; nil when there is none.
func (ref *reference) answer(wire []byte) *dns.Msg {
	if len(wire) < 12 || wire[2]&0x80 != 0 {
		return nil
	}
	q := new(dns.Msg)
	if err := q.Unpack(wire); err != nil {
		return ref.refuse(headerOf(wire), dns.RcodeFormatError)
	}
	switch {
	case q.Opcode == dns.OpcodeUpdate:
		q.Question = nil // what stands there is no question
		return ref.refuse(q, dns.RcodeRefused)
	case q.Opcode == dns.OpcodeNotify && len(q.Question) == 1:
		q.Extra = nil // of a message that asks for nothing
		return ref.refuse(q, dns.RcodeRefused)
	case q.Opcode == dns.OpcodeNotify:
		return ref.refuse(q, dns.RcodeFormatError)
	case q.Opcode != dns.OpcodeQuery:
		q.Question = nil
		return ref.refuse(q, dns.RcodeNotImplemented)
	case len(q.Question) != 1 || len(q.Answer) > 0:
		return ref.refuse(q, dns.RcodeFormatError)
	}
	asked := q.Question[0]
	switch opt := q.IsEdns0(); {
	case opt != nil && opt.Version() != 0:
		return ref.refuse(q, dns.RcodeBadVers)
	case asked.Qtype == dns.TypeAXFR || asked.Qtype == dns.TypeIXFR:
		return ref.refuse(q, dns.RcodeRefused)
	case asked.Qtype == dns.TypeMAILA || asked.Qtype == dns.TypeMAILB || asked.Qtype == dns.TypeOPT:
		return ref.refuse(q, dns.RcodeNotImplemented)
	case asked.Qclass != dns.ClassINET:
		return ref.refuse(q, dns.RcodeRefused) // neither a version nor a name is told
	}
	return ref.fit(q, ref.resolve(q))
}

// headerOf is what can be told of a message that cannot be read.
func headerOf(wire []byte) *dns.Msg {
	q := new(dns.Msg)
	flags := binary.BigEndian.Uint16(wire[2:])
	q.Id, q.Opcode = binary.BigEndian.Uint16(wire), int(flags>>11&0xF)
	q.RecursionDesired, q.CheckingDisabled = flags&0x100 != 0, flags&0x10 != 0
	return q
}

// begin is an empty reply, with an OPT record if the query had one.
func (ref *reference) begin(q *dns.Msg, rcode int) *dns.Msg {
	m := new(dns.Msg)
	m.Id, m.Response, m.Opcode, m.Rcode = q.Id, true, q.Opcode, rcode
	m.RecursionDesired, m.RecursionAvailable, m.CheckingDisabled = q.RecursionDesired, true, q.CheckingDisabled
	if len(q.Question) == 1 {
		m.Question = q.Question
	}
	if opt := q.IsEdns0(); opt != nil {
		m.SetEdns0(maxUDP, opt.Do())
	}
	return m
}

// refuse is a reply without records, with the reason that the code implies.
func (ref *reference) refuse(q *dns.Msg, rcode int) *dns.Msg {
	m := ref.begin(q, rcode)
	reason := &dns.EDNS0_EDE{InfoCode: dns.ExtendedErrorCodeNotSupported}
	if rcode == dns.RcodeFormatError {
		reason = &dns.EDNS0_EDE{InfoCode: dns.ExtendedErrorCodeOther, ExtraText: "malformed"}
	}
	if opt := m.IsEdns0(); opt != nil {
		opt.Option = append(opt.Option, reason)
	}
	return m
}

// resolve answers a question for an Internet name.
func (ref *reference) resolve(q *dns.Msg) *dns.Msg {
	asked := q.Question[0]
	group, _ := ref.rules.Identify(ref.client)
	d := ref.rules.DecideFor(ref.client, group, nameOf(asked.Name), asked.Qtype)
	switch {
	case d.Action == policy.Block || d.Action == policy.Local:
		return ref.enforce(q, d)
	case d.Rewrite != nil:
		return ref.rewrite(q, d.Rewrite)
	case asked.Qtype == dns.TypeANY:
		m := ref.begin(q, dns.RcodeSuccess)
		m.Answer = []dns.RR{record(asked.Name + ` 3600 HINFO "RFC8482" ""`)}
		return m
	}
	labels := dns.SplitDomainName(strings.ToLower(asked.Name))
	switch {
	case len(labels) > 0 && labels[len(labels)-1] == "localhost":
		return ref.address(q, 3600, "127.0.0.1", "::1")
	case len(labels) > 0 && slices.Contains([]string{"invalid", "test", "local", "onion", "alt"}, labels[len(labels)-1]):
		m := ref.begin(q, dns.RcodeNameError)
		zone := asked.Name[len(asked.Name)-len(labels[len(labels)-1])-1:]
		m.Ns = []dns.RR{record(zone + " 10800 SOA " + zone + " nobody.invalid. 1 3600 1200 604800 10800")}
		m.Authoritative = true
		return m
	}
	reply := ref.upstream(dns.Question{Name: strings.ToLower(asked.Name), Qtype: asked.Qtype, Qclass: asked.Qclass})
	whatever := strings.ToLower(fmt.Sprint(asked.Name, asked.Qtype))
	key := fmt.Sprint(whatever, q.CheckingDisabled, q.IsEdns0() != nil && q.IsEdns0().Do())
	ref.kept[whatever] = ref.kept[whatever] || ref.damaged
	ref.unsure = !q.RecursionDesired && (reply.Rcode == dns.RcodeServerFailure || ref.kept[whatever])
	if !q.RecursionDesired && !ref.kept[key] {
		m := ref.refuse(q, dns.RcodeRefused)
		if opt := m.IsEdns0(); opt != nil {
			opt.Option[len(opt.Option)-1].(*dns.EDNS0_EDE).ExtraText = "recursion is not desired"
		}
		return m
	}
	ref.kept[key] = true
	m := ref.begin(q, reply.Rcode)
	m.Answer, m.Ns = copied(reply.Answer), copied(reply.Ns)
	for _, rr := range m.Answer {
		if rr.Header().Name == strings.ToLower(asked.Name) {
			rr.Header().Name = asked.Name
		}
	}
	return ref.inspect(q, m, group, d)
}

// inspect is what becomes of an answer by the things that it points at.
func (ref *reference) inspect(q, m *dns.Msg, group policy.GroupID, d policy.Decision) *dns.Msg {
	private, qtype := false, q.Question[0].Qtype
	for _, rr := range m.Answer {
		for _, name := range []string{rr.Header().Name, targetOf(rr)} {
			if name == "" || strings.EqualFold(name, q.Question[0].Name) {
				continue
			}
			if of := ref.rules.DecideTarget(group, d, nameOf(name), qtype); of != d {
				return ref.enforce(q, of)
			}
		}
		for _, a := range addressesOf(rr) {
			if of := ref.rules.DecideAddr(group, d, a); of != d {
				return ref.enforce(q, of)
			}
			private = private || a.IsPrivate() || a.IsLoopback()
		}
	}
	if private && ref.settings.Replies.RebindProtection {
		m := ref.enforce(q, rebind)
		if opt := m.IsEdns0(); opt != nil {
			opt.Option[len(opt.Option)-1].(*dns.EDNS0_EDE).ExtraText = rebindText
		}
		return m
	}
	return m
}

func targetOf(rr dns.RR) string {
	switch rr := rr.(type) {
	case *dns.CNAME:
		return rr.Target
	case *dns.DNAME:
		return rr.Target
	case *dns.HTTPS:
		return strings.TrimPrefix(rr.Target, ".")
	}
	return ""
}

func addressesOf(rr dns.RR) (all []netip.Addr) {
	add := func(octets []byte) {
		if a, ok := netip.AddrFromSlice(octets); ok {
			all = append(all, a.Unmap())
		}
	}
	switch rr := rr.(type) {
	case *dns.A:
		add(rr.A)
	case *dns.AAAA:
		add(rr.AAAA)
	case *dns.HTTPS:
		for _, value := range rr.Value {
			if hint, ok := value.(*dns.SVCBIPv4Hint); ok {
				for _, ip := range hint.Hint {
					add(ip.To4())
				}
			}
		}
	}
	return all
}

// enforce is the reply that policy asks for.
func (ref *reference) enforce(q *dns.Msg, d policy.Decision) *dns.Msg {
	ttl := uint32(ref.settings.Replies.BlockTTL / time.Second)
	var m *dns.Msg
	switch d.Reply {
	case policy.ReplyNXDOMAIN:
		m = ref.negative(q, dns.RcodeNameError, ttl)
	case policy.ReplyRefused:
		m = ref.begin(q, dns.RcodeRefused)
	case policy.ReplyNull:
		m = ref.address(q, ttl, "0.0.0.0", "::")
	case policy.ReplyOwn: // there is no encrypted door to tell of
		rcode := dns.RcodeNameError
		if name := strings.ToLower(q.Question[0].Name); name == "resolver.arpa." || name == "_dns.resolver.arpa." {
			rcode = dns.RcodeSuccess
		}
		m = ref.negative(q, rcode, ddr.TTL)
		m.Authoritative = true
	default:
		m = ref.negative(q, dns.RcodeSuccess, ttl)
	}
	if opt := m.IsEdns0(); opt != nil && d.EDE != 0 {
		opt.Option = append(opt.Option, &dns.EDNS0_EDE{InfoCode: d.EDE, ExtraText: ref.rules.Text(d)})
	}
	return m
}

func (ref *reference) rewrite(q *dns.Msg, to *catalogue.Target) *dns.Msg {
	asked := q.Question[0]
	if asked.Qtype != dns.TypeA && asked.Qtype != dns.TypeAAAA {
		return ref.negative(q, dns.RcodeSuccess, 300)
	}
	target, fixed := dns.Fqdn(to.Name.String()), slices.Concat(to.A, to.AAAA)
	if len(fixed) > 0 {
		m := ref.begin(q, dns.RcodeSuccess)
		m.Answer = []dns.RR{record(asked.Name + " 300 CNAME " + target)}
		for _, a := range fixed {
			if a.Is4() == (asked.Qtype == dns.TypeA) {
				m.Answer = append(m.Answer, record(fmt.Sprintf("%s 300 %s %s", target, dns.TypeToString[asked.Qtype], a)))
			}
		}
		return m
	}
	reply := ref.upstream(dns.Question{Name: target, Qtype: asked.Qtype, Qclass: asked.Qclass})
	m := ref.begin(q, reply.Rcode)
	if reply.Rcode == dns.RcodeSuccess {
		m.Answer = []dns.RR{record(asked.Name + " 300 CNAME " + target)}
	}
	for _, rr := range copied(reply.Answer) {
		if rr.Header().Rrtype == asked.Qtype {
			rr.Header().Name = target
			m.Answer = append(m.Answer, rr)
		}
	}
	return m
}

func (ref *reference) negative(q *dns.Msg, rcode int, ttl uint32) *dns.Msg {
	m := ref.begin(q, rcode)
	m.Ns = []dns.RR{record(fmt.Sprintf("%s %d SOA lachan.invalid. nobody.invalid. 1 3600 600 86400 %d", q.Question[0].Name, ttl, ttl))}
	return m
}

func (ref *reference) address(q *dns.Msg, ttl uint32, v4, v6 string) *dns.Msg {
	m := ref.begin(q, dns.RcodeSuccess)
	asked := q.Question[0]
	switch asked.Qtype {
	case dns.TypeA:
		m.Answer = []dns.RR{record(fmt.Sprintf("%s %d A %s", asked.Name, ttl, v4))}
	case dns.TypeAAAA:
		m.Answer = []dns.RR{record(fmt.Sprintf("%s %d AAAA %s", asked.Name, ttl, v6))}
	default:
		return ref.negative(q, dns.RcodeSuccess, ttl)
	}
	return m
}

// fit cuts what does not go into a datagram.
func (ref *reference) fit(q, m *dns.Msg) *dns.Msg {
	room := dns.MinMsgSize
	if opt := q.IsEdns0(); opt != nil {
		room = min(max(int(opt.UDPSize()), dns.MinMsgSize), maxUDP)
	}
	m.Compress = true
	if m.Len() > room {
		m.Truncated, m.Answer, m.Ns = true, nil, nil
	}
	return m
}

func nameOf(text string) *domain.Name {
	wire := make([]byte, 256)
	end, err := dns.PackDomainName(strings.ToLower(text), wire, 0, nil, false)
	if err != nil {
		panic(err) // it was unpacked
	}
	n := new(domain.Name)
	if _, err := n.SetWire(wire[:end], 0); err != nil {
		panic(err)
	}
	return n
}

func record(text string) dns.RR {
	rr, err := dns.NewRR(text)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", text, err)) // the test's own text
	}
	return rr
}

func copied(records []dns.RR) (all []dns.RR) {
	for _, rr := range records {
		all = append(all, dns.Copy(rr))
	}
	return all
}

// worldwide is an upstream that has an answer for every question, always the
// same: addresses, aliases that lead to what is listed or not, errors, answers
// that are too long.
func worldwide(q dns.Question) *dns.Msg {
	h := fnv.New32a()
	fmt.Fprint(h, q.Name, q.Qtype)
	n := h.Sum32()
	m := new(dns.Msg)
	say := func(format string, args ...any) {
		m.Answer = append(m.Answer, record(fmt.Sprintf(format, args...)))
	}
	soa := func() { m.Ns = []dns.RR{record("example. 300 SOA ns.example. who.example. 1 2 3 4 300")} }
	switch kind := n % 16; {
	case kind == 0:
		m.Rcode = dns.RcodeNameError
		soa()
	case kind == 1:
		m.Rcode = dns.RcodeServerFailure
	case kind == 2:
		say("%s 300 CNAME bet%d.example.", q.Name, n>>8%8) // some of them are listed
		say("bet%d.example. 300 A 192.0.2.%d", n>>8%8, n>>16%250)
	case q.Qtype == dns.TypeA && kind == 3:
		say("%s 300 A 10.0.0.%d", q.Name, n>>16%250) // a private address
	case q.Qtype == dns.TypeA && kind == 4:
		say("%s 300 A 203.0.113.%d", q.Name, n>>16%250) // a listed address
	case q.Qtype == dns.TypeA && kind == 5:
		say("%s 300 CNAME cdn.%s", q.Name, "edge.example.")
		say("cdn.edge.example. 60 A 198.51.100.%d", n>>16%250)
	case q.Qtype == dns.TypeA && kind == 6:
		for i := range 100 {
			say("%s 300 A 198.51.100.%d", q.Name, i)
		}
	case q.Qtype == dns.TypeA:
		say("%s 300 A 198.51.100.%d", q.Name, n>>16%250)
	case q.Qtype == dns.TypeAAAA:
		say("%s 300 AAAA 2001:db8::%x", q.Name, n>>16)
	case q.Qtype == dns.TypeHTTPS && kind < 8:
		say("%s 300 HTTPS 1 . alpn=h2 ipv4hint=203.0.113.%d", q.Name, n>>16%250)
	case q.Qtype == dns.TypeHTTPS:
		say("%s 300 HTTPS 1 . alpn=h2 ipv4hint=198.51.100.%d", q.Name, n>>16%250)
	case q.Qtype == dns.TypeTXT:
		say("%s 300 TXT %q", q.Name, strings.Repeat("x", int(n>>16%200)))
	case q.Qtype == dns.TypeMX:
		say("%s 300 MX 10 mail.%s", q.Name, "edge.example.")
	default:
		soa()
	}
	return m
}
