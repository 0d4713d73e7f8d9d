package policy_test

import (
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"lachan/blocklist"
	"lachan/blocklist/format"
	"lachan/policy"
)

// zones are response policy zones as authorities write them, by feed.
var zones = map[string]string{
	"first": `
nx.example        CNAME .
*.nx.example      CNAME .
nodata.example    CNAME *.
drop.example      CNAME rpz-drop.
tcp.example       CNAME rpz-tcp-only.
garden.example    A 192.0.2.80
garden.example    A 192.0.2.81
garden.example    AAAA 2001:db8::80
led.example       CNAME walled.garden.test.
*.led.example     CNAME *.garden.test.
free.nx.example   CNAME rpz-passthru.
let.example       CNAME rpz-passthru.
32.66.2.0.192.rpz-ip   CNAME .
32.99.0.20.10.rpz-client-ip CNAME rpz-passthru.
32.98.0.20.10.rpz-client-ip CNAME *.
`,
	"second": `
let.example       CNAME .
later.example     CNAME .
nodata.example    CNAME .
32.67.2.0.192.rpz-ip   CNAME rpz-drop.
`,
}

// newZones loads a policy with the two zones as feeds.
func newZones(t *testing.T, text string, feeds ...policy.Feed) *world {
	t.Helper()
	p, problems := loadText(t, text, feeds...)
	if len(problems) > 0 {
		t.Fatalf("load: %v", problems)
	}
	var sources []blocklist.Source
	for _, name := range []string{"first", "second"} {
		sources = append(sources, blocklist.Source{Name: name, Rules: func(emit func(format.Rule) error) error {
			zone := "$TTL 60\n$ORIGIN rpz.test.\n@ SOA a. b. 1 2 3 4 5\n" + zones[name]
			_, err := format.Parse(strings.NewReader(zone), format.RPZ, format.Options{}, emit, func(r format.Reject) {
				t.Errorf("zone %s line %d: %s", name, r.Line, r.Reason)
			})
			return err
		}})
	}
	path := filepath.Join(t.TempDir(), "list.snap")
	if _, err := blocklist.Compile(t.Context(), path, sources, blocklist.Options{}); err != nil {
		t.Fatal(err)
	}
	snapshot, err := blocklist.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, p, snapshot.Bind(p.Tags, nil)}
}

const zonePolicy = `
profiles:
  filtered: {block: [gambling]}
  open: {block: [adult]}
units:
  - {id: hs, kind: school, profile: filtered, networks: [10.20.0.0/16], allow: [own.nx.example]}
  - {id: gv, kind: school, profile: open, networks: [10.30.0.0/16]}
`

func TestZonesAskForTheirOwnAnswers(t *testing.T) {
	w := newZones(t, zonePolicy,
		policy.Feed{Name: "first", Category: "gambling", Zone: true},
		policy.Feed{Name: "second", Category: "gambling", Zone: true})
	rules := w.at(monday)
	f := func(client, asked, want string) {
		t.Helper()
		a := netip.MustParseAddr(client)
		g, _ := rules.Identify(a)
		d := rules.DecideFor(a, g, name(t, asked), 1)
		got := d.Action.String()
		if d.Action == policy.Block {
			got = d.Reply.String() + " " + w.policy.CategoryCode(d.Category)
		}
		if got != want {
			t.Errorf("%s asks %s: %s, want %s", client, asked, got, want)
		}
	}
	const pupil, teacher = "10.20.0.1", "10.30.0.1"
	f(pupil, "nx.example", "nxdomain gambling")
	f(pupil, "a.nx.example", "nxdomain gambling")
	f(pupil, "nodata.example", "nodata gambling") // the first zone that names it
	f(pupil, "drop.example", "drop gambling")
	f(pupil, "tcp.example", "tcp-only gambling")
	f(pupil, "garden.example", "data gambling")
	f(pupil, "led.example", "data gambling")
	f(pupil, "free.nx.example", "pass") // longer than *.nx.example
	f(pupil, "let.example", "pass")     // so the second zone is not asked
	f(pupil, "later.example", "nxdomain gambling")
	f(pupil, "own.nx.example", "pass") // a unit's own allow comes before a profile's block
	f(pupil, "none.example", "pass")
	f(teacher, "nx.example", "pass") // whose profile does not block the category
	f("10.20.0.99", "nx.example", "pass")
	f("10.20.0.99", "later.example", "pass") // the first zone lets the client through
	f("10.20.0.98", "none.example", "nodata gambling")
}

