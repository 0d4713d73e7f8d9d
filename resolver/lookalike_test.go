package resolver_test

import (
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/metrics"
)

const imitating = `
vietcombank-login.top. A 192.0.2.1
vietcombank-vn.top.    A 192.0.2.2
lesson.example.        A 192.0.2.10
alias.example.         CNAME vietcombank-login.top.
`

// imitated has a school whose pupils are kept from look-alikes, whose teachers are watched, and
// whose guests are neither.
const imitated = `
profiles:
  hs: {extends: none, block: [look-alike, gambling]}
  gv: {extends: none, block: [gambling], observe: [look-alike]}
  off: {extends: none, block: [gambling]}
units:
  - id: truong
    kind: school
    profile: hs
    networks: [127.1.0.0/16]
    allow: [vietcombank-vn.top]
    groups:
      - {id: gv, networks: [127.2.0.0/16], profile: gv}
      - {id: khach, networks: [127.3.0.0/16], profile: off}
`

const guest = "127.3.0.1"

func TestWhatImitatesABrandIsBlockedWhereTheProfileSaysSo(t *testing.T) {
	up := newSource(t, imitating)
	n := newNode(t, nil, up.addr)
	n.load(imitated)
	n.use()
	for range 2 {
		n.wants(pupil, "vietcombank-login.top", "NXDOMAIN")
	}
	if m := n.ask(pupil, "vietcombank-login.top", dns.TypeA); ede(m) != 17 {
		t.Errorf("EDE %d, want 17: %v", ede(m), m)
	}
	if asked := up.asked.Load(); asked != 0 {
		t.Errorf("upstreams were asked %d times for what is blocked", asked)
	}
	for range 2 { // from the upstream, then from memory
		n.wants(teacher, "vietcombank-login.top", "192.0.2.1")
		n.wants(guest, "vietcombank-login.top", "192.0.2.1")
		n.wants(pupil, "vietcombank-login.top", "NXDOMAIN") // what is in memory is judged alike
		n.wants(pupil, "vietcombank-vn.top", "192.0.2.2")   // the school allows it
		n.wants(pupil, "lesson.example", "192.0.2.10")
		n.wants(pupil, "alias.example", "vietcombank-login.top. 192.0.2.1") // only what is asked for is judged
	}
}

func TestWhatIsObservedIsCountedAndPasses(t *testing.T) {
	n := newNode(t, nil, newSource(t, imitating).addr)
	n.load(imitated)
	n.use()
	for range 3 {
		n.wants(teacher, "vietcombank-login.top", "192.0.2.1")
		n.wants(teacher, "lesson.example", "192.0.2.10")
		n.wants(guest, "vietcombank-login.top", "192.0.2.1")
		n.wants(pupil, "vietcombank-vn.top", "192.0.2.2")
	}
	counts := map[string]uint64{}
	totals := n.counters.Totals()
	totals.Each(func(of metrics.Counter, value uint64) { counts[strings.Join(totals.Labels(of), ",")] = value })
	f := func(labels string, want uint64) {
		t.Helper()
		if got := counts[labels]; got != want {
			t.Errorf("%s is %d, want %d of %v", labels, got, want, counts)
		}
	}
	f("__name__,lachan_school_observed_total,node,test,school,truong,group,gv,category,look-alike", 3)
	f("__name__,lachan_school_observed_total,node,test,school,truong,group,khach,category,look-alike", 0)
	f("__name__,lachan_school_queries_total,node,test,school,truong,group,gv,decision,allowed,category,none", 6)
}

// TestAPolicyThatBeginsToBlockThemHoldsForWhatIsInMemory: what an answer in memory imitates is
// known, whatever the policy was when it came.
func TestAPolicyThatBeginsToBlockThemHoldsForWhatIsInMemory(t *testing.T) {
	n := newNode(t, nil, newSource(t, imitating).addr)
	n.load(strings.ReplaceAll(imitated, "look-alike, ", ""))
	n.use()
	n.wants(pupil, "vietcombank-login.top", "192.0.2.1")
	n.load(imitated)
	n.use()
	n.wants(pupil, "vietcombank-login.top", "NXDOMAIN")
	n.wants(teacher, "vietcombank-login.top", "192.0.2.1")
}

func TestStaleAnswersOfImitationsAreJudged(t *testing.T) {
	up := newSource(t, "vietcombank-login.top. 1 A 192.0.2.1\n")
	n := newNode(t, nil, up.addr)
	n.load(imitated)
	n.use()
	n.wants(teacher, "vietcombank-login.top", "192.0.2.1")
	up.answer(func(q *dns.Msg) *dns.Msg { return new(dns.Msg).SetRcode(q, dns.RcodeServerFailure) })
	until(t, "the answer is stale", func() bool {
		n.wants(pupil, "vietcombank-login.top", "NXDOMAIN")
		return ede(n.ask(teacher, "vietcombank-login.top", dns.TypeA)) == 3
	})
}
