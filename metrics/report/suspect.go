package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Suspicion is why a school seems not to ask through the filter, which ran.
type Suspicion string

// The suspicions.
const (
	NoSuspicion Suspicion = ""
	AskedNone   Suspicion = "none" // it asked nothing
	AskedFew    Suspicion = "few"  // it asked far less for each pupil than others
)

const (
	fewParts = 10 // of the median: less than a tenth is few
	enoughOf = 5  // schools that are compared
)

// suspect marks the schools that seem to go around the filter. What is hidden
// is not judged.
func suspect(rows []Row) {
	var each []float64
	perPupil := func(r *Row) float64 { return float64(r.Queries.Value) / float64(r.Students.Value) }
	judged := func(r *Row) bool {
		return r.Queries.Known() && r.Queries.Value > 0 && r.Students.Known()
	}
	for i := range rows {
		if judged(&rows[i]) {
			each = append(each, perPupil(&rows[i]))
		}
	}
	slices.Sort(each)
	for i := range rows {
		r := &rows[i]
		switch {
		case r.Queries.Known() && r.Queries.Value == 0:
			r.Suspicion = AskedNone
			r.Notes = append(r.Notes, "không có lượt truy vấn nào")
		case len(each) >= enoughOf && judged(r) && perPupil(r)*fewParts < each[len(each)/2]:
			r.Suspicion = AskedFew
			r.Notes = append(r.Notes, "ít truy vấn bất thường")
		}
	}
}

// suspects names the schools that seem to go around the filter.
func (w *writer) suspects() []Block {
	if w.unit.Rank == School && len(w.data.Schools) == 1 {
		if w.data.Schools[0].Suspicion == AskedNone {
			return []Block{para("Trong kỳ không có lượt truy vấn nào của trường đi qua bộ lọc: cần kiểm tra máy của trường có dùng DNS khác hay không.")}
		}
		return nil
	}
	var none, less []string
	for _, s := range w.data.Schools {
		switch s.Suspicion {
		case AskedNone:
			none = append(none, s.Name)
		case AskedFew:
			less = append(less, s.Name)
		}
	}
	blocks := []Block{para("Số cơ sở nghi vấn không đi qua bộ lọc: %d, gồm %d cơ sở không có lượt truy vấn nào trong khi bộ lọc hoạt động và %d cơ sở có số lượt truy vấn trên một học sinh dưới một phần mười trung vị của các cơ sở trong báo cáo.",
		len(none)+len(less), len(none), len(less))}
	if len(none) > 0 {
		blocks = append(blocks, item("Không có lượt truy vấn nào: "+few(none, 10)+"."))
	}
	if len(less) > 0 {
		blocks = append(blocks, item("Ít truy vấn bất thường: "+few(less, 10)+"."))
	}
	if names := w.silent(); len(names) > 0 {
		blocks = append(blocks, item("Không xét được vì không có số liệu: "+few(names, 10)+"."))
	}
	return blocks
}

// types counts the schools by who runs them.
func (w *writer) types() string {
	labels := map[string]string{"cong-lap": "công lập", "ngoai-cong-lap": "ngoài công lập", "": "chưa rõ"}
	counts := make(map[string]int)
	for _, s := range w.data.Schools {
		counts[w.units[s.ID].Type]++
	}
	var said []string
	for _, code := range sortedKeys(counts) {
		if code != "" {
			said = append(said, fmt.Sprintf("%s %d cơ sở", cmp.Or(labels[code], code), counts[code]))
		}
	}
	if n := counts[""]; n > 0 {
		said = append(said, fmt.Sprintf("%s %d cơ sở", labels[""], n))
	}
	return strings.Join(said, ", ")
}

// rest is what a share leaves of the whole.
func rest(r Ratio) Ratio {
	if r.Known() {
		r.PerMille = 1000 - r.PerMille
	}
	return r
}
