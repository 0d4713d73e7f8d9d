package report

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lachan/admin/ledger"
	"lachan/cmd/lachan/config"
	"lachan/fleet/late"
	"lachan/metrics/report/figures"
)

// TestDecisionsOfNodesAreThoseOfTheLedgerAndOfFiles, each once, also while a server has the ledger.
func TestDecisionsOfNodesAreThoseOfTheLedgerAndOfFiles(t *testing.T) {
	cfg := &config.Config{StateDir: t.TempDir()}
	p := figures.Period{Start: time.Now().Add(-time.Hour), End: time.Now().Add(time.Hour)}
	if list := decisionsOf(cfg, p); len(list) != 0 {
		t.Fatal(list)
	}
	book, err := ledger.Open(config.LedgerDir(cfg))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	made := time.Now().Add(-48 * time.Hour).Truncate(time.Millisecond)
	value := json.RawMessage(`{"from":"2026-01-01T00:00:00Z"}`)
	for _, d := range []ledger.Draft{
		{By: "node:nut-1", Unit: "a", Object: "block/x.example", New: value, Made: made},
		{By: "node:nut-1", Unit: "a", Object: "block/x.example", Made: made.Add(time.Hour), Expect: 1},
		{By: "node:nut-1", Unit: "a", Object: "allow/x.example", New: value}, // by a build that did not say when
		{By: "acc_1", Unit: "a", Object: "allow/y.example", New: value},
	} {
		if _, err := book.Append(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(config.FleetDir(cfg), "late")
	left := late.Decision{Seq: 3, Unit: "a", Object: "allow/x.example", What: late.Allow, Made: made.Add(2 * time.Hour), Came: time.Now()}
	again := late.Decision{Seq: 1, Unit: "a", Object: "block/x.example", What: late.Block, Made: made, Came: time.Now(), Over: true}
	over := late.Decision{Seq: 4, Unit: "a", Object: "block/y.example", What: late.Block, Made: made.Add(time.Hour), Came: time.Now(), Over: true}
	if err := late.Add(dir, "nut-1", left, again, over); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range decisionsOf(cfg, p) {
		got = append(got, d.Node+" "+d.What+" "+string(d.Outcome)+" "+d.Made.Sub(made).String())
		if age := time.Since(d.Came); age > time.Minute || age < -time.Minute {
			t.Errorf("%+v came %v ago", d, age)
		}
	}
	if want := []string{"nut-1 block taken 0s", "nut-1 end taken 1h0m0s", "nut-1 allow refused 2h0m0s", "nut-1 block over 1h0m0s"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
