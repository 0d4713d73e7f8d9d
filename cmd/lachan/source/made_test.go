package source_test

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/feed"
	"lachan/blocklist/format"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
	"lachan/internal/yamlfile"
	"lachan/policy"
	"lachan/policy/catalogue"
)

// rules are those that a source emits.
func rules(t *testing.T, s blocklist.Source) (list []format.Rule) {
	t.Helper()
	if err := s.Rules(func(r format.Rule) error { list = append(list, r); return nil }); err != nil {
		t.Fatal(err)
	}
	return list
}

// TestWhatComesWithTheProgram: each name of the catalogue is a rule of its list, with the
// category that decides about it, and nothing else is.
func TestWhatComesWithTheProgram(t *testing.T) {
	c := &catalogue.Catalogue{
		Core: []catalogue.CoreEntry{
			{Name: "edu.example", Section: "schools"}, {Name: "clock.example", Exact: true, Section: "time"},
		},
		Services: []catalogue.Service{{ID: "chat", Domains: []string{"chat.example", "talk.example"}}},
		Starter:  map[string][]string{"gambling": {"bet.example"}, "ads": {"ad.example", "track.example"}},
	}
	want := map[string][]format.Rule{
		source.BuiltinCore: {
			{Name: "edu.example", Scope: format.Tree, Category: "core"},
			{Name: "clock.example", Scope: format.Exact, Category: "core-essential"},
		},
		source.BuiltinServices: {{Name: "chat.example", Category: "service:chat"}, {Name: "talk.example", Category: "service:chat"}},
		source.BuiltinStarter:  {{Name: "ad.example", Category: "ads"}, {Name: "track.example", Category: "ads"}, {Name: "bet.example", Category: "gambling"}},
	}
	lists, digests := source.Builtin(c), map[string]bool{}
	for _, s := range lists {
		digests[s.Digest] = true
		var got, of []string
		for _, r := range rules(t, s) {
			got = append(got, fmt.Sprint(r.Name, " ", r.Scope, " ", r.Category))
		}
		for _, r := range want[s.Name] {
			of = append(of, fmt.Sprint(r.Name, " ", r.Scope, " ", r.Category))
		}
		if !slices.Equal(got, of) {
			t.Errorf("%s: %v, want %v", s.Name, got, of)
		}
		stop, asked := errors.New("stop"), 0
		if err := s.Rules(func(format.Rule) error { asked++; return stop }); !errors.Is(err, stop) || asked != 1 {
			t.Errorf("%s: an error after one rule: %v after %d", s.Name, err, asked)
		}
	}
	if len(lists) != 3 || len(digests) != 3 {
		t.Errorf("%d lists with %d digests", len(lists), len(digests))
	}
	core := source.Core(c)
	f := func(name string, below, want bool) {
		t.Helper()
		var n domain.Name
		if err := n.SetText(name); err != nil {
			t.Fatal(err)
		}
		if core(&n, below) != want {
			t.Errorf("%s, with all below: %v: %v, want %v", name, below, !want, want)
		}
	}
	f("edu.example", false, true)
	f("edu.example", true, true)
	f("a.b.edu.example", false, true)
	f("clock.example", false, true)
	f("clock.example", true, true)
	f("a.clock.example", false, false)
	f("a.clock.example", true, false)
	f("example", true, true)
	f("example", false, false)
	f("du.example", true, false)
}

