package dnswire_test

import (
	"bytes"
	"errors"
	"net/netip"
	"slices"
	"testing"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/resolver/dnswire"
)

func pack(t testing.TB, m *dns.Msg) []byte {
	t.Helper()
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func query(name string, qtype uint16) *dns.Msg { return new(dns.Msg).SetQuestion(name, qtype) }

func TestParseQuery(t *testing.T) {
	f := func(what string, msg []byte, outcome dnswire.Outcome, rcode int) {
		t.Helper()
		var q dnswire.Query
		if o, r := q.Parse(msg); o != outcome || r != rcode {
			t.Errorf("%s: outcome %d rcode %d, want %d %d", what, o, r, outcome, rcode)
		}
	}
	edit := func(m *dns.Msg, change func([]byte) []byte) []byte { return change(pack(t, m)) }
	plain := query("www.lesson.example.", dns.TypeA)
	f("a question", pack(t, plain), dnswire.Accept, 0)
	f("a question with EDNS", pack(t, query("a.example.", 1).SetEdns0(4096, true)), dnswire.Accept, 0)
	f("octets behind the end", append(pack(t, plain), 1, 2, 3), dnswire.Accept, 0)
	f("nothing", nil, dnswire.Drop, 0)
	f("half a header", pack(t, plain)[:11], dnswire.Drop, 0)
	f("a response", edit(plain, func(b []byte) []byte { b[2] |= 0x80; return b }), dnswire.Drop, 0)
	f("a cut question", pack(t, plain)[:20], dnswire.Answer, dnswire.RcodeFormErr)
	f("no question", edit(plain, func(b []byte) []byte { b[5] = 0; return b }), dnswire.Answer, dnswire.RcodeFormErr)
	f("two questions", edit(plain, func(b []byte) []byte { b[5] = 2; return b }), dnswire.Answer, dnswire.RcodeFormErr)
	f("an answer in a query", edit(plain, func(b []byte) []byte { b[7] = 1; return b }), dnswire.Answer, dnswire.RcodeFormErr)
	f("a pointer to itself", edit(plain, func(b []byte) []byte { b[12], b[13] = 0xC0, 12; return b }), dnswire.Answer, dnswire.RcodeFormErr)
	f("status", edit(plain, func(b []byte) []byte { b[2] |= dns.OpcodeStatus << 3; return b }), dnswire.Answer, dnswire.RcodeNotImp)
	f("update", pack(t, new(dns.Msg).SetUpdate("a.example.")), dnswire.Answer, dnswire.RcodeRefused)
	f("zone transfer", pack(t, query("a.example.", dns.TypeAXFR)), dnswire.Answer, dnswire.RcodeRefused)
	f("EDNS version 1", edit(query("a.example.", 1).SetEdns0(1232, false), func(b []byte) []byte { b[len(b)-5] = 1; return b }), dnswire.Answer, dnswire.RcodeBadVers)
	two := query("a.example.", 1).SetEdns0(1232, false)
	two.Extra = append(two.Extra, two.Extra[0])
	f("two OPT records", pack(t, two), dnswire.Answer, dnswire.RcodeFormErr)
	hesiod := query("a.example.", 1)
	hesiod.Question[0].Qclass = dns.ClassHESIOD
	f("class HS", pack(t, hesiod), dnswire.Answer, dnswire.RcodeRefused)
}

func TestParseKeepsWhatTheReplyNeeds(t *testing.T) {
	m := query("WwW.Lesson.Example.", dns.TypeAAAA).SetEdns0(4096, true)
	m.CheckingDisabled = true
	m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1, SourceNetmask: 24, Address: []byte{192, 0, 2, 0}})
	var q dnswire.Query
	msg := pack(t, m)
	if o, _ := q.Parse(msg); o != dnswire.Accept {
		t.Fatal("not accepted")
	}
	if q.Name.String() != "www.lesson.example" || !bytes.Contains(q.Question, []byte("WwW")) {
		t.Errorf("name %q, question %q", q.Name.String(), q.Question)
	}
	if !q.EDNS || q.UDPSize != 4096 || !q.DO || q.Flags&dnswire.FlagCD == 0 || q.Type != dns.TypeAAAA || q.ID != m.Id {
		t.Errorf("parsed %+v", q)
	}
	if ecs, ok := q.Option(dnswire.OptionECS); !ok || !bytes.Equal(ecs, []byte{0, 1, 24, 0, 192, 0, 2}) {
		t.Errorf("client subnet %v", ecs)
	}
}

