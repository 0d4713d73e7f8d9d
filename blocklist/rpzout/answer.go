package rpzout

import (
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"
)

// messageBytes bounds the part of a zone in one message, before compression.
const messageBytes = 32 << 10

// ServeDNS answers one question: SOA and NS of a zone, AXFR (RFC 5936) and IXFR
// (RFC 1995). All else, and all others, are refused. What meets a fault of the
// program is not answered, or not to its end: the secondary asks again.
func (s *Server) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	if s.contain(func() { s.answer(w, q) }) {
		_ = w.Close() // it may be half of a zone
	}
}

func (s *Server) answer(w dns.ResponseWriter, q *dns.Msg) {
	if len(q.Question) != 1 || q.Opcode != dns.OpcodeQuery {
		reply(w, q, dns.RcodeNotImplemented)
		return
	}
	question := q.Question[0]
	z := s.zone(question.Name)
	if z == nil || question.Qclass != dns.ClassINET || !z.admits(w, q) {
		reply(w, q, dns.RcodeRefused)
		return
	}
	now := z.newest()
	if now.list == nil {
		reply(w, q, dns.RcodeServerFailure) // nothing is published yet
		return
	}
	_, overUDP := w.RemoteAddr().(*net.UDPAddr)
	switch question.Qtype {
	case dns.TypeSOA:
		reply(w, q, dns.RcodeSuccess, z.soa(now.serial))
	case dns.TypeNS:
		reply(w, q, dns.RcodeSuccess, z.ns())
	case dns.TypeAXFR:
		if overUDP {
			reply(w, q, dns.RcodeRefused)
			return
		}
		z.sendWhole(w, q, now)
	case dns.TypeIXFR:
		z.answerIXFR(w, q, overUDP)
	default:
		reply(w, q, dns.RcodeRefused)
	}
}

// admits reports whether the sender may have the zone: from where, and with what
// key.
func (z *zone) admits(w dns.ResponseWriter, q *dns.Msg) bool {
	from, err := netip.ParseAddrPort(w.RemoteAddr().String())
	if err != nil {
		return false
	}
	addr := from.Addr().Unmap().WithZone("") // no prefix holds an address with a zone
	if len(z.Allow) > 0 && !slices.ContainsFunc(z.Allow, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		return false
	}
	if z.Key == nil {
		return len(z.Allow) > 0
	}
	t := q.IsTsig()
	return t != nil && w.TsigStatus() == nil && dns.CanonicalName(t.Hdr.Name) == z.Key.Name()
}

// answerIXFR sends changes, or the whole zone to a secondary with a version that is
// too old. Over UDP it sends the SOA record alone, which asks the secondary to
// come over TCP (RFC 1995 section 2).
func (z *zone) answerIXFR(w dns.ResponseWriter, q *dns.Msg, overUDP bool) {
	if len(q.Ns) != 1 {
		reply(w, q, dns.RcodeFormatError)
		return
	}
	has, isSOA := q.Ns[0].(*dns.SOA)
	if !isSOA {
		reply(w, q, dns.RcodeFormatError)
		return
	}
	now, steps, ok := z.since(has.Serial)
	switch {
	case overUDP, int32(now.serial-has.Serial) <= 0:
		reply(w, q, dns.RcodeSuccess, z.soa(now.serial))
	case !ok:
		z.sendWhole(w, q, now)
	default:
		out := newSender(w, q)
		out.send(z.soa(now.serial))
		for i := range steps {
			out.send(z.soa(steps[i].from))
			z.sendAll(out, steps[i].removed)
			out.send(z.soa(steps[i].to))
			z.sendAll(out, steps[i].added)
		}
		out.send(z.soa(now.serial))
		out.flush()
	}
}

func (z *zone) sendAll(out *sender, records []record) {
	for _, r := range records {
		out.send(r.rr(z.Name, ttl))
	}
}

func (z *zone) sendWhole(w dns.ResponseWriter, q *dns.Msg, e edition) {
	out := newSender(w, q)
	out.send(z.soa(e.serial))
	out.send(z.ns())
	e.each(func(r record) bool { return out.send(r.rr(z.Name, ttl)) })
	out.send(z.soa(e.serial))
	out.flush()
}

// A sender puts records into messages and sends them. After an error it sends
// nothing more: without the last SOA record the secondary discards what came.
type sender struct {
	w      dns.ResponseWriter
	q      *dns.Msg
	answer []dns.RR
	size   int
	err    error
}

func newSender(w dns.ResponseWriter, q *dns.Msg) *sender { return &sender{w: w, q: q} }

// send takes a record, unless it is nil, and reports whether to go on.
func (s *sender) send(rr dns.RR) bool {
	if rr == nil {
		return s.err == nil
	}
	s.answer = append(s.answer, rr)
	if s.size += dns.Len(rr); s.size >= messageBytes {
		s.flush()
	}
	return s.err == nil
}

func (s *sender) flush() {
	if s.err == nil && len(s.answer) > 0 {
		s.err = reply(s.w, s.q, dns.RcodeSuccess, s.answer...)
		s.w.TsigTimersOnly(true) // of the messages after the first (RFC 8945 section 5.3.1)
	}
	s.answer, s.size = nil, 0
}

// reply sends one message, signed if the question was, rightly.
func reply(w dns.ResponseWriter, q *dns.Msg, rcode int, answer ...dns.RR) error {
	m := new(dns.Msg).SetRcode(q, rcode)
	m.Authoritative = rcode == dns.RcodeSuccess
	m.Compress = true
	m.Answer = answer
	if t := q.IsTsig(); t != nil && w.TsigStatus() == nil {
		m.SetTsig(t.Hdr.Name, t.Algorithm, t.Fudge, time.Now().Unix())
	}
	return w.WriteMsg(m)
}
