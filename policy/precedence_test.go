package policy_test

import (
	"testing"

	"github.com/miekg/dns"

	"lachan/policy"
)

// The tests of this file go through the precedence pair by pair: of two layers
// that disagree the earlier one decides.

func TestLockBeforeOwnAllow(t *testing.T) {
	w := newWorld(t, `
profiles: {open: {block: []}}
default_profile: open
units:
- {id: tinh, kind: province, lock: [gambling, service:tiktok, authority-order], allow: [bet.example]}
- {id: xa, kind: commune, parent: tinh, allow: [sub.bet.example]}
- {id: hs, parent: xa, allow: [bet.example, www.tiktok.com], groups: [{id: gv, allow: [bet.example]}]}
- {id: other, kind: school, allow: [bet.example]}
`)
	w.wants("hs/gv", "bet.example", "block lock gambling nxdomain 15")
	w.wants("hs", "www.bet.example", "block lock gambling nxdomain 15")
	w.wants("xa", "sub.bet.example", "block lock gambling nxdomain 15")
	w.wants("tinh", "bet.example", "block lock gambling nxdomain 15") // not even the unit that locked it
	w.wants("hs", "www.tiktok.com", "block lock short-video nxdomain 15")
	w.wants("hs", "order.example", "block lock authority-order nxdomain 16")
	w.wants("other", "bet.example", "pass own explicit") // a lock is for the unit and all below it
	w.wants("", "bet.example", "pass default")
}

func TestLockByAFeed(t *testing.T) {
	w := newWorld(t, `
units:
- {id: tinh, kind: province}
- {id: hs, parent: tinh, allow: [lockme.example]}
- {id: other, kind: school, profile: giao-vien}
`, policy.Feed{Name: "locked", Category: "games", LockedBy: "tinh"})
	w.wants("hs", "lockme.example", "block lock games nxdomain 15")
	w.wants("hs", "lockme-adult.example", "block lock adult nxdomain 15")       // the entry's own category
	w.wants("hs", "game.example", "pass default")                               // the feed is locked, not its category
	w.wants("other", "lockme.example", "pass default")                          // games are allowed there
	w.wants("other", "lockme-adult.example", "block profile adult nxdomain 17") // adult is not
}

func TestLockBeforeAllowFeedCanaryAndProfileButNotCore(t *testing.T) {
	w := newWorld(t, `
profiles: {thi: {default: deny, allow: [bet.example, gambling], reply: refused}}
units:
- id: tinh
  kind: province
  lock: [gambling, ads, circumvention]
- {id: hs, parent: tinh, profile: thi}
`, policy.Feed{Name: "own-allow", Allow: true})
	w.wants("hs", "bet.example", "block lock gambling refused 15")
	w.wants("hs", "time.windows.com", "pass core explicit")
	w.wants("hs", "vpn.example", "block lock circumvention refused 15")
	w.wants("hs", "use-application-dns.net", "block canary circumvention nxdomain 15")
}

func TestNearestUnitFirst(t *testing.T) {
	w := newWorld(t, `
profiles: {open: {block: []}}
units:
- {id: tinh, kind: province, profile: open, block: [a.example, b.example], allow: [c.example, d.example, e.example]}
- {id: xa, kind: commune, parent: tinh, allow: [a.example], block: [c.example]}
- id: hs
  parent: xa
  block: [a.example, e.example]
  allow: [c.example]
  groups:
  - {id: gv, allow: [a.example], block: [c.example], groups: [{id: tin-hoc, block: [a.example]}]}
`)
	w.wants("tinh", "a.example", "block own local nxdomain 15")
	w.wants("xa", "a.example", "pass own excepted local") // commune allow before province block
	w.wants("hs", "a.example", "block own local nxdomain 15")
	w.wants("hs/gv", "a.example", "pass own excepted local")
	w.wants("hs/tin-hoc", "a.example", "block own local nxdomain 15")

	w.wants("tinh", "c.example", "pass own explicit")
	w.wants("xa", "c.example", "block own local nxdomain 15")
	w.wants("hs", "c.example", "pass own excepted local")
	w.wants("hs/gv", "c.example", "block own local nxdomain 15")

	w.wants("hs/tin-hoc", "b.example", "block own local nxdomain 15") // inherited from the top
	w.wants("hs/tin-hoc", "d.example", "pass own explicit")
	w.wants("hs", "e.example", "block own local nxdomain 15") // block near, allow far
}

