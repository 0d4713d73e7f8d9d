package report_test

import (
	"strings"
	"testing"
	"time"

	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// TestAReportNamesWhatCameLateFromNodes: the decisions for its own units of which the hub heard in
// its period, and late; the nodes at which orders were late, by how much.
func TestAReportNamesWhatCameLateFromNodes(t *testing.T) {
	w := small(t, day("2026-08-30"), 6*time.Hour)
	w.run(day("2026-10-02"))
	of := func(node, unit string, made time.Time, after time.Duration) figures.NodeDecision {
		return figures.NodeDecision{Node: node, Unit: unit, What: "block", Made: made, Came: made.Add(after), Outcome: figures.NodeTaken, Seq: 7}
	}
	f := func(unit, period string, want ...string) {
		t.Helper()
		spec := w.spec(unit, period)
		spec.Decisions = []figures.NodeDecision{
			of("nut-2", "truong-4", day("2026-08-20"), 14*24*time.Hour), // made before the period, and came in it
			of("nut-1", "truong-1/giao-vien", day("2026-09-10"), figures.LateAfter),
			of("nut-1", "sa-pa", day("2026-09-11"), time.Hour),
			of("nut-1", "truong-2", day("2026-09-10"), figures.LateAfter-time.Second), // not late
			of("nut-1", "truong-1", day("2026-09-30").Add(23*time.Hour), time.Hour),   // came after it
			of("nut-9", "elsewhere", day("2026-09-10"), time.Hour),
		}
		var got []string
		for _, d := range w.build(spec).Beside.Late {
			got = append(got, d.Node+" "+d.Unit)
		}
		if len(got) != len(want) {
			t.Fatalf("%s: %q, want %q", unit, got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: %q, want %q", unit, got, want)
			}
		}
	}
	f("lao-cai", "2026-09", "nut-2 truong-4", "nut-1 truong-1/giao-vien", "nut-1 sa-pa")
	f("sa-pa", "2026-09", "nut-1 truong-1/giao-vien", "nut-1 sa-pa")
	f("truong-1", "2026-09", "nut-1 truong-1/giao-vien")
	f("truong-2", "2026-09")
	f("", "2026-09", "nut-2 truong-4", "nut-1 truong-1/giao-vien", "nut-9 elsewhere", "nut-1 sa-pa")

	textOf := func(m *report.Model) string {
		t.Helper()
		var b strings.Builder
		if err := m.WriteText(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	spec := w.spec("lao-cai", "2026-09")
	late := func(node string, urgent bool, took time.Duration) figures.Order {
		return figures.Order{Node: node, Document: "15/A05", Urgent: urgent, Took: took, Received: day("2026-09-03"), InForce: day("2026-09-03").Add(time.Hour)}
	}
	spec.Orders = []figures.Order{late("nut-1", true, 6*time.Hour), late("nut-2", true, 7*time.Hour), late("nut-2", false, 25*time.Hour), late("nut-3", true, 26*time.Hour)}
	if text := textOf(w.build(spec)); !strings.Contains(text, "Nút chậm: nut-3 (1 lượt, lâu nhất 26 giờ); nut-2 (2 lượt, lâu nhất 25 giờ).") {
		t.Error(text)
	}
	spec.Orders = spec.Orders[:1]
	if text := textOf(w.build(spec)); strings.Contains(text, "Nút chậm") {
		t.Error(text)
	}
}