func TestReplyIsWhatMiekgReads(t *testing.T) {
	var q dnswire.Query
	q.Parse(pack(t, query("Blocked.Example.", dns.TypeA).SetEdns0(1232, true)))
	r := dnswire.Begin(nil, &q, dnswire.RcodeNXDomain)
	owner := r.Pointer(dnswire.RecordHead)
	var target domain.Name
	if err := target.SetText("safe.example"); err != nil {
		t.Fatal(err)
	}
	r.Record(dnswire.SectionAnswer, dnswire.TypeCNAME, 300, target.Wire())
	r.Address(owner, 300, netip.MustParseAddr("192.0.2.1"))
	r.Address(owner, 300, netip.MustParseAddr("2001:db8::1"))
	r.SOA(60)
	r.OPT(&q, 1232, dnswire.RcodeNXDomain, dnswire.EDEFiltered, "gambling")
	var m dns.Msg
	if err := m.Unpack(r.Bytes); err != nil {
		t.Fatal(err)
	}
	if m.Rcode != dns.RcodeNameError || !m.Response || !m.RecursionAvailable || m.Question[0].Name != "Blocked.Example." {
		t.Errorf("header %+v", m.MsgHdr)
	}
	if len(m.Answer) != 3 || m.Answer[1].Header().Name != "safe.example." || m.Answer[1].(*dns.A).A.String() != "192.0.2.1" {
		t.Errorf("answer %v", m.Answer)
	}
	if soa := m.Ns[0].(*dns.SOA); soa.Minttl != 60 || soa.Hdr.Ttl != 60 || soa.Hdr.Name != "Blocked.Example." {
		t.Errorf("authority %v", m.Ns)
	}
	opt := m.IsEdns0()
	if opt == nil || !opt.Do() || opt.Option[0].(*dns.EDNS0_EDE).InfoCode != 17 || opt.Option[0].(*dns.EDNS0_EDE).ExtraText != "gambling" {
		t.Errorf("OPT %v", opt)
	}
}

// TestOurOPTHasNoBitThatIsNotAsked: all bits but DO must be zero (RFC 6891 section
// 6.1.4).
func TestOurOPTHasNoBitThatIsNotAsked(t *testing.T) {
	f := func(do bool, rcode int, want uint32) {
		t.Helper()
		var q dnswire.Query
		q.Parse(pack(t, query("a.example.", dns.TypeA).SetEdns0(1232, do)))
		r := dnswire.Begin(nil, &q, rcode)
		r.OPT(&q, 1232, rcode, dnswire.EDENone, "")
		var m dns.Msg
		if err := m.Unpack(r.Bytes); err != nil {
			t.Fatal(err)
		}
		if got := m.IsEdns0().Hdr.Ttl; got != want {
			t.Errorf("DO %v, rcode %d: flags %#x, want %#x", do, rcode, got, want)
		}
	}
	f(false, 0, 0)
	f(true, 0, 0x8000)
	f(false, dns.RcodeBadVers, 0x0100_0000)
	f(true, dns.RcodeBadCookie, 0x0100_8000)
}

// TestTheWalkOfACutMessageEndsWithAnError cuts a message at every byte.
func TestTheWalkOfACutMessageEndsWithAnError(t *testing.T) {
	m := new(dns.Msg).SetReply(query("a.example.", dns.TypeA))
	for _, text := range []string{"a.example. 60 CNAME b.example.", "b.example. 60 A 192.0.2.1"} {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatal(err)
		}
		m.Answer = append(m.Answer, rr)
	}
	whole := pack(t, m.SetEdns0(1232, false))
	f := func(msg []byte) (records int, err error) {
		var w dnswire.Walker
		if err := w.Start(msg); err != nil {
			return 0, err
		}
		var r dnswire.Record
		for w.Next(&r) {
			records++
		}
		if w.Next(&r) {
			t.Error("the walk goes on after its end")
		}
		return records, w.Err()
	}
	if n, err := f(whole); n != 3 || err != nil {
		t.Fatalf("%d records, %v", n, err)
	}
	for cut := range whole {
		if n, err := f(whole[:cut]); n > 2 || !errors.Is(err, dnswire.ErrMessage) {
			t.Errorf("%d bytes of %d: %d records, %v", cut, len(whole), n, err)
		}
	}
}

