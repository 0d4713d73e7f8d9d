package policy_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/format"
	"lachan/policy"
)

// A ruled is a feed with its rules.
type ruled struct {
	feed  policy.Feed
	rules []format.Rule
}

// newRuled loads a policy whose lists are those of the given feeds, and no other.
func newRuled(t *testing.T, text string, feeds ...ruled) *world {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var configured []policy.Feed
	var sources []blocklist.Source
	for _, f := range feeds {
		if f.feed.Category != "" {
			configured = append(configured, f.feed)
		}
		sources = append(sources, ruledSource(f.feed.Name, f.rules))
	}
	p, problems := policy.Load(path, configured, hanoi, policy.Unknown{})
	if p == nil {
		t.Fatal(problems)
	}
	lists, err := blocklist.CompileAside(t.Context(), sources)
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, p, lists.Bind(p.Tags, nil)}
}

// schoolBelowALock has a school that allows what its province has locked.
const schoolBelowALock = `
profiles: {open: {block: [gambling]}}
units:
  - {id: tinh, kind: province, lock: [phishing]}
  - {id: hs, parent: tinh, kind: school, profile: open, networks: [10.20.0.0/16], allow: [bad.example]}
`

// A list that names a name as often as it likes does not push the rule of a
// locked list aside.
func TestALockCountsWhateverElseNamesTheName(t *testing.T) {
	const copies = 1000
	var flood []format.Rule
	for i := range copies {
		flood = append(flood, format.Rule{
			Name: "bad.example", Document: fmt.Sprint("so ", i), Until: time.Date(2030, 1, 1, 0, 0, i, 0, hanoi),
		})
	}
	w := newRuled(t, schoolBelowALock,
		ruled{policy.Feed{Name: "public", Category: "ads"}, flood},
		ruled{policy.Feed{Name: "order", Category: "gambling", LockedBy: "tinh"}, []format.Rule{
			{Name: "bad.example", Until: time.Date(2031, 1, 1, 0, 0, 0, 0, hanoi)},
		}})
	w.wants("hs", "bad.example", "block lock gambling nxdomain 15")
	t.Logf("%d rules of a public list on the name, and the lock behind them holds", copies)
}

// No response policy zone in front of a locked one takes its lock away: neither
// by letting the name through, nor by naming it as well.
func TestALockedZoneCountsWhateverTheZonesBeforeItSay(t *testing.T) {
	locked := ruled{policy.Feed{Name: "order", Category: "gambling", Zone: true, LockedBy: "tinh"}, []format.Rule{
		{Name: "bad.example", Act: format.ActNXDomain},
		{Prefix: netip.MustParsePrefix("192.0.2.66/32"), Act: format.ActNXDomain},
	}}
	f := func(act format.Act, unit string) {
		t.Helper()
		w := newRuled(t, schoolBelowALock,
			ruled{policy.Feed{Name: "public", Category: "ads", Zone: true, Unit: unit}, []format.Rule{
				{Name: "bad.example", Act: act, Data: "A 192.0.2.1"}, {Name: "led.example", Act: format.ActPassthru},
			}}, locked)
		w.wants("hs", "bad.example", "block lock gambling nxdomain 15")
		rules, g := w.at(monday), w.group("hs")
		asked := rules.Decide(g, name(t, "led.example"), 1)
		if d := rules.DecideTarget(g, asked, name(t, "bad.example"), 1); d.Action != policy.Block {
			t.Errorf("what led.example leads to: %s", w.tell(d))
		}
		if d := rules.DecideAddr(g, asked, netip.MustParseAddr("192.0.2.66")); d.Action != policy.Block {
			t.Errorf("the address of led.example: %s", w.tell(d))
		}
	}
	f(format.ActPassthru, "")
	f(format.ActPassthru, "hs")
	f(format.ActNXDomain, "")
	f(format.ActData, "hs")
	f(format.ActTCPOnly, "")
}