func TestZoneDataAndAliases(t *testing.T) {
	w := newZones(t, zonePolicy, policy.Feed{Name: "first", Category: "gambling", Zone: true})
	rules := w.at(monday)
	g := w.group("hs")
	if d := rules.Decide(g, name(t, "garden.example"), 1); d.Response == nil || strings.Join(d.Response.Data, ",") != "A 192.0.2.80,A 192.0.2.81,AAAA 2001:db8::80" {
		t.Errorf("data %+v", d.Response)
	}
	for asked, want := range map[string]string{"led.example": "walled.garden.test", "a.led.example": "a.led.example.garden.test"} {
		if d := rules.Decide(g, name(t, asked), 1); d.Rewrite == nil || d.Rewrite.Name.String() != want {
			t.Errorf("%s is led to %+v, want %s", asked, d.Rewrite, want)
		}
	}
}

func TestZonesJudgeAddressesOfAnswers(t *testing.T) {
	w := newZones(t, zonePolicy,
		policy.Feed{Name: "first", Category: "gambling", Zone: true},
		policy.Feed{Name: "second", Category: "gambling", Zone: true})
	rules := w.at(monday)
	f := func(asked, addr, want string) {
		t.Helper()
		g, a := w.group("hs"), netip.MustParseAddr(addr)
		if !rules.Zoned(rules.ClassifyAddr(a)) && want != "pass" {
			t.Errorf("%s is not known to need a zone's judgment", addr)
		}
		d := rules.DecideAddr(g, rules.Decide(g, name(t, asked), 1), a)
		got := d.Action.String()
		if d.Action == policy.Block {
			got = d.Reply.String()
		}
		if got != want {
			t.Errorf("%s at %s: %s, want %s", asked, addr, got, want)
		}
	}
	f("none.example", "192.0.2.66", "nxdomain")
	f("none.example", "192.0.2.67", "drop")
	f("none.example", "192.0.2.68", "pass")
	f("let.example", "192.0.2.66", "pass") // let through by the zone that has the address
	f("let.example", "192.0.2.67", "pass") // and so by those below it
}

func TestZoneOverrides(t *testing.T) {
	f := func(override, cname, asked, want string) {
		t.Helper()
		w := newZones(t, zonePolicy, policy.Feed{Name: "first", Category: "gambling", Zone: true, ZonePolicy: override, ZoneCNAME: cname})
		d := w.at(monday).Decide(w.group("hs"), name(t, asked), 1)
		got := d.Action.String()
		if d.Action == policy.Block {
			got = d.Reply.String()
		}
		if d.Rewrite != nil {
			got += " " + d.Rewrite.Name.String()
		}
		if got != want {
			t.Errorf("policy %q, %s: %s, want %s", override, asked, got, want)
		}
	}
	f("given", "", "nodata.example", "nodata")
	f("nxdomain", "", "nodata.example", "nxdomain")
	f("nxdomain", "", "let.example", "nxdomain")
	f("passthru", "", "nx.example", "pass")
	f("disabled", "", "nx.example", "pass")
	f("cname", "walled.test", "nx.example", "data walled.test")
	f("cname", "*.walled.test", "nx.example", "data nx.example.walled.test")
	f("cname", "*.walled.test", "a.nx.example", "data a.nx.example.walled.test")
	f("cname", "*.walled.test", strings.Repeat("long.", 47)+"nx.example", "yxdomain")
}

func TestLockedZoneIsNotLifted(t *testing.T) {
	w := newZones(t, `
profiles: {open: {block: [adult]}}
units:
  - {id: tinh, kind: province}
  - {id: hs, parent: tinh, kind: school, profile: open, networks: [10.20.0.0/16], allow: [own.nx.example]}
`, policy.Feed{Name: "first", Category: "gambling", Zone: true, LockedBy: "tinh"})
	rules := w.at(monday)
	if d := rules.Decide(w.group("hs"), name(t, "own.nx.example"), 1); d.Action != policy.Block || d.Layer != policy.LayerLock {
		t.Errorf("%+v, want a block by the lock", d)
	}
}