func TestOfOneUnitAllowBeforeBlock(t *testing.T) {
	w := newWorld(t, `
units:
- id: hs
  allow: [same.example, deep.down.example, up.example, social]
  block: [same.example, down.example, low.up.example, social.example]
`)
	w.wants("hs", "same.example", "pass own explicit")
	w.wants("hs", "deep.down.example", "pass own explicit")
	w.wants("hs", "down.example", "block own local nxdomain 15")
	w.wants("hs", "other.down.example", "block own local nxdomain 15")
	w.wants("hs", "low.up.example", "pass own explicit")
	w.wants("hs", "social.example", "pass own explicit")
}

func TestOwnAllowBeforeProfileAndDefault(t *testing.T) {
	w := newWorld(t, `
profiles: {thi: {block: [gambling], default: deny}}
units:
- {id: hs, level: primary, allow: [bet.example, plain.example]}
- {id: thi, kind: school, profile: thi, allow: [bet.example, plain.example]}
`)
	w.wants("hs", "bet.example", "pass own excepted gambling")
	w.wants("hs", "plain.example", "pass own explicit") // nothing to except it from
	w.wants("thi", "bet.example", "pass own excepted gambling")
	w.wants("thi", "plain.example", "pass own excepted default-deny")
	w.wants("thi", "else.example", "block default default-deny nxdomain 17")
}

func TestOwnBlockBeforeCanaryAndProfileButNotCore(t *testing.T) {
	w := newWorld(t, `
profiles: {plain: {allow: [service:zalo, ok.example], block: [messaging]}}
units:
- {id: hs, profile: plain, block: [moet.gov.vn, mask.icloud.com, ok.example, service:zalo, bet.example]}
`)
	w.wants("hs", "moet.gov.vn", "pass core explicit")
	w.wants("hs", "mask.icloud.com", "block own circumvention nxdomain 15")
	w.wants("hs", "ok.example", "block own local nxdomain 15")
	w.wants("hs", "chat.zalo.me", "block own messaging nxdomain 15")
	w.wants("hs", "bet.example", "block own gambling nxdomain 15") // counts in what the name is
}

func TestAllowFeeds(t *testing.T) {
	f := func(unit string, want ...string) {
		t.Helper()
		w := newWorld(t, `
units:
- {id: tinh, kind: province, profile: tieu-hoc}
- {id: hs, parent: tinh, block: [bet.example], groups: [{id: gv}]}
- {id: other, kind: school, profile: tieu-hoc}
`, policy.Feed{Name: "own-allow", Allow: true, Unit: unit})
		for i, asked := range []struct{ unit, name string }{
			{"hs/gv", "evil.example"}, {"hs", "bet.example"}, {"other", "evil.example"}, {"", "evil.example"}, {"hs", "lesson.example"},
		} {
			w.wants(asked.unit, asked.name, want[i])
		}
	}
	blocked := "block profile malware nxdomain 17"
	f("", "pass own excepted malware", "block own gambling nxdomain 15", "pass own excepted malware", "pass own excepted malware", "pass own explicit")
	f("tinh", "pass own excepted malware", "block own gambling nxdomain 15", blocked, blocked, "pass own explicit")
	f("hs", "pass own excepted malware", "pass own excepted gambling", blocked, blocked, "pass own explicit")
	f("hs/gv", "pass own excepted malware", "block own gambling nxdomain 15", blocked, blocked, "pass default")
}

func TestBlockFeedOfAUnit(t *testing.T) {
	w := newWorld(t, `
units:
- {id: hs, allow: [lesson.example]}
- {id: other, kind: school, groups: [{id: gv, profile: giao-vien}]}
`, policy.Feed{Name: "own-block", Category: "games", Unit: "other"})
	w.wants("hs", "noise.example", "pass default") // says nothing of it elsewhere
	w.wants("other", "noise.example", "block own games nxdomain 15")
	w.wants("other/gv", "noise.example", "block own games nxdomain 15")
}

