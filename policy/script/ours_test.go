package script_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/format"
	"lachan/policy"
	"lachan/policy/catalogue"
	"lachan/policy/script"
)

// ours is the folder of our own policies, scripts and feeds.
const ours = "../../testdata/policy"

var hanoi = time.FixedZone("+07", 7*60*60)

// shared are the feeds that fill categories, for every policy. The name of a
// feed is that of its file.
var shared = []policy.Feed{
	{Name: "co-bac.domains", Category: "gambling"},
	{Name: "nguoi-lon.domains", Category: "adult"},
	{Name: "ma-doc.domains", Category: "malware"},
	{Name: "lua-dao.domains", Category: "phishing"},
	{Name: "game.domains", Category: "games"},
	{Name: "mxh.domains", Category: "social"},
	{Name: "clip.domains", Category: "short-video"},
	{Name: "quang-cao.domains", Category: "ads"},
	{Name: "vpn.domains", Category: "circumvention"},
	{Name: "zalo.domains", Category: "service:zalo"},
	{Name: "lenh-chan.csv", Category: "authority-order", Authority: "A05"},
}

// special are the feeds of feeds.yaml alone: they name its units.
var special = []policy.Feed{
	{Name: "cho-phep.domains", Allow: true},
	{Name: "truong-cho-phep.domains", Allow: true, Unit: "truong"},
	{Name: "truong-chan.domains", Unit: "truong-2"},
	{Name: "khoa.domains", Category: "games", LockedBy: "tinh"},
	{Name: "vung-dap.rpz", Category: "malware", Zone: true},
}

// feedsOf are the feeds of a policy by the name of its file.
func feedsOf(file string) []policy.Feed {
	if file == "feeds.yaml" {
		return slices.Concat(shared, special)
	}
	return shared
}

func TestOurPoliciesDoWhatTheirScriptsSay(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(ours, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no policies: %v", err)
	}
	ran := map[string]int{}
	for _, file := range append(files, filepath.Join(ours, "refused/name-under-lock.yaml")) {
		p, list := load(t, file)
		for _, path := range p.Tests() {
			ran[path]++
			t.Run(strings.TrimSuffix(filepath.Base(path), ".script"), func(t *testing.T) { runScript(t, path, p, list) })
		}
	}
	scripts, err := filepath.Glob(filepath.Join(ours, "*.script"))
	if err != nil || len(scripts) < 50 {
		t.Errorf("%d scripts, want fifty and more: %v", len(scripts), err)
	}
	for _, path := range scripts {
		if ran[path] != 1 {
			t.Errorf("%s is named by %d policies, want one", path, ran[path])
		}
	}
}

func runScript(t *testing.T, path string, p *policy.Policy, list *blocklist.List) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, problems := script.Parse(path, text)
	for _, problem := range append(problems, s.Run(p, list)...) {
		t.Error(problem)
	}
}

// TestAllowUnderALockIsRefusedWhenWritten: both lines are named, that of the
// allow and that of the lock.
func TestAllowUnderALockIsRefusedWhenWritten(t *testing.T) {
	path := filepath.Join(ours, "refused/allow-under-lock.yaml")
	_, problems := policy.Load(path, shared, hanoi, policy.Unknown{})
	f := func(i, allowed, locked int) {
		t.Helper()
		if i >= len(problems) {
			t.Fatalf("%d problems: %v", len(problems), problems)
		}
		got := problems[i].Error()
		if !strings.HasPrefix(got, fmt.Sprintf("%s:%d: ", path, allowed)) || !strings.Contains(got, fmt.Sprintf("%s:%d;", path, locked)) {
			t.Errorf("want lines %d and %d: %s", allowed, locked, got)
		}
	}
	f(0, 11, 6)
	f(1, 12, 7)
	f(2, 14, 6)
}

func TestAllowOfANameUnderALockIsTold(t *testing.T) {
	path := filepath.Join(ours, "refused/name-under-lock.yaml")
	p, list := load(t, path)
	problems := p.CheckLocks(list)
	if len(problems) != 1 || problems[0].Line != 11 || !strings.Contains(problems[0].Text.EN, path+":6") {
		t.Errorf("want one for line 11 that names line 6: %v", problems)
	}
}

// load reads a policy and compiles its feeds and what is built in.
func load(t *testing.T, path string) (*policy.Policy, *blocklist.List) {
	t.Helper()
	feeds := feedsOf(filepath.Base(path))
	p, problems := policy.Load(path, feeds, hanoi, policy.Unknown{})
	if p == nil {
		t.Fatal(problems)
	}
	sources := builtin(t)
	for _, f := range feeds {
		sources = append(sources, feedSource(t, f.Name))
	}
	lists, err := blocklist.CompileAside(t.Context(), sources)
	if err != nil {
		t.Fatal(err)
	}
	return p, lists.Bind(p.Tags, nil)
}

func feedSource(t *testing.T, name string) blocklist.Source {
	return blocklist.Source{Name: name, Digest: name, Rules: func(emit func(format.Rule) error) error {
		file, err := os.Open(filepath.Join(ours, "feeds", name))
		if err != nil {
			return err
		}
		defer file.Close()
		kind := format.Format(strings.TrimPrefix(filepath.Ext(name), "."))
		_, err = format.Parse(file, kind, format.Options{Subdomains: true}, emit, func(r format.Reject) {
			t.Errorf("%s:%d: %s", name, r.Line, r.Reason)
		})
		return err
	}}
}

// builtin are the services and the names that are never blocked.
func builtin(t *testing.T) []blocklist.Source {
	t.Helper()
	facts, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	var services, core []format.Rule
	for _, s := range facts.Services {
		for _, name := range s.Domains {
			services = append(services, format.Rule{Name: name, Category: "service:" + s.ID})
		}
	}
	for _, c := range facts.Core {
		rule := format.Rule{Name: c.Name, Category: "core"}
		if c.Exact {
			rule.Scope = format.Exact
		}
		core = append(core, rule)
	}
	return []blocklist.Source{rules("builtin/services", services), rules("builtin/core", core)}
}

func rules(name string, all []format.Rule) blocklist.Source {
	return blocklist.Source{Name: name, Digest: name, Rules: func(emit func(format.Rule) error) error {
		for _, r := range all {
			if err := emit(r); err != nil {
				return err
			}
		}
		return nil
	}}
}
