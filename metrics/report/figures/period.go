package figures

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lachan/internal/dates"
	"lachan/internal/wording"
	"lachan/metrics/report/spoken"
)

// A Period is the time that a report is about, whole days of one time zone.
type Period struct {
	Code  string    `json:"code"`  // as ParsePeriod reads it
	Label string    `json:"label"` // as a title says it: "quý III năm 2026"
	Start time.Time `json:"start"` // the first moment in it
	End   time.Time `json:"end"`   // the first moment after it

	kind kind
	year int // of calendar and administrative periods; the first one of a school year
	part int // month, quarter, half, term or week, from 1; 0 of years
	in   Calendar
}

type kind uint8

const (
	between kind = iota // FROM..TO
	calendarPeriod
	administrative // from the 15th to the 14th
	schoolYear
	reportingYear // ends on the day that the plan gives
	week          // of ISO 8601
)

// A Calendar is what the names of periods depend on.
type Calendar struct {
	Zone *time.Location
	// Now is what "this week" is counted from; zero, and no such word names a period.
	Now time.Time
	// YearEnds is the last day of a reporting year; zero is 15 November, so that the
	// report can be made before the 30th.
	SchoolYear SchoolYear
	YearEnds   Day
}

func (c Calendar) yearEnds() Day {
	if c.YearEnds == (Day{}) {
		return Day{time.November, 15}
	}
	return c.YearEnds
}

// A SchoolYear says on which days of any year schools begin and end. The zero
// value is 5 September, 19 January and 31 May.
type SchoolYear struct {
	Start, SecondTerm, End Day
}

// A Day is a day of no year in particular.
type Day struct {
	Month time.Month
	Day   int
}

func (s SchoolYear) orDefault() SchoolYear {
	if s == (SchoolYear{}) {
		return SchoolYear{Day{time.September, 5}, Day{time.January, 19}, Day{time.May, 31}}
	}
	return s
}

var (
	calendarForm  = regexp.MustCompile(`^(HC-)?(20\d{2})(?:-(Q[1-4]|H[12]|0[1-9]|1[0-2]))?$`)
	schoolForm    = regexp.MustCompile(`^(20\d{2})-(20\d{2})(?:-HK([12]))?$`)
	reportingForm = regexp.MustCompile(`^(?:BC-(20\d{2})|(20\d{2})-NAM)$`)
	weekForm      = regexp.MustCompile(`^(20\d{2})-W(\d{2})$`)
	betweenForm   = regexp.MustCompile(`^(.+?) ?(?:\.\.|…|–| - | ĐẾN | DEN | TO ) ?(.+)$`)
	bareForm      = regexp.MustCompile(`^([^. -]+)-([^. -]+)$`)
)

// ErrPeriod is the error of a text that names no period. It says which ones
// there are, in both languages.
var ErrPeriod = wording.Error(textNoPeriod)

// ParsePeriod reads a period:
//
//	2026 2026-H1 2026-Q3 2026-10   calendar year, half, quarter, month
//	hc-2026 hc-2026-Q3 ...         the same as agencies report: from the 15th to the 14th
//	bc-2026 2026-nam               reporting year, which ends on the day of Calendar.YearEnds
//	2025-2026 2025-2026-HK1        school year, its terms
//	2026-W47                       week, from Monday to Sunday
//	2026-01-15..2026-11-20         both days and all between; days also as 15/01/2026
//	2026-11-20 20/11/2026          a day
//	tuần này, tháng trước ...      this or the last day, week, month, quarter, year; in
//	                               English too, and without accents
//	quý III/2026, tuần 47 ...      as people say it, of this year if none is said
func ParsePeriod(code string, in Calendar) (Period, error) {
	text := strings.ToUpper(strings.Join(strings.Fields(code), " "))
	if m := calendarForm.FindStringSubmatch(text); m != nil {
		return calendarOf(m[1] != "", number(m[2]), m[3], in), nil
	}
	if m := schoolForm.FindStringSubmatch(text); m != nil {
		if first := number(m[1]); number(m[2]) == first+1 {
			return schoolPeriod(first, number(m[3]), in), nil
		}
	}
	if m := reportingForm.FindStringSubmatch(text); m != nil {
		return reportingYearOf(number(m[1]+m[2]), in), nil
	}
	if m := weekForm.FindStringSubmatch(text); m != nil {
		if p, ok := weekOf(number(m[1]), number(m[2]), in); ok {
			return p, nil
		}
	}
	if day, ok := in.day(text); ok {
		return betweenDays(day, day.AddDate(0, 0, 1), in), nil
	}
	if meant, ok := spoken.Period(text, in.now()); ok {
		if p, err := ParsePeriod(meant, in); err == nil {
			return p, nil
		}
	}
	m := betweenForm.FindStringSubmatch(text)
	if m == nil {
		m = bareForm.FindStringSubmatch(text)
	}
	if m != nil {
		from, ok1 := in.day(m[1])
		to, ok2 := in.day(m[2])
		if ok1 && ok2 && !to.Before(from) {
			return betweenDays(from, to.AddDate(0, 0, 1), in), nil
		}
		if ok1 && ok2 {
			return Period{}, backwards(code, from, to)
		}
	}
	return Period{}, fmt.Errorf("%q: %w", code, ErrPeriod)
}

