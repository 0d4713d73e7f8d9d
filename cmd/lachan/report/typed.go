package report

import (
	"strings"

	"lachan/admin/ledger"
	"lachan/internal/wording"
	"lachan/metrics/report/figures"
)

// What an officer writes in a report stands in the ledger, a record for each part, and in
// the file beside a report.

// A Part is what an officer may write.
type Part struct {
	Key   string
	Title wording.Text
	Line  bool // one line
	put   func(t *figures.Typed, text string)
}

// Parts are all of them: those of the letter, then those of the sections.
func Parts() []Part {
	line := func(key, vi, en string, of func(*figures.Typed) *string) Part {
		return Part{key, wording.Text{VI: vi, EN: en}, true, func(t *figures.Typed, text string) {
			if to := of(t); *to == "" {
				*to = strings.TrimSpace(text)
			}
		}}
	}
	text := func(key, vi, en string, of func(*figures.Typed) *[]string) Part {
		return Part{key, wording.Text{VI: vi, EN: en}, false, func(t *figures.Typed, text string) {
			for l := range strings.Lines(text) {
				if l = strings.TrimSpace(l); l != "" {
					*of(t) = append(*of(t), l)
				}
			}
		}}
	}
	return []Part{
		text("incidents", "Nguy cơ vượt lọc, sự cố: khi nào, bao lâu, vì sao", "Incidents: when, how long, why", func(t *figures.Typed) *[]string { return &t.Incidents }),
		text("requests", "Yêu cầu mở chặn nhận ngoài hệ thống", "Requests to open that came another way", func(t *figures.Typed) *[]string { return &t.Requests }),
		text("checks", "Kiểm tra, đánh giá", "Checks", func(t *figures.Typed) *[]string { return &t.Checks }),
		text("privacy", "Bảo vệ dữ liệu cá nhân", "Protection of personal data", func(t *figures.Typed) *[]string { return &t.Privacy }),
		text("shortcomings", "Tồn tại, hạn chế, nguyên nhân", "Shortcomings, and why", func(t *figures.Typed) *[]string { return &t.Shortcomings }),
		text("plans", "Phương hướng, nhiệm vụ", "What comes next", func(t *figures.Typed) *[]string { return &t.Plans }),
		text("proposals", "Kiến nghị, đề xuất", "What is asked for", func(t *figures.Typed) *[]string { return &t.Proposals }),
		line("contact", "Đầu mối phụ trách", "Whom to ask", func(t *figures.Typed) *string { return &t.Contact }),
		line("number", "Số văn bản, do văn thư cấp; để trống khi còn là dự thảo", "Number, from the register; empty while it is a draft", func(t *figures.Typed) *string { return &t.Number }),
		line("date", "Ngày ký, ví dụ 25/11/2026", "Day of signature, as 25/11/2026", func(t *figures.Typed) *string { return &t.Date }),
		line("place", "Địa danh", "Place", func(t *figures.Typed) *string { return &t.Place }),
		line("position", "Chức vụ người ký", "Position of the signer", func(t *figures.Typed) *string { return &t.Position }),
		line("signer", "Họ và tên người ký", "Name of the signer", func(t *figures.Typed) *string { return &t.Signer }),
	}
}

// Words are what was written in a part of a report, and by which record.
func Words(l *ledger.Ledger, unit, period, part string) (text string, seq uint64) {
	if unit == everySchool {
		unit = ""
	}
	v, ok := l.State().Get(unit, "words/"+period+"/"+part)
	if !ok {
		return "", 0
	}
	if v.New != nil {
		text, _ = l.Words(v.Why) // "" if it was erased
	}
	return text, v.Seq
}

// WithWords is what an officer typed in a file, with what stands in the ledger. Lines of
// both are printed; of a single value the file has the last word.
func WithWords(typed figures.Typed, l *ledger.Ledger, unit, period string) figures.Typed {
	for _, p := range Parts() {
		if text, _ := Words(l, unit, period, p.Key); text != "" {
			p.put(&typed, text)
		}
	}
	return typed
}
