package blocklist_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/format"
)

func TestAFeedHoldsWithinItsWindow(t *testing.T) {
	day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	window := blocklist.Window{From: day, Until: day.AddDate(0, 0, 10)}
	store := blocklist.NewStore(filepath.Join(t.TempDir(), "lists"))
	rules := []format.Rule{
		{Name: "a.example"}, {Name: "goes.example"}, {Regex: "^a[0-9]"},
		{Name: "late.example", From: day.AddDate(0, 0, 5), Until: day.AddDate(0, 1, 0)},
	}
	old, _, err := store.Update(context.Background(), nil, []blocklist.Source{source("a", rules...), source("b", format.Rule{Name: "b.example"})}, blocklist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lists, _, err := store.Update(context.Background(), old, []blocklist.Source{source("a", rules[0], rules[2], rules[3]), source("b", format.Rule{Name: "b.example"})}, blocklist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := lists.Bind(tags, func(feed string) blocklist.Window {
		if feed == "a" {
			return window
		}
		return blocklist.Window{}
	})
	f := func(text string, at time.Time, holds, dormant bool) {
		t.Helper()
		if got := !l.Classify(name(t, text), typeA, at.Unix()).Empty(); got != holds {
			t.Errorf("%s at %s: holds %t, want %t", text, at, got, holds)
		}
		if got := len(l.Dormant(name(t, text), typeA, at.Unix())) > 0; got != dormant {
			t.Errorf("%s at %s: dormant %t, want %t", text, at, got, dormant)
		}
	}
	before, within, after := day.Add(-time.Second), day, window.Until
	f("x.a.example", before, false, true)
	f("x.a.example", within, true, false)
	f("x.a.example", after.Add(-time.Second), true, false)
	f("x.a.example", after, false, true)
	f("a7.test", before, false, true)
	f("a7.test", within, true, false)
	f("goes.example", within, false, false)
	f("late.example", within, false, true)
	f("late.example", day.AddDate(0, 0, 5), true, false)
	f("late.example", after, false, true) // its own end is later
	f("b.example", before, true, false)
	if !l.Timed() {
		t.Error("a list with windows is not timed")
	}
	if compile(t, blocklist.Options{}, source("a", rules[0], rules[2])).Timed() {
		t.Error("a list of which all always holds is timed")
	}
}
