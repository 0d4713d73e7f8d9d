package request

import "time"

// UsualTarget is how many hours of school a request may wait.
const UsualTarget = 4 * time.Hour

// Hours are the hours in which lessons are held at a school. A request waits no longer
// than they last: nights and holidays do not count.
type Hours struct {
	From, To time.Duration // since midnight; To is not included
	Zone     *time.Location
	On       func(day time.Time) bool // reports whether lessons are held on a day
}

// mostDays bounds how many days are counted; a request that is older has waited long
// enough for everything.
const mostDays = 400

// Between is how many school hours there are between two moments.
func (h Hours) Between(from, to time.Time) (spent time.Duration) {
	from, to = from.In(h.Zone), to.In(h.Zone)
	y, m, d := from.Date()
	for i := range mostDays {
		midnight := time.Date(y, m, d+i, 0, 0, 0, 0, h.Zone)
		if !midnight.Before(to) {
			break
		}
		if !h.On(midnight) {
			continue
		}
		begin, end := midnight.Add(h.From), midnight.Add(h.To)
		if begin.Before(from) {
			begin = from
		}
		if end.After(to) {
			end = to
		}
		spent += max(0, end.Sub(begin))
	}
	return spent
}
