package figures

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lachan/internal/wording"
)

// A Period is the time that a report is about, whole days of one time zone.
type Period struct {
	Code  string    `json:"code"`  // as ParsePeriod reads it
	Label string    `json:"label"` // as a title says it: "quý III năm 2026"
	Start time.Time `json:"start"` // the first moment in it
	End   time.Time `json:"end"`   // the first moment after it

	kind  kind
	year  int // of calendar and administrative periods; the first one of a school year
	part  int // month, quarter, half or term, from 1; 0 of years
	terms SchoolYear
}

type kind uint8

const (
	between kind = iota // FROM..TO
	calendarPeriod
	administrative // from the 15th to the 14th
	schoolYear
)

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
	calendarForm = regexp.MustCompile(`^(hc-)?(20\d{2})(?:-(Q[1-4]|H[12]|0[1-9]|1[0-2]))?$`)
	schoolForm   = regexp.MustCompile(`^(20\d{2})-(20\d{2})(?:-HK([12]))?$`)
	betweenForm  = regexp.MustCompile(`^(20\d{2}-\d{2}-\d{2})\.\.(20\d{2}-\d{2}-\d{2})$`)
)

// ErrPeriod is the error of a text that names no period. It says which ones
// there are, in both languages.
var ErrPeriod = wording.Error(textNoPeriod)

// ParsePeriod reads a period of the zone:
//
//	2026 2026-H1 2026-Q3 2026-10   calendar year, half, quarter, month
//	hc-2026 hc-2026-Q3 ...         the same as agencies report: from the 15th to the 14th
//	2025-2026 2025-2026-HK1        school year, its terms
//	2026-01-15..2026-11-20         both days and all between
func ParsePeriod(code string, zone *time.Location, terms SchoolYear) (Period, error) {
	code = strings.ToUpper(strings.TrimSpace(code))
	code = strings.Replace(code, "HC-", "hc-", 1)
	if m := calendarForm.FindStringSubmatch(code); m != nil {
		year, _ := strconv.Atoi(m[2]) // four digits
		return calendarOf(m[1] != "", year, m[3], zone), nil
	}
	if m := schoolForm.FindStringSubmatch(code); m != nil {
		first, _ := strconv.Atoi(m[1])
		last, _ := strconv.Atoi(m[2])
		term, _ := strconv.Atoi(m[3]) // "": 0
		if last == first+1 {
			return schoolPeriod(first, term, zone, terms), nil
		}
	}
	if m := betweenForm.FindStringSubmatch(code); m != nil {
		from, err1 := time.ParseInLocation(time.DateOnly, m[1], zone)
		to, err2 := time.ParseInLocation(time.DateOnly, m[2], zone)
		if err1 == nil && err2 == nil && !to.Before(from) {
			return betweenDays(from, to.AddDate(0, 0, 1)), nil
		}
	}
	return Period{}, fmt.Errorf("%q: %w", code, ErrPeriod)
}

// calendarOf is a year or the part of it that is written as "", "Q3", "H1" or "10".
func calendarOf(admin bool, year int, part string, zone *time.Location) Period {
	p := Period{kind: calendarPeriod, year: year}
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
	p.Start = time.Date(year, time.Month(first), 1, 0, 0, 0, 0, zone)
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

func schoolPeriod(first, term int, zone *time.Location, terms SchoolYear) Period {
	t := terms.orDefault()
	day := func(year int, d Day) time.Time { return time.Date(year, d.Month, d.Day, 0, 0, 0, 0, zone) }
	p := Period{
		Code:  fmt.Sprintf("%d-%d", first, first+1),
		Label: fmt.Sprintf("năm học %d-%d", first, first+1),
		Start: day(first, t.Start), End: day(first+1, t.End).AddDate(0, 0, 1),
		kind: schoolYear, year: first, part: term, terms: terms,
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

func betweenDays(start, end time.Time) Period {
	last := end.AddDate(0, 0, -1)
	return Period{
		Code:  start.Format(time.DateOnly) + ".." + last.Format(time.DateOnly),
		Label: "từ ngày " + Date(start) + " đến ngày " + Date(last),
		Start: start, End: end,
	}
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
			return schoolPeriod(p.year, 1, p.Start.Location(), p.terms)
		}
		return schoolPeriod(p.year-1, 2*p.part, p.Start.Location(), p.terms)
	}
	days := 0
	for p.Start.AddDate(0, 0, days).Before(p.End) {
		days++
	}
	return betweenDays(p.Start.AddDate(0, 0, -days), p.Start)
}

// YearAgo is the same period one year earlier.
func (p Period) YearAgo() Period {
	switch p.kind {
	case calendarPeriod, administrative:
		return p.sibling(p.year-1, p.part)
	case schoolYear:
		return schoolPeriod(p.year-1, p.part, p.Start.Location(), p.terms)
	}
	return betweenDays(p.Start.AddDate(-1, 0, 0), p.End.AddDate(-1, 0, 0))
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
	return calendarOf(p.kind == administrative, year, text, p.Start.Location())
}

// A Span is a month of a period, or the part of it that lies within.
type Span struct {
	Label      string
	Start, End time.Time
}

// Months cuts the period at the ends of its months: on the 15th for administrative
// periods, on the 1st for others. A period within one month is one span.
func (p Period) Months() (spans []Span) {
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
