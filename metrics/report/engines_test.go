package report_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"testing"

	"lachan/internal/testserver"
	"lachan/metrics"
	"lachan/metrics/engine"
	"lachan/metrics/report"
	"lachan/metrics/report/figures"
	"lachan/metrics/ship"
)

// TestEveryEngineGivesTheSameReport makes one report of the histories of the
// nodes themselves, and of what they have sent to Prometheus and to
// VictoriaMetrics: the same octets of JSON.
func TestEveryEngineGivesTheSameReport(t *testing.T) {
	f := newFleet(t, day("2026-09-03"), 2, 5, 2)
	f.run(day("2026-09-20"))
	f.nodes[0].schools[0].Commune = "xa-01" // moves
	f.nodes[0].counters.SetSchools(f.nodes[0].schools)
	f.run(day("2026-09-30"))
	p, err := figures.ParsePeriod("2026-09-05..2026-09-28", figures.Calendar{Zone: hanoi})
	if err != nil {
		t.Fatal(err)
	}
	made := func(t *testing.T, e figures.Engine) []byte {
		t.Helper()
		m, err := report.Build(t.Context(), e, f.spec("lao-cai", p))
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Provisional) > 0 {
			t.Errorf("provisional: %q", m.Provisional)
		}
		var b bytes.Buffer
		if err := m.WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	want := made(t, engine.NewLocal(f, engine.Limits{}))
	compare := func(t *testing.T, e *testserver.Engine) {
		t.Helper()
		for _, n := range f.nodes {
			s, err := ship.New(n.store, &metrics.Conditions{}, ship.Options{
				URL: e.WriteURL, Cursor: filepath.Join(t.TempDir(), "cursor"), Node: n.name, Log: slog.New(slog.DiscardHandler),
			})
			if err == nil {
				err = s.Ship(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		e.Settle(t)
		remote, err := engine.NewRemote(e.URL)
		if err != nil {
			t.Fatal(err)
		}
		if got := made(t, remote); !bytes.Equal(got, want) {
			t.Errorf("another report:\n%s", firstDifference(got, want))
		}
	}
	t.Run("prometheus", func(t *testing.T) { compare(t, testserver.Prometheus(t, "")) })
	t.Run("victoria-metrics", func(t *testing.T) { compare(t, testserver.VictoriaMetrics(t)) })
}