func TestOwnCategoryAndServiceEntries(t *testing.T) {
	w := newWorld(t, `
profiles: {p: {block: [messaging, social, short-video, malware, games]}, q: {block: [service:zalo]}}
units:
- {id: tinh, kind: province, profile: p, block: [games]}
- {id: hs, parent: tinh, allow: [service:zalo, {category: social}, game]}
- {id: hq, kind: school, profile: q, allow: [nhan-tin]}
- {id: hb, parent: tinh, block: [{service: zalo}]}
`)
	w.wants("tinh", "chat.zalo.me", "block profile messaging nxdomain 17")
	w.wants("hs", "chat.zalo.me", "pass own excepted messaging") // the service lifts the categories it is in
	w.wants("hs", "zalo-more.example", "pass own excepted messaging")
	w.wants("hs", "social.example", "pass own excepted social")
	w.wants("hs", "game.example", "pass own excepted games") // the province's own block
	w.wants("hs", "discord.com", "block profile messaging nxdomain 17")
	w.wants("hq", "chat.zalo.me", "pass own excepted messaging") // a category lifts its services
	w.wants("hb", "chat.zalo.me", "block own messaging nxdomain 15")

	// It lifts that and nothing else that the name is in.
	w.wants("hs", "evil.zalo.me", "block profile malware nxdomain 17")
	w.wants("hs", "evilsocial.example", "block profile malware nxdomain 17")
	w.wants("hs", "clipsocial.example", "block profile short-video nxdomain 17")
}

func TestCoreBeforeProfileAndDefault(t *testing.T) {
	w := newWorld(t, `
profiles: {thi: {default: deny, block: [ads]}}
units: [{id: hs, profile: thi}]
`)
	w.wants("hs", "time.windows.com", "pass core explicit") // though a list calls it ads
	w.wants("hs", "thi.moet.gov.vn", "pass core explicit")
	w.wants("hs", "windows.com", "block default default-deny nxdomain 17")
}

func TestCanaries(t *testing.T) {
	const units = `
units:
- {id: hs, profile: giao-vien}
- {id: hx, kind: school, allow: [use-application-dns.net, resolver.arpa, mask.icloud.com]}
`
	w := newWorld(t, units)
	for _, canary := range []string{"use-application-dns.net", "mask.icloud.com", "mask-h2.icloud.com", "dns-tunnel-check.googlezip.net"} {
		w.wants("hs", canary, "block canary circumvention nxdomain 15")
		w.wants("", canary, "block canary circumvention nxdomain 15")
	}
	w.wants("hs", "www.icloud.com", "pass default")
	w.wants("hx", "use-application-dns.net", "pass own excepted circumvention")
	for _, unit := range []string{"hs", "hx", ""} {
		w.wants(unit, "_dns.resolver.arpa", "local local own") // ours whatever anybody says
		w.wants(unit, "resolver.arpa", "local local own")
	}

	w = newWorld(t, "canaries: false"+units)
	w.wants("hs", "use-application-dns.net", "pass default")
	w.wants("hs", "_dns.resolver.arpa", "local local own")
}

func TestProfile(t *testing.T) {
	w := newWorld(t, `
profiles:
  p:
    block: [messaging, social, malware, service:tiktok]
    allow: [service:zalo, short-video, {name: ok.adult.example, who: me}, evil.example]
units:
- {id: hs, profile: p}
- {id: other, kind: school, profile: giao-vien, rules: [{during: gio-hoc, profile: p}]}
`)
	w.wants("hs", "chat.zalo.me", "pass profile explicit")
	w.wants("hs", "evil.zalo.me", "block profile malware nxdomain 17") // lifts itself and its categories, no other
	w.wants("hs", "discord.com", "block profile messaging nxdomain 17")
	w.wants("hs", "www.tiktok.com", "block profile short-video nxdomain 17") // the service, though its category is allowed
	w.wants("hs", "twitch.tv", "pass profile explicit")
	w.wants("hs", "evil.example", "pass profile explicit") // by name
	w.wants("hs", "else.example", "pass default")
	w.wants("other", "evil.example", "pass profile explicit") // the names go with the profile
	w.wantsAt("2026-09-07 20:00", "other", "evil.example", "block profile malware nxdomain 17")
}

