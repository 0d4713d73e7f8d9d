package resolver_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/format"
	"lachan/metrics"
	"lachan/resolver/inside"
	"lachan/resolver/listen"
	"lachan/resolver/standin"
)

// as makes a question one that the node asks itself.
func as(t *testing.T, key standin.Key, c standin.Claim) func(*dns.Msg) {
	return func(m *dns.Msg) {
		t.Helper()
		var name domain.Name
		canonical, err := domain.Canonical(strings.TrimSuffix(m.Question[0].Name, "."))
		if err == nil {
			err = name.SetText(canonical)
		}
		if err != nil {
			t.Fatal(err)
		}
		data := key.Append(nil, c, name.Wire(), m.Question[0].Qtype, time.Now())
		m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_LOCAL{Code: standin.Code, Data: data})
	}
}

// takenFor is which unit's client a reply says it was for; "" if it does not say.
func takenFor(m *dns.Msg) string {
	for _, o := range m.IsEdns0().Option {
		if local, is := o.(*dns.EDNS0_LOCAL); is && local.Code == standin.Code {
			return string(local.Data)
		}
	}
	return ""
}

// TestTheNodeStandsInForAClient: what it asks with the key is judged as a client of the
// group would have it, asks no upstream, and is counted for nobody. A client that has no
// key, or asks from elsewhere, gets what is its own.
func TestTheNodeStandsInForAClient(t *testing.T) {
	source := newSource(t, lesson+"bet.example. A 192.0.2.66\n")
	n := newNode(t, badLists, source.addr)
	key := standin.NewKey()
	n.settings.StandIn = key
	n.settings.Rates.Client = 1
	n.use()
	wants := func(c standin.Claim, from, name, unit string, rcode, code int) {
		t.Helper()
		r := n.ask(from, name, dns.TypeA, as(t, key, c))
		if r.Rcode != rcode || ede(r) != code || takenFor(r) != unit {
			t.Errorf("%v from %s asks %s: %s for %q", c, from, name, r, takenFor(r))
		}
	}
	pupils := standin.Claim{Unit: "truong"}
	teachers := standin.Claim{Unit: "truong/gv"}
	for range 3 { // a limit of one a second does not count
		wants(pupils, "127.0.0.1", "bet.example", "truong", dns.RcodeNameError, 17)
		wants(teachers, "127.0.0.1", "bet.example", "truong/gv", dns.RcodeRefused, 21)
	}
	wants(standin.Claim{Unit: "truong", Address: netip.MustParseAddr(teacher)}, "127.0.0.1", "bet.example", "truong/gv", dns.RcodeRefused, 21)
	wants(standin.Claim{Address: netip.MustParseAddr("127.9.0.1")}, "127.0.0.1", "bet.example", "none", dns.RcodeNameError, 17)
	wants(standin.Claim{Unit: "khong-co"}, "127.0.0.1", "bet.example", "none", dns.RcodeNameError, 17)
	if asked := source.asked.Load(); asked != 0 {
		t.Errorf("an upstream was asked %d times", asked)
	}
	n.settings.Rates.Client = 0
	n.use()
	if r := n.ask(teacher, "bet.example", dns.TypeA, as(t, standin.NewKey(), pupils)); r.Rcode != dns.RcodeSuccess || takenFor(r) != "" {
		t.Errorf("a client with a key of its own: %s", r)
	}
	n.settings.StandIn = standin.Key{}
	n.use()
	if r := n.ask(teacher, "bet.example", dns.TypeA, as(t, key, pupils)); r.Rcode != dns.RcodeSuccess || takenFor(r) != "" {
		t.Errorf("without a key: %s", r)
	}
	asked := 0
	for series, times := range n.series("/metrics/compliance", "lachan_school_queries_total{") {
		if asked += times; times > 0 && !strings.Contains(series, `group="gv"`) {
			t.Errorf("%s: %d are counted", series, times)
		}
	}
	if asked != 2 {
		t.Errorf("%d questions are counted, want the two of teachers without a right key", asked)
	}
}

// TestNobodyElsewhereStandsIn: the right key counts from loopback alone, where a balancer
// says that the question is from elsewhere it does not.
func TestNobodyElsewhereStandsIn(t *testing.T) {
	f := behind(t)
	key := standin.NewKey()
	f.settings.StandIn = key
	f.use()
	m := new(dns.Msg).SetQuestion("bet.example.", dns.TypeA).SetEdns0(1232, false)
	as(t, key, standin.Claim{Unit: "truong/gv"})(m)
	ask := func(client string) *dns.Msg {
		t.Helper()
		conn := &dns.Conn{Conn: f.from(balancer, listen.Plain, proxyHeader(t, 2, client, false))}
		if err := conn.WriteMsg(m); err != nil {
			t.Fatal(err)
		}
		r, err := conn.ReadMsg()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := ask("127.0.0.1"); takenFor(r) != "truong/gv" {
		t.Errorf("from loopback: %s", r)
	}
	if r := ask("192.0.2.7"); takenFor(r) != "" || ede(r) == 21 {
		t.Errorf("from elsewhere: %s", r)
	}
}

// TestAConnectivityCheckIsCountedAsOne: by which devices look whether there is a network; what
// else is never blocked is not, nor what this node asks itself.
func TestAConnectivityCheckIsCountedAsOne(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson).addr)
	key := standin.NewKey()
	n.settings.StandIn = key
	names, err := inside.NewDomains("captive.example")
	if err != nil {
		t.Fatal(err)
	}
	n.settings.Connectivity = names
	never := blocklist.Source{Name: "builtin/core", Digest: "1", Rules: func(emit func(format.Rule) error) error {
		return errors.Join(
			emit(format.Rule{Name: "captive.example", Category: "core-essential"}),
			emit(format.Rule{Name: "time.example", Category: "core-essential"}),
		)
	}}
	lists, err := blocklist.CompileAside(t.Context(), []blocklist.Source{never})
	if err != nil {
		t.Fatal(err)
	}
	settings := n.settings
	n.resolver.Use(&settings, n.policy.At(lists.Bind(n.policy.Tags, nil), time.Now(), 99), n.zones)
	aggregator, sent := metrics.NewAggregator("test", metrics.BuildInfo{}), new(metrics.Sent)
	tick := func() uint64 {
		t.Helper()
		if err := aggregator.Absorb(n.counters.Tick(nil, sent, metrics.ResolverReadings{})); err != nil {
			t.Fatal(err)
		}
		return aggregator.Connectivity()["truong"]
	}
	n.ask(pupil, "captive.example", dns.TypeA)
	tick()
	n.ask(pupil, "captive.example", dns.TypeA)
	n.ask(teacher, "www.captive.example", dns.TypeA)
	n.ask(pupil, "time.example", dns.TypeA)
	n.ask(pupil, "lesson.example", dns.TypeA)
	n.ask("127.0.0.1", "captive.example", dns.TypeA, as(t, key, standin.Claim{Unit: "truong"}))
	tick() // of teachers it is the first
	n.ask(teacher, "www.captive.example", dns.TypeA)
	if got := tick(); got != 2 {
		t.Errorf("%d are counted, want 2", got)
	}
}
