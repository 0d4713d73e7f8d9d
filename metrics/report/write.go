package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"lachan/metrics/report/figures"
)

// A writer puts figures into the sections of a report.
type writer struct {
	spec   *figures.Spec
	data   *figures.Data
	beside *figures.Beside
	unit   figures.Unit
	units  map[string]figures.Unit
}

func write(r *figures.Result) *Model {
	w := &writer{spec: &r.Spec, data: r.Data, beside: r.Beside, unit: r.Unit, units: r.Units}
	m := &Model{
		Title: "BÁO CÁO", Provisional: r.Data.Provisional, To: r.Spec.Typed.To,
		Data: r.Data, Beside: r.Beside, Hash: hash(r.Data),
	}
	m.Head, m.Signature = w.head()
	m.Draft = r.Spec.Typed.Number == ""
	about := w.about()
	m.Subject = upperFirst(about)
	m.Opening = w.opening()
	_, day, _ := strings.Cut(m.Head.Place, ", ")
	m.Enclosed = fmt.Sprintf(
		"(Kèm theo Báo cáo số %s %s của %s)",
		strings.TrimPrefix(m.Head.Number, "Số: "),
		day,
		w.who(),
	)
	m.Sections, m.Annexes = w.sections(), w.annexes(m.Hash)
	m.Closing = "Trên đây là báo cáo " + about + "./."
	m.Recipients = w.recipients()
	return m
}

// about is what the report is about, in the middle of a sentence.
func (w *writer) about() string {
	if w.spec.Document != "" {
		return fmt.Sprintf(
			"kết quả thực hiện yêu cầu tại văn bản số %s trên hệ thống mạng của %s %s",
			w.spec.Document,
			w.whose(),
			w.spec.Period.Label,
		)
	}
	return "kết quả lọc, chặn nội dung không phù hợp với trẻ em trên hệ thống mạng của " + w.whose() + " " + w.spec.Period.Label
}

// hash is the SHA-256 of the JSON of the figures.
func hash(data *figures.Data) string {
	text, err := json.Marshal(data)
	if err != nil {
		panic(err) // Data has nothing that JSON cannot write
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (w *writer) whose() string {
	if w.unit.Rank == figures.School {
		return "nhà trường"
	}
	return "các cơ sở giáo dục"
}

// The length of the period gives the form: a report on a month fits on a page,
// one on a quarter goes to section VIII, one on a year has all.
func (w *writer) isMonth() bool { return len(w.spec.Period.Months()) == 1 }
func (w *writer) isYear() bool  { return len(w.spec.Period.Months()) > 6 }

func (w *writer) opening() []string {
	said := w.who() + " báo cáo " + w.about() + " như sau:"
	basis := w.spec.Typed.Basis
	switch {
	case len(basis) > 0:
	case w.isMonth(), w.spec.Document != "":
		return []string{upperFirst(said)}
	default:
		basis = []string{
			"Luật An ninh mạng số 116/2025/QH15 ngày 10 tháng 12 năm 2025",
			"Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15",
			"Nghị định số 147/2024/NĐ-CP ngày 09 tháng 11 năm 2024 của Chính phủ",
			"Quyết định số 830/QĐ-TTg ngày 01 tháng 6 năm 2021 của Thủ tướng Chính phủ",
		}
	}
	return []string{"Thực hiện " + strings.Join(basis, "; ") + ", " + said}
}

// who is the name of the reporting office, in the middle of a sentence.
func (w *writer) who() string {
	switch {
	case w.spec.Typed.Office != "":
		return w.spec.Typed.Office
	case w.unit.Rank == figures.Province:
		return "Sở Giáo dục và Đào tạo " + lowerFirst(w.unit.Name)
	case w.unit.Rank == figures.Commune:
		return "Ủy ban nhân dân " + lowerFirst(w.unit.Name)
	case w.unit.Rank == figures.Operator:
		return "đơn vị"
	}
	return w.unit.Name
}

func (w *writer) recipients() []string {
	if len(w.spec.Typed.Recipients) > 0 {
		return w.spec.Typed.Recipients
	}
	above := map[figures.Rank]string{
		figures.School: "Cơ quan quản lý trực tiếp (để báo cáo)", figures.Commune: "Sở Giáo dục và Đào tạo (để báo cáo)",
		figures.Province: "Ủy ban nhân dân tỉnh (để báo cáo)", figures.Operator: "Cơ quan có thẩm quyền (để báo cáo)",
	}
	return []string{"- " + above[w.unit.Rank] + ";", "- Lưu: VT, " + dots(6)}
}

// sections are those that the period asks for; of a single order, section IV.
func (w *writer) sections() []Section {
	all := []struct {
		section     Section
		month, most bool // in a report on a month; in one on a quarter
	}{
		{Section{Number: "I", Title: "THÔNG TIN CHUNG", Blocks: w.general()}, true, true},
		{Section{Number: "II", Title: "TÌNH HÌNH TRIỂN KHAI", Blocks: w.deployment()}, true, true},
		{Section{Number: "III", Title: "KẾT QUẢ LỌC, CHẶN", Blocks: w.results()}, true, true},
		{Section{Number: "IV", Title: "THỰC HIỆN YÊU CẦU CỦA CƠ QUAN CÓ THẨM QUYỀN", Blocks: w.orders()}, true, true},
		{Section{Number: "V", Title: "NGUY CƠ VƯỢT LỌC, SỰ CỐ", Blocks: w.risks()}, false, true},
		{Section{Number: "VI", Title: "CHẶN NHẦM VÀ YÊU CẦU MỞ CHẶN", Blocks: w.exceptions()}, true, true},
		{Section{Number: "VII", Title: "KIỂM TRA, ĐÁNH GIÁ HIỆU QUẢ", Blocks: w.checks()}, false, true},
		{Section{Number: "VIII", Title: "BẢO VỆ DỮ LIỆU CÁ NHÂN", Blocks: w.privacy()}, false, true},
		{Section{Number: "IX", Title: "TỒN TẠI, HẠN CHẾ, NGUYÊN NHÂN", Blocks: w.shortcomings()}, false, false},
		{Section{Number: "X", Title: "PHƯƠNG HƯỚNG, NHIỆM VỤ; KIẾN NGHỊ, ĐỀ XUẤT", Blocks: w.plans()}, false, false},
	}
	if w.spec.Document != "" {
		return []Section{all[3].section}
	}
	var sections []Section
	for _, s := range all {
		if w.isYear() || s.most && !w.isMonth() || s.month {
			sections = append(sections, s.section)
		}
	}
	return sections
}

func heading(s string) Block { return Block{Kind: Heading, Text: s} }
func item(s string) Block    { return Block{Kind: Item, Text: s} }
func para(format string, args ...any) Block {
	return Block{Kind: Paragraph, Text: fmt.Sprintf(format, args...)}
}

// typed are the officer's own lines, or a place for them.
func typed(lines []string) (blocks []Block) {
	for _, line := range lines {
		blocks = append(blocks, item(line))
	}
	if len(lines) == 0 {
		blocks = append(blocks, Block{Kind: Missing, Text: dots(60)})
	}
	return blocks
}