// The answer of a zone is given where the zone alone is the reason for the block.
func TestAZoneDoesNotAnswerForAnotherList(t *testing.T) {
	const text = `
profiles: {open: {block: []}}
units:
  - {id: tinh, kind: province, lock: [gambling]}
  - {id: hs, parent: tinh, kind: school, profile: open}
`
	zone := func(name string, act format.Act, locked string) ruled {
		return ruled{policy.Feed{Name: name, Category: "gambling", Zone: true, LockedBy: locked}, []format.Rule{
			{Name: "bet.example", Act: act, Data: "A 192.0.2.66"},
		}}
	}
	list := ruled{policy.Feed{Name: "list", Category: "gambling"}, []format.Rule{{Name: "bet.example"}}}
	f := func(want string, feeds ...ruled) {
		t.Helper()
		newRuled(t, text, feeds...).wants("hs", "bet.example", "block lock gambling "+want+" 15")
	}
	f("tcp-only", zone("public", format.ActTCPOnly, ""))
	f("nxdomain", zone("public", format.ActTCPOnly, ""), list)
	f("nxdomain", zone("public", format.ActData, ""), list)
	f("nxdomain", zone("public", format.ActTCPOnly, ""), zone("other", format.ActData, ""))
	f("data", zone("public", format.ActTCPOnly, ""), zone("order", format.ActData, "tinh"))
}

// What is never blocked is blocked by a locked feed, which is an order, and not by
// a list of a category that is locked.
func TestAListOfALockedCategoryDoesNotBlockWhatIsNeverBlocked(t *testing.T) {
	const text = `
units:
  - {id: tinh, kind: province, lock: [gambling]}
  - {id: hs, parent: tinh, kind: school}
`
	never := ruled{policy.Feed{Name: "builtin/core"}, []format.Rule{{Name: "time.example", Category: "core"}}}
	rule := []format.Rule{{Name: "time.example"}, {Name: "bet.example"}}
	w := newRuled(t, text, never, ruled{policy.Feed{Name: "public", Category: "gambling"}, rule})
	w.wants("hs", "time.example", "pass core explicit")
	w.wants("hs", "bet.example", "block lock gambling nxdomain 15")
	w = newRuled(t, text, never, ruled{policy.Feed{Name: "order", Category: "gambling", LockedBy: "tinh"}, rule})
	w.wants("hs", "time.example", "block lock gambling nxdomain 15")
}

// A row of a public list does not name a category that is locked, nor one that
// reports count apart, as its own.
func TestAPublicListFillsItsOwnCategoryAlone(t *testing.T) {
	const text = `
units:
  - {id: tinh, kind: province, lock: [csam, authority-order, malware]}
  - {id: hs, parent: tinh, kind: school, profile: giao-vien}
`
	rows := []format.Rule{
		{Name: "abuse.example", Category: "csam"}, {Name: "order.example", Category: "Lệnh chặn"},
		{Name: "evil.example", Category: "malware"}, {Name: "game.example", Category: "khác"},
	}
	f := func(feed policy.Feed, name, want string) {
		t.Helper()
		feed.Name, feed.Category = "list", "games"
		newRuled(t, text, ruled{feed, rows}).wants("hs", name, want)
	}
	public := policy.Feed{}
	f(public, "abuse.example", "pass default")
	f(public, "order.example", "pass default")
	f(public, "evil.example", "pass default")
	f(policy.Feed{Categories: []string{"malware"}}, "evil.example", "block lock malware nxdomain 15")
	f(policy.Feed{Categories: []string{"malware"}}, "abuse.example", "pass default")
	f(policy.Feed{Trusted: true}, "abuse.example", "block lock csam nxdomain 15")
	f(policy.Feed{Trusted: true, Categories: []string{"malware"}}, "abuse.example", "pass default")
	f(policy.Feed{Authority: "A05"}, "abuse.example", "block lock csam nxdomain 16")
	f(policy.Feed{LockedBy: "tinh"}, "abuse.example", "block lock csam nxdomain 15")
	f(policy.Feed{LockedBy: "tinh"}, "game.example", "block lock games nxdomain 15")
}