// TestPaddingFillsABlock, where there is room for all of it, and is not begun elsewhere.
func TestPaddingFillsABlock(t *testing.T) {
	for limit, want := range map[int]int{1000: 468, 468: 468, 467: 0} {
		var q dnswire.Query
		q.Parse(pack(t, query("lesson.example.", dns.TypeA).SetEdns0(1232, false)))
		r := dnswire.Begin(nil, &q, 0)
		r.OPT(&q, 1232, 0, 0, "")
		bare := r.Len()
		r.Pad(468, limit)
		var m dns.Msg
		if err := m.Unpack(r.Bytes); err != nil {
			t.Fatal(err)
		}
		if got := r.Len(); got != max(want, bare) {
			t.Errorf("at most %d bytes: %d, %v", limit, got, m.IsEdns0())
		}
	}
}

func TestTruncateLeavesTheQuestion(t *testing.T) {
	var q dnswire.Query
	q.Parse(pack(t, query("a.example.", dns.TypeA)))
	r := dnswire.Begin([]byte("before"), &q, 0)
	r.Record(dnswire.SectionAnswer, dnswire.TypeTXT, 1, make([]byte, 600))
	r.Truncate(&q)
	var m dns.Msg
	if err := m.Unpack(r.Message()); err != nil || !m.Truncated || len(m.Question) != 1 || len(m.Answer) != 0 {
		t.Errorf("%v, %v", err, &m)
	}
}