func TestDefaultDeny(t *testing.T) {
	w := newWorld(t, `
profiles:
  thi: {default: deny, block: [malware, messaging], allow: [service:wikipedia, service:zalo, ai-chat, bai.example], reply: page}
units:
- {id: hs, profile: thi, allow: [own.example], block: [sub.bai.example]}
`)
	w.wants("hs", "else.example", "block default default-deny page 17")
	w.wants("hs", "vi.wikipedia.org", "pass profile explicit")
	w.wants("hs", "chatgpt.com", "pass profile explicit")
	w.wants("hs", "www.bai.example", "pass profile explicit")
	w.wants("hs", "sub.bai.example", "block own local page 15")
	w.wants("hs", "www.own.example", "pass own excepted default-deny")
	w.wants("hs", "evil.zalo.me", "block profile malware page 17")
	w.wants("hs", "bet.example", "block default default-deny page 17") // gambling is not blocked here; it is not allowed either
}

func TestABlockCountsInOneCategory(t *testing.T) {
	w := newWorld(t, `
categories: {my-own: {vi: Riêng, en: Own}, social: {vi: Mạng}}
profiles: {p: {block: [gambling, adult, my-own, service:wikipedia]}}
units: [{id: hs, profile: p}]
`, policy.Feed{Name: "own-block", Category: "my-own"}, policy.Feed{Name: "locked", Category: "service:zalo"})
	w.wants("hs", "both.example", "block profile adult nxdomain 17")     // the most severe
	w.wants("hs", "abuse-bet.example", "block profile csam nxdomain 17") // though gambling is what is blocked here
	w.wants("hs", "noise.example", "block profile my-own nxdomain 17")
	w.wants("hs", "vi.wikipedia.org", "block profile local nxdomain 17") // a service of no category
	f := func(code, vi, en string) {
		t.Helper()
		tag := -1
		for i := range 255 {
			if w.policy.CategoryCode(uint8(i)) == code {
				tag = i
				break
			}
		}
		if tag < 0 {
			t.Fatalf("no tag %s", code)
		}
		if label := w.policy.Label(uint8(tag)); label.VI != vi || label.EN != en {
			t.Errorf("%s is called %q | %q", code, label.VI, label.EN)
		}
	}
	f("my-own", "Riêng", "Own")
	f("social", "Mạng", "Social networks")
	f("local", "Danh sách riêng của đơn vị", "The unit's own list")
	if got := w.policy.CategoryCode(policy.NoCategory); got != "none" {
		t.Errorf("NoCategory is %q", got)
	}
}

func TestInfoCodes(t *testing.T) {
	w := newWorld(t, `
profiles: {p: {block: [gambling, authority-order]}}
units: [{id: hs, profile: p, block: [noise.example]}]
`)
	w.wants("hs", "bet.example", "block profile gambling nxdomain 17")
	w.wants("hs", "order.example", "block profile authority-order nxdomain 16")
	w.wants("hs", "order-bet.example", "block profile gambling nxdomain 16") // an authority's, in another category
	w.wants("hs", "noise.example", "block own local nxdomain 15")
}

func TestReplies(t *testing.T) {
	w := newWorld(t, `
profiles:
  p: {block: [gambling, adult, malware, games, social], reply: "null", replies: {khieu-dam: page, malware: refused, games: nodata, local: nxdomain}}
units: [{id: hs, profile: p, block: [noise.example]}]
`)
	w.wants("hs", "bet.example", "block profile gambling null 17")
	w.wants("hs", "adult.example", "block profile adult page 17")
	w.wants("hs", "evil.example", "block profile malware refused 17")
	w.wants("hs", "game.example", "block profile games nodata 17")
	w.wants("hs", "noise.example", "block own local nxdomain 15")
}

