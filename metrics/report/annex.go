package report

import (
	"fmt"
	"strings"
	"time"

	"lachan/metrics/report/figures"
)

// An annex writes the tables after the signature.
type annex struct{ tables }

// annexes are the tables after the signature. The text of a report on a month is one
// page, and its annexes are the groups of content and what is too long for the page.
func (a *annex) annexes(hash string) (list []Section) {
	if a.spec.Document != "" {
		return nil
	}
	defer func() {
		if len(list) == 1 {
			list[0].Number = "Phụ lục"
		}
	}()
	add := func(title string, wide bool, blocks ...Block) {
		list = append(list, Section{
			Number: "Phụ lục " + roman[len(list)], Title: title, Landscape: wide, Blocks: blocks,
		})
	}
	if a.isMonth() {
		add("BIỂU SỐ LIỆU THEO NHÓM NỘI DUNG", false, tableBlock("Theo nhóm nội dung", a.categoriesTable()))
	} else {
		if a.unit.Rank < figures.Commune {
			add("BIỂU SỐ LIỆU TỪNG XÃ, PHƯỜNG, ĐẶC KHU", true,
				tableBlock("Từng xã, phường", a.rowsTable("Xã, phường, đặc khu", a.data.Communes)))
		}
		if a.unit.Rank < figures.School {
			add("BIỂU SỐ LIỆU TỪNG TRƯỜNG", true, tableBlock("Từng trường", a.schoolsTable()))
		}
	}
	if t := a.quietTable(); a.unit.Rank < figures.School && len(t.Rows) > 0 {
		add(quietTitle, false, tableBlock("Không có lượt truy vấn", t))
	}
	if len(a.data.Days) > 0 {
		add("BIỂU SỐ LIỆU TỪNG NGÀY", false, tableBlock("Từng ngày", a.daysTable()))
	}
	if a.unit.Rank == figures.School && a.data.Hours != nil {
		add("BIỂU SỐ LIỆU THEO GIỜ TRONG NGÀY", false, a.hours()...)
	}
	if a.isMonth() {
		if late := a.late(); len(late) > 0 {
			add(lateTitle, false, late...)
		}
		return list
	}
	add("DANH MỤC NGUỒN DANH SÁCH VÀ VĂN BẢN", false, a.sources()...)
	add("PHƯƠNG PHÁP TÍNH, ĐỘ ĐẦY ĐỦ DỮ LIỆU, MÃ BĂM", false, a.method(hash)...)
	return list
}

func (ts *tables) schoolsTable() *Table {
	t := &Table{Columns: []Column{
		{"TT", 0.3, false},
		{"Trường", 3.6, false},
		{"Xã, phường", 2.2, false},
		{"Số học sinh", 1.1, true},
		{"Tổng số lượt truy vấn", 1.7, true},
		{"Số lượt bị chặn", 1.5, true},
		{"Nội dung gây hại", 1.3, true},
		{"Cần quản lý", 1.3, true},
		{"Kỹ thuật, quảng cáo", 1.4, true},
		{"Tỷ lệ được bảo vệ", 1.1, true},
		{"Ghi chú", 2.4, false},
	}}
	for i, r := range ts.data.Schools {
		cells := append(
			[]Cell{text(fmt.Sprint(i + 1)), text(r.Name), text(ts.nameOf(r.Commune)), figure(r.Students)},
			countCells(r.Counts)...)
		t.Rows = append(t.Rows, TableRow{Cells: append(cells, ratio(r.Coverage), text(strings.Join(r.Notes, "; ")))})
	}
	if n, sum := hiddenSum(ts.data.Schools); n > 0 {
		cells := append(
			[]Cell{text(""), text(fmt.Sprintf("Cộng %d đơn vị ẩn số liệu (*)", n)), text(""), text("")},
			countCells(sum)...)
		t.Rows = append(t.Rows, TableRow{Cells: append(cells, text(""), text(""))})
	}
	cells := append([]Cell{text(""), text("Tổng số"), text(""), figure(ts.data.Students())}, countCells(ts.data.Total)...)
	t.Rows = append(t.Rows, TableRow{Total, append(cells, ratio(ts.data.Coverage.Time), text(""))})
	return t
}

