package policy_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/format"
	"lachan/policy"
	"lachan/policy/catalogue"
)

// What takes long can be done in pieces, each from the seed after the last one of the piece before.
var differentialFrom = flag.Uint64("differential-from", 0, "the first seed of TestDecisionsAgreeWithThePlainReference")

var differential = flag.Int("differential", 20_000, "decisions that TestDecisionsAgreeWithThePlainReference compares")

// What the worlds of the test are made of.
var (
	someCodes = []string{"gambling", "phishing", "games", "social", "messaging", "short-video", "service:zalo", "service:tiktok"}
	someNames = []string{
		"a.example", "b.a.example", "c.b.a.example", "d.example", "e.d.example", "bet7.example", "x.bet7.example", "time.example",
		"in.time.example", "mask.icloud.com", "other.example",
	}
	someAddrs = []string{"192.0.2.1", "192.0.2.66", "198.51.100.7"}
	someUnits = []string{"tinh", "xa", "hs", "hs/lop"}
)

// A maker makes worlds at random.
type maker struct {
	*rand.Rand
	services map[string][]string
}

func (m *maker) one(of []string) string { return of[m.IntN(len(of))] }

func (m *maker) some(of []string, most int) (list []string) {
	seen := words{}
	for range m.IntN(most + 1) {
		if one := m.one(of); !seen[one] {
			list = append(list, one)
			seen[one] = true
		}
	}
	return list
}

func (m *maker) chance(in int) bool { return m.IntN(in) == 0 }

func (m *maker) world() *allWritten {
	days := []string{"2026-09-06", "2026-09-07", "2026-09-08"}
	hours := []string{"07:59", "08:00", "11:59", "12:00"}
	a := &allWritten{services: m.services, units: map[string]*unitWritten{}, profiles: map[string]*profileWritten{}}
	hour := m.one(hours)
	a.now, _ = time.ParseInLocation("2006-01-02 15:04", m.one(days)+" "+hour, hanoi)
	a.lessons = hour == "08:00" || hour == "11:59"
	for _, name := range []string{"p", "q"} {
		a.profiles[name] = m.profile()
	}
	parent := ""
	for _, id := range someUnits {
		u := &unitWritten{id: id, parent: parent, profile: m.one([]string{"p", "q"}), lock: m.some(someCodes, 1)}
		for _, what := range append(m.some(someNames, 2), m.some(someCodes, 2)...) {
			u.entries = append(u.entries, m.entry(what))
		}
		for range m.IntN(3) {
			u.rules = append(u.rules, m.timed(true))
		}
		a.units[id], parent = u, id
	}
	a.feeds = append(a.feeds, ruled{policy.Feed{Name: "builtin/core"}, []format.Rule{
		{Name: "time.example", Category: "core"}, {Name: "d.example", Category: "core-essential"},
	}})
	for i := range 2 + m.IntN(4) {
		a.feeds = append(a.feeds, m.feed(i))
	}
	return a
}

// profile is one of which each second or so has rules, and each sixth is open to
// some things alone.
func (m *maker) profile() *profileWritten {
	p := &profileWritten{block: append(m.some(someCodes, 4), m.some(someNames, 1)...)}
	if m.chance(6) {
		p.only = append(m.some(someCodes, 2), m.some(someNames, 2)...)
		p.only = append([]string{}, p.only...) // not nil
		return p
	}
	p.allow, p.deny = append(m.some(someCodes, 1), m.some(someNames, 1)...), m.chance(6)
	for range m.IntN(2) {
		p.rules = append(p.rules, m.timed(false))
	}
	return p
}

// timed is a rule for some times. One of a unit may name a profile, or be open to some
// things alone.
func (m *maker) timed(ofUnit bool) (r ruleWritten) {
	if ofUnit && m.chance(6) {
		r.only = append([]string{}, append(m.some(someCodes, 2), m.some(someNames, 2)...)...)
		return r
	}
	if ofUnit && m.chance(4) {
		r.profile = "q"
	}
	r.block = append(m.some(someCodes, 2), m.some(someNames, 2)...)
	r.allow = append(m.some(someCodes, 1), m.some(someNames, 1)...)
	if r.profile == "" && len(r.block)+len(r.allow) == 0 { // it would be refused
		r.block = []string{"games"}
	}
	return r
}

func (m *maker) entry(what string) entryWritten {
	e := entryWritten{what: what, allow: m.chance(2)}
	if m.chance(4) {
		e.from = time.Date(2026, 9, 7, 0, 0, 0, 0, hanoi)
	}
	if m.chance(4) {
		e.until = time.Date(2026, 9, 8, 0, 0, 0, 0, hanoi)
	}
	return e
}