// backwards is the error of days of which the last is before the first.
func backwards(code string, from, to time.Time) error {
	first := wording.Text{VI: Date(from), EN: from.Format(time.DateOnly)}
	last := wording.Text{VI: Date(to), EN: to.Format(time.DateOnly)}
	right := to.Format(time.DateOnly) + ".." + from.Format(time.DateOnly)
	return fmt.Errorf("%q: %w", code, &backwardsError{wording.Error(textBackwards.With(last, first, right))})
}

// A backwardsError is an ErrPeriod too, in its own words.
type backwardsError struct{ error }

func (b *backwardsError) Wording() wording.Text { return wording.Of(b.error) }
func (b *backwardsError) Is(target error) bool  { return target == ErrPeriod }

// now is the time of the zone; zero if none is given.
func (c Calendar) now() time.Time {
	if c.Now.IsZero() {
		return time.Time{}
	}
	return c.Now.In(c.Zone)
}

// number reads the digits that a form has matched; "" is 0.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// day reads a day as programs or as people here write it.
func (c Calendar) day(text string) (time.Time, bool) {
	year, month, day, ok := dates.Day(text)
	if !ok || year/100 != 20 {
		return time.Time{}, false
	}
	return time.Date(year, month, day, 0, 0, 0, 0, c.Zone), true
}

// reportingYearOf is the year that ends on the day of the plan.
func reportingYearOf(year int, in Calendar) Period {
	d := in.yearEnds()
	end := time.Date(year, d.Month, d.Day, 0, 0, 0, 0, in.Zone)
	p := Period{
		Code: fmt.Sprintf("bc-%d", year), kind: reportingYear, year: year, in: in,
		Start: end.AddDate(-1, 0, 1), End: end.AddDate(0, 0, 1),
	}
	p.Label = fmt.Sprintf("năm %d (từ ngày %s đến ngày %s)", year, Date(p.Start), Date(end))
	return p
}

// weekOf is a week of ISO 8601; ok is false if the year has no such week.
func weekOf(year, number int, in Calendar) (p Period, ok bool) {
	fourth := time.Date(year, time.January, 4, 0, 0, 0, 0, in.Zone) // is always in the first week
	monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7+7*(number-1))
	if y, n := monday.ISOWeek(); y != year || n != number {
		return p, false
	}
	p = Period{
		Code: fmt.Sprintf("%d-W%02d", year, number), kind: week, year: year, part: number, in: in,
		Start: monday, End: monday.AddDate(0, 0, 7),
	}
	p.Label = fmt.Sprintf("tuần %d năm %d (từ ngày %s đến ngày %s)", number, year, Date(monday), Date(p.Last()))
	return p, true
}

// calendarOf is a year or the part of it that is written as "", "Q3", "H1" or "10".
func calendarOf(admin bool, year int, part string, in Calendar) Period {
	p := Period{kind: calendarPeriod, year: year, in: in}
	first, months := 1, 12
	switch {
	case part == "":
		p.Label = fmt.Sprintf("năm %d", year)
	case part[0] == 'Q':
		p.part, months = int(part[1]-'0'), 3
		p.Label = fmt.Sprintf("quý %s năm %d", [...]string{"I", "II", "III", "IV"}[p.part-1], year)
	case part[0] == 'H':
		p.part, months = int(part[1]-'0'), 6
		p.Label = fmt.Sprintf("6 tháng %s năm %d", [...]string{"đầu", "cuối"}[p.part-1], year)
	default:
		p.part, _ = strconv.Atoi(part)
		months = 1
		p.Label = fmt.Sprintf("tháng %d năm %d", p.part, year)
	}
	if p.part > 0 {
		first = (p.part-1)*months + 1
	}
	p.Start = time.Date(year, time.Month(first), 1, 0, 0, 0, 0, in.Zone)
	p.End = p.Start.AddDate(0, months, 0)
	p.Code = strconv.Itoa(year)
	if part != "" {
		p.Code += "-" + part
	}
	if admin {
		p.kind, p.Code = administrative, "hc-"+p.Code
		p.Start, p.End = p.Start.AddDate(0, -1, 14), p.End.AddDate(0, -1, 14)
	}
	return p
}

