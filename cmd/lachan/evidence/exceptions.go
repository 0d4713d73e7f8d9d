package evidence

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/ledger"
	"lachan/cmd/lachan/config"
	"lachan/policy"
)

// Names that a unit has opened or blocked: with why, by whom, until when.

// An exception is one that held in the period.
type exception struct {
	unit, name  string
	allow       bool
	from, until time.Time
	ended       time.Time // by another decision; zero if by none
	who, why    string
	document    string
	by          string // the number of the decision, or file:line
}

// exceptions adds those that held at any time of the period.
func (m *maker) exceptions(context.Context) error {
	dir := config.LedgerDir(m.Config)
	var list []exception
	for _, h := range slices.Concat(m.decided.past, slices.Collect(maps.Values(m.decided.objects))) {
		if !m.holds(h.unit) {
			continue
		}
		e := m.exception(&h)
		if !m.overlaps(&e) {
			continue
		}
		if e.why = "–"; h.by.Why != "" {
			text, ok := ledger.WordsIn(dir, h.by.Why)
			if e.why = text; !ok {
				e.why = "(đã xóa)"
			}
		}
		list = append(list, e)
	}
	for _, w := range policy.Entries(m.Policy) {
		e := exception{
			unit: w.Unit, name: w.Name, allow: w.Allow, from: w.From, until: w.Until, who: w.Who, why: w.Why,
			document: w.Document, by: w.Place,
		}
		if m.holds(w.Unit) && m.overlaps(&e) {
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b exception) int {
		return cmp.Or(
			strings.Compare(a.unit, b.unit), strings.Compare(a.name, b.name), a.from.Compare(b.from),
			strings.Compare(a.by, b.by),
		)
	})
	t := table{columns: []string{
		"Mã đơn vị", "Đơn vị", "Mở hay chặn", "Tên miền hoặc nhóm", "Từ", "Đến hết (đã định)", "Chấm dứt sớm lúc", "Lúc chốt hồ sơ",
		"Ai", "Lý do", "Văn bản", "Quyết định số, hoặc tệp:dòng",
	}}
	for i := range list {
		e, what := &list[i], "chặn"
		if e.allow {
			what = "mở"
		}
		t.row(e.unit, m.name(e.unit), what, e.name, m.moment(e.from), m.moment(e.until), m.moment(e.ended),
			e.state(m.At), e.who, e.why, e.document, e.by)
	}
	m.table("exceptions.csv", "Ngoại lệ", "Tên miền, nhóm nội dung mà đơn vị tự mở hoặc tự chặn và có lúc có hiệu lực trong kỳ: "+
		"vì sao, của ai, từ lúc nào đến lúc nào. – ở cột Đến là không có hạn; – ở cột Từ là không ghi lúc bắt đầu.", t)
	return nil
}

// exception is what the ledger says of one, but for its words.
func (m *maker) exception(h *held) exception {
	kind, name, _ := strings.Cut(h.object, "/")
	e := exception{
		unit: h.unit, name: name, allow: kind == "allow", from: h.by.At, ended: h.ended,
		who: m.decided.person(h.by.By), by: fmt.Sprintf("QĐ %d", h.by.Seq),
	}
	var value admin.ExceptionValue
	if json.Unmarshal(h.value, &value) == nil {
		if from, err := time.Parse(time.RFC3339, value.From); err == nil {
			e.from = from
		}
		e.until, _ = admin.Moment(value.Until, m.zone) // zero if it says nothing
		e.document = value.Document
	}
	return e
}

// overlaps reports whether an exception held in the period at any time.
func (m *maker) overlaps(e *exception) bool {
	over := func(end time.Time) bool { return !end.IsZero() && !end.After(m.period.Start) }
	return e.from.Before(m.At) && !over(e.until) && !over(e.ended)
}

// state is how it stood at a moment.
func (e *exception) state(at time.Time) string {
	switch {
	case !e.ended.IsZero() && !e.ended.After(at):
		return "đã chấm dứt"
	case !e.until.IsZero() && !e.until.After(at):
		return "đã hết hạn"
	}
	return "còn hiệu lực"
}
