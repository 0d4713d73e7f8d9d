package resolver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/metrics"
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

func TestATunnelIsRefusedForItsGroupAndDomain(t *testing.T) {
	up := newSource(t, "www.example. A 192.0.2.1\n")
	up.answer(func(q *dns.Msg) *dns.Msg { return new(dns.Msg).SetRcode(q, dns.RcodeNameError) })
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
	if at := refused(pupil, "t.tunnel.example"); at < 10 || at > 40 {
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
