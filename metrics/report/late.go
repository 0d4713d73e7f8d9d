package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"lachan/metrics/report/figures"
)

// Decisions that nodes made while they had no link to their hub, and that came to it late.

// mostLate bounds the rows of the table, mostLateNodes the nodes that the sentence names.
const (
	mostLate      = 200
	mostLateNodes = 10
)

// lateTitle is that of the annex in a report on a month.
const lateTitle = "QUYẾT ĐỊNH CỦA NÚT ĐẾN MUỘN"

// worstLate is the decision that came latest.
func (f *facts) worstLate() (worst figures.NodeDecision) {
	for _, d := range f.beside.Late {
		if d.Came.Sub(d.Made) > worst.Came.Sub(worst.Made) {
			worst = d
		}
	}
	return worst
}

// lateInBrief is what the page of a month has of them; "" if there are none.
func (f *facts) lateInBrief() string {
	if len(f.beside.Late) == 0 {
		return ""
	}
	worst := f.worstLate()
	return fmt.Sprintf(" Quyết định của nút đến trung tâm muộn: %d, muộn nhất %s (phụ lục).", len(f.beside.Late), lateness(&worst))
}

// late names the nodes whose decisions came late, and each of these.
func (ts *tables) late() []Block {
	all := ts.beside.Late
	if len(all) == 0 {
		return nil
	}
	counts, of := map[figures.NodeOutcome]int{}, map[string]int{}
	for _, d := range all {
		counts[d.Outcome]++
		of[d.Node]++
	}
	nodes := slices.Sorted(maps.Keys(of))
	for i, n := range nodes {
		nodes[i] = fmt.Sprintf("%s (%d)", n, of[n])
	}
	worst := ts.worstLate()
	blocks := []Block{para("Quyết định do các nút tự đưa ra khi mất liên lạc và đến máy trung tâm muộn: %d, của nút: %s; "+
		"muộn nhất %s (nút %s). Máy trung tâm quyết định như vậy: %d; giữ quyết định khác của mình: %d; khi đến đã hết hiệu "+
		"lực hoặc đã có sẵn: %d. Trong thời gian đó chỉ nút ấy áp dụng.",
		len(all), few(nodes, mostLateNodes), lateness(&worst), worst.Node,
		counts[figures.NodeTaken], counts[figures.NodeRefused], counts[figures.NodeOver])}
	if len(all) > mostLate {
		blocks = append(blocks, para("Bảng nêu %d quyết định gần đây nhất.", mostLate))
	}
	return append(blocks, tableBlock("Quyết định của nút đến muộn", ts.lateTable()))
}

// lateTable has a row for each of the newest. The names that were decided on stand in the ledger.
func (ts *tables) lateTable() *Table {
	t := &Table{Columns: []Column{
		{"TT", 0.3, false},
		{"Nút", 1.2, false},
		{"Đơn vị", 2.2, false},
		{"Quyết định", 1, false},
		{"Đưa ra lúc", 1.4, false},
		{"Trung tâm nhận lúc", 1.4, false},
		{"Muộn", 1.3, true},
		{"Kết quả ở trung tâm", 1.8, false},
	}}
	what := map[string]string{"allow": "mở", "block": "chặn", "end": "chấm dứt"}
	outcome := map[figures.NodeOutcome]string{
		figures.NodeTaken: "quyết định số %d", figures.NodeRefused: "giữ quyết định khác", figures.NodeOver: "đã hết hiệu lực, đã có",
	}
	all := ts.beside.Late
	for i, d := range all[max(0, len(all)-mostLate):] {
		said := outcome[d.Outcome]
		if d.Outcome == figures.NodeTaken {
			said = fmt.Sprintf(said, d.Seq)
		}
		t.Rows = append(t.Rows, TableRow{Cells: []Cell{
			text(fmt.Sprint(i + 1)), text(d.Node), text(ts.place(d.Unit)), text(what[d.What]), text(ts.minute(d.Made)),
			text(ts.minute(d.Came)), text(lateness(&d)), text(said),
		}})
	}
	return t
}

// place is the name of a unit, or of a group with that of its school.
func (f *facts) place(id string) string {
	school, _, isGroup := strings.Cut(id, "/")
	if !isGroup {
		return f.nameOf(id)
	}
	return f.nameOf(school) + ", " + cmp.Or(f.spec.Groups[id], id)
}

// lateness is how late a decision came, from two days on in days.
func lateness(d *figures.NodeDecision) string {
	const day = 24 * time.Hour
	took := d.Came.Sub(d.Made)
	if took < 2*day {
		return figures.InWords(took)
	}
	days := fmt.Sprintf("%d ngày", took/day)
	if hours := took % day / time.Hour; hours > 0 {
		days += fmt.Sprintf(" %d giờ", hours)
	}
	return days
}
