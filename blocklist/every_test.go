package blocklist_test

import (
	"context"
	"path/filepath"
	"testing"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/format"
)

// A response policy zone may have a rule for every name; nearer rules come first, and
// an overlay adds and removes it like any other.
func TestAZoneMaySpeakOfEveryName(t *testing.T) {
	every := format.Rule{Name: format.Every, Scope: format.Below, Act: format.ActNXDomain}
	pass := format.Rule{Name: "ok.example", Scope: format.Exact, Act: format.ActPassthru}
	dir := t.TempDir()
	snapshot := func(rules ...format.Rule) *blocklist.Snapshot {
		path := filepath.Join(t.TempDir(), "x.snap")
		if _, err := blocklist.Compile(context.Background(), path, []blocklist.Source{source("a", rules...)}, blocklist.Options{}); err != nil {
			t.Fatal(err)
		}
		s, err := blocklist.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	f := func(l *blocklist.List, text, want, entry string) {
		t.Helper()
		n, got := name(t, text), "none"
		r, ok := l.Respond(0, n, typeA, 1)
		if ok {
			got = r.Act.String()
		}
		if got != want || r.Entry != entry || ok && !l.Classify(n, typeA, 1).Has(0) {
			t.Errorf("%s: %s by %q, classified %v, want %s by %q", text, got, r.Entry, l.Classify(n, typeA, 1), want, entry)
		}
	}
	both := snapshot(every, pass)
	if l := both.Bind(tags, nil); !l.Classify(&domain.Name{}, typeA, 1).Empty() {
		t.Error("the root is a name below itself")
	}
	l := both.Bind(tags, nil)
	f(l, "a.example", "nxdomain", "*")
	f(l, "com", "nxdomain", "*")
	f(l, "ok.example", "passthru", "ok.example")
	f(l, "x.ok.example", "none", "") // the zone has a nearer name, and nothing below it
	if m := l.Matches(name(t, "a.example"), typeA, 1); len(m) != 1 || m[0].Entry != "*" {
		t.Errorf("matches %+v", m)
	}
	l.Each(1, func(e *blocklist.Entry) bool {
		if e.Name == nil || e.Name.String() != "ok.example" {
			t.Errorf("entry %+v", e)
		}
		return true
	})

	change := func(base *blocklist.Snapshot, rules ...format.Rule) *blocklist.List {
		t.Helper()
		path := filepath.Join(dir, "over")
		if _, err := base.Overlay(t.Context(), path, []blocklist.Source{source("a", rules...)}, 10, blocklist.Options{}); err != nil {
			t.Fatal(err)
		}
		over, err := blocklist.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return base.Bind(tags, over)
	}
	l = change(both, pass)
	f(l, "a.example", "none", "")
	f(l, "ok.example", "passthru", "ok.example")
	l = change(snapshot(pass), pass, every)
	f(l, "a.example", "nxdomain", "*")
	l = change(both, pass, every)
	f(l, "a.example", "nxdomain", "*")
}

// A wildcard of a zone ends at the closest name that the zone has an entry for, or a
// wildcard below (RFC 4592 section 2.2.1); that goes by the zone with its overlay, and
// an entry of another feed ends nothing.
func TestAWildcardOfAZoneEndsAtTheClosestName(t *testing.T) {
	rule := func(name string, scope format.Scope, act format.Act) format.Rule {
		return format.Rule{Name: name, Scope: scope, Act: act}
	}
	wild := rule("wild.example", format.Below, format.ActNXDomain)
	exact := rule("exact.wild.example", format.Exact, format.ActPassthru)
	deep := rule("deep.wild.example", format.Below, format.ActNoData)
	other := source("b", rule("other.wild.example", format.Exact, format.ActNXDomain), format.Rule{Name: "listed.wild.example"})
	compile := func(rules ...format.Rule) *blocklist.Snapshot {
		path := filepath.Join(t.TempDir(), "x.snap")
		if _, err := blocklist.Compile(t.Context(), path, []blocklist.Source{source("a", rules...), other}, blocklist.Options{}); err != nil {
			t.Fatal(err)
		}
		s, err := blocklist.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	f := func(l *blocklist.List, text, want string) {
		t.Helper()
		got, n := "none", name(t, text)
		if r, ok := l.Respond(0, n, typeA, 1); ok {
			got = r.Act.String()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
		if matches := l.Matches(n, typeA, 1); want == "none" && len(matches) != 0 {
			t.Errorf("%s: explained by %+v", text, matches)
		}
	}
	all := compile(wild, exact, deep)
	l := all.Bind(tags, nil)
	f(l, "a.wild.example", "nxdomain")
	f(l, "b.a.wild.example", "nxdomain")
	f(l, "exact.wild.example", "passthru")
	f(l, "x.exact.wild.example", "none")
	f(l, "y.x.exact.wild.example", "none")
	f(l, "deep.wild.example", "nxdomain")
	f(l, "x.deep.wild.example", "nodata")
	f(l, "x.other.wild.example", "nxdomain")

	plain := compile(format.Rule{Name: "plain.example", Scope: format.Below}, format.Rule{Name: "near.plain.example"}).Bind(tags, nil)
	if got := plain.Matches(name(t, "x.near.plain.example"), typeA, 1); len(got) != 2 {
		t.Errorf("of a list that is no zone a wildcard ends: %+v", got)
	}

	changed := func(base *blocklist.Snapshot, rules ...format.Rule) *blocklist.List {
		t.Helper()
		path := filepath.Join(t.TempDir(), "over")
		if _, err := base.Overlay(t.Context(), path, []blocklist.Source{source("a", rules...)}, 10, blocklist.Options{}); err != nil {
			t.Fatal(err)
		}
		over, err := blocklist.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return base.Bind(tags, over)
	}
	l = changed(all, wild)
	f(l, "x.exact.wild.example", "nxdomain")
	f(l, "x.deep.wild.example", "nxdomain")
	l = changed(compile(wild), wild, exact)
	f(l, "x.exact.wild.example", "none")
}