func (a *annex) sources() []Block {
	t := &Table{Columns: []Column{
		{"TT", 0.3, false},
		{"Danh sách", 2.2, false},
		{"Nhóm nội dung", 2.6, false},
		{"Cơ quan ban hành, số văn bản", 2.8, false},
		{"Số mục", 1.2, true},
		{"Cập nhật lúc", 1.5, false},
		{"Tuổi", 1.2, true},
		{"Tình trạng", 1.2, false},
	}}
	for i, f := range a.spec.Feeds {
		by := strings.Trim(f.Authority+", "+f.Document, ", ")
		if by == "" {
			by = string(figures.NoData)
		}
		t.Rows = append(t.Rows, TableRow{Cells: []Cell{
			text(fmt.Sprint(i + 1)), text(f.Name), text(a.categoryLabel(f.Category)), text(by),
			{Text: figures.Grouped(int64(f.Entries)), Value: pointer(float64(f.Entries))},
			text(a.minute(f.Updated)), text(a.age(f)), text(state(f)),
		}})
	}
	if len(t.Rows) == 0 {
		return []Block{para("Không có nguồn danh sách nào được cấu hình.")}
	}
	return []Block{tableBlock("Nguồn danh sách", t)}
}

// age is the time since a list was last known to be the newest.
func (a *annex) age(f figures.Feed) string {
	if f.Updated.IsZero() {
		return string(figures.NoData)
	}
	age := max(0, a.spec.Now.Sub(f.Updated))
	if days := int(age / (24 * time.Hour)); days > 1 {
		return fmt.Sprintf("%d ngày", days)
	}
	return figures.InWords(age)
}

func state(f figures.Feed) string {
	if f.Late {
		return "quá hạn"
	}
	return "đúng hạn"
}

func (a *annex) categoryLabel(code string) string {
	for _, c := range a.data.Categories {
		if c.Code == code {
			return c.Label
		}
	}
	return code
}

// method are the definitions that decide whether figures agree: text/method.tmpl.
func (a *annex) method(hash string) []Block {
	d := &a.beside.Days
	nodes := "không có"
	if len(d.Nodes) > 0 {
		nodes = strings.Join(d.Nodes, ", ")
	}
	blocks := items("method", map[string]any{
		"LessonsFrom": clock(a.spec.Hours.From), "LessonsTo": clock(a.spec.Hours.To), "LessonDays": a.lessonDays(),
		"SuspectSchools": figures.EnoughOf, "ComparedQueries": figures.LeastBase,
		"LeastClients": leastClients, "LeastSchools": leastSchools, "Days": d.Days, "Nodes": nodes,
	})
	if len(a.data.Provisional) == 0 {
		blocks = append(blocks, item("Mọi nút đã gửi đủ số liệu của kỳ: số liệu là chính thức, "+
			"làm lại báo cáo sẽ cho đúng số liệu này."))
	}
	for _, why := range a.data.Provisional {
		blocks = append(blocks, item("Số liệu tạm thời: "+why))
	}
	blocks = append(blocks,
		item("Mã băm SHA-256 của số liệu (các số đếm; không gồm số liệu theo ngày và số liệu lấy từ chính sách):"),
		para("%s", hash))
	return append(blocks, a.ledger()...)
}

// ledger is the end of the ledger of decisions, which proves later changes of what is
// before.
func (a *annex) ledger() []Block {
	h := &a.spec.Ledger
	if h.Seq == 0 {
		return nil
	}
	return []Block{
		item(fmt.Sprintf("Sổ quyết định của máy chủ lập báo cáo này, đến quyết định số %s; mã băm SHA-256 của quyết định đó "+
			"(sổ nào không có đúng mã này ở số đó là sổ đã bị sửa hoặc bị cắt):", figures.Grouped(int64(h.Seq)))),
		para("%s", h.Hash),
		item("Khóa công khai của máy chủ và chữ ký Ed25519 của máy chủ trên số và mã băm đó:"),
		para("%s", h.Key),
		para("%s", h.Sig),
	}
}

// lessonDays names the days with lessons and the source of that.
func (a *annex) lessonDays() string {
	if a.spec.Hours.Own {
		return "các ngày học theo thời khóa biểu và lịch năm học của từng trường trong chính sách đang áp " +
			"dụng (không tính ngày nghỉ, ngày ngoài học kỳ; có tính ngày học bù)"
	}
	return "các ngày từ thứ Hai đến thứ Bảy (chính sách không có thời khóa biểu và lịch năm học nên lấy theo mặc định)"
}

func clock(d interface{ Minutes() float64 }) string {
	m := int(d.Minutes())
	return fmt.Sprintf("%02d giờ %02d", m/60, m%60)
}
