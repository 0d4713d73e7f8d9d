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

// How orders of authorities were carried out: a row for each order and node.

func (ts *tables) ordersTable() *Table {
	t := &Table{Columns: []Column{
		{"TT", 0.3, false},
		{"Số văn bản", 1.6, false},
		{"Cơ quan", 1.3, false},
		{"Nguồn, phiên bản", 1.7, false},
		{"Nút", 1, false},
		{"Ký phát hành lúc", 1.4, false},
		{"Nút nhận lúc", 1.4, false},
		{"Áp dụng lúc", 1.4, false},
		{"Số mục", 1, true},
		{"Thời gian", 1.2, true},
	}}
	for i, o := range figures.OrdersIn(ts.spec.Orders, ts.spec.Period) {
		document := o.Document
		if document == "" {
			document = o.Feed
		}
		if o.Urgent {
			document += " (khẩn)"
		}
		t.Rows = append(t.Rows, TableRow{Cells: []Cell{
			text(fmt.Sprint(i + 1)), text(document), text(o.Authority), text(version(&o)), text(o.Node),
			text(ts.minute(o.Published)), text(ts.minute(o.Received)), text(ts.minute(o.InForce)),
			{Text: figures.Grouped(int64(o.Entries)), Value: pointer(float64(o.Entries))},
			text(figures.InWords(o.Took)),
		}})
	}
	return t
}

// lateNodes is the sentence on the nodes at which orders were in force too late; "" if there are
// none.
func (b *body) lateNodes() string {
	late, worst := map[string]int{}, map[string]time.Duration{}
	for _, o := range figures.OrdersIn(b.spec.Orders, b.spec.Period) {
		if !o.Within() {
			late[o.Node]++
			worst[o.Node] = max(worst[o.Node], o.Took)
		}
	}
	if len(late) == 0 {
		return ""
	}
	nodes := slices.SortedFunc(maps.Keys(late), func(x, y string) int {
		return cmp.Or(cmp.Compare(worst[y], worst[x]), cmp.Compare(x, y))
	})
	for i, n := range nodes {
		nodes[i] = fmt.Sprintf("%s (%d lượt, lâu nhất %s)", n, late[n], figures.InWords(worst[n]))
	}
	if b.isMonth() {
		return " Nút chậm: " + few(nodes, 2) + "."
	}
	return " Nút áp dụng chậm so với thời hạn: " + few(nodes, 10) + "."
}

// version names the list of an order and which one it was: by the number that the
// authority gave it, and by the first digits of its digest.
func version(o *figures.Order) string {
	said := o.Feed
	if o.Version > 0 {
		said += fmt.Sprintf(", phiên bản %d", o.Version)
	}
	if o.Digest != "" {
		said += ", " + o.Digest[:min(8, len(o.Digest))]
	}
	return said
}

// provers is the sentence on whose records the section rests.
func (b *body) provers() Block {
	var have, missing []string
	for _, o := range b.spec.Orders {
		if o.Node != "" && !slices.Contains(have, o.Node) {
			have = append(have, o.Node)
		}
	}
	slices.Sort(have)
	for _, n := range b.data.Coverage.Nodes {
		if !slices.Contains(have, n.Node) {
			missing = append(missing, n.Node)
		}
	}
	said := "Số liệu về thực hiện văn bản là của nút: " + strings.Join(have, ", ") + "."
	switch {
	case len(have) == 0:
		said = "Không nút nào có số liệu về thực hiện văn bản."
	case len(missing) == 0 && len(b.data.Coverage.Nodes) > 0:
		said = "Số liệu về thực hiện văn bản là của mọi nút: " + strings.Join(have, ", ") + "."
	}
	if len(missing) > 0 {
		said += " Máy lập báo cáo không có số liệu này của nút: " + few(missing, 20) + "."
	}
	return para("%s Thời gian tính từ lúc cơ quan ký phát hành phiên bản, nếu biết, nếu không thì từ lúc nút "+
		"nhận được; văn bản có hiệu lực muộn hơn thì tính từ lúc có hiệu lực; nút lần đầu nhận danh sách thì "+
		"tính từ lúc nhận.", said)
}
