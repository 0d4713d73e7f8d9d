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
	n.settings.Identity.CheckName = &check
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
	n.settings.Replies.PageV4 = netip.MustParseAddr("192.0.2.80")
	n.use()
	n.wants(pupil, "check.lachan.test", "192.0.2.80")
	n.settings.Identity.CheckName = nil
	n.use()
	n.wants(pupil, "check.lachan.test", "NXDOMAIN")
}

// TestACheckOfACategoryTellsWhatBecomesOfIt: as policy and lists have it at the
// moment, and it counts as a check, not as a query.
func TestACheckOfACategoryTellsWhatBecomesOfIt(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson).addr)
	n.load(strings.Replace(standing, "block: [gambling, malware]", "block: [gambling, malware, fake-news]", 1))
	n.checks("check.lachan.test")
	f := func(from, category, result, unit string) {
		t.Helper()
		r := n.ask(from, category+".Check.Lachan.Test.", dns.TypeTXT)
		if len(r.Answer) != 1 {
			t.Fatalf("%s of %s: %s", category, from, r)
		}
		if got := strings.Join(r.Answer[0].(*dns.TXT).Txt, " "); !strings.HasPrefix(got, result+" category=") || !strings.HasSuffix(got, " unit="+unit) {
			t.Errorf("%s of %s: %s", category, from, got)
		}
	}
	f(pupil, "gambling", "passed", "truong")
	f(pupil, "CO-BAC", "passed", "truong")
	f(pupil, "fake-news", "failed", "truong")
	f(pupil, "ads", "allowed", "truong")
	f(teacher, "gambling", "allowed", "truong/gv")
	n.wants(pupil, "gambling.check.lachan.test", "NXDOMAIN") // as the policy replies
	n.wants(pupil, "ads.check.lachan.test", pupil)
	n.wants(pupil, "check.lachan.test", pupil)
	n.wants(pupil, "x.gambling.check.lachan.test", "NXDOMAIN") // no name of ours
	want := map[string]int{
		`{node="test",school="truong",group="",category="gambling",result="passed"}`:    3,
		`{node="test",school="truong",group="",category="fake-news",result="failed"}`:   1,
		`{node="test",school="truong",group="",category="ads",result="allowed"}`:        2,
		`{node="test",school="truong",group="",category="none",result="passed"}`:        1,
		`{node="test",school="truong",group="gv",category="gambling",result="allowed"}`: 1,
	}
	got := n.series("/metrics/compliance", "lachan_school_checks_total{")
	for series, times := range want {
		if got["lachan_school_checks_total"+series] != times {
			t.Errorf("%s is not %d in %v", series, times, got)
		}
	}
	if len(got) != len(want) {
		t.Errorf("checks: %v", got)
	}
	asked := 0
	for _, times := range n.series("/metrics/compliance", "lachan_school_queries_total{") {
		asked += times
	}
	if asked != 1 {
		t.Errorf("%d queries are counted, want the one that was no check", asked)
	}
}

func TestWhoIsNotServedGetsNoCheck(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson).addr)
	n.settings.Clients.RefuseUnknown = true
	n.checks("check.lachan.test")
	n.wants("127.9.0.1", "check.lachan.test", "REFUSED")
}
