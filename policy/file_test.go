package policy_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/policy"
)

// reopen writes a policy to a file and opens it.
func reopen(tb testing.TB, p *policy.Policy) *policy.Policy {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "policy")
	if err := policy.Write(path, p); err != nil {
		tb.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		tb.Fatalf("mode %v, %v", info.Mode(), err)
	}
	opened, err := policy.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	return opened
}

// A pair is a policy as loaded and as opened from its file, each with the same
// list.
type pair struct {
	t              *testing.T
	loaded, opened world
}

func newPair(t *testing.T, text string, more ...policy.Feed) *pair {
	t.Helper()
	w := newWorld(t, text, more...)
	opened := reopen(t, w.policy)
	return &pair{t, *w, world{t, opened, w.list}}
}

// wantSame compares all that a policy says of itself.
func (p *pair) wantSame() {
	p.t.Helper()
	a, b := p.loaded.policy, p.opened.policy
	at := time.Date(2026, 9, 7, 10, 0, 0, 0, hanoi)
	f := func(what string, loaded, opened any) {
		p.t.Helper()
		if !reflect.DeepEqual(loaded, opened) {
			p.t.Errorf("%s: %v as loaded, %v as opened", what, loaded, opened)
		}
	}
	f("digest", a.Digest(), b.Digest())
	f("number of groups", a.NumGroups(), b.NumGroups())
	for g := range policy.GroupID(a.NumGroups()) {
		f("group", a.Group(g), b.Group(g))
		f("link", a.Link(g), b.Link(g))
		f("calendar", a.Calendar(g), b.Calendar(g))
		f("lessons", a.LessonsOn(a.Calendar(g), at), b.LessonsOn(b.Calendar(g), at))
	}
	f("tests", a.Tests(), b.Tests())
	f("standings", a.Standings(at), b.Standings(at))
	f("hours of lessons", a.Lessons(), b.Lessons())
	f("blocks", a.Blocks(), b.Blocks())
	f("notes", a.Notes(at), b.Notes(at))
	f("locks", a.CheckLocks(p.loaded.list), b.CheckLocks(p.opened.list))
	for tag := range 256 {
		f("code", a.CategoryCode(uint8(tag)), b.CategoryCode(uint8(tag)))
		f("label", a.Label(uint8(tag)), b.Label(uint8(tag)))
	}
	for feed := range lists {
		f("tags", a.Tags(feed, ""), b.Tags(feed, ""))
		f("tags", a.Tags(feed, "Cờ bạc"), b.Tags(feed, "Cờ bạc"))
	}
}

// wantSameDecisions compares so many decisions at random, and their explanations.
func (p *pair) wantSameDecisions(rng *rand.Rand, count int, names []string, addrs []netip.Addr) {
	p.t.Helper()
	types := []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeHTTPS, dns.TypeTXT}
	for range count {
		at := time.Date(2026, 9, 1, 0, 0, 0, 0, hanoi).Add(time.Duration(rng.IntN(300*24*60)) * time.Minute)
		a, b := p.loaded.policy.At(p.loaded.list, at, 1), p.opened.policy.At(p.opened.list, at, 1)
		group := policy.GroupID(rng.IntN(p.loaded.policy.NumGroups()))
		if len(addrs) > 0 && rng.IntN(2) == 0 {
			addr := addrs[rng.IntN(len(addrs))]
			group, _ = a.Identify(addr)
			if other, _ := b.Identify(addr); other != group {
				p.t.Fatalf("%s is of group %d as loaded, %d as opened", addr, group, other)
			}
		}
		text, qtype := names[rng.IntN(len(names))], types[rng.IntN(len(types))]
		d, e := a.Decide(group, name(p.t, text), qtype), b.Decide(group, name(p.t, text), qtype)
		if got, want := fmt.Sprintf("%+v %s", plain(e), p.opened.tell(e)), fmt.Sprintf("%+v %s", plain(d), p.loaded.tell(d)); got != want {
			p.t.Fatalf("%v, group %d asks %s %d: %s as opened, %s as loaded", at, group, text, qtype, got, want)
		}
		why, err := a.Explain(group, text, qtype)
		other, err2 := b.Explain(group, text, qtype)
		if err != nil || err2 != nil || !reflect.DeepEqual(why, other) {
			p.t.Fatalf("%v, group %d asks %s: explained\n%v as opened, as loaded\n%v", at, group, text, other, why)
		}
	}
}