func schoolPeriod(first, term int, in Calendar) Period {
	t := in.SchoolYear.orDefault()
	day := func(year int, d Day) time.Time { return time.Date(year, d.Month, d.Day, 0, 0, 0, 0, in.Zone) }
	p := Period{
		Code:  fmt.Sprintf("%d-%d", first, first+1),
		Label: fmt.Sprintf("năm học %d-%d", first, first+1),
		Start: day(first, t.Start), End: day(first+1, t.End).AddDate(0, 0, 1),
		kind: schoolYear, year: first, part: term, in: in,
	}
	switch term {
	case 1:
		p.End = day(first+1, t.SecondTerm)
	case 2:
		p.Start = day(first+1, t.SecondTerm)
	default:
		return p
	}
	p.Code += "-HK" + strconv.Itoa(term)
	p.Label = "học kỳ " + [...]string{"I", "II"}[term-1] + " " + p.Label
	return p
}

func betweenDays(start, end time.Time, in Calendar) Period {
	last := end.AddDate(0, 0, -1)
	p := Period{
		Code:  start.Format(time.DateOnly) + ".." + last.Format(time.DateOnly),
		Label: "từ ngày " + Date(start) + " đến ngày " + Date(last),
		Start: start, End: end, in: in,
	}
	if last.Equal(start) {
		p.Label = "ngày " + Date(start)
	}
	return p
}

// Last is the last day of the period, at its beginning.
func (p Period) Last() time.Time { return p.End.AddDate(0, 0, -1) }

// Previous returns the period of the same sort that ends where p begins; the school
// year before, for a school year.
func (p Period) Previous() Period {
	switch p.kind {
	case calendarPeriod, administrative:
		parts := p.parts()
		if year, part := p.year, p.part-1; parts == 1 {
			return p.sibling(year-1, 0)
		} else if part == 0 {
			return p.sibling(year-1, parts)
		} else {
			return p.sibling(year, part)
		}
	case schoolYear:
		if p.part == 2 {
			return schoolPeriod(p.year, 1, p.in)
		}
		return schoolPeriod(p.year-1, 2*p.part, p.in)
	case reportingYear:
		return reportingYearOf(p.year-1, p.in)
	case week:
		year, number := p.Start.AddDate(0, 0, -7).ISOWeek()
		before, _ := weekOf(year, number, p.in)
		return before
	}
	days := 0
	for p.Start.AddDate(0, 0, days).Before(p.End) {
		days++
	}
	return betweenDays(p.Start.AddDate(0, 0, -days), p.Start, p.in)
}

// YearAgo is the same period one year earlier.
func (p Period) YearAgo() Period {
	switch p.kind {
	case calendarPeriod, administrative:
		return p.sibling(p.year-1, p.part)
	case schoolYear:
		return schoolPeriod(p.year-1, p.part, p.in)
	case reportingYear:
		return reportingYearOf(p.year-1, p.in)
	case week: // the same days of the week
		return betweenDays(p.Start.AddDate(0, 0, -52*7), p.End.AddDate(0, 0, -52*7), p.in)
	}
	return betweenDays(p.Start.AddDate(-1, 0, 0), p.End.AddDate(-1, 0, 0), p.in)
}

// parts is how many periods of the sort a year has.
func (p Period) parts() int {
	_, part, _ := strings.Cut(strings.TrimPrefix(p.Code, "hc-"), "-")
	switch {
	case part == "":
		return 1
	case part[0] == 'Q':
		return 4
	case part[0] == 'H':
		return 2
	}
	return 12
}

// sibling is the period of the same sort with another number.
func (p Period) sibling(year, part int) Period {
	text := ""
	switch p.parts() {
	case 2:
		text = "H" + strconv.Itoa(part)
	case 4:
		text = "Q" + strconv.Itoa(part)
	case 12:
		text = fmt.Sprintf("%02d", part)
	}
	return calendarOf(p.kind == administrative, year, text, p.in)
}

// A Span is a month of a period, or the part of it that lies within.
type Span struct {
	Label      string
	Start, End time.Time
}

// Months cuts the period at the ends of its months: on the 15th for administrative
// periods, on the 1st for others. A period within one month is one span.
func (p Period) Months() (spans []Span) {
	if p.kind == week {
		return []Span{{fmt.Sprintf("tuần %d", p.part), p.Start, p.End}}
	}
	for start := p.Start; start.Before(p.End); {
		y, m, d := start.Date()
		cut := 1
		if p.kind == administrative {
			cut = 15
		}
		if d >= cut {
			m++
		}
		end := time.Date(y, m, cut, 0, 0, 0, 0, start.Location())
		if end.After(p.End) {
			end = p.End
		}
		label := fmt.Sprintf("%02d/%d", int(start.Month()), start.Year())
		if p.kind == administrative {
			label = fmt.Sprintf("%02d/%d", int(end.Month()), end.Year())
		}
		spans = append(spans, Span{label, start, end})
		start = end
	}
	return spans
}

// cut cuts the span at the given times, as far as they are within it.
func (s Span) cut(at ...time.Time) (parts []Span) {
	for _, end := range at {
		if s.Start.Before(end) && end.Before(s.End) {
			parts = append(parts, Span{s.Label, s.Start, end})
			s.Start = end
		}
	}
	return append(parts, s)
}
