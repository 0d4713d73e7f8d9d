package report

import (
	"context"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/metrics"
)

// CheckCounts are the checks of the filter that were made at schools.
type CheckCounts struct {
	All        Figure       `json:"all"`
	Passed     Figure       `json:"passed"`
	Failed     Figure       `json:"failed"`
	Allowed    Figure       `json:"allowed"` // of what the policy allows at that time
	Categories []CheckCount `json:"categories"`
	Unchecked  Figure       `json:"unchecked"` // schools that made none
}

// A CheckCount is the checks of one category.
type CheckCount struct {
	Code    string `json:"code"`
	Label   string `json:"label"`
	Passed  Figure `json:"passed"`
	Failed  Figure `json:"failed"`
	Allowed Figure `json:"allowed"`
}

// A counted is what one counter has counted in the period.
type counted struct {
	labels labels.Labels
	before bool // it was there when the period began
	n      int64
}

// counted reads what the counters of a metric have counted between two moments.
// Match tells them apart. One that went back was lost with its node, and what it
// shows is what is known.
func (r *reader) counted(ctx context.Context, s selector, match func(labels.Labels) string, from, to time.Time) (list []counted, err error) {
	began, err := r.last(ctx, s, match, from, memory)
	if err != nil {
		return nil, err
	}
	ended, err := r.last(ctx, s, match, to, memory)
	if err != nil {
		return nil, err
	}
	before := make(map[string]float64, len(began))
	for _, sample := range began {
		before[match(sample.Labels)] = sample.Value
	}
	seen := make(map[string]bool, len(ended))
	for _, sample := range ended {
		key := match(sample.Labels)
		if seen[key] {
			continue // an engine has it twice, under labels of its own
		}
		seen[key] = true
		was, known := before[key]
		if sample.Value < was {
			was = 0
		}
		list = append(list, counted{sample.Labels, known, int64(sample.Value - was)})
	}
	return list, nil
}

// readVisits reads how many visits schools made, which is known only if every
// node that counted queries before the period began counted visits too.
func (b *builder) readVisits(ctx context.Context, s selector) error {
	b.visits = Figure{Sign: NoData}
	s.metric = metrics.SchoolVisits
	list, err := b.reader.counted(ctx, s, identity, b.spec.Period.Start, b.until)
	if err != nil {
		return err
	}
	sum, counts := Figure{Sign: NoData}, make(map[string]bool)
	for _, c := range list {
		if b.census.schools[schoolOf(c.labels)] != nil {
			sum = plus(sum, Number(c.n))
			counts[nodeOf(c.labels)] = counts[nodeOf(c.labels)] || c.before
		}
	}
	for node := range b.census.began {
		if !counts[node] {
			return nil
		}
	}
	if sum.Known() {
		total := b.census.total()
		b.visits = Number(min(sum.Value, total.all())) // it is an estimate
	}
	return nil
}

// readChecks reads the checks of the filter. A node that counts visits counts
// checks too, so that there are none where none is told.
func (b *builder) readChecks(ctx context.Context, s selector) error {
	s.metric = metrics.SchoolChecks
	list, err := b.reader.counted(ctx, s, identity, b.spec.Period.Start, b.until)
	if err != nil {
		return err
	}
	none := Figure{Sign: NoData}
	b.checks = CheckCounts{All: none, Passed: none, Failed: none, Allowed: none, Unchecked: none, Categories: []CheckCount{}}
	checked, byCategory := make(map[string]bool), make(map[string]*CheckCount)
	for _, c := range list {
		if c.n > 0 && b.census.schools[schoolOf(c.labels)] != nil {
			checked[schoolOf(c.labels)] = true
			b.checks.add(c, byCategory)
		}
	}
	if len(checked) == 0 && !b.visits.Known() {
		return nil
	}
	for _, f := range []*Figure{&b.checks.All, &b.checks.Passed, &b.checks.Failed, &b.checks.Allowed} {
		*f = plus(*f, Number(0))
	}
	b.checks.Unchecked = Number(int64(len(b.schools) - len(checked)))
	for _, category := range b.census.categories {
		if count := byCategory[category.Code]; count != nil {
			count.Code, count.Label = category.Code, category.Label
			b.checks.Categories = append(b.checks.Categories, *count)
		}
	}
	return nil
}

