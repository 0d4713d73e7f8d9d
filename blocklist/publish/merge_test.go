package publish_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"lachan/blocklist/publish"
	"lachan/blocklist/release"
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
	// Whoever corrects an order is told what of it stays besides.
	right := []string{row("e.example", "15/A05", ""), row("f.example", "", "")}
	p, err = f.Add(right, now)
	if err != nil || p.Kept != 2 || !slices.Equal(p.Left, []publish.Entry{{Name: "a.example", Document: "15/A05"}}) {
		t.Errorf("a correction: %+v, %v", p, err)
	}
	if p, err = f.Withdraw([]string{"15/A05"}, right, now); err != nil || len(p.Left) > 0 || !slices.Contains(p.Rows, right[0]) || len(p.Lifted) != 1 {
		t.Errorf("a correction that is all of its document: %+v, %v", p, err)
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

// The manifest says what is lifted on purpose, for nodes that come from any version
// before; what ends by itself, or has another row, is not withdrawn.
func TestTheManifestSaysWhatIsWithdrawn(t *testing.T) {
	f := newFeed(t)
	now := time.Now()
	row := func(name, document string) string { return fmt.Sprintf("%s,co-bac,%s,,,,,,", name, document) }
	put(t, f, []string{row("a.example", "15/A05"), row("b.example", "15/A05"), row("c.example", "16/A05"), row("d.example", "")})
	step := func(p publish.Plan, err error) publish.Result {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.PublishPlan(&p)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	step(f.Withdraw([]string{"16/A05"}, nil, now))
	step(f.Replace([]string{row("b.example", "15/A05"), row("e.example", "17/A05")}, now))
	text, err := os.ReadFile(filepath.Join(f.Dir, release.ManifestFile))
	if err != nil {
		t.Fatal(err)
	}
	m, err := release.Decode(text)
	want := []release.Withdrawal{
		{Version: 2, Document: "16/A05"}, {Version: 3, Names: []string{"d.example"}}, {Version: 3, Document: "15/A05", Names: []string{"a.example"}},
	}
	if err != nil || !reflect.DeepEqual(m.Withdrawn, want) {
		t.Errorf("%v, withdrawn\n%+v, want\n%+v", err, m.Withdrawn, want)
	}

	var many []string
	for i := range 20_000 {
		many = append(many, row(fmt.Sprintf("site-%05d.example", i), "18/A05"))
	}
	step(f.Add(many, now))
	if r := step(f.Replace(many[:1], now)); !r.Unsaid {
		t.Error("19,999 names of one document fit into the manifest")
	}
	if r := step(f.Withdraw([]string{"18/A05"}, []string{row("x.example", "19/A05")}, now)); r.Unsaid {
		t.Error("a whole document does not fit into the manifest")
	}
	info, err := os.Stat(filepath.Join(f.Dir, release.ManifestFile))
	if err != nil || info.Size() > release.MaxManifestBytes {
		t.Fatal(info, err)
	}
	t.Logf("manifest after all: %d bytes", info.Size())
}