func TestNamesCoverAllBelowThem(t *testing.T) {
	w := newWorld(t, `
units: [{id: hs, block: [noise.example, a.b.c.test, Học.example, UPPER.example.]}]
`)
	blocked := "block own local nxdomain 15"
	w.wants("hs", "noise.example", blocked)
	w.wants("hs", "x.y.noise.example", blocked)
	w.wants("hs", "anoise.example", "pass default") // a suffix of letters is not one of labels
	w.wants("hs", "noise.example.test", "pass default")
	w.wants("hs", "b.c.test", "pass default")
	w.wants("hs", "a.b.c.test", blocked)
	w.wants("hs", "hoc.example", "pass default")
	w.wants("hs", "www.xn--hc-68s.example", blocked)
	w.wants("hs", "upper.example", blocked)
}

func TestEntriesComeAndGo(t *testing.T) {
	w := newWorld(t, `
profiles: {p: {block: [social, malware], allow: [{name: evil.example, until: 2026-09-07}]}}
units:
- id: hs
  profile: p
  allow:
  - {category: social, from: 2026-09-07, until: 2026-09-08, who: cô Lan}
  block:
  - {name: noise.example, from: 2026-09-07, until: 2026-09-08, why: thử}
`)
	f := func(moment, noise, social string) {
		t.Helper()
		w.wantsAt(moment, "hs", "noise.example", noise)
		w.wantsAt(moment, "hs", "social.example", social)
	}
	blocked, refused := "block own local nxdomain 15", "block profile social nxdomain 17"
	f("2026-09-06 23:59", "pass default", refused)
	f("2026-09-07 00:00", blocked, "pass own excepted social")
	f("2026-09-08 23:59", blocked, "pass own excepted social") // the last day counts whole
	f("2026-09-09 00:00", "pass default", refused)
	w.wantsAt("2026-09-07 23:59", "hs", "evil.example", "pass profile explicit")
	w.wantsAt("2026-09-08 00:00", "hs", "evil.example", "block profile malware nxdomain 17")
}

// TestUnitsThatDifferInOneThing have each their own decisions, however alike they are.
func TestUnitsThatDifferInOneThing(t *testing.T) {
	w := newWorld(t, `
profiles: {open: {block: []}, shut: {block: [social, games, "service:zalo", "service:roblox"]}}
default_profile: open
units:
- {id: none}
- {id: social, block: [{category: social, until: 2026-09-08}]}
- {id: games, block: [{category: games, until: 2026-09-08}]}
- {id: social-longer, block: [{category: social, until: 2026-09-09}]}
- {id: social-later, block: [{category: social, from: 2026-09-08, until: 2026-09-08}]}
- {id: both, block: [{category: social, until: 2026-09-08}, {category: games, until: 2026-09-08}]}
- {id: shut, profile: shut}
- {id: shut-social, profile: shut, allow: [{category: social, until: 2026-09-08}]}
- {id: shut-games, profile: shut, allow: [{category: games, until: 2026-09-08}]}
- {id: shut-blocked, profile: shut, block: [{category: social, until: 2026-09-08}]}
- {id: zalo, profile: shut, allow: [{service: zalo, until: 2026-09-08}]}
- {id: roblox, profile: shut, allow: [{service: roblox, until: 2026-09-08}]}
- {id: locked, lock: [social]}
- {id: locked-games, lock: [games]}
`)
	f := func(moment, unit string, social, games bool) {
		t.Helper()
		for name, want := range map[string]bool{"social.example": social, "game.example": games} {
			if d := w.asks(moment, unit, name); (d.Action == policy.Block) != want {
				t.Errorf("%s, %q asks %s: %s", moment, unit, name, w.tell(d))
			}
		}
	}
	const tuesday, wednesday = "2026-09-08 10:00", "2026-09-09 10:00"
	f(monday, "none", false, false)
	f(monday, "social", true, false)
	f(wednesday, "social", false, false)
	f(monday, "games", false, true)
	f(wednesday, "games", false, false)
	f(wednesday, "social-longer", true, false)
	f(monday, "social-later", false, false)
	f(tuesday, "social-later", true, false)
	f(monday, "both", true, true)
	f(monday, "shut", true, true)
	f(monday, "shut-social", false, true)
	f(wednesday, "shut-social", true, true)
	f(monday, "shut-games", true, false)
	f(monday, "shut-blocked", true, true)
	f(monday, "zalo", true, true)
	f(monday, "locked", true, false)
	f(monday, "locked-games", false, true)
	for unit, want := range map[string][2]bool{"zalo": {false, true}, "roblox": {true, false}} {
		for i, name := range []string{"zalo.me", "roblox.com"} {
			if d := w.asks(monday, unit, name); (d.Action == policy.Block) != want[i] {
				t.Errorf("%q asks %s: %s", unit, name, w.tell(d))
			}
		}
	}
}

