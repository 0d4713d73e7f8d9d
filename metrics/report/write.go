package report

import (
	"fmt"
	"slices"
	"strings"

	"lachan/metrics/report/figures"
)

// write puts figures into the sections of a report.
func write(r *figures.Result) *Model {
	f := &facts{spec: &r.Spec, data: r.Data, beside: r.Beside, unit: r.Unit, units: r.Units}
	m := &Model{
		Title: "BÁO CÁO", Provisional: r.Data.Provisional, Reasons: r.Reasons, To: r.Spec.Typed.To,
		Data: r.Data, Beside: r.Beside, Hash: HashOf(r.Data), Document: r.Spec.Document,
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

// A body is the sections of a report. The longest one, on what was blocked, is results.
type body struct{ tables }

// A part is a section that a report may have.
type part struct {
	title  string
	blocks func() []Block
	// month and quarter report whether reports on a month and on a quarter have it;
	// those on a year have all.
	month, quarter bool
	typed          [][]string // what the officer wrote in it
}

func (b *body) parts() []part {
	t := &b.spec.Typed
	return []part{
		{"THÔNG TIN CHUNG", b.general, true, true, nil},
		{"TÌNH HÌNH TRIỂN KHAI", b.deployment, true, true, nil},
		{"KẾT QUẢ LỌC, CHẶN", (&results{b.tables}).blocks, true, true, nil},
		{"THỰC HIỆN YÊU CẦU CỦA CƠ QUAN CÓ THẨM QUYỀN", b.orders, true, true, nil},
		{"NGUY CƠ VƯỢT LỌC, SỰ CỐ", b.risks, false, true, [][]string{t.Incidents}},
		{"CHẶN NHẦM VÀ YÊU CẦU MỞ CHẶN", b.exceptions, true, true, [][]string{t.Requests}},
		{"KIỂM TRA, ĐÁNH GIÁ HIỆU QUẢ", b.checks, false, true, [][]string{t.Checks}},
		{"BẢO VỆ DỮ LIỆU CÁ NHÂN", b.privacy, false, true, [][]string{t.Privacy}},
		{"TỒN TẠI, HẠN CHẾ, NGUYÊN NHÂN", b.shortcomings, false, false, [][]string{t.Shortcomings}},
		{"PHƯƠNG HƯỚNG, NHIỆM VỤ; KIẾN NGHỊ, ĐỀ XUẤT", b.plans, false, false, [][]string{t.Plans, t.Proposals}},
	}
}

// sections are those that the period asks for, and those in which the officer wrote
// something: nothing that was typed is left out. A report on a single order has the
// section on orders, and of the others what was typed alone.
func (b *body) sections() (sections []Section) {
	add := func(title string, blocks []Block) {
		sections = append(sections, Section{Number: roman[len(sections)], Title: title, Blocks: blocks})
	}
	for i, p := range b.parts() {
		written := slices.Concat(p.typed...)
		switch {
		case b.spec.Document != "" && i == 3:
			add(p.title, append(p.blocks(), b.asked()...))
		case b.spec.Document != "" && len(written) > 0:
			add(p.title, typed(written))
		case b.spec.Document != "":
		case b.isYear(), p.quarter && !b.isMonth(), p.month, len(written) > 0:
			add(p.title, p.blocks())
		}
	}
	return sections
}

// asked are whom to ask and how many pupils there are, as far as the officer wrote it:
// a report on a single order has no section for them.
func (b *body) asked() (blocks []Block) {
	if t := &b.spec.Typed; t.Contact != "" {
		blocks = append(blocks, item("Đầu mối phụ trách: "+t.Contact+"."))
	}
	if n := b.spec.Typed.Students; n > 0 {
		blocks = append(blocks, item("Số học sinh: "+figures.Grouped(int64(n))+"."))
	}
	return blocks
}

// roman are the numbers of sections, in the order in which they stand.
var roman = [...]string{"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"}

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
