package release_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/release"
)

var sum = strings.Repeat("0a", 32)

func manifest() release.Manifest {
	content := release.Digest{SHA256: sum, Size: 10}
	m := release.Manifest{
		ID: "a05-co-bac", Version: 5, Previous: 4, Authority: "Cục A05", Count: 1, Content: content,
		Created: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), Expires: time.Date(2026, 9, 8, 0, 0, 0, 0, time.UTC),
		Snapshot: release.File{Name: "snapshot-5.txt.zst", Digest: content},
	}
	for from := uint64(2); from < 5; from++ {
		m.Deltas = append(m.Deltas, release.Delta{From: from, To: from + 1, File: release.File{Name: "delta.zst", Digest: content}})
	}
	return m
}

func encode(t *testing.T, m release.Manifest) []byte {
	t.Helper()
	text, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestManifestIsReadAsItWasWritten(t *testing.T) {
	m := manifest()
	got, err := release.Decode(encode(t, m))
	m.Format = 1
	if err != nil || !reflect.DeepEqual(got, m) {
		t.Errorf("Decode: %+v, %v", got, err)
	}
}

func TestManifestThatCannotBeIsRefused(t *testing.T) {
	good := string(encode(t, manifest()))
	f := func(old, new string, want error) {
		t.Helper()
		text := strings.Replace(good, old, new, 1)
		if _, err := release.Decode([]byte(text)); !errors.Is(err, want) || text == good {
			t.Errorf("%s for %s: %v, want %v", new, old, err, want)
		}
	}
	f(`"version": 5`, `"version": 0`, release.ErrManifest)
	f(`"version": 5`, `"version": 4`, release.ErrManifest) // not after its previous
	f(`"version": 5`, `"version": -5`, release.ErrManifest)
	f(`"a05-co-bac"`, `"../x"`, release.ErrManifest)
	f(`snapshot-5`, `../snapshot-5`, release.ErrManifest)
	f(`snapshot-5`, `.snapshot-5`, release.ErrManifest)
	f(sum, strings.ToUpper(sum), release.ErrManifest)
	f(sum, sum[2:], release.ErrManifest)
	f(`2026-09-08`, `2026-08-08`, release.ErrManifest) // over before it begins
	f(`"from": 2`, `"from": 3`, release.ErrManifest)
	f(`"to": 5`, `"to": 6`, release.ErrManifest)
	f(`"format": 1`, `"format": 2`, release.ErrNewer)
	f("}\n", "}{", release.ErrManifest)
	f("{", "<html>", release.ErrManifest)
}

func TestAWayLeadsFromAnOldVersionThroughEveryDelta(t *testing.T) {
	m := manifest()
	f := func(from uint64, want int, wantOK bool) {
		t.Helper()
		way, ok := m.Chain(from)
		if len(way) != want || ok != wantOK {
			t.Errorf("Chain(%d): %d deltas, %v; want %d, %v", from, len(way), ok, want, wantOK)
		}
	}
	f(2, 3, true)
	f(4, 1, true)
	f(5, 0, true)
	f(1, 0, false)
	f(6, 0, false)
	m.Deltas = m.Deltas[:2]
	f(2, 0, false) // a gap before the newest
}

// FuzzManifest: whatever the text, Decode refuses it with one of its two
// errors, or the manifest can be written and read again as the same, its files
// lie beside it, and each way through its deltas ends.
func FuzzManifest(f *testing.F) {
	m := manifest()
	text, err := m.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"format":1,"id":"a"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := release.Decode(text)
		if err != nil {
			if !errors.Is(err, release.ErrManifest) && !errors.Is(err, release.ErrNewer) {
				t.Fatal(err)
			}
			return
		}
		again, err := m.Encode()
		if err != nil {
			return // a time beyond year 9999
		}
		if back, err := release.Decode(again); err != nil || back.Version != m.Version || back.Snapshot != m.Snapshot {
			t.Fatalf("%s\nis read as %+v, %v", again, back, err)
		}
		for _, d := range m.Deltas {
			if strings.ContainsAny(d.Name, "/\\") || strings.HasPrefix(d.Name, ".") {
				t.Fatalf("file %q", d.Name)
			}
			m.Chain(d.From)
		}
	})
}
