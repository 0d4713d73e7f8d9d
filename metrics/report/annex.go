package report

import (
	"fmt"
	"strings"
	"time"

	"lachan/metrics/report/figures"
)

// annexes are the tables after the signature. A report on a month is one page, and
// its annex the groups of content.
func (w *writer) annexes(hash string) (list []Section) {
	if w.spec.Document != "" {
		return nil
	}
	if w.isMonth() {
		return []Section{{Number: "Phụ lục", Title: "BIỂU SỐ LIỆU THEO NHÓM NỘI DUNG", Blocks: []Block{tableBlock(w.categoriesTable())}}}
	}
	add := func(title string, wide bool, blocks ...Block) {
		number := [...]string{"I", "II", "III", "IV"}[len(list)]
		list = append(list, Section{Number: "Phụ lục " + number, Title: title, Landscape: wide, Blocks: blocks})
	}
	if w.unit.Rank < figures.Commune {
		add("BIỂU SỐ LIỆU TỪNG XÃ, PHƯỜNG, ĐẶC KHU", true, tableBlock(w.rowsTable("Xã, phường, đặc khu", w.data.Communes)))
	}
	if w.unit.Rank < figures.School {
		add("BIỂU SỐ LIỆU TỪNG TRƯỜNG", true, tableBlock(w.schoolsTable()))
	}
	add("DANH MỤC NGUỒN DANH SÁCH VÀ VĂN BẢN", false, w.sources()...)
	add("PHƯƠNG PHÁP TÍNH, ĐỘ ĐẦY ĐỦ DỮ LIỆU, MÃ BĂM", false, w.method(hash)...)
	return list
}

func (w *writer) schoolsTable() *Table {
	t := &Table{Columns: []Column{
		{"TT", 0.3, false}, {"Trường", 3.6, false}, {"Xã, phường", 2.2, false}, {"Số học sinh", 1.1, true}, {"Tổng số lượt truy vấn", 1.7, true}, {"Số lượt bị chặn", 1.5, true},
		{"Nội dung gây hại", 1.3, true}, {"Cần quản lý", 1.3, true}, {"Kỹ thuật, quảng cáo", 1.4, true}, {"Tỷ lệ được bảo vệ", 1.1, true}, {"Ghi chú", 2.4, false},
	}}
	for i, r := range w.data.Schools {
		cells := append([]Cell{text(fmt.Sprint(i + 1)), text(r.Name), text(w.nameOf(r.Commune)), figure(r.Students)}, countCells(r.Counts)...)
		t.Rows = append(t.Rows, TableRow{Cells: append(cells, ratio(r.Coverage), text(strings.Join(r.Notes, "; ")))})
	}
	if n, sum := hiddenSum(w.data.Schools); n > 0 {
		cells := append([]Cell{text(""), text(fmt.Sprintf("Cộng %d đơn vị ẩn số liệu (*)", n)), text(""), text("")}, countCells(sum)...)
		t.Rows = append(t.Rows, TableRow{Cells: append(cells, text(""), text(""))})
	}
	cells := append([]Cell{text(""), text("Tổng số"), text(""), figure(w.data.Students())}, countCells(w.data.Total)...)
	t.Rows = append(t.Rows, TableRow{Total, append(cells, ratio(w.data.Coverage.Time), text(""))})
	return t
}

func (w *writer) nameOf(id string) string {
	if u, known := w.units[id]; known {
		return u.Name
	}
	return id
}

func (w *writer) sources() []Block {
	t := &Table{Columns: []Column{
		{"TT", 0.3, false}, {"Danh sách", 2.2, false}, {"Nhóm nội dung", 2.6, false}, {"Cơ quan ban hành, số văn bản", 2.8, false}, {"Số mục", 1.2, true}, {"Cập nhật lúc", 1.5, false}, {"Tuổi", 1.2, true}, {"Tình trạng", 1.2, false},
	}}
	for i, f := range w.spec.Feeds {
		by := strings.Trim(f.Authority+", "+f.Document, ", ")
		if by == "" {
			by = string(figures.NoData)
		}
		t.Rows = append(t.Rows, TableRow{Cells: []Cell{
			text(fmt.Sprint(i + 1)), text(f.Name), text(w.categoryLabel(f.Category)), text(by),
			{Text: figures.Grouped(int64(f.Entries)), Value: pointer(float64(f.Entries))}, text(w.minute(f.Updated)), text(w.age(f)), text(state(f)),
		}})
	}
	if len(t.Rows) == 0 {
		return []Block{para("Không có nguồn danh sách nào được cấu hình.")}
	}
	return []Block{tableBlock(t)}
}