// plain is a decision without pointers.
func plain(d policy.Decision) policy.Decision {
	d.Rewrite, d.Response = nil, nil
	return d
}

func TestAnOpenedPolicyDecidesAsTheOneThatWasWritten(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 12 {
		policyText, names := randomPolicy(rng)
		p := newPair(t, policyText, policy.Feed{Name: "own-allow", Allow: true}, policy.Feed{Name: "own-block", Unit: "s0"},
			policy.Feed{Name: "locked", Category: "games", LockedBy: "tinh"})
		p.wantSame()
		p.wantSameDecisions(rng, 150, names, []netip.Addr{
			netip.MustParseAddr("10.0.1.7"), netip.MustParseAddr("10.1.1.130"), netip.MustParseAddr("2001:db8:2::1"), netip.MustParseAddr("192.0.2.1"),
		})
		if t.Failed() {
			t.Fatalf("round %d:\n%s", round, policyText)
		}
	}
}

// randomPolicy makes a policy and names that it and the lists have something to
// say about.
func randomPolicy(rng *rand.Rand) (text string, names []string) {
	names = []string{
		"www.google.com", "www.youtube.com", "chat.zalo.me", "bet.example", "www.bet.example", "adult.example", "both.example", "evil.example",
		"social.example", "clip.example", "game.example", "vpn.example", "order.example", "time.windows.com", "use-application-dns.net",
		"lesson.example", "noise.example", "lockme.example", "lockme-adult.example", "nothing.example", "abuse-bet.example",
	}
	codes := []string{"gambling", "adult", "games", "social", "short-video", "service:zalo", "service:tiktok", "mine"}
	pick := func(from []string) string { return from[rng.IntN(len(from))] }
	entries := func() string {
		list := ""
		for range rng.IntN(4) {
			switch rng.IntN(4) {
			case 0:
				list += pick(codes) + ", "
			case 1:
				list += fmt.Sprintf("{name: %s, until: 2026-%02d-15, who: Hiệu trưởng, why: lý do %d}, ", pick(names[3:]), 9+rng.IntN(4), rng.IntN(3))
			case 2:
				list += fmt.Sprintf("{category: %s, from: 2026-%02d-01}, ", pick(codes[:5]), 9+rng.IntN(4))
			default:
				list += pick(names[3:]) + ", "
			}
		}
		return "[" + list + "]"
	}
	text = `categories: {mine: {vi: của tôi}}
timetables:
  sang: {days: mon-fri, from: "07:00", to: "11:30"}
  dem: {days: all, from: "22:00", to: "05:00", on: any}
profiles:
  thi: {block: [adult], default: deny, allow: [lesson.example, service:zalo], reply: refused, safe_search: strict}
  vui: {block: [gambling, games], youtube: strict, replies: {gambling: page}, rules: [{during: sang, block: [social]}]}
calendar: {terms: [{from: 2026-09-05, to: 2027-05-31}], exams: [{from: 2026-12-21, to: 2026-12-26}], make_up: [{date: 2026-09-20, as: mon}]}
canaries: ` + pick([]string{"true", "false"}) + `
tests: [one.txt]
units:
- {id: tinh, kind: province, name: Tỉnh, lock: [` + pick(codes) + `], contact: [mailto:a@b.example], allow: ` + pick([]string{"[]", "[lesson.example]"}) + `}
- {id: xa, parent: tinh, kind: commune, block: ` + entries() + "}\n"
	for i := range 1 + rng.IntN(4) {
		text += fmt.Sprintf(`- id: s%d
  parent: %s
  name: Trường %d
  level: primary
  students: %d
  code: "%d"
  links: [link-of-school-number-%d]
  devices: ["mac:00:11:22:33:44:%02d", "cpe:box-%d"]
  networks: [10.%d.0.0/16, "2001:db8:%x::/48"]
  rules: [{during: %s, block: [games]}, {during: dem, profile: %s}]
  block: %s
  groups:
  - {id: gv, networks: [10.%d.1.128/25], profile: giao-vien, link_tokens: [token-of-teachers-%d], allow: %s}
  - {id: hs, profile: %s, calendar: {holidays: [{from: 2026-11-20}]}}
`, i, pick([]string{"tinh", "xa"}), i, 100*i, i, i, i, i, i, i, pick([]string{"sang", "dem", "gio-hoc"}), pick([]string{"thi", "vui"}),
			entries(), i, i, pick([]string{"[]", "[noise.example]", "[{name: noise.example, until: 2026-10-01}]"}), pick([]string{"thi", "vui", "tieu-hoc"}))
	}
	return text, names
}

