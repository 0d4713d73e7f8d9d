package test

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"
)

// tricked asks for an innocent name whose answer an upstream has prepared, as
// pupil, as teacher and, now that it is in the cache, as pupil again.
func (p *process) tricked(up *teller, what, name string, qtype uint16) {
	p.t.Helper()
	for _, network := range []string{"udp", "tcp"} {
		pupil, teacher := p.asker(network, thePupil), p.asker(network, theTeacher)
		for _, do := range []bool{false, true} {
			set := func(m *dns.Msg) { m.IsEdns0().SetUDPSize(4096); m.IsEdns0().SetDo(do) }
			keeps(p.t, what, pupil.ask(asking(name, qtype, set)))
			teacher.ask(asking(name, qtype, set))
			keeps(p.t, what+", from the cache", pupil.ask(asking(name, qtype, set)))
		}
	}
	if up.times(name) == 0 {
		p.t.Errorf("%s: the upstream was not asked, so that nothing was tried", what)
	}
}

func TestNoAnswerForAnotherNameTellsTheAddress(t *testing.T) {
	p, up := startAdversary(t, "")
	tricks := 0
	f := func(what string, qtype uint16, answer, authority, additional string) {
		t.Helper()
		tricks++
		name := fmt.Sprintf("n%d.innocent.example", tricks)
		up.tell(t, name, answer, authority, additional)
		p.tricked(up, what, name, qtype)
	}
	for _, hidden := range []string{byList, "www." + byList, byEntry, byLock, idnWire} {
		four, six := hidden+". A "+secret4+"\n", hidden+". AAAA "+secret6+"\n"
		glue := four + six
		alias := "@ CNAME " + hidden + ".\n"

		f("an alias", dns.TypeA, alias+four, "", "")
		f("an alias, asked for as such", dns.TypeCNAME, alias, "", glue)
		f("an alias, of AAAA", dns.TypeAAAA, alias+six, "", "")
		f("an alias in capitals", dns.TypeA, "@ CNAME "+capitals(hidden)+".\n"+capitals(hidden)+". A "+secret4, "", "")
		for length := 2; length <= 8; length++ {
			chain := "@ CNAME c1\n"
			for i := 1; i < length; i++ {
				chain += fmt.Sprintf("c%d CNAME c%d\n", i, i+1)
			}
			f(fmt.Sprintf("a chain of %d aliases", length), dns.TypeA, chain+fmt.Sprintf("c%d CNAME %s.\n", length, hidden)+four, "", "")
			f(fmt.Sprintf("a chain of %d, shuffled", length), dns.TypeA, four+fmt.Sprintf("c%d CNAME %s.\n", length, hidden)+chain, "", "")
		}
		f("an alias in the middle of a chain", dns.TypeA, alias+hidden+". CNAME edge.innocent.example.\nedge.innocent.example. A "+secret4, "", "")
		f("a tree of aliases", dns.TypeA, "innocent.example. DNAME "+hidden+".\n@ CNAME x."+hidden+".\nx."+four, "", "")
		f("a tree of aliases, without the alias", dns.TypeA, "innocent.example. DNAME "+hidden+".\nx."+four, "", "")
		f("the address without an alias", dns.TypeA, four, "", "")
		f("the address beside an answer", dns.TypeA, "@ A "+harmless+"\n"+glue, "", "")
		f("the address beside an answer of text", dns.TypeTXT, "@ TXT \"x\"\n"+glue, "", "")
		f("text beside an answer", dns.TypeTXT, "@ TXT x\n"+hidden+". TXT "+secret4, "", "")
		f("a private type beside an answer", 65280, "@ TYPE65280 \\# 1 00\n"+hidden+`. TYPE65280 \# 4 cb007142`, "", "")
		f("hints beside an answer", dns.TypeHTTPS, "@ HTTPS 1 . alpn=h2\n"+hidden+". HTTPS 1 . ipv4hint="+secret4, "", "")
		f("the address in the authority section", dns.TypeA, "@ A "+harmless, glue, "")
		f("the address in the authority section of NODATA", dns.TypeA, "", "@ SOA a. b. 1 2 3 4 60\n"+glue, "")
		f("the address in the additional section", dns.TypeA, "@ A "+harmless, "", glue)
		f("hints in the additional section", dns.TypeA, "@ A "+harmless, "", hidden+". HTTPS 1 . ipv4hint="+secret4+" ipv6hint="+secret6)
		f("text in the additional section", dns.TypeA, "@ A "+harmless, "", hidden+". TXT "+secret4)
		f("a service's name", dns.TypeHTTPS, "@ HTTPS 1 "+hidden+". ipv4hint="+secret4+" ipv6hint="+secret6, "", glue)
		f("a service's alias", dns.TypeHTTPS, "@ HTTPS 0 "+hidden+".", "", glue)
		f("a service's name, SVCB", dns.TypeSVCB, "@ SVCB 1 "+hidden+". ipv4hint="+secret4, "", glue)
		f("a service with ECH", dns.TypeHTTPS, "@ HTTPS 1 "+hidden+". alpn=h3 ech=\"AEX+DQBBpQAgACAA\" ipv6hint="+secret6, "", "")
		f("glue of a mail exchanger", dns.TypeMX, "@ MX 10 "+hidden+".", "", glue)
		f("glue of a service", dns.TypeSRV, "@ SRV 1 1 443 "+hidden+".", "", glue)
		f("glue of a name server", dns.TypeNS, "@ NS "+hidden+".", "", glue)
		f("glue of a delegation", dns.TypeA, "", "innocent.example. NS "+hidden+".\ninnocent.example. SOA a. b. 1 2 3 4 60", glue)
		f("glue of a naming authority", dns.TypeNAPTR, `@ NAPTR 1 1 "S" "SIP+D2U" "" `+hidden+".", "", glue)
		f("glue of a URI", dns.TypeURI, `@ URI 1 1 "https://`+hidden+`/"`, "", glue)
		f("glue of a pointer", dns.TypePTR, "@ PTR "+hidden+".", "", glue)
		f("glue of a mailbox", dns.TypeMINFO, "@ MINFO "+hidden+". "+hidden+".", "", glue)
	}
}

