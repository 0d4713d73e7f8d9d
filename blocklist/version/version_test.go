package version_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/version"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, path string) *version.Log {
	t.Helper()
	l, damaged, err := version.Open(path, time.UTC)
	if err != nil || damaged > 0 {
		t.Fatal(damaged, err)
	}
	return l
}

func TestVersionsOutliveTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "versions.jsonl")
	l := open(t, path)
	add := func(feed, digest, key string, at time.Time) {
		t.Helper()
		if err := l.Add(version.Record{Feed: feed, Digest: digest, Key: key, InForce: at}); err != nil {
			t.Fatal(err)
		}
	}
	add("games", "1", "", noon)
	add("a05", "2", "KEY", noon.Add(time.Hour))
	add("games", "3", "", noon.Add(2*time.Hour)) // of that day: it stands for both
	add("a05", "4", "KEY", noon.Add(3*time.Hour))
	add("games", "5", "", noon.Add(24*time.Hour))
	add("a05", "", "", noon.Add(25*time.Hour))
	for _, l := range []*version.Log{l, open(t, path)} {
		var said []string
		for _, r := range l.Records() {
			said = append(said, fmt.Sprint(r.Feed, r.Digest, "/", r.Of))
		}
		if got := strings.Join(said, " "); got != "a052/0 games3/2 a054/0 games5/0 a05/0" {
			t.Error(got)
		}
		if now := l.InForce(); len(now) != 1 || now["games"] != "5" {
			t.Errorf("in force: %v", now)
		}
	}
}

func TestALineThatIsTornIsLeftOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "versions.jsonl")
	text := `{"feed":"a","digest":"1","in_force":"2026-11-20T12:00:00Z"}` + "\n" + strings.Repeat("x", 30_000) + "\n" + `{"feed":"b"`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l, damaged, err := version.Open(path, time.UTC)
	if err != nil || damaged != 2 || len(l.Records()) != 1 {
		t.Errorf("%d records, %d damaged, %v", len(l.Records()), damaged, err)
	}
}

func TestTheFileOfVersionsIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "versions.jsonl")
	l := open(t, path)
	for batch := range 90 { // each version has another one before it on its day
		var list []version.Record
		for i := range 500 {
			n := batch*500 + i
			list = append(list, version.Record{Feed: fmt.Sprint("f", n%50), Digest: fmt.Sprint(n), Key: "K", InForce: noon.Add(time.Duration(n) * time.Minute)})
		}
		if err := l.Add(list...); err != nil {
			t.Fatal(err)
		}
	}
	again := open(t, path)
	if n := len(again.Records()); n != 40_000 || again.Records()[n-1].Digest != "44999" {
		t.Errorf("%d records", n)
	}
	text, err := os.ReadFile(path)
	if lines := strings.Count(string(text), "{"); err != nil || lines > 42_500 {
		t.Errorf("%d lines, %v", lines, err)
	}
}

func TestSignaturesAreKeptWithinABound(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "signed")
	big := strings.Repeat("m", 1<<20)
	for i := range 80 {
		s := version.Signed{Message: big, Signature: fmt.Sprint("sig ", i)}
		if err := version.KeepSigned(dir, "a05", fmt.Sprint(i), s); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, fmt.Sprintf("a05-%d.json", i)), noon, noon.Add(time.Duration(i)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	if s, ok := version.SignedIn(dir, "a05", "79"); !ok || s.Signature != "sig 79" || s.Message != big {
		t.Errorf("the newest: %t", ok)
	}
	if _, ok := version.SignedIn(dir, "a05", "0"); ok {
		t.Error("the oldest is still there")
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) > 64 {
		t.Errorf("%d files, %v", len(files), err)
	}
}

// FuzzOpen: whatever the file holds, Open returns, and what it read can be kept and read again.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(`{"feed":"a","digest":"d","in_force":"2026-11-20T12:00:00Z"}` + "\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "versions.jsonl")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		l, _, err := version.Open(path, time.UTC)
		if err != nil {
			return
		}
		if err := l.Add(version.Record{Feed: "new", Digest: "1", Key: "K", InForce: noon}); err != nil {
			t.Fatal(err)
		}
		again, _, err := version.Open(path, time.UTC)
		if err != nil || len(again.Records()) != len(l.Records()) {
			t.Fatalf("%d records became %d, %v", len(l.Records()), len(again.Records()), err)
		}
	})
}