// TestHowACopyIsRead: names in doubt are left out, exceptions lift in lists and are
// entries in lists of what is allowed, and only a zone keeps what it answers.
func TestHowACopyIsRead(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	f := func(file source.File, want ...string) {
		t.Helper()
		var got []string
		file.Timezone = config.Timezone{Location: time.UTC}
		for _, r := range rules(t, file.Blocklist()) {
			text := r.Name + r.Prefix.String()
			text = strings.TrimSuffix(text, "invalid Prefix")
			if r.Allow {
				text = "@@" + text
			}
			if r.Act != format.ActBlock {
				text += " " + r.Act.String()
			}
			if r.Category != "" {
				text += " " + r.Category
			}
			got = append(got, text)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", file.Feed, got, want)
		}
	}
	adblock := write("adblock", "||bet.example^\n||play.example^\n@@||good.example^\n")
	as := source.File{Feed: "blocks", Path: adblock, Format: format.Adblock, Asked: format.Adblock}
	f(as, "@@good.example", "bet.example", "play.example")
	as.Feed, as.Waiting = "without one in doubt", []string{"play.example", "good.example"}
	f(as, "@@good.example", "bet.example")
	as.Waiting = as.Waiting[:1]
	f(as, "@@good.example", "bet.example")
	as.Feed, as.Waiting, as.Allows = "allows", nil, true
	f(as, "bet.example", "good.example", "play.example")

	const records = "$TTL 60\n@ SOA ns.example. h.example. 1 2 3 4 5\n@ NS ns.example.\nbet.example CNAME .\nnone.example CNAME *.\ngood.example CNAME rpz-passthru.\n24.0.2.0.192.rpz-client-ip CNAME .\n* CNAME .\n"
	zone := source.File{Feed: "a zone", Path: write("zone", "$ORIGIN rpz.example.\n"+records), Format: format.RPZ, Asked: format.RPZ, Zone: true}
	all := rules(t, func() blocklist.Source {
		zone.Timezone = config.Timezone{Location: time.UTC}
		return zone.Blocklist()
	}())
	if !slices.ContainsFunc(all, func(r format.Rule) bool { return r.Client }) || !slices.ContainsFunc(all, func(r format.Rule) bool { return r.Name == format.Every }) ||
		!slices.ContainsFunc(all, func(r format.Rule) bool { return r.Name == "good.example" && r.Act == format.ActPassthru && !r.Allow }) {
		t.Errorf("a zone has lost what it answers: %+v", all)
	}
	zone.Zone, zone.Feed = false, "a zone as a list"
	f(zone, "@@good.example", "bet.example", "none.example")

	table := source.File{Feed: "a table", Path: write("table", "name,category\nbet.example,gambling\nplay.example,games\n"), Format: format.CSV, Asked: format.CSV}
	f(table, "bet.example gambling", "play.example games")
	table.Categories = []string{"gambling"}
	var kept []string
	table.Timezone = config.Timezone{Location: time.UTC}
	_ = table.Blocklist().Rules(func(r format.Rule) error { kept = append(kept, r.Name+" "+r.Category); return nil })
	if !slices.Contains(kept, "bet.example gambling") || slices.Contains(kept, "play.example games") {
		t.Errorf("a table that may name gambling alone: %q", kept)
	}

	gone := source.File{Feed: "gone", Kept: "digest"}.Blocklist()
	if err := gone.Rules(func(format.Rule) error { return nil }); err == nil || !strings.Contains(err.Error(), `"gone"`) || gone.Digest != "digest" || gone.Name != "gone" {
		t.Errorf("what is kept without a copy: %+v, %v", gone, err)
	}
}

// written is a configuration with a policy beside it.
func written(t *testing.T, text, rules string) *config.Config {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"lachan.yaml": "policy: policy.yaml\nstate_dir: state\n" + text, "policy.yaml": rules} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, problems := config.Load(filepath.Join(dir, "lachan.yaml"), nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return cfg
}

