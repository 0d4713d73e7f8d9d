package figures

import "slices"

// Smallest is the least number of pupils of a printed row: figures of fewer might
// tell what one of them did.
const Smallest = 10

// hideSmall suppresses the figures of rows of too few pupils. As the total is
// printed, one hidden row could be found by subtraction: so more are hidden, the
// smallest first, until those that are hidden stand for enough. Rows of which
// the number of pupils is not known are taken to be large.
func hideSmall(rows []Row) {
	var hidden []int
	pupils := int64(0)
	hide := func(i int) {
		hidden = append(hidden, i)
		pupils += rows[i].Students.Value
	}
	for i, r := range rows {
		if r.Students.Known() && r.Students.Value < Smallest && r.Queries.Known() {
			hide(i)
		}
	}
	if len(hidden) == 0 {
		return
	}
	for len(hidden) < len(rows) && (len(hidden) < 2 || pupils < Smallest) {
		next := -1
		for i, r := range rows {
			if r.Queries.Known() && !slices.Contains(hidden, i) && (next < 0 || size(r) < size(rows[next])) {
				next = i
			}
		}
		if next < 0 {
			break
		}
		hide(next)
	}
	for _, i := range hidden {
		star := Figure{Sign: Suppressed}
		rows[i].hiddenCounts = rows[i].Counts
		rows[i].Counts = Counts{star, star, star, star, star, star}
	}
}

// tooSmall reports whether the reporting unit itself has too few pupils.
func (d *Data) tooSmall() bool {
	pupils := d.Students()
	return pupils.Known() && pupils.Value < Smallest
}

// hideAll suppresses every figure, of a unit that is too small itself.
func (d *Data) hideAll() {
	star := Figure{Sign: Suppressed}
	d.Total = Counts{star, star, star, star, star, star}
	for i := range d.Categories {
		d.Categories[i].Blocked = star
	}
	d.Observed = nil
	for i := range d.Months {
		d.Months[i].Counts = d.Total
	}
	for _, rows := range [][]Row{d.Levels, d.Communes, d.Provinces, d.Schools} {
		for i := range rows {
			rows[i].Counts, rows[i].hiddenCounts = d.Total, d.Total
		}
	}
	d.Hours, d.Visits = nil, star
	d.Days, d.Groups = nil, nil
	d.Checks.hide()
}

// size orders rows by pupils, with rows of unknown size last.
func size(r Row) int64 {
	if !r.Students.Known() {
		return 1 << 62
	}
	return r.Students.Value
}

// A Suspicion is the reason to think that a school does not use the filter, although
// the filter was running.
type Suspicion string

// The suspicions.
const (
	NoSuspicion Suspicion = ""
	AskedNone   Suspicion = "none" // it asked nothing
	AskedFew    Suspicion = "few"  // it asked far less for each pupil than others
)

const (
	fewParts = 10 // of the median: less than a tenth is few
	EnoughOf = 5  // schools that are compared
)

// suspect marks the schools that seem to go around the filter. Suppressed rows are
// not judged.
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
		case len(each) >= EnoughOf && judged(r) && perPupil(r)*fewParts < each[len(each)/2]:
			r.Suspicion = AskedFew
			r.Notes = append(r.Notes, "ít truy vấn bất thường")
		}
	}
}