// age is the time since a list was last known to be the newest.
func (w *writer) age(f figures.Feed) string {
	if f.Updated.IsZero() {
		return string(figures.NoData)
	}
	age := max(0, w.spec.Now.Sub(f.Updated))
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

func (w *writer) categoryLabel(code string) string {
	for _, c := range w.data.Categories {
		if c.Code == code {
			return c.Label
		}
	}
	return code
}

// method are the definitions that decide whether figures agree.
func (w *writer) method(hash string) []Block {
	h := w.spec.Hours
	blocks := []Block{
		item("Lượt truy vấn: một câu hỏi DNS từ một máy của trường; hỏi lại và các câu hỏi A, AAAA, HTTPS cho cùng một tên được tính riêng."),
		item("Lượt bị chặn: câu trả lời do một quy tắc chặn đưa ra. Một lượt chặn được tính vào đúng một nhóm nội dung (lớp ưu tiên cao nhất), nên tổng các nhóm bằng tổng số."),
		item("Mọi số lượt là hiệu số của bộ đếm ở cuối kỳ và đầu kỳ, là số đếm đúng, không ước lượng, không ngoại suy; chỉ lượt truy cập quy đổi là ước lượng."),
		item("Số liệu của trường thuộc địa bàn nào được tính theo địa giới tại ngày cuối kỳ, kể cả số liệu trước khi sáp nhập hoặc chuyển địa bàn trong kỳ và số liệu của kỳ so sánh."),
		item(fmt.Sprintf("Giờ học: từ %s đến %s %s. Giờ lẻ được tính trọn giờ khi phân theo giờ trong ngày.", clock(h.From), clock(h.To), w.lessonDays())),
		item("Trường có dữ liệu đầy đủ: hệ thống hoạt động từ 95% thời gian học của kỳ trở lên. Thời gian tính được là số tối thiểu khi trường có nhiều nút."),
		item("Tỷ lệ thời gian hoạt động: thời gian có ít nhất một nút phục vụ trường, trên toàn bộ thời gian của kỳ."),
		item("Thời gian trả lời: tính trên mọi câu trả lời của các nút phục vụ đơn vị, kể cả cho đơn vị khác dùng chung nút. p50 (p95) là mốc nhỏ nhất trong các mốc 1, 5, 10, 25, 50, 100, 250, 500 ms, 1 và 2,5 giây mà ít nhất 50% (95%) số câu trả lời không vượt quá."),
		item(fmt.Sprintf("Cơ sở nghi vấn không đi qua bộ lọc: bộ lọc hoạt động mà không có lượt truy vấn nào; hoặc số lượt trên một học sinh dưới một phần mười trung vị, khi báo cáo có từ %d cơ sở biết số học sinh.", figures.EnoughOf)),
		item("Dấu “–”: không có số liệu. Số “0”: không có lượt nào. Dấu “*”: số liệu được ẩn vì đơn vị quá nhỏ; số cộng của các đơn vị được ẩn ghi ở một dòng riêng."),
		item(fmt.Sprintf("Không so sánh được: kỳ so sánh có dưới %d lượt, hoặc độ đầy đủ dữ liệu của hai kỳ chênh nhau quá 5 điểm phần trăm.", figures.LeastBase)),
		item("Ngày giờ theo múi giờ UTC+7."),
	}
	blocks = append(append(blocks, visitMethod()...), w.noticedMethod()...)
	if len(w.data.Provisional) == 0 {
		blocks = append(blocks, item("Mọi nút đã gửi đủ số liệu của kỳ: số liệu là chính thức, làm lại báo cáo sẽ cho đúng số liệu này."))
	}
	for _, why := range w.data.Provisional {
		blocks = append(blocks, item("Số liệu tạm thời: "+why))
	}
	return append(blocks, item("Mã băm SHA-256 của số liệu (các số đếm; không gồm số liệu theo ngày và số liệu lấy từ chính sách):"), para("%s", hash))
}

// lessonDays names the days with lessons and the source of that.
func (w *writer) lessonDays() string {
	if w.spec.Hours.Own {
		return "các ngày học theo thời khóa biểu và lịch năm học của từng trường trong chính sách đang áp dụng (không tính ngày nghỉ, ngày ngoài học kỳ; có tính ngày học bù)"
	}
	return "các ngày từ thứ Hai đến thứ Bảy (chính sách không có thời khóa biểu và lịch năm học nên lấy theo mặc định)"
}

func clock(d interface{ Minutes() float64 }) string {
	m := int(d.Minutes())
	return fmt.Sprintf("%02d giờ %02d", m/60, m%60)
}
