package order_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
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
	want := order.Summary{Orders: 4, Median: 5 * time.Hour, Worst: 30 * time.Hour, Within6h: 2, Within24h: 3, Urgent: 1, WithinLimit: 2}
	if s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
	if got := order.Summarise(nil); got != (order.Summary{}) {
		t.Errorf("%+v of no records", got)
	}
}

func TestTheClockOfAnOrderThatBeginsLaterStartsThen(t *testing.T) {
	r := record("1", 72*time.Hour)
	r.Effective = noon.Add(71 * time.Hour)
	if r.Took() != time.Hour || !r.Within() {
		t.Errorf("took %v", r.Took())
	}
	if late := order.Late([]order.Record{r, record("2", 25*time.Hour)}); len(late) != 1 || late[0].Document != "2" {
		t.Errorf("late: %+v", late)
	}
}

func TestTheFileNeverGrowsWithoutBound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orders.jsonl")
	l, _, err := order.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	const batch, total = 500, 45_000
	for first := 0; first < total; first += batch {
		var records []order.Record
		for i := range batch {
			r := record(fmt.Sprint(first+i), time.Hour)
			if i == 0 {
				r.InForce = noon.Add(30 * time.Hour)
			}
			records = append(records, r)
		}
		if err := l.Add(records...); err != nil {
			t.Fatal(err)
		}
	}
	again, damaged, err := order.Open(path)
	if err != nil || damaged > 0 {
		t.Fatal(damaged, err)
	}
	for _, l := range []*order.Log{l, again} {
		records, past := l.Records(), l.Past("a05")
		if n := len(records); n < 20_000 || n > 21_000 || uint64(n)+past.Orders != total {
			t.Errorf("%d records and %d in the sum, of %d", n, past.Orders, total)
		}
		if past.Late != past.Orders/batch || past.Within6h != past.Orders-past.Late || !past.Until.Equal(noon.Add(30*time.Hour)) {
			t.Errorf("sum %+v", past)
		}
		if newest := records[len(records)-1].Document; newest != fmt.Sprint(total-1) || !l.Has("a05", newest, "d-"+newest) || l.Has("a05", "0", "d-0") {
			t.Errorf("newest %s; the oldest are gone: %t", newest, !l.Has("a05", "0", "d-0"))
		}
	}
	if left, err := filepath.Glob(path + "-*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestALineThatIsTooLongIsLeftOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orders.jsonl")
	text := `{"feed":"a","digest":"1"}` + "\n" + strings.Repeat("x", 300_000) + "\n" + `{"feed":"a","digest":"2"}` + "\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l, damaged, err := order.Open(path)
	if err != nil || damaged != 1 || !l.Has("a", "", "1") || !l.Has("a", "", "2") {
		t.Errorf("%d records, damaged %d, %v", len(l.Records()), damaged, err)
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

// TestANodeThatWasCutOffIsLate: the clock starts when the authority signed the version,
// but for a node that had no list of the feed before.
func TestANodeThatWasCutOffIsLate(t *testing.T) {
	r := record("1", time.Minute)
	r.Published = noon.Add(-30 * time.Hour)
	if r.Took() != 30*time.Hour+time.Minute || r.Within() {
		t.Errorf("a node that received the order a day late took %v", r.Took())
	}
	if r.First = true; r.Took() != time.Minute || !r.Within() {
		t.Errorf("a new node took %v for what was published long before", r.Took())
	}
	if r.First, r.Published = false, noon.Add(time.Hour); r.Took() != time.Minute {
		t.Errorf("with a publisher whose clock is ahead it took %v", r.Took())
	}
}
