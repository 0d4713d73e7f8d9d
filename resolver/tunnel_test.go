package resolver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/metrics"
	"lachan/resolver"
)

const tunnelled = `
profiles:
  hs: {extends: none, block: [circumvention]}
  gv: {extends: none, block: [gambling]}
units:
  - id: truong
    kind: school
    profile: hs
    networks: [127.1.0.0/16]
    allow: [known.example]
    groups: [{id: gv, networks: [127.2.0.0/16], profile: gv}]
`

// carrying is a name that carries bytes below a domain.
func carrying(i int, below string) string {
	return fmt.Sprintf("%s%d.%s%d.%s", strings.Repeat("0g", 28), 10000+i, strings.Repeat("k7", 28), 10000+i, below)
}

// tunnelServer answers long names with what is different each time, and says of all others that
// they are not there.
func tunnelServer(q *dns.Msg) *dns.Msg {
	m, name := new(dns.Msg).SetReply(q), q.Question[0].Name
	if len(name) < 50 {
		return m.SetRcode(q, dns.RcodeNameError)
	}
	m.Answer = []dns.RR{&dns.TXT{
		Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeTXT, Class: dns.ClassINET},
		Txt: []string{name[:50], name[50:]},
	}}
	return m
}

func TestATunnelIsRefusedForItsGroupAndDomain(t *testing.T) {
	up := newSource(t, "www.example. A 192.0.2.1\n")
	up.answer(tunnelServer)
	n := newNode(t, nil, up.addr)
	n.load(tunnelled)
	n.use()
	refused := func(from, below string) (at int) {
		t.Helper()
		for i := range 60 {
			m := n.ask(from, carrying(i, below), dns.TypeTXT)
			if m.Rcode == dns.RcodeRefused {
				if ede(m) != 17 {
					t.Errorf("EDE %d, want 17: %v", ede(m), m)
				}
				return i
			}
		}
		return -1
	}
	if at := refused(pupil, "t.tunnel.example"); at < 5 || at > 40 {
		t.Errorf("the tunnel is refused after %d questions", at)
	}
	asked := up.asked.Load()
	n.wants(pupil, "short.tunnel.example", "REFUSED")
	if up.asked.Load() != asked {
		t.Error("the upstream is asked what is refused")
	}
	n.wants(pupil, "www.other.example", "NXDOMAIN")
	n.wants(teacher, "short.tunnel.example", "NXDOMAIN")
	if at := refused(teacher, "t.tunnel.example"); at >= 0 {
		t.Errorf("a group that may is refused after %d questions", at)
	}
	if at := refused(pupil, "t.known.example"); at >= 0 {
		t.Errorf("what the school allows is refused after %d questions", at)
	}
	n.use() // what a new list or minute changes is not this
	n.wants(pupil, "short.tunnel.example", "REFUSED")
	counts := map[string]uint64{}
	totals := n.counters.Totals()
	totals.Each(func(of metrics.Counter, value uint64) { counts[strings.Join(totals.Labels(of), ",")] = value })
	const blocked = "__name__,lachan_school_queries_total,node,test,school,truong,group,,decision,blocked,category,circumvention"
	if counts[blocked] != 3 {
		t.Errorf("counted as circumvention: %d, want 3 of %v", counts[blocked], counts)
	}
}

// TestNobodyShutsADomainForOthers: a pupil who asks for long names that are not there, below a
// domain that the whole school uses, shuts none but such names; and what is never blocked or is
// allowed stays open even below the domain of a tunnel.
func TestNobodyShutsADomainForOthers(t *testing.T) {
	up := newSource(t, "www.popular.example. A 192.0.2.1\nmetric.gstatic.com. A 192.0.2.2\nwww.known.example. A 192.0.2.3\n")
	n := newNode(t, map[string]string{neverBlocked: "0.0.0.0 metric.gstatic.com\n"}, up.addr)
	n.load(tunnelled)
	n.use()
	for i := range 100 {
		for _, below := range []string{"popular.example", "gstatic.com", "known.example"} {
			n.ask(pupil, carrying(i, below), dns.TypeTXT)
		}
	}
	n.wants(pupil, carrying(100, "popular.example"), "REFUSED")
	n.wants(pupil, "www.popular.example", "192.0.2.1")
	n.wants(pupil, "metric.gstatic.com", "192.0.2.2")
	n.wants(pupil, "www.known.example", "192.0.2.3")
	up.answer(func(q *dns.Msg) *dns.Msg {
		if len(q.Question[0].Name) > 50 {
			return tunnelServer(q)
		}
		return new(dns.Msg).SetRcode(q, dns.RcodeNameError)
	})
	for i := range 100 {
		n.ask(pupil, carrying(1000+i, "metric.gstatic.com"), dns.TypeTXT)
		n.ask(pupil, carrying(1000+i, "known.example"), dns.TypeTXT)
		n.ask(teacher, carrying(1000+i, "other.example"), dns.TypeTXT)
	}
	n.wants(pupil, "other.gstatic.com", "NXDOMAIN") // what was never blocked has counted for nothing
	n.wants(pupil, "other.known.example", "NXDOMAIN")
	if ever, present := resolver.StoppedTunnels(n.resolver); ever != 2 || present != 2 {
		t.Errorf("%d were stopped, %d are, want those of popular.example and gstatic.com", ever, present)
	}
}