func TestAnOpenedPolicyKnowsItsClients(t *testing.T) {
	p := newPair(t, `
units:
- {id: a, networks: [10.0.0.0/8, "2001:db8::/32"], devices: ["mac:00:11:22:33:44:55", "cpe:Box"], links: [k7f3q9x2m4w8z1c5], groups: [{id: gv, networks: [10.1.0.0/16]}]}
- {id: b, link_tokens: [t0k3n-of-b-and-no-other]}
`)
	a, b := p.loaded.at(monday), p.opened.at(monday)
	f := func(what string, of func(r *policy.Rules) (policy.GroupID, bool), want bool) {
		t.Helper()
		g, known := of(a)
		other, known2 := of(b)
		if known != want || known2 != want || g != other {
			t.Errorf("%s: %d, %v as loaded, %d, %v as opened, known should be %v", what, g, known, other, known2, want)
		}
	}
	for _, addr := range []string{"10.1.2.3", "10.2.2.3", "2001:db8::1", "::ffff:10.1.2.3"} {
		f(addr, func(r *policy.Rules) (policy.GroupID, bool) { return r.Identify(netip.MustParseAddr(addr)) }, true)
	}
	f("a stranger", func(r *policy.Rules) (policy.GroupID, bool) { return r.Identify(netip.MustParseAddr("192.0.2.1")) }, false)
	f("a MAC", func(r *policy.Rules) (policy.GroupID, bool) {
		return r.IdentifyDevice(policy.MAC([]byte{0, 17, 34, 51, 68, 85}))
	}, true)
	f("a CPE", func(r *policy.Rules) (policy.GroupID, bool) { return r.IdentifyDevice(policy.CPE("Box")) }, true)
	f("another CPE", func(r *policy.Rules) (policy.GroupID, bool) { return r.IdentifyDevice(policy.CPE("box")) }, false)
	f("a link", func(r *policy.Rules) (policy.GroupID, bool) { return r.IdentifyLink("k7f3q9x2m4w8z1c5") }, true)
	f("a token", func(r *policy.Rules) (policy.GroupID, bool) { return r.IdentifyToken("t0k3n-of-b-and-no-other") }, true)
	f("no token", func(r *policy.Rules) (policy.GroupID, bool) { return r.IdentifyToken("k7f3q9x2m4w8z1c5") }, false)
	f("a name", func(r *policy.Rules) (policy.GroupID, bool) { return r.IdentifyName("b") }, true)
	f("the name of a unit with a link", func(r *policy.Rules) (policy.GroupID, bool) { return r.IdentifyName("a") }, false)
	f("no name", func(r *policy.Rules) (policy.GroupID, bool) { return r.IdentifyName("") }, false)
	if !a.HasDevices() || !b.HasDevices() {
		t.Error("devices are forgotten")
	}
}

