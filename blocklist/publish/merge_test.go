package publish_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lachan/blocklist/publish"
)

// An order stands until its end or its withdrawal, whatever later tables say.
func TestAnOrderStandsUntilItsEndOrItsWithdrawal(t *testing.T) {
	f := newFeed(t)
	now := time.Date(2026, 11, 28, 0, 0, 0, 0, vietnam)
	row := func(name, document, until string) string {
		return fmt.Sprintf("%s,co-bac,%s,,,,%s,,", name, document, until)
	}
	const over, later = "2026-11-01T00:00:00+07:00", "2027-01-01T00:00:00+07:00"
	first := []string{row("a.example", "15/A05", ""), row("b.example", "15/A05", over), row("c.example", "16/A05", later)}
	put(t, f, first)
	second := []string{row("c.example", "16/A05", ""), row("d.example", "17/A05", "")}

	p, err := f.Add(second, now)
	want := []string{row("a.example", "15/A05", ""), row("c.example", "16/A05", ""), row("d.example", "17/A05", "")}
	if err != nil || !slices.Equal(p.Rows, want) || p.Kept != 1 || p.Ended != 1 || len(p.Lifted) != 0 || p.From != 1 {
		t.Errorf("add: %+v, %v", p, err)
	}
	p, err = f.Replace(second, now)
	if err != nil || !slices.Equal(p.Rows, second) || !slices.Equal(p.Lifted, []publish.Entry{{Name: "a.example", Document: "15/A05"}}) ||
		!slices.Equal(publish.Documents(p.Lifted), []string{"15/A05"}) {
		t.Errorf("replace: %+v, %v", p, err)
	}
	p, err = f.Withdraw([]string{"16/A05"}, nil, now)
	if err != nil || !slices.Equal(p.Rows, first[:1]) || !slices.Equal(p.Lifted, []publish.Entry{{Name: "c.example", Document: "16/A05"}}) {
		t.Errorf("withdraw: %+v, %v", p, err)
	}

	added, err := f.Add(second, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.PublishPlan(&added); err != nil {
		t.Fatal(err)
	}
	newNode(t, f).wants(want)
	if _, err := f.PublishPlan(&added); !errors.Is(err, publish.ErrBusy) {
		t.Errorf("a plan beside another version: %v", err)
	}
	if err := os.Remove(filepath.Join(f.Dir, "snapshot-2.txt.zst")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Add(second, now); !errors.Is(err, publish.ErrLost) {
		t.Errorf("a version that was lost: %v", err)
	}
}
