package test

import (
	"path/filepath"
	"testing"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/offline"
	"lachan/cmd/lachan/source"
	"lachan/policy"
	"lachan/policy/catalogue"

	"github.com/miekg/dns"
)

// Two schools behind one server. School A has a network of its pupils and in it
// one of its teachers; what it blocks more than school B it blocks within its
// hours.
const twoSchools = `
timetables:
  gio-hoc: {days: all, from: "07:00", to: "17:00"}
  ca-ngay: {days: all}
profiles:
  hoc-sinh: {block: [gambling]}
units:
  - id: truong-a
    name: Trường A
    profile: hoc-sinh
    networks: ["127.10.0.0/16"]
    groups: [{id: giao-vien, name: Giáo viên, networks: ["127.10.8.0/24"], profile: giao-vien, allow: [games]}]
    rules: [{during: gio-hoc, block: [short-video]}, {during: ca-ngay, block: [games]}]
  - id: truong-b
    name: Trường B
    profile: hoc-sinh
    networks: ["127.20.0.0/16"]
`

const twoSchoolsFeeds = `
feeds:
  - {name: games, url: games.txt, format: domains, category: games}
  - {name: clips, url: clips.txt, format: domains, category: short-video}
  - {name: bets, url: bets.txt, format: domains, category: gambling}
`

func TestSchoolsAndTheirGroupsGetAnswersOfTheirOwnAtTheSameTime(t *testing.T) {
	up := startStandIn(t)
	p := newProcess(t, twoSchoolsFeeds, twoSchools, up.addr)
	p.write("games.txt", "game.example\n")
	p.write("clips.txt", "clip.example\n")
	p.write("bets.txt", "bet.example\n")
	p.start()
	for _, feed := range []string{"games", "clips", "bets"} {
		p.metric(`lachan_feed_entries{feed="`+feed+`"}`, "1")
	}

	f := func(client, name string, want bool) {
		t.Helper()
		m := p.from(client, name)
		if got := blocked(m); got != want {
			t.Errorf("%s asks %s: blocked %t, want %t\n%s", client, name, got, want, m)
		}
		if !want && (len(m.Answer) != 1 || m.Answer[0].(*dns.A).A.String() != answered) {
			t.Errorf("%s asks %s: %s", client, name, m)
		}
	}
	const pupil, teacher, elsewhere, unknown = "127.10.1.7", "127.10.8.7", "127.20.1.7", "127.0.0.1"
	for range 2 { // the second time from the cache
		f(pupil, "game.example", true)
		f(teacher, "game.example", false)
		f(elsewhere, "game.example", false)
		f(unknown, "game.example", false)

		f(pupil, "www.bet.example", true)
		f(teacher, "www.bet.example", true) // in the ready-made profile of teachers
		f(elsewhere, "www.bet.example", true)
		f(unknown, "www.bet.example", true)

		f(pupil, "lesson.example", false)
		f(teacher, "lesson.example", false)
	}
	if n := up.asked.Load(); n != 2 {
		t.Errorf("upstream was asked %d times: one answer serves all schools", n)
	}
}

func TestTheSameNetworkGetsOtherAnswersAtOtherHours(t *testing.T) {
	p := newProcess(t, twoSchoolsFeeds, twoSchools, "192.0.2.53")
	p.write("games.txt", "game.example\n")
	p.write("clips.txt", "clip.example\n")
	p.write("bets.txt", "bet.example\n")
	cfg, rules := p.rulesOnDisk()

	f := func(unit, at, name string, want policy.Action) {
		t.Helper()
		moment, err := time.ParseInLocation("2006-01-02 15:04", at, cfg.Timezone.Location)
		if err != nil {
			t.Fatal(err)
		}
		r := rules(moment)
		group, ok := r.Policy().GroupOf(unit)
		var n domain.Name
		if !ok || n.SetText(name) != nil {
			t.Fatalf("no unit %s, or %s is no name", unit, name)
		}
		if got := r.Decide(group, &n, dns.TypeA).Action; got != want {
			t.Errorf("%s asks %s at %s: %v, want %v", unit, name, at, got, want)
		}
	}
	f("truong-a", "2026-09-07 06:59", "clip.example", policy.Pass)
	f("truong-a", "2026-09-07 07:00", "clip.example", policy.Block)
	f("truong-a", "2026-09-07 10:00", "clip.example", policy.Block)
	f("truong-a", "2026-09-07 16:59", "clip.example", policy.Block)
	f("truong-a", "2026-09-07 17:00", "clip.example", policy.Pass)
	f("truong-a", "2026-09-07 20:00", "clip.example", policy.Pass)
	f("truong-b", "2026-09-07 10:00", "clip.example", policy.Pass)
	f("truong-b", "2026-09-07 10:00", "bet.example", policy.Block)
	f("truong-b", "2026-09-07 20:00", "bet.example", policy.Block)
}

// rulesOnDisk fetches the feeds of a process that does not run, compiles them
// and returns what it would judge by at a moment.
func (p *process) rulesOnDisk() (*config.Config, func(time.Time) *policy.Rules) {
	p.t.Helper()
	cfg, problems := config.Load(filepath.Join(p.dir, "lachan.yaml"), nil)
	pol, more := source.LoadPolicy(cfg, nil)
	if problems = append(problems, more...); len(problems) > 0 {
		p.t.Fatal(problems)
	}
	facts, err := catalogue.Load()
	if err != nil {
		p.t.Fatal(err)
	}
	off := &offline.Offline{Config: cfg, Policy: pol, Facts: facts}
	store, compiled, err := off.OpenStores()
	if err != nil {
		p.t.Fatal(err)
	}
	for _, s := range cfg.Sources(nil, nil) {
		if _, err := store.Update(p.t.Context(), s); err != nil {
			p.t.Fatal(err)
		}
	}
	copies := source.Good(cfg, store)
	if len(copies.Files) != len(cfg.Feeds) {
		p.t.Fatalf("no copy of %v %v", copies.Missing, copies.Unreadable)
	}
	lists, _, err := compiled.Update(p.t.Context(), nil, source.All(source.Builtin(facts), copies.Files), blocklist.Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	list := source.Bind(lists, pol, cfg)
	return cfg, func(at time.Time) *policy.Rules { return pol.At(list, at, 1) }
}