func TestParseDoesNotAllocate(t *testing.T) {
	msg := pack(t, query("www.lesson.example.", dns.TypeA).SetEdns0(1232, true))
	var q dnswire.Query
	out := make([]byte, 0, 512)
	if n := testing.AllocsPerRun(100, func() {
		q.Parse(msg)
		r := dnswire.Begin(out, &q, 3)
		r.SOA(60)
		r.OPT(&q, 1232, 3, dnswire.EDEFiltered, "gambling")
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestWalkFindsTargetsAndAddresses(t *testing.T) {
	var m dns.Msg
	m.SetQuestion("a.example.", dns.TypeHTTPS)
	m.Response, m.Compress = true, true
	for _, text := range []string{
		"a.example. 60 IN CNAME b.a.example.",
		"example. 60 IN DNAME other.test.",
		`b.a.example. 60 IN HTTPS 1 svc.test. alpn="h2" ipv4hint="192.0.2.5,192.0.2.6" ipv6hint="2001:db8::5"`,
		"b.a.example. 60 IN HTTPS 1 . alpn=h3",
		"b.a.example. 60 IN A 192.0.2.1",
		"b.a.example. 60 IN AAAA 2001:db8::1",
		`b.a.example. 60 IN TXT "not.a.target"`,
	} {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatal(err)
		}
		m.Answer = append(m.Answer, rr)
	}
	msg := pack(t, &m)
	var names, addrs []string
	var w dnswire.Walker
	var r dnswire.Record
	var n domain.Name
	if err := w.Start(msg); err != nil {
		t.Fatal(err)
	}
	for w.Next(&r) {
		if r.Target(msg, &n) {
			names = append(names, n.String())
		}
		r.Addresses(msg, func(a netip.Addr) bool { addrs = append(addrs, a.String()); return true })
	}
	if w.Err() != nil || w.End() != len(msg) {
		t.Errorf("walk ended with %v at %d of %d", w.Err(), w.End(), len(msg))
	}
	if got, want := len(names), 3; got != want || names[0] != "b.a.example" || names[1] != "other.test" || names[2] != "svc.test" {
		t.Errorf("targets %v", names)
	}
	if len(addrs) != 5 || addrs[0] != "192.0.2.5" || addrs[2] != "2001:db8::5" || addrs[3] != "192.0.2.1" {
		t.Errorf("addresses %v", addrs)
	}
}

func TestAddressesBehindAddresses(t *testing.T) {
	f := func(text string, behind ...string) {
		t.Helper()
		a := netip.MustParseAddr(text)
		m := query("a.example.", dns.TypeAAAA)
		m.Answer = []dns.RR{&dns.AAAA{Hdr: dns.RR_Header{Name: "a.example.", Rrtype: dns.TypeAAAA, Class: dns.ClassINET}, AAAA: a.AsSlice()}}
		msg := pack(t, m)
		var w dnswire.Walker
		var r dnswire.Record
		if w.Start(msg) != nil || !w.Next(&r) || !r.HasAddresses() {
			t.Fatal("no record")
		}
		var got []string
		r.Addresses(msg, func(a netip.Addr) bool { got = append(got, a.String()); return true })
		if want := append([]string{a.String()}, behind...); !slices.Equal(got, want) {
			t.Errorf("addresses %v, want %v", got, want)
		}
	}
	f("2001:db8::1")
	f("fd00::192.0.2.1")
	f("::ffff:192.0.2.1", "192.0.2.1")
	f("::ffff:0:192.0.2.1", "192.0.2.1")
	f("::192.0.2.1", "192.0.2.1")
	f("64:ff9b::192.0.2.1", "192.0.2.1")
	f("64:ff9b::1:192.0.2.1")
	f("64:ff9b:1::192.0.2.1", "192.0.2.1")
	f("2002:c000:201::1", "192.0.2.1")
}

// FuzzParse: whatever a client sends, Parse returns, and where it accepts a
// message that miekg/dns can read too, both read the same question and EDNS.
func FuzzParse(f *testing.F) {
	f.Add(pack(f, query("www.Lesson.example.", dns.TypeA)))
	f.Add(pack(f, query("a.example.", dns.TypeHTTPS).SetEdns0(4096, true)))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, msg []byte) {
		var q dnswire.Query
		outcome, _ := q.Parse(msg)
		if outcome != dnswire.Accept {
			return
		}
		r := dnswire.Begin(nil, &q, 0)
		if q.EDNS {
			r.OPT(&q, 1232, 0, dnswire.EDENone, "")
		}
		var reply dns.Msg
		if err := reply.Unpack(r.Bytes); err != nil {
			t.Fatalf("reply cannot be read: %v", err)
		}
		var m dns.Msg
		if m.Unpack(msg) != nil {
			return
		}
		if m.Id != q.ID || len(m.Question) != 1 || m.Question[0].Qtype != q.Type || m.Question[0].Qclass != q.Class {
			t.Fatalf("question %v, parsed %d %d %s", m.Question, q.ID, q.Type, q.Name.String())
		}
		if opt := m.IsEdns0(); (opt != nil) != q.EDNS || opt != nil && opt.Do() != q.DO {
			t.Fatalf("EDNS %v, parsed %v DO %v", opt, q.EDNS, q.DO)
		}
	})
}

// FuzzWalk: whatever an upstream sends, the walk ends, and what it finds lies
// within the message. Where miekg/dns reads the message, both count the same
// records.
func FuzzWalk(f *testing.F) {
	var m dns.Msg
	m.SetQuestion("a.example.", dns.TypeA)
	rr, _ := dns.NewRR("a.example. 60 IN CNAME b.example.")
	svc, _ := dns.NewRR("b.example. 60 IN HTTPS 1 . ipv4hint=192.0.2.1")
	m.Answer = []dns.RR{rr, svc}
	f.Add(pack(f, &m))
	f.Fuzz(func(t *testing.T, msg []byte) {
		var w dnswire.Walker
		var r dnswire.Record
		var n domain.Name
		if w.Start(msg) != nil {
			return
		}
		count := 0
		for w.Next(&r) {
			if r.Data > r.End || r.End > len(msg) || r.TTLAt+4 > len(msg) {
				t.Fatalf("record %+v outside of %d octets", r, len(msg))
			}
			r.Target(msg, &n)
			r.Addresses(msg, func(netip.Addr) bool { return true })
			count++
		}
		var m dns.Msg
		if w.Err() == nil && m.Unpack(msg) == nil && count != len(m.Answer)+len(m.Ns)+len(m.Extra) {
			t.Fatalf("%d records, miekg/dns reads %d", count, len(m.Answer)+len(m.Ns)+len(m.Extra))
		}
	})
}
