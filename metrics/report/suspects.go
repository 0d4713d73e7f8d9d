package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lachan/metrics/report/figures"
)

// suspects names the schools that seem to go around the filter.
func (b *body) suspects() []Block {
	if b.unit.Rank == figures.School && len(b.data.Schools) == 1 {
		if b.data.Schools[0].Suspicion == figures.AskedNone {
			return []Block{para("Trong kỳ không có lượt truy vấn nào của trường đi qua bộ lọc: cần kiểm tra " +
				"máy của trường có dùng DNS khác hay không.")}
		}
		return nil
	}
	var none, less []string
	for _, s := range b.data.Schools {
		switch s.Suspicion {
		case figures.AskedNone:
			none = append(none, s.Name)
		case figures.AskedFew:
			less = append(less, s.Name)
		}
	}
	blocks := []Block{para("Số cơ sở nghi vấn không đi qua bộ lọc: %d, gồm %d cơ sở không có lượt truy vấn "+
		"nào trong khi bộ lọc hoạt động và %d cơ sở có số lượt truy vấn trên một học sinh dưới một phần "+
		"mười trung vị của các cơ sở trong báo cáo.",
		len(none)+len(less), len(none), len(less))}
	if len(none) > 0 {
		blocks = append(blocks, item("Không có lượt truy vấn nào: "+few(none, 10)+"."))
	}
	if len(less) > 0 {
		blocks = append(blocks, item("Ít truy vấn bất thường: "+few(less, 10)+"."))
	}
	if names := b.silent(); len(names) > 0 {
		blocks = append(blocks, item("Không xét được vì không có số liệu: "+few(names, 10)+"."))
	}
	return blocks
}

// types counts the schools by kind of ownership.
func (b *body) types() string {
	labels := map[string]string{"cong-lap": "công lập", "ngoai-cong-lap": "ngoài công lập", "": "chưa rõ"}
	counts := make(map[string]int)
	for _, s := range b.data.Schools {
		counts[b.units[s.ID].Type]++
	}
	var said []string
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		if code != "" {
			said = append(said, fmt.Sprintf("%s %d cơ sở", cmp.Or(labels[code], code), counts[code]))
		}
	}
	if n := counts[""]; n > 0 {
		said = append(said, fmt.Sprintf("%s %d cơ sở", labels[""], n))
	}
	return strings.Join(said, ", ")
}

// rest is the rest of the whole.
func rest(r figures.Ratio) figures.Ratio {
	if r.Known() {
		r.PerMille = 1000 - r.PerMille
	}
	return r
}