func (m *maker) feed(i int) ruled {
	f := ruled{feed: policy.Feed{Name: fmt.Sprint("f", i), Category: m.one(someCodes)}}
	if m.chance(4) {
		f.feed.Categories = m.some(someCodes, 2)
	}
	f.feed.Trusted = m.chance(2)
	switch m.IntN(6) {
	case 0:
		f.feed.LockedBy = m.one(someUnits)
	case 1:
		f.feed.Unit = m.one(someUnits)
	case 2:
		f.feed.Allow, f.feed.Unit = true, m.one(append(someUnits, ""))
	}
	if m.chance(3) && !f.feed.Allow {
		f.feed.Zone = true
		f.feed.ZonePolicy = m.one([]string{"", "given", "nxdomain"})
	}
	seen := map[string]bool{}
	for range 1 + m.IntN(5) {
		r := m.rule(f.feed.Zone)
		if key := fmt.Sprint(r.Name, r.Prefix, r.Scope); !f.feed.Zone || !seen[key] {
			seen[key] = true
			f.rules = append(f.rules, r)
		}
	}
	return f
}

func (m *maker) rule(zone bool) (r format.Rule) {
	r.Name, r.Scope = m.one(someNames), format.Scope(m.IntN(3))
	if m.chance(5) {
		r.Name, r.Scope, r.Prefix = "", format.Tree, netip.MustParsePrefix(m.one([]string{"192.0.2.0/24", "192.0.2.66/32"}))
	}
	if zone {
		r.Act, r.Scope = 1+format.Act(m.IntN(6)), max(r.Scope, format.Exact)
		if r.Name == "" {
			r.Scope = format.Tree
		}
		if r.Act == format.ActData {
			r.Data = "A 192.0.2.80"
		}
		return r
	}
	if r.Name == "" {
		return r
	}
	if m.chance(8) {
		r.Name, r.Scope, r.Regex = "", format.Tree, m.one([]string{`^(?:.*\.)?bet[0-9]+\.example$`, `^[a-c]\.`, `exam`})
	}
	r.Allow, r.Important = m.chance(4), m.chance(4)
	if m.chance(4) {
		r.Types, r.NotTypes = []uint16{domain.TypeA}, m.chance(2)
	}
	if m.chance(4) && !r.Allow {
		r.Category = m.one(someCodes)
	}
	if m.chance(6) {
		r.DenyAllow = []string{m.one(someNames)}
	}
	if m.chance(6) {
		r.From = time.Date(2026, 9, 7, 8, 0, 0, 0, hanoi)
	}
	if m.chance(6) {
		r.Until = time.Date(2026, 9, 7, 12, 0, 0, 0, hanoi)
	}
	return r
}

// yaml writes the policy, and returns the entries of units that are to come in an
// overlay.
func (m *maker) yaml(a *allWritten) (text string, overlay []policy.OverlayEntry) {
	var b strings.Builder
	b.WriteString("timetables: {sang: {days: all, from: \"08:00\", to: \"12:00\", on: any}}\nprofiles:\n")
	for _, name := range []string{"p", "q"} {
		a.profiles[name].write(&b, name)
	}
	b.WriteString("units:\n")
	for i, id := range someUnits {
		u := a.units[id]
		own := id[strings.LastIndexByte(id, '/')+1:]
		fmt.Fprintf(&b, "  - {id: %s, kind: %s, profile: %s, lock: %s", own, []string{"province", "commune", "school", "group"}[i], u.profile, quoted(u.lock))
		if u.parent != "" {
			fmt.Fprintf(&b, ", parent: %s", u.parent)
		}
		writeRules(&b, u.rules)
		for _, allow := range []bool{true, false} {
			fmt.Fprintf(&b, ", %s: [", map[bool]string{true: "allow", false: "block"}[allow])
			for _, e := range u.entries {
				if e.allow != allow {
					continue
				}
				if strings.Contains(e.what, ".") && m.chance(3) {
					overlay = append(overlay, policy.OverlayEntry{Unit: id, Name: e.what, Allow: e.allow, From: e.from, Until: e.until})
					continue
				}
				e.write(&b)
			}
			b.WriteString("]")
		}
		b.WriteString("}\n")
	}
	return b.String(), overlay
}

// quoted is a list as it is written.
func quoted(list []string) string {
	if len(list) == 0 {
		return "[]"
	}
	return `["` + strings.Join(list, `", "`) + `"]`
}

func (p *profileWritten) write(b *strings.Builder, name string) {
	fmt.Fprintf(b, "  %s: {block: %s", name, quoted(p.block))
	if p.only != nil {
		fmt.Fprintf(b, ", only: %s", quoted(p.only))
	} else {
		deny := map[bool]string{true: "deny", false: "allow"}[p.deny]
		fmt.Fprintf(b, ", allow: %s, default: %s", quoted(p.allow), deny)
	}
	writeRules(b, p.rules)
	b.WriteString("}\n")
}

