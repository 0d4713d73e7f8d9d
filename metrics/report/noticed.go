package report

import (
	"fmt"
	"strings"
	"time"

	"lachan/internal/printable"
	"lachan/metrics/report/figures"
	"lachan/metrics/tally"
)

// visits is the sentence on visits.
func (r *results) visits() Block {
	said := r.data.Visits.String()
	switch {
	case r.data.Visits.Known():
		said = "khoảng " + said
	case r.data.Visits.Sign == figures.NoData:
		said += " (có nút chưa đếm từ đầu kỳ, hoặc có quá ít lượt)"
	}
	return para("Số lượt truy cập quy đổi, gộp các lượt của cùng một máy hỏi cùng một tên trong 60 giây: %s.", said)
}

// observed is the sentence on what profiles only observe; none if there was nothing.
func (r *results) observed() (said []Block) {
	var parts []string
	for _, c := range r.data.Observed {
		parts = append(parts, fmt.Sprintf("%s %s lượt", c.Label, c.Passed))
	}
	if len(parts) > 0 {
		said = append(said, para("Chỉ theo dõi, không chặn (không tính vào số lượt bị chặn): %s.",
			strings.Join(parts, "; ")))
	}
	return said
}

// distinct is the sentence on different clients and names.
func (r *results) distinct() Block {
	d := &r.beside.Days
	return para(
		"Số máy khác nhau trong một ngày: trung vị các ngày học %s, nhiều nhất %s%s; cộng %s lượt "+
			"máy·ngày. Số tên miền khác nhau bị chặn trong một ngày: trung vị các ngày học %s, nhiều nhất "+
			"%s%s.%s",
		d.Clients.Median, d.Clients.Most, onDay(d.Clients.On), d.Clients.Sum,
		d.Blocked.Median, d.Blocked.Most, onDay(d.Blocked.On), r.noticed(),
	)
}

// noticed names the sources of the figures of days.
func (r *results) noticed() string {
	d := &r.beside.Days
	if d.Days == 0 {
		return " Máy lập báo cáo không có số liệu theo ngày của kỳ này."
	}
	said := fmt.Sprintf(" Theo số liệu của %d ngày", d.Days)
	if len(d.Missing) > 0 {
		said += ", chưa có của nút " + few(d.Missing, 10)
	}
	return said + "."
}

func onDay(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return " (ngày " + figures.Date(at) + ")"
}

// topNames are the names that were blocked most.
func (r *results) topNames() []Block {
	d := &r.beside.Days
	switch {
	case r.unit.Rank > figures.Province:
		return []Block{para("%s. Tên miền chỉ được tổng hợp theo tỉnh, để không suy ra được trường nào, máy "+
			"nào đã truy vấn.", figures.NoData)}
	case d.Days == 0:
		return []Block{para("%s.%s", figures.NoData, r.noticed())}
	case d.Names == nil:
		return []Block{para("%s. Đơn vị quá nhỏ.", figures.Suppressed)}
	case len(d.Names) == 0:
		return []Block{para("Không có tên miền nào bị chặn với ít nhất %d máy của ít nhất %d trường cùng cấp "+
			"học trong một ngày.", leastClients, leastSchools)}
	}
	t := &Table{Columns: []Column{
		{"TT", 0.3, false},
		{"Tên miền", 4, false},
		{"Nhóm nội dung", 4, false},
		{"Số lượt bị chặn, ít nhất", 2, true},
	}}
	for i, n := range d.Names {
		t.Rows = append(
			t.Rows,
			TableRow{Cells: []Cell{
				text(fmt.Sprint(i + 1)), text(printable.Name(n.Name)), text(n.Category), figure(n.Blocked),
			}},
		)
	}
	return []Block{
		para("Chỉ nêu tên miền bị chặn với ít nhất %d máy của ít nhất %d trường cùng cấp học trong một ngày; "+
			"không nêu tên miền thuộc nhóm xâm hại tình dục trẻ em và nhóm kỹ thuật, quảng cáo.%s", leastClients, leastSchools, r.noticed()),
		tableBlock("Tên miền bị chặn nhiều", t),
	}
}

// Thresholds for showing a name.
const (
	leastClients = tally.Clients
	leastSchools = tally.Schools
)
