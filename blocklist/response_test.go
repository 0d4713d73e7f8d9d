package blocklist_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/format"
)

// said is a response in words.
func said(r blocklist.Response, ok bool) string {
	if !ok {
		return "none"
	}
	return strings.TrimSpace(fmt.Sprint(r.Act, " ", strings.Join(r.Data, ", "))) + " by " + r.Entry
}

// TestTheNearestEntryOfAZoneAnswers: the longest name, the name itself before a wildcard,
// with the data of all entries that are as near, and of no other zone.
func TestTheNearestEntryOfAZoneAnswers(t *testing.T) {
	rule := func(name string, scope format.Scope, act format.Act, data string) format.Rule {
		return format.Rule{Name: name, Scope: scope, Act: act, Data: data}
	}
	rules := []format.Rule{
		rule("a.example", format.Exact, format.ActNXDomain, ""),
		rule("a.example", format.Below, format.ActNoData, ""),
		rule("x.a.example", format.Exact, format.ActData, "A 192.0.2.1"),
		rule("x.a.example", format.Exact, format.ActData, "A 192.0.2.2"),
		rule("deep.x.a.example", format.Exact, format.ActDrop, ""),
		rule("tcp.example", format.Exact, format.ActTCPOnly, ""),
		rule("c.tree.example", format.Tree, format.ActNXDomain, ""),
		rule("tree.example", format.Tree, format.ActNoData, ""),
	}
	other := source("b", rule("x.a.example", format.Exact, format.ActData, "A 192.0.2.9"), rule("b.example", format.Exact, format.ActNoData, ""))
	f := func(l *blocklist.List, tag int, text, want string) {
		t.Helper()
		if got := said(l.Respond(tag, name(t, text), typeA, 1)); got != want {
			t.Errorf("zone %d, %s: %s, want %s", tag, text, got, want)
		}
	}
	for range 2 {
		l := compile(t, blocklist.Options{}, source("a", rules...), other)
		f(l, 0, "a.example", "nxdomain by a.example")
		f(l, 0, "y.a.example", "nodata by a.example")
		f(l, 0, "x.a.example", "data A 192.0.2.1, A 192.0.2.2 by x.a.example")
		f(l, 1, "x.a.example", "data A 192.0.2.9 by x.a.example")
		f(l, 0, "deep.x.a.example", "drop by deep.x.a.example")
		f(l, 0, "tcp.example", "tcp-only by tcp.example")
		f(l, 0, "q.c.tree.example", "nxdomain by c.tree.example")
		f(l, 0, "c.tree.example", "nxdomain by c.tree.example")
		f(l, 0, "tree.example", "nodata by tree.example")
		f(l, 1, "b.example", "nodata by b.example")
		f(l, 0, "b.example", "none")
		f(l, 2, "a.example", "none")
		slices.Reverse(rules) // the order in which they are written does not matter but for the data
		rules[slices.IndexFunc(rules, func(r format.Rule) bool { return r.Data == "A 192.0.2.2" })].Data = "A 192.0.2.1"
		rules[slices.IndexFunc(rules, func(r format.Rule) bool { return r.Data == "A 192.0.2.1" })+1].Data = "A 192.0.2.2"
	}
}