// TestWhichCopiesThereAre: feeds without a copy are named, what lists have of them is
// kept, and all are sources behind those of the program.
func TestWhichCopiesThereAre(t *testing.T) {
	cfg := written(t, "feeds: [{name: had, url: had.txt, category: ads, format: domains}, {name: never, url: never.txt, category: ads}]\n", "")
	if err := os.WriteFile(cfg.Feeds[0].URL, []byte("ad.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := feed.Open(cfg.FeedsDir())
	if err != nil {
		t.Fatal(err)
	}
	copies := source.Good(cfg, store)
	if len(copies.Files) != 0 || !slices.Equal(copies.Missing, []string{"had", "never"}) || len(copies.Unreadable) != 0 {
		t.Errorf("before anything came: %+v", copies)
	}
	lists, err := blocklist.CompileAside(t.Context(), []blocklist.Source{
		{Name: "never", Digest: "d", Rules: func(emit func(format.Rule) error) error { return emit(format.Rule{Name: "ad.example"}) }},
	})
	if err != nil {
		t.Fatal(err)
	}
	if kept := copies.Keep(nil); len(kept) != 0 {
		t.Errorf("without lists there is %v", kept)
	}
	copies.Missing, copies.Unreadable = []string{"had"}, map[string]error{"never": os.ErrPermission}
	kept := copies.Keep(lists)
	if len(kept) != 1 || kept[0].Feed != "never" || kept[0].Kept != "d" {
		t.Errorf("kept are %+v", kept)
	}
	sources := source.All([]blocklist.Source{{Name: "builtin/x"}}, kept)
	if len(sources) != 2 || sources[0].Name != "builtin/x" || sources[1].Name != "never" {
		t.Errorf("%+v", sources)
	}
}

const two = `
units:
  - {id: tinh, name: Tỉnh Ví Dụ, kind: province}
  - {id: truong, name: Trường Ví Dụ, parent: tinh, kind: school, networks: [192.0.2.0/24]}
`

// TestFeedsTakeThePlaceOfWhatIsBuiltIn: a category that a feed fills is the feed's; one
// that fills nothing, for a unit, a while or a service alone, takes no place.
func TestFeedsTakeThePlaceOfWhatIsBuiltIn(t *testing.T) {
	f := func(what, of string, names int, gives bool) {
		t.Helper()
		cfg := written(t, "feeds: [{name: a, url: a.txt, "+of+"}]\n", two)
		p, problems := source.LoadPolicy(cfg, nil)
		if p == nil {
			t.Fatal(problems)
		}
		emit := func(list ...format.Rule) func(func(format.Rule) error) error {
			return func(emit func(format.Rule) error) error {
				for _, r := range list {
					if err := emit(r); err != nil {
						return err
					}
				}
				return nil
			}
		}
		lists, err := blocklist.CompileAside(t.Context(), []blocklist.Source{
			{Name: source.BuiltinStarter, Digest: "s", Rules: emit(format.Rule{Name: "bet.example", Category: "gambling"})},
			{Name: source.BuiltinCore, Digest: "c", Rules: emit(format.Rule{Name: "clock.example", Category: "core"})},
			{Name: "a", Digest: "a", Rules: emit([]format.Rule{{Name: "other.example"}}[:names]...)},
		})
		if err != nil {
			t.Fatal(err)
		}
		list := source.Bind(lists, p, cfg)
		set := func(name string) policy.Set {
			var n domain.Name
			if err := n.SetText(name); err != nil {
				t.Fatal(err)
			}
			return list.Classify(&n, 1, time.Now().Unix())
		}
		if set("bet.example").Empty() != gives || set("clock.example").Empty() {
			t.Errorf("%s: what is built in gives way: %v, want %v; the core: %v", what, !gives, gives, set("clock.example"))
		}
	}
	f("a feed of the category", "category: gambling", 1, true)
	f("one that has nothing", "category: gambling", 0, false)
	f("one of another category", "category: ads", 1, false)
	f("one of a service", `category: "service:zalo"`, 1, false)
	f("one that allows", "category: gambling, action: allow", 1, false)
	f("one of a unit", "category: gambling, unit: truong", 1, false)
	f("an order for a while", "category: gambling, authority: {name: A05, effective: 2020-01-01}", 1, false)
	f("an order for good", "category: gambling, authority: {name: A05}", 1, true)
}

// TestClientsThatNoUnitClaims: whether they are served is what the configuration says,
// and by itself whether some unit claims clients.
func TestClientsThatNoUnitClaims(t *testing.T) {
	const nobody = "units: [{id: tinh, name: Tỉnh, kind: province}]\n"
	stranger, self := netip.MustParseAddr("198.51.100.1"), netip.MustParseAddr("127.0.0.1")
	f := func(says, rules string, refuses, servesSelf bool) {
		t.Helper()
		cfg := written(t, "server: {unknown_client: "+says+"}\n", rules)
		p, problems := source.LoadPolicy(cfg, nil)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if got := source.RefusesUnknown(cfg, p); got != refuses {
			t.Errorf("%s: refused %v", says, got)
		}
		if a, b := source.ServesUnknown(cfg, p, stranger), source.ServesUnknown(cfg, p, self); a == refuses || b != servesSelf {
			t.Errorf("%s: a stranger is served: %v, the machine itself: %v", says, a, b)
		}
	}
	f("auto", nobody, false, true)
	f("auto", two, true, true)
	f("refuse", nobody, true, false)
	f("refuse", two, true, false)
	f("default", two, false, true)
	f("tieu-hoc", two, false, true)
	if cfg := written(t, "server: {unknown_client: nothing}\n", two); true {
		if _, problems := source.LoadPolicy(cfg, nil); len(problems) != 1 || problems[0].Line != 3 {
			t.Errorf("a profile that is not there: %v", problems)
		}
	}
}

// TestZonesForOthersHaveKnownCategories: a service is none, and a policy is as it was
// only as long as it knows them all.
func TestZonesForOthersHaveKnownCategories(t *testing.T) {
	f := func(categories string, want ...string) {
		t.Helper()
		cfg := written(t, "server:\n  rpz_out:\n    listen: [\"127.0.0.1:8054\"]\n    zones:\n    - {zone: rpz.example, categories: ["+categories+"], allow: [192.0.2.0/24]}\n", two)
		p, problems := source.LoadPolicy(cfg, nil)
		if (p == nil) != (len(want) > 0) || len(problems) != len(want) {
			t.Fatalf("%s: %v", categories, problems)
		}
		for i, q := range problems {
			if !strings.Contains(q.Text.EN, want[i]) || q.Line != 7 {
				t.Errorf("%s: %v, want %s in line 7", categories, q, want[i])
			}
		}
		if p == nil {
			return
		}
		if !source.PolicyUnchanged(cfg, p) {
			t.Errorf("%s: a policy is not what it was", categories)
		}
		if again, problems := source.LoadPolicy(cfg, p); again != p || len(problems) > 0 {
			t.Errorf("%s: what did not change is loaded anew: %v", categories, problems)
		}
		cfg.Server.RPZOut.Zones[0].Categories = []string{"nothing"}
		if source.PolicyUnchanged(cfg, p) {
			t.Errorf("%s: a category that is not there changes nothing", categories)
		}
	}
	f("gambling")
	f(`gambling, "service:zalo", nothing`, "service:zalo", "nothing")
}

// TestWhatPolicyKnowsOfFeeds: what a feed may fill comes of who answers for it.
func TestWhatPolicyKnowsOfFeeds(t *testing.T) {
	const key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
	cfg := written(t, `server: {tls: {name: DNS.Example.}}
feeds:
- {name: plain, url: a, category: ads, categories: [games]}
- {name: trusted, url: a, category: ads, trusted: true}
- {name: signed, url: a, category: ads, verify: {minisign: `+key+`}}
- {name: allows, url: a, action: allow, unit: truong}
- {name: zone, url: "axfr://192.0.2.1/rpz.example", category: ads, locked_by: tinh, rpz: {policy: cname, cname: walled.example}, authority: {name: A05, document: 1/A05}}
`, two)
	of := source.Origin(cfg)
	want := []policy.Feed{
		{Name: "plain", Category: "ads", Categories: []string{"games"}, ZonePolicy: "given"},
		{Name: "trusted", Category: "ads", Trusted: true, ZonePolicy: "given"},
		{Name: "signed", Category: "ads", Trusted: true, ZonePolicy: "given"},
		{Name: "allows", Allow: true, Unit: "truong", ZonePolicy: "given"},
		{Name: "zone", Category: "ads", LockedBy: "tinh", Zone: true, ZonePolicy: "cname", ZoneCNAME: "walled.example", Authority: "A05", Document: "1/A05"},
	}
	if len(of.Feeds) != len(want) {
		t.Fatalf("%d feeds", len(of.Feeds))
	}
	for i, f := range of.Feeds {
		if f.Line != 5+i || f.File != cfg.File() {
			t.Errorf("%s is said to be in %s:%d", f.Name, f.File, f.Line)
		}
		f.File, f.Line = "", 0
		if a, b := f, want[i]; a.Name != b.Name || a.Trusted != b.Trusted || a.Allow != b.Allow || a.Unit != b.Unit || a.Zone != b.Zone ||
			a.ZonePolicy != b.ZonePolicy || a.ZoneCNAME != b.ZoneCNAME || a.Authority != b.Authority || a.Document != b.Document ||
			a.LockedBy != b.LockedBy || a.Category != b.Category || !slices.Equal(a.Categories, b.Categories) {
			t.Errorf("%+v, want %+v", a, b)
		}
	}
	if !slices.Equal(of.ServerNames, []string{"dns.example"}) || of.Strict || of.Path != cfg.Policy || of.Console != config.ConsoleFile(cfg) {
		t.Errorf("%+v", of)
	}
}

// TestDecisionsAreTakenInOffline: what people have decided holds for commands too, and
// what cannot be read of it is told, line by line.
func TestDecisionsAreTakenInOffline(t *testing.T) {
	cfg := written(t, "", two)
	file := config.ConsoleFile(cfg)
	decide := func(text string) (*policy.Policy, source.Decided, yamlfile.Problems) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return source.Offline(cfg)
	}
	if p, decided, problems := source.Offline(cfg); p == nil || len(problems) > 0 || len(decided.Entries) > 0 || decided.Unread != nil {
		t.Errorf("without decisions: %+v, %v", decided, problems)
	}
	p, decided, problems := decide("decisions:\n- {\"allow\":\"news.example\",\"number\":7,\"unit\":\"truong\"}\n- {\"block\":\"bet.example\",\"number\":8,\"unit\":\"nowhere\"}\n")
	if p == nil || len(problems) > 0 || len(decided.Entries) != 2 || len(decided.Left) != 1 {
		t.Errorf("two decisions, one of a unit that is not there: %+v, %v", decided, problems)
	}
	p, decided, problems = decide("decisions:\n- {\"unit\":\"truong\"}\n- {\"allow\":\"news.example\",\"number\":7,\"unit\":\"truong\"}\n")
	if p == nil || len(problems) != 1 || problems[0].File != file || problems[0].Line != 2 || len(decided.Entries) != 1 {
		t.Errorf("a decision that says nothing: %+v, %v", decided, problems)
	}
	if p, problems := source.TryPolicy(cfg, filepath.Join(t.TempDir(), "none.yaml")); p == nil || len(problems) > 0 {
		t.Errorf("with another file of the console: %v", problems)
	}
	if err := os.WriteFile(cfg.Policy, []byte("units: [{}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, _, problems := source.Offline(cfg); p != nil || len(problems) == 0 {
		t.Errorf("a policy with mistakes: %v", problems)
	}
}