// add adds what a counter has counted. What asked for no category counts in none.
func (c *CheckCounts) add(of counted, byCategory map[string]*CheckCount) {
	code := of.labels.Get("category")
	count := byCategory[code]
	if count == nil {
		count = new(CheckCount)
		byCategory[code] = count
	}
	all, one := &c.Passed, &count.Passed
	switch of.labels.Get("result") {
	case "failed":
		all, one = &c.Failed, &count.Failed
	case "allowed":
		all, one = &c.Allowed, &count.Allowed
	}
	n := Number(of.n)
	c.All, *all, *one = plus(c.All, n), plus(*all, n), plus(*one, n)
}

// hide suppresses what is told of a unit that is too small itself.
func (c *CheckCounts) hide() {
	star := Figure{Sign: Suppressed}
	*c = CheckCounts{star, star, star, star, []CheckCount{}, star}
}

// checks is section VII.
func (w *writer) checks() []Block {
	c := &w.data.Checks
	blocks := []Block{para("Số lượt tự kiểm tra bộ lọc: %s; đạt: %s; không đạt: %s; được chính sách cho phép lúc kiểm tra: %s; số trường chưa kiểm tra: %s.", c.All, c.Passed, c.Failed, c.Allowed, c.Unchecked)}
	if len(c.Categories) > 0 {
		t := &Table{Columns: []Column{{"TT", 0.3, false}, {"Nhóm nội dung", 5, false}, {"Đạt", 1.2, true}, {"Không đạt", 1.2, true}, {"Được cho phép", 1.5, true}}}
		for i, n := range c.Categories {
			t.Rows = append(t.Rows, TableRow{Cells: []Cell{text(Number(int64(i + 1)).String()), text(n.Label), figure(n.Passed), figure(n.Failed), figure(n.Allowed)}})
		}
		blocks = append(blocks, tableBlock(t))
	}
	return append(append(blocks, para("Kết quả kiểm tra ngoài hệ thống do đơn vị tổng hợp:")), typed(w.spec.Typed.Checks)...)
}

// visits is what section III says of visits.
func (w *writer) visits() Block {
	said := w.data.Visits.String()
	switch {
	case w.data.Visits.Known():
		said = "khoảng " + said
	case w.data.Visits.Sign == NoData:
		said += " (có nút chưa đếm từ đầu kỳ, hoặc có quá ít lượt)"
	}
	return para("Số lượt truy cập quy đổi, gộp các lượt của cùng một máy hỏi cùng một tên trong 60 giây: %s.", said)
}

// visitMethod are the definitions of annex IV on visits and checks.
func visitMethod() []Block {
	return []Block{
		item("Lượt truy cập quy đổi: các lượt truy vấn của cùng một máy hỏi cùng một tên trong 60 giây được gộp làm một. Là số ước lượng: chỉ theo dõi một phần 64 số cặp máy và tên, chọn ngẫu nhiên, đổi vài phút một lần, trong bộ nhớ và không lưu lại; sai số khoảng 1% khi có một triệu lượt, lớn hơn khi có ít lượt hơn."),
		item("Tự kiểm tra bộ lọc: một máy của trường hỏi tên kiểm tra của hệ thống, hoặc tên kiểm tra của một nhóm nội dung. Đạt: tên của nhóm bị chặn và danh sách đang dùng có tên thuộc nhóm. Không đạt: chính sách chặn nhóm nhưng không có danh sách nào. Các lượt này không tính vào lượt truy vấn."),
	}
}