// TestTheNearestPrefixAnswers: of addresses in answers and of clients, each for itself, in
// a list as it was compiled and with what changed since.
func TestTheNearestPrefixAnswers(t *testing.T) {
	rule := func(prefix string, client bool, act format.Act) format.Rule {
		return format.Rule{Prefix: netip.MustParsePrefix(prefix), Client: client, Act: act}
	}
	rules := []format.Rule{
		rule("192.0.2.0/24", false, format.ActNXDomain), rule("192.0.2.128/25", false, format.ActNoData), rule("192.0.2.200/32", false, format.ActPassthru),
		rule("2001:db8::/32", false, format.ActNoData),
		rule("10.0.0.0/8", true, format.ActDrop), rule("10.1.0.0/16", true, format.ActPassthru), rule("fd00::/8", true, format.ActNXDomain),
	}
	f := func(l *blocklist.List, client bool, address, want string) {
		t.Helper()
		a := netip.MustParseAddr(address)
		if got := said(l.RespondAddr(0, a, client, 1)); got != want {
			t.Errorf("client %v, %s: %s, want %s", client, address, got, want)
		}
		classified := l.ClassifyAddr(a, 1)
		if client {
			classified = l.ClassifyClient(a, 1)
		}
		if classified.Has(0) != (want != "none") {
			t.Errorf("client %v, %s: classified as %v, want %s", client, address, classified, want)
		}
	}
	l := compile(t, blocklist.Options{}, source("a", rules...))
	anew := overlaid(t, []blocklist.Source{source("a", rules[0], rule("198.51.100.0/24", false, format.ActDrop), rule("172.16.0.0/12", true, format.ActDrop))},
		[]blocklist.Source{source("a", rules...)})
	for _, l := range []*blocklist.List{l, anew} {
		f(l, false, "192.0.2.1", "nxdomain by 192.0.2.0/24")
		f(l, false, "::ffff:192.0.2.1", "nxdomain by 192.0.2.0/24")
		f(l, false, "192.0.2.199", "nodata by 192.0.2.128/25")
		f(l, false, "192.0.2.200", "passthru by 192.0.2.200")
		f(l, false, "192.0.3.0", "none")
		f(l, false, "198.51.100.1", "none")
		f(l, false, "2001:db8::1", "nodata by 2001:db8::/32")
		f(l, false, "10.1.2.3", "none")
		f(l, true, "192.0.2.1", "none")
		f(l, true, "10.1.2.3", "passthru by 10.1.0.0/16")
		f(l, true, "::ffff:10.2.2.3", "drop by 10.0.0.0/8")
		f(l, true, "172.16.0.1", "none")
		f(l, true, "fd00::1", "nxdomain by fd00::/8")
		f(l, true, "2001:db8::1", "none")
		if r, ok := l.RespondAddr(1, netip.MustParseAddr("192.0.2.1"), false, 1); ok {
			t.Errorf("another zone answers %v", r)
		}
		var entries []string
		for _, m := range l.MatchesAddr(netip.MustParseAddr("::ffff:192.0.2.200"), 1) {
			entries = append(entries, m.Entry)
		}
		if slices.Sort(entries); !slices.Equal(entries, []string{"192.0.2.0/24", "192.0.2.128/25", "192.0.2.200"}) {
			t.Errorf("matches %q", entries)
		}
	}
	for _, x := range []struct {
		what string
		l    *blocklist.List
		want bool
	}{
		{"of clients", l, true}, {"no list", nil, false},
		{"of answers", compile(t, blocklist.Options{}, source("a", rules[:4]...)), false},
		{"of a client over IPv6", compile(t, blocklist.Options{}, source("a", rules[6])), true},
		{"of a client since it was compiled", overlaid(t, []blocklist.Source{source("a", rules[0])}, []blocklist.Source{source("a", rules[0], rules[6])}), true},
	} {
		if got := x.l.HasClients(); got != x.want {
			t.Errorf("%s: %v, want %v", x.what, got, x.want)
		}
	}
	var none *blocklist.List
	a := netip.MustParseAddr("192.0.2.1")
	if none.MatchesAddr(a, 1) != nil || none.Matches(name(t, "a.example"), typeA, 1) != nil || none.Dormant(name(t, "a.example"), typeA, 1) != nil ||
		!none.ClassifyAddr(a, 1).Empty() || !none.Tags().Empty() || none.Prefetch(name(t, "a.example")) != 0 {
		t.Error("no list knows something")
	}
}

// TestAnExplanationSaysAllOfARule.
func TestAnExplanationSaysAllOfARule(t *testing.T) {
	from, until := time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC), time.Date(2026, 9, 14, 0, 0, 0, 0, time.UTC)
	l := compile(t, blocklist.Options{}, source("a",
		format.Rule{Regex: `^ads[0-9]`, Category: "drugs"},
		format.Rule{Name: "week.example", Scope: format.Below, Document: "12/CV", From: from, Until: until},
		format.Rule{Name: "from.example", From: from}, format.Rule{Name: "until.example", Until: until}))
	f := func(text string, want blocklist.Match) {
		t.Helper()
		m := l.Matches(name(t, text), typeA, from.Unix())
		if len(m) != 1 || fmt.Sprint(m[0].From.Unix(), m[0].Until.Unix()) != fmt.Sprint(want.From.Unix(), want.Until.Unix()) {
			t.Fatalf("%s: %+v, want %+v", text, m, want)
		}
		want.From, want.Until = m[0].From, m[0].Until
		if m[0] != want || m[0].From.IsZero() != want.From.IsZero() || m[0].Until.IsZero() != want.Until.IsZero() {
			t.Errorf("%s: %+v, want %+v", text, m[0], want)
		}
	}
	f("ads1.test", blocklist.Match{Feed: "a", Category: "drugs", Entry: "/^ads[0-9]/", Tags: blocklist.Of(2)})
	f("x.week.example", blocklist.Match{Feed: "a", Entry: "week.example", Scope: format.Below, Document: "12/CV", Tags: blocklist.Of(0), From: from, Until: until})
	f("from.example", blocklist.Match{Feed: "a", Entry: "from.example", Tags: blocklist.Of(0), From: from})
	f("until.example", blocklist.Match{Feed: "a", Entry: "until.example", Tags: blocklist.Of(0), Until: until})
}
