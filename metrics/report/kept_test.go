package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// TestAYearIsComparedWithAReportThatWasKept: when the history of the year before is gone,
// the final figures of its report are cited; provisional ones and those of another unit
// are not.
func TestAYearIsComparedWithAReportThatWasKept(t *testing.T) {
	w := small(t, day("2026-08-31"), 6*time.Hour)
	w.run(day("2026-10-02"))
	spec := w.spec("lao-cai", "2026-09")
	before := *w.build(spec).Data
	before.Period.Code, before.Total.Queries = "2025-09", figures.Number(before.Total.Queries.Value/2)
	hash := report.HashOf(&before)
	changes := func(kept ...figures.Kept) (figures.Comparison, string) {
		t.Helper()
		spec.Kept = kept
		m := w.build(spec)
		var text bytes.Buffer
		if err := m.WriteText(&text); err != nil {
			t.Fatal(err)
		}
		for _, c := range m.Data.Compared {
			if c.With == "2025-09" {
				return c, text.String()
			}
		}
		t.Fatal("there is no comparison with the year before")
		return figures.Comparison{}, ""
	}
	c, _ := changes(figures.Kept{Hash: hash, Data: &before})
	if !c.Queries.Ratio.Known() || c.Queries.Ratio.PerMille < 999 || c.Cited != hash {
		t.Errorf("compared with a kept report of half as many queries: %+v", c)
	}
	other, draft := before, before
	other.Unit, draft.Provisional = "sa-pa", []string{"..."}
	if c, _ := changes(figures.Kept{Data: &other}, figures.Kept{Data: &draft}); c.Queries.Ratio.Known() || c.Cited != "" {
		t.Errorf("compared with the report of another unit, or a provisional one: %+v", c)
	}
	spec = w.spec("lao-cai", "2026-09-01..2026-10-01")
	before.Period.Code = "2025-09-01..2025-10-01"
	spec.Kept = []figures.Kept{{Hash: hash, Data: &before}}
	var text bytes.Buffer
	if err := w.build(spec).WriteText(&text); err != nil || !strings.Contains(text.String(), "mã băm "+hash) {
		t.Errorf("the report does not cite the one that it compares with (%v)", err)
	}
}

// TestFiguresReadBackHaveTheirHash: so that a document in JSON can be verified anywhere.
func TestFiguresReadBackHaveTheirHash(t *testing.T) {
	w := small(t, day("2026-08-31"), time.Hour)
	w.run(day("2026-10-02"))
	for _, unit := range []string{"", "lao-cai", "truong-1"} {
		m := w.build(w.spec(unit, "2026-09"))
		var text bytes.Buffer
		if err := m.WriteJSON(&text); err != nil {
			t.Fatal(err)
		}
		var back report.Model
		if err := json.Unmarshal(text.Bytes(), &back); err != nil {
			t.Fatal(err)
		}
		if got := report.HashOf(back.Data); got != m.Hash {
			t.Errorf("%q: the figures of its JSON have the hash %s, not %s", unit, got, m.Hash)
		}
		of := m.Seal()
		of.Document = "15/A05 (khẩn), Sở"
		if seal, ok := report.FindSeal([]byte(of.String() + " y")); !ok || seal.Document != of.Document || seal.Hash != m.Hash {
			t.Errorf("%q: the seal of one order reads as %+v, %v", unit, seal, ok)
		}
		if seal, ok := report.FindSeal([]byte("x " + m.Seal().String() + " y")); !ok || seal.Hash != m.Hash || seal.Unit != unit || !seal.AsOf.Equal(m.Data.AsOf) {
			t.Errorf("%q: its seal reads as %+v, %v", unit, seal, ok)
		}
	}
}
