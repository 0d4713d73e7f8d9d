package resolver_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
)

// checks sets the name that says whether the filter is in use.
func (n *node) checks(name string) {
	n.t.Helper()
	var check domain.Name
	if err := check.SetText(name); err != nil {
		n.t.Fatal(err)
	}
	n.settings.CheckName = &check
	n.use()
}

func TestTheCheckTellsWhoIsWhose(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson).addr)
	n.load(strings.Replace(standing, "profiles:", "profiles:\n  thi: {default: deny}", 1) + `
  - {id: thi, profile: thi, networks: [127.3.0.0/16], block: [lachan.test]}
  - {id: so, kind: province, networks: [127.4.0.0/16], lock: [gambling]}
`)
	n.checks("check.lachan.test")
	f := func(from string, unit string) {
		t.Helper()
		for _, network := range []string{"udp", "tcp"} {
			r, err := n.exchange(network, from, new(dns.Msg).SetQuestion("Check.Lachan.Test.", dns.TypeTXT))
			if err != nil || len(r.Answer) != 1 || r.Answer[0].Header().Ttl != 0 ||
				strings.Join(r.Answer[0].(*dns.TXT).Txt, " ") != "ok unit="+unit+" via="+network {
				t.Errorf("%s over %s: %v, %v", from, network, r, err)
			}
		}
		n.wants(from, "check.lachan.test", from) // the address as the filter sees it
	}
	f(pupil, "truong")
	f(teacher, "truong/gv")
	f("127.3.0.1", "thi") // whatever its policy says
	f("127.4.0.1", "so")
	f("127.9.0.1", "none")
	if r := n.ask(pupil, "check.lachan.test", dns.TypeAAAA); r.Rcode != dns.RcodeSuccess || len(r.Answer) > 0 {
		t.Errorf("AAAA: %s", r)
	}
	n.wants(pupil, "x.check.lachan.test", "NXDOMAIN") // that is no name of ours
	n.settings.PageV4 = netip.MustParseAddr("192.0.2.80")
	n.use()
	n.wants(pupil, "check.lachan.test", "192.0.2.80")
	n.settings.CheckName = nil
	n.use()
	n.wants(pupil, "check.lachan.test", "NXDOMAIN")
}

func TestWhoIsNotServedGetsNoCheck(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson).addr)
	n.settings.RefuseUnknown = true
	n.checks("check.lachan.test")
	n.wants("127.9.0.1", "check.lachan.test", "REFUSED")
}