func capitals(name string) string { return spellingsOf(name)[0] }

// What has an address that is listed is hidden whatever its name, and so is an
// IPv6 address that only stands for a listed IPv4 address.
func TestNoAnswerHasAListedAddress(t *testing.T) {
	p, up := startAdversary(t, "")
	tricks := 0
	f := func(what string, qtype uint16, answer string) {
		t.Helper()
		tricks++
		name := fmt.Sprintf("n%d.listed.example", tricks)
		up.tell(t, name, answer, "", "")
		p.tricked(up, what, name, qtype)
	}
	f("A", dns.TypeA, "@ A "+listed4)
	f("AAAA", dns.TypeAAAA, "@ AAAA "+listed6)
	f("one of several", dns.TypeA, "@ A "+harmless+"\n@ A "+listed4)
	f("behind an alias", dns.TypeA, "@ CNAME x.example.\nx.example. A "+listed4)
	f("a hint", dns.TypeHTTPS, "@ HTTPS 1 . ipv4hint="+harmless+","+listed4)
	f("a hint of IPv6", dns.TypeHTTPS, "@ HTTPS 1 . ipv6hint="+listed6)
	f("a hint of SVCB", dns.TypeSVCB, "@ SVCB 1 . alpn=dot ipv4hint="+listed4)
	f("mapped", dns.TypeAAAA, "@ AAAA ::ffff:"+listed4)
	f("compatible", dns.TypeAAAA, "@ AAAA ::"+listed4)
	f("NAT64", dns.TypeAAAA, "@ AAAA 64:ff9b::"+listed4)
	f("NAT64 of the network", dns.TypeAAAA, "@ AAAA 64:ff9b:1::"+listed4)
	f("6to4", dns.TypeAAAA, "@ AAAA 2002:c633:6407::1")
	f("a hint of NAT64", dns.TypeHTTPS, "@ HTTPS 1 . ipv6hint=64:ff9b::"+listed4)
}