func TestWhatAnAnswerPointsAt(t *testing.T) {
	w := newWorld(t, `
profiles:
  p: {block: [malware, social, messaging], allow: [service:wikipedia]}
  thi: {default: deny, block: [malware], allow: [bai.example]}
units:
- {id: tinh, kind: province, lock: [gambling]}
- {id: hs, parent: tinh, profile: p, allow: [ok.example, good.target.example], block: [games, target.example]}
- {id: thi, parent: tinh, profile: thi}
`)
	r := w.at(monday)
	// An answer to a question for asked points at target.
	f := func(unit, asked, target, want string) {
		t.Helper()
		g := w.group(unit)
		d := r.Decide(g, name(t, asked), dns.TypeA)
		if got := w.tell(r.DecideTarget(g, d, name(t, target), dns.TypeA)); got != want {
			t.Errorf("%s: %s points at %s: got %q, want %q", unit, asked, target, got, want)
		}
		set, own := r.Classify(name(t, target), dns.TypeA)
		if got := w.tell(r.DecideSet(g, d, set)); !own && got != want {
			t.Errorf("%s: %s points at the set of %s: got %q, want %q", unit, asked, target, got, want)
		}
	}
	f("hs", "plain.example", "fine.example", "pass default")
	f("hs", "plain.example", "evil.example", "block profile malware nxdomain 17")
	f("hs", "plain.example", "bet.example", "block lock gambling nxdomain 15")
	f("hs", "plain.example", "game.example", "block own games nxdomain 15")
	f("hs", "plain.example", "target.example", "block own local nxdomain 15")
	f("hs", "plain.example", "good.target.example", "pass default") // the question's decision
	f("hs", "ok.example", "evil.example", "pass own explicit")      // allowed by word: only locks judge
	f("hs", "ok.example", "target.example", "pass own explicit")
	f("hs", "ok.example", "bet.example", "block lock gambling nxdomain 15")
	f("hs", "vi.wikipedia.org", "social.example", "pass profile explicit")
	f("hs", "moet.gov.vn", "evil.example", "pass core explicit")
	f("hs", "evil.example", "fine.example", "block profile malware nxdomain 17") // stays what it was
	f("thi", "www.bai.example", "fine.example", "pass profile explicit")         // never the profile's default
	f("thi", "www.bai.example", "bet.example", "block lock gambling nxdomain 15")
}

func TestAUnionDoesNotExcuse(t *testing.T) {
	w := newWorld(t, `units: [{id: hs, level: primary}]`, policy.Feed{Name: "own-allow", Allow: true})
	r := w.at(monday)
	d := r.Decide(w.group("hs"), name(t, "plain.example"), dns.TypeA)
	union := func(names ...string) (set policy.Set) {
		for _, n := range names {
			of, _ := r.Classify(name(t, n), dns.TypeA)
			set = set.Or(of)
		}
		return set
	}
	f := func(want string, names ...string) {
		t.Helper()
		if got := w.tell(r.DecideSet(w.group("hs"), d, union(names...))); got != want {
			t.Errorf("%v: got %q, want %q", names, got, want)
		}
	}
	f("block profile phishing nxdomain 17", "moet.gov.vn", "phish.example") // a name of the core excuses only itself
	f("block profile phishing nxdomain 17", "lesson.example", "phish.example")
	f("pass default", "moet.gov.vn", "lesson.example")
}

func TestOwnEntriesAreTold(t *testing.T) {
	w := newWorld(t, `units: [{id: hs, block: [noise.example]}, {id: other, kind: school}]`)
	r := w.at(monday)
	f := func(text string, want bool) {
		t.Helper()
		if _, own := r.Classify(name(t, text), dns.TypeA); own != want {
			t.Errorf("%s has own entries: %v", text, own)
		}
	}
	f("noise.example", true)
	f("www.noise.example", true)
	f("example", false)
	f("bet.example", false)
}
