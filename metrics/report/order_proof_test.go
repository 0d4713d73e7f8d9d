package report_test

import (
	"strings"
	"testing"
	"time"

	"lachan/blocklist/order"
	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// TestTheProofOfAnOrder goes through what a report on one order has to prove, clause by
// clause: two nodes have it, one of which was cut off for six hours, and another order
// came in the same lists.
func TestTheProofOfAnOrder(t *testing.T) {
	w := small(t, day("2026-08-30"), 6*time.Hour)
	w.run(day("2026-10-02"))
	signed := day("2026-09-03").Add(9 * time.Hour)
	on := func(node, document string, entries int, received time.Duration) figures.Order {
		r := order.Record{Published: signed, Received: signed.Add(received), InForce: signed.Add(received + time.Minute)}
		return figures.Order{
			Node: node, Feed: "a05", Authority: "Cục A05", Document: document, Entries: entries, Version: 7,
			Published: r.Published, Received: r.Received, InForce: r.InForce, Took: r.Took(),
		}
	}
	orders := []figures.Order{
		on("nut-1", "15/A05", 2, 5*time.Minute), on("nut-1", "16/A05", 500, 5*time.Minute),
		on("nut-2", "15/A05", 2, 6*time.Hour), on("nut-2", "16/A05", 500, 6*time.Hour),
	}
	build := func(orders []figures.Order) (text string, rows [][]string) {
		t.Helper()
		spec := w.spec("lao-cai", "2026-09")
		spec.Orders, spec.Document = orders, "15/A05"
		spec.Typed.Incidents = []string{"nut-2 mất kết nối từ 9 giờ đến 15 giờ do đứt cáp"}
		m := w.build(spec)
		var b strings.Builder
		if err := m.WriteText(&b); err != nil {
			t.Fatal(err)
		}
		return b.String(), rowsOf(t, m, "Văn bản của cơ quan")
	}
	text, rows := build(orders)

	t.Run("says for which node, or that it is for all of them", func(t *testing.T) {
		if len(rows) != 2 || rows[0][4] != "nut-1" || rows[1][4] != "nut-2" {
			t.Errorf("rows %q", rows)
		}
		if !strings.Contains(text, "là của mọi nút: nut-1, nut-2.") {
			t.Error("it is not said that all nodes have it")
		}
		if one, rows := build(orders[:2]); len(rows) != 1 || !strings.Contains(one, "là của nút: nut-1.") ||
			!strings.Contains(one, "không có số liệu này của nút: nut-2") || strings.Contains(one, "mọi nút") {
			t.Errorf("of one node: %q", rows)
		}
	})
	t.Run("takes what was received from the signed time of issue and from each node's fetch", func(t *testing.T) {
		for i, want := range [][]string{{"09:00", "09:05", "09:06"}, {"09:00", "15:00", "15:01"}} {
			for j, clock := range want {
				if !strings.Contains(rows[i][5+j], clock) {
					t.Errorf("row %q, want %q", rows[i], want)
				}
			}
		}
		if took := []string{rows[0][9], rows[1][9]}; took[0] != "6 phút" || took[1] != "6 giờ 1 phút" {
			t.Errorf("since it was signed it took %q", took)
		}
	})
	t.Run("counts the names of that document alone", func(t *testing.T) {
		if rows[0][8] != "2" || rows[1][8] != "2" || strings.Contains(text, "16/A05") {
			t.Errorf("entries %q, %q", rows[0][8], rows[1][8])
		}
	})
	t.Run("gives the authority's version number", func(t *testing.T) {
		if !strings.Contains(rows[0][3], "phiên bản 7") {
			t.Errorf("version %q", rows[0][3])
		}
	})
	t.Run("prints what the officer typed", func(t *testing.T) {
		if !strings.Contains(text, "do đứt cáp") {
			t.Error("the delay is not explained")
		}
	})
}

// rowsOf are the cells of the table of a report with a title.
func rowsOf(t *testing.T, m *report.Model, title string) (rows [][]string) {
	t.Helper()
	for _, s := range m.Sections {
		for _, b := range s.Blocks {
			if b.Table == nil || b.Table.Name != title {
				continue
			}
			for _, r := range b.Table.Rows {
				var cells []string
				for _, c := range r.Cells {
					cells = append(cells, c.Text)
				}
				rows = append(rows, cells)
			}
		}
	}
	return rows
}
