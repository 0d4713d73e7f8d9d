package order_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"lachan/blocklist/order"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func record(document string, took time.Duration) order.Record {
	return order.Record{Feed: "a05", Document: document, Digest: "d-" + document, Received: noon, InForce: noon.Add(took)}
}

func TestRecordsOutliveTheProcessAndATornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orders.jsonl")
	l, _, err := order.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Add(record("1/A05", time.Hour)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(data, `{"feed":"a05","docu`...), 0o600); err != nil {
		t.Fatal(err)
	}
	l, damaged, err := order.Open(path)
	if err != nil || damaged != 1 {
		t.Fatalf("damaged %d, %v", damaged, err)
	}
	if err := l.Add(record("2/A05", 2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	l, damaged, err = order.Open(path)
	if err != nil || damaged != 1 || len(l.Records()) != 2 {
		t.Fatalf("%d records, damaged %d, %v", len(l.Records()), damaged, err)
	}
	if !l.Has("a05", "1/A05", "d-1/A05") || !l.Has("a05", "2/A05", "d-2/A05") || l.Has("a05", "3/A05", "d") {
		t.Error("what is recorded is not what was added")
	}
}

func TestSummary(t *testing.T) {
	urgent := record("4", 7*time.Hour)
	urgent.Urgent = true
	s := order.Summarise([]order.Record{record("1", time.Hour), record("2", 3*time.Hour), record("3", 30*time.Hour), urgent})
	want := order.Summary{Orders: 4, Median: 5 * time.Hour, Worst: 30 * time.Hour, Within6h: 2, Within24h: 3, WithinLimit: 2}
	if s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
	if got := order.Summarise(nil); got != (order.Summary{}) {
		t.Errorf("%+v of no records", got)
	}
}

// FuzzOpen: whatever the file holds, Open returns and what it read can be kept
// and read again.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(`{"feed":"a","digest":"d","received":"2026-11-20T12:00:00Z"}` + "\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "orders.jsonl")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		l, _, err := order.Open(path)
		if err != nil {
			return
		}
		before := len(l.Records())
		if err := l.Add(record("9", time.Hour)); err != nil {
			t.Fatal(err)
		}
		again, _, err := order.Open(path)
		if err != nil || len(again.Records()) != before+1 {
			t.Fatalf("%d records became %d, %v", before, len(again.Records()), err)
		}
	})
}