func TestTheSamePolicyHasTheSameBytes(t *testing.T) {
	dir := t.TempDir()
	path := country{2, 3, 20}.write(t, dir, false)
	f := func(name string) []byte {
		t.Helper()
		if err := policy.Write(filepath.Join(dir, name), mustLoad(t, path)); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if !slices.Equal(f("one"), f("two")) {
		t.Error("two files of one policy differ")
	}
}

// A policy whose inputs have not changed is not read again, even by a process
// that has only opened it.
func TestAnOpenedPolicyIsReloadedOnlyWhenItsInputsChange(t *testing.T) {
	dir := t.TempDir()
	path := country{1, 1, 3}.write(t, dir, true)
	opened := reopen(t, mustLoad(t, path))
	if p, problems := policy.Reload(opened, path, feeds, hanoi, policy.Unknown{}); p != opened {
		t.Errorf("read again: %v", problems)
	}
	if p, _ := policy.Reload(opened, path, feeds, time.UTC, policy.Unknown{}); p == opened || p == nil {
		t.Error("not read again in another time zone")
	}
	if err := os.WriteFile(filepath.Join(dir, "schools.csv"), []byte("id\na\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, _ := policy.Reload(opened, path, feeds, hanoi, policy.Unknown{}); p == opened || p == nil || p.NumGroups() != 4 {
		t.Error("not read again with other units")
	}
}

func TestFilesThatAreNoPolicies(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy")
	f := func(change func([]byte) []byte, want error) {
		t.Helper()
		if err := policy.Write(path, newWorld(t, "units: [{id: a}]").policy); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, change(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if p, err := policy.Open(path); p != nil || !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	f(func(b []byte) []byte { return nil }, policy.ErrDamaged)
	f(func(b []byte) []byte { return b[:100] }, policy.ErrDamaged)
	f(func(b []byte) []byte { return b[:len(b)-1] }, policy.ErrDamaged)
	f(func(b []byte) []byte { return append(b, 0) }, policy.ErrDamaged)
	f(func(b []byte) []byte { b[len(b)-1] ^= 1; return b }, policy.ErrDamaged)
	f(func(b []byte) []byte { b[60] ^= 1; return b }, policy.ErrDamaged)
	f(func(b []byte) []byte { b[8]++; return b }, policy.ErrVersion)
	f(func(b []byte) []byte { return []byte("units: []\n") }, policy.ErrDamaged)
	if _, err := policy.Open(path + "-none"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// What reads a mapped policy keeps the mapping until it is done, whoever else has
// let go of it.
func TestAMappingOutlivesItsLastReader(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "policy")
	if err := policy.Write(path, mustLoad(t, country{2, 4, 300}.write(t, dir, false))); err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() {
			for range 20 {
				readAndForget(t, path)
				runtime.GC()
			}
		})
	}
	work.Wait()
}

// readAndForget asks an opened policy several questions, each of them the last use
// of what it asks.
func readAndForget(t *testing.T, path string) {
	rules := func() *policy.Rules {
		p, err := policy.Open(path)
		if err != nil {
			t.Error(err)
			return nil
		}
		return p.At(nil, now, 1)
	}
	ask := []func(r *policy.Rules){
		func(r *policy.Rules) { r.Decide(7, mustName("www.bai-giang.example"), dns.TypeA) },
		func(r *policy.Rules) { _, _ = r.Explain(7, "www.bai-giang.example", dns.TypeA) },
		func(r *policy.Rules) { r.Policy().Standings(now) },
		func(r *policy.Rules) { r.Policy().Notes(now) },
		func(r *policy.Rules) { r.Policy().GroupOf("th-00007") },
		func(r *policy.Rules) {
			for range r.Policy().Groups() {
			}
		},
		func(r *policy.Rules) { _ = policy.Write(path+"-again", r.Policy()) }, // others write it too
		func(r *policy.Rules) {
			overlay, _ := r.Policy().NewOverlay([]policy.OverlayEntry{{Unit: "th-00007", Name: "x.example"}})
			if p, err := r.Policy().With(overlay); err != nil || p.At(nil, now, 1).Decide(7, mustName("x.example"), dns.TypeA).Action > policy.Local {
				t.Error(err)
			}
		},
	}
	for _, f := range ask {
		f(rules())
	}
}