func writeRules(b *strings.Builder, rules []ruleWritten) {
	if len(rules) == 0 {
		return
	}
	b.WriteString(", rules: [")
	for _, r := range rules {
		b.WriteString("\n      {during: sang")
		if r.only != nil {
			fmt.Fprintf(b, ", only: %s", quoted(r.only))
		} else {
			fmt.Fprintf(b, ", block: %s, allow: %s", quoted(r.block), quoted(r.allow))
		}
		if r.profile != "" {
			fmt.Fprintf(b, ", profile: %s", r.profile)
		}
		b.WriteString("},")
	}
	b.WriteString("]")
}

func (e *entryWritten) write(b *strings.Builder) {
	key, what := "name", e.what
	if service, ok := strings.CutPrefix(what, "service:"); ok {
		key, what = "service", service
	} else if !strings.Contains(what, ".") {
		key = "category"
	}
	fmt.Fprintf(b, "{%s: %s", key, what)
	if !e.from.IsZero() {
		fmt.Fprintf(b, ", from: %s", e.from.Format(time.DateOnly))
	}
	if !e.until.IsZero() {
		fmt.Fprintf(b, ", until: %s", e.until.AddDate(0, 0, -1).Format(time.DateOnly))
	}
	b.WriteString("}, ")
}

// rules compiles a world; nil if its policy is refused, as one that allows what
// is locked.
func (m *maker) rules(t *testing.T, a *allWritten, dir string) *policy.Rules {
	t.Helper()
	text, entries := m.yaml(a)
	path := filepath.Join(dir, "policy.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var feeds []policy.Feed
	for _, f := range a.feeds[1:] {
		feeds = append(feeds, f.feed)
	}
	p, problems := policy.Load(path, feeds, hanoi, policy.Unknown{})
	if p == nil {
		for _, problem := range problems {
			if !strings.Contains(problem.Error(), "lock") {
				t.Fatalf("%v in\n%s", problems, text)
			}
		}
		return nil
	}
	overlay, err := p.NewOverlay(entries)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = p.With(overlay); err != nil {
		t.Fatal(err)
	}
	return p.At(m.list(t, a, p, dir), a.now, 1)
}

// list compiles the lists of a world, now and then such that some of them are in
// an overlay.
func (m *maker) list(t *testing.T, a *allWritten, p *policy.Policy, dir string) *blocklist.List {
	t.Helper()
	var sources, before, changed []blocklist.Source
	for _, f := range a.feeds {
		was := f.rules
		is := ruledSource(f.feed.Name, f.rules)
		sources = append(sources, is)
		if m.chance(4) {
			was = append(m.feed(9).rules, f.rules[:m.IntN(len(f.rules))]...)
			changed = append(changed, is)
		}
		before = append(before, ruledSource(f.feed.Name, was))
	}
	if len(changed) == 0 {
		before = sources
	}
	base := m.compiled(t, filepath.Join(dir, "base"), before)
	if len(changed) == 0 {
		return base.Bind(p.Tags, nil)
	}
	path := filepath.Join(dir, "overlay")
	if _, err := base.Overlay(t.Context(), path, changed, 1000, blocklist.Options{}); err != nil {
		t.Fatal(err)
	}
	overlay, err := blocklist.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return base.Bind(p.Tags, overlay)
}

func (m *maker) compiled(t *testing.T, path string, sources []blocklist.Source) *blocklist.Snapshot {
	t.Helper()
	if _, err := blocklist.Compile(t.Context(), path, sources, blocklist.Options{Memory: 1 << 16}); err != nil {
		t.Fatal(err)
	}
	s, err := blocklist.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ruledSource(name string, rules []format.Rule) blocklist.Source {
	return blocklist.Source{Name: name, Rules: func(emit func(format.Rule) error) error {
		for _, r := range rules {
			if err := emit(r); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Whatever lists, zones, overlays, policies and minutes there are, decisions are
// those of a reference that knows no bound and no order.
func TestDecisionsAgreeWithThePlainReference(t *testing.T) {
	facts, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	services := map[string][]string{}
	for _, s := range facts.Services {
		services["service:"+s.ID] = s.Categories
	}
	m := &maker{rand.New(rand.NewPCG(15, 3)), services}
	decisions, worlds, dir := 0, 0, t.TempDir()
	seed := *differentialFrom
	for ; decisions < *differential && !t.Failed(); seed++ {
		m.Rand = rand.New(rand.NewPCG(15, seed))
		a := m.world()
		rules := m.rules(t, a, dir)
		if rules == nil {
			continue
		}
		worlds++
		for range 25 {
			decisions += m.compare(t, a, rules, seed)
		}
	}
	t.Logf("%d decisions of %d worlds compared, by the seeds from %d to %d", decisions, worlds, *differentialFrom, seed-1)
}
