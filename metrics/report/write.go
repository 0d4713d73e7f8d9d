package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"lachan/metrics/report/figures"
)

// write puts figures into the sections of a report.
func write(r *figures.Result) *Model {
	f := &facts{spec: &r.Spec, data: r.Data, beside: r.Beside, unit: r.Unit, units: r.Units}
	m := &Model{
		Title: "BÁO CÁO", Provisional: r.Data.Provisional, To: r.Spec.Typed.To,
		Data: r.Data, Beside: r.Beside, Hash: hash(r.Data),
	}
	l := &letter{f}
	m.Head, m.Signature = l.head()
	m.Draft = r.Spec.Typed.Number == ""
	about := l.about()
	m.Subject = upperFirst(about)
	m.Opening = l.opening()
	_, day, _ := strings.Cut(m.Head.Place, ", ")
	m.Enclosed = fmt.Sprintf(
		"(Kèm theo Báo cáo số %s %s của %s)",
		strings.TrimPrefix(m.Head.Number, "Số: "),
		day,
		l.who(),
	)
	m.Sections = (&body{tables{f}}).sections()
	m.Annexes = (&annex{tables{f}}).annexes(m.Hash)
	m.Closing = "Trên đây là báo cáo " + about + "./."
	m.Recipients = l.recipients()
	return m
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

// A body is the sections of a report. Section III, which is the longest, is results.
type body struct{ tables }

// sections are those that the period asks for; of a single order, section IV.
func (b *body) sections() []Section {
	all := []struct {
		section     Section
		month, most bool // in a report on a month; in one on a quarter
	}{
		{Section{Number: "I", Title: "THÔNG TIN CHUNG", Blocks: b.general()}, true, true},
		{Section{Number: "II", Title: "TÌNH HÌNH TRIỂN KHAI", Blocks: b.deployment()}, true, true},
		{Section{Number: "III", Title: "KẾT QUẢ LỌC, CHẶN", Blocks: (&results{b.tables}).blocks()}, true, true},
		{Section{Number: "IV", Title: "THỰC HIỆN YÊU CẦU CỦA CƠ QUAN CÓ THẨM QUYỀN", Blocks: b.orders()}, true, true},
		{Section{Number: "V", Title: "NGUY CƠ VƯỢT LỌC, SỰ CỐ", Blocks: b.risks()}, false, true},
		{Section{Number: "VI", Title: "CHẶN NHẦM VÀ YÊU CẦU MỞ CHẶN", Blocks: b.exceptions()}, true, true},
		{Section{Number: "VII", Title: "KIỂM TRA, ĐÁNH GIÁ HIỆU QUẢ", Blocks: b.checks()}, false, true},
		{Section{Number: "VIII", Title: "BẢO VỆ DỮ LIỆU CÁ NHÂN", Blocks: b.privacy()}, false, true},
		{Section{Number: "IX", Title: "TỒN TẠI, HẠN CHẾ, NGUYÊN NHÂN", Blocks: b.shortcomings()}, false, false},
		{Section{Number: "X", Title: "PHƯƠNG HƯỚNG, NHIỆM VỤ; KIẾN NGHỊ, ĐỀ XUẤT", Blocks: b.plans()}, false, false},
	}
	if b.spec.Document != "" {
		return []Section{all[3].section}
	}
	var sections []Section
	for _, s := range all {
		if b.isYear() || s.most && !b.isMonth() || s.month {
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