// A public name does not lead into the school's network.
func TestNoPublicNameHasAPrivateAddress(t *testing.T) {
	p, up := startAdversary(t, "")
	tricks := 0
	f := func(qtype uint16, data string, hidden bool) {
		t.Helper()
		tricks++
		name := fmt.Sprintf("n%d.rebind.example", tricks)
		up.tell(t, name, "@ "+dns.TypeToString[qtype]+" "+data, "", "")
		var m dns.Msg
		if err := m.Unpack(p.asker("udp", thePupil).ask(asking(name, qtype))); err != nil {
			t.Fatal(err)
		}
		if m.Rcode != dns.RcodeSuccess || (len(m.Answer) == 0) != hidden {
			t.Errorf("%s: hidden %t, want %t\n%s", data, !hidden, hidden, &m)
		}
	}
	for _, private := range []string{
		"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1", "127.1.2.3", "0.0.0.0", "169.254.169.254", "100.64.0.1",
	} {
		f(dns.TypeA, private, true)
		f(dns.TypeHTTPS, "1 . ipv4hint="+private, true)
		f(dns.TypeAAAA, "::ffff:"+private, true)
		f(dns.TypeAAAA, "64:ff9b::"+private, true)
		f(dns.TypeAAAA, "64:ff9b:1::"+private, true)
	}
	for _, private := range []string{"::1", "::", "fe80::1", "fd00::1", "fc00::1", "::10.1.2.3", "2002:a01:203::1"} {
		f(dns.TypeAAAA, private, true)
		f(dns.TypeHTTPS, "1 . ipv6hint="+private, true)
	}
	for _, public := range []string{harmless, "172.32.0.1", "100.128.0.1"} {
		f(dns.TypeA, public, false)
		f(dns.TypeAAAA, "64:ff9b::"+public, false)
	}
	f(dns.TypeAAAA, "2001:db8::80", false)
	f(dns.TypeAAAA, "2002:c000:250::1", false)
}

func TestWhatTeachersHaveFetchedIsNotForPupils(t *testing.T) {
	p, up := startAdversary(t, "")
	alias := func(name string) string { return name + ". 1 CNAME " + byList + ".\n" + byList + ". 1 A " + secret4 }
	up.tell(t, byList, byList+". 1 A "+secret4, "", "")
	up.tell(t, "shared.example", alias("shared.example"), "", "")
	pupil, teacher := p.asker("udp", thePupil), p.asker("udp", theTeacher)
	both := func(what string) (stale bool) {
		t.Helper()
		for _, name := range []string{byList, "shared.example"} {
			var m dns.Msg
			reply := teacher.ask(asking(name, dns.TypeA))
			if err := m.Unpack(reply); err != nil || !tells(reply) {
				t.Fatalf("%s: a teacher, who may, does not see the address: %v, %s", what, err, &m)
			}
			keeps(t, what, pupil.ask(asking(name, dns.TypeA)))
			keeps(t, what, pupil.ask(asking("www."+name, dns.TypeA)))
			stale = m.IsEdns0() != nil && len(m.IsEdns0().Option) > 0
		}
		return stale
	}
	// Often enough that it is fetched anew ahead of its end.
	before := up.times("shared.example")
	p.until("the answer is fetched anew", func() bool {
		both("from the cache")
		return up.times("shared.example") > before+2
	})
	up.fail(true)
	p.until("the answer is past its end", func() bool { return both("past its end") })
	if up.times(byList) == 0 {
		t.Error("nothing was tried")
	}
}
