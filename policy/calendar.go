package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// A calendar says of a date what kind of day it is. Without terms every day
// is one of study that nothing else claims.
type calendar struct {
	terms, holidays, exams []span
	makeUps                map[date]time.Weekday
}

// A date is a day, counted as yyyymmdd so that dates compare as numbers.
type date int32

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date(y*10000 + int(m)*100 + d)
}

// A span is a run of days, both ends included.
type span struct{ from, to date }

func within(spans []span, d date) bool {
	return slices.ContainsFunc(spans, func(s span) bool { return s.from <= d && d <= s.to })
}

// A dayKind is what the calendar says of a day.
type dayKind uint8

const (
	studyDay dayKind = iota // in a term, or a make-up day
	examDay
	holiday
	offDay // outside every term
)

var dayKindNames = [...]string{"study", "exam", "holiday", "off"}

// String is the kind as policy.yaml writes it.
func (k dayKind) String() string { return dayKindNames[k] }

// A day is what timetables ask of a date.
type day struct {
	weekday time.Weekday // that of the day it makes up for, when it is a make-up day
	kind    dayKind
}

// day judges a date: an exam comes before all else, a make-up day before the
// holiday it may fall in, a holiday before the term around it. A nil calendar
// knows days of study only.
func (c *calendar) day(t time.Time) day {
	if c == nil {
		return day{t.Weekday(), studyDay}
	}
	on := dateOf(t)
	weekday, makeUp := c.makeUps[on]
	if !makeUp {
		weekday = t.Weekday()
	}
	switch {
	case within(c.exams, on):
		return day{weekday, examDay}
	case makeUp:
		return day{weekday, studyDay}
	case within(c.holidays, on):
		return day{weekday, holiday}
	case c.terms == nil || within(c.terms, on):
		return day{weekday, studyDay}
	}
	return day{weekday, offDay}
}

// dayKinds is a set of kinds of day, bit dayKind each; 0 is not given.
type dayKinds uint8

// kindsOf is the set that people mean by a kind: exam days are days of study.
func kindsOf(k dayKind) dayKinds {
	if k == studyDay {
		return 1<<studyDay | 1<<examDay
	}
	return 1 << k
}

func (s dayKinds) has(k dayKind) bool { return s>>k&1 != 0 }

// UnmarshalText reads kinds of day with commas between, or "any".
func (s *dayKinds) UnmarshalText(text []byte) error {
	*s = 0
	for part := range strings.SplitSeq(string(text), ",") {
		part = strings.TrimSpace(part)
		if part == "any" {
			*s = 1<<len(dayKindNames) - 1
			continue
		}
		kind := slices.Index(dayKindNames[:], part)
		if kind < 0 {
			return yamlfile.Problem{Text: wording.PolicyDayKind.With(part)}
		}
		*s |= kindsOf(dayKind(kind))
	}
	return nil
}

// calendarText is a calendar as written. Of a unit each key that is given
// takes the place of the parent's.
type calendarText struct {
	Line     yamlfile.Line
	Terms    []spanText   `yaml:"terms"`
	Holidays []spanText   `yaml:"holidays"`
	MakeUp   []makeUpText `yaml:"make_up"`
	Exams    []spanText   `yaml:"exams"`
}

// spanText is a run of days as written; without To it is one day.
type spanText struct {
	Line yamlfile.Line
	Name string        `yaml:"name"`
	From yamlfile.Date `yaml:"from"`
	To   yamlfile.Date `yaml:"to"`
}

// makeUpText is a day on which the lessons of another day of the week are held.
type makeUpText struct {
	Line yamlfile.Line
	Date yamlfile.Date        `yaml:"date"`
	As   yamlfile.At[weekday] `yaml:"as"`
}

// compileCalendar lays a calendar as written over the one above it, key by key.
func (l *loader) compileCalendar(above *calendar, file string, text *calendarText) *calendar {
	if text == nil {
		return above
	}
	c := &calendar{}
	if above != nil {
		*c = *above
	}
	if text.Terms != nil {
		c.terms = l.compileSpans(file, text.Terms)
	}
	if text.Holidays != nil {
		c.holidays = l.compileSpans(file, text.Holidays)
	}
	if text.Exams != nil {
		c.exams = l.compileSpans(file, text.Exams)
	}
	if text.MakeUp != nil {
		c.makeUps = l.compileMakeUps(file, text.MakeUp)
	}
	return c
}

func (l *loader) compileSpans(file string, written []spanText) []span {
	spans := make([]span, 0, len(written))
	for _, text := range written {
		if text.To.IsZero() {
			text.To = text.From
		}
		s := span{dateOf(text.From.In(l.loc)), dateOf(text.To.In(l.loc))}
		if text.From.IsZero() || s.to < s.from {
			l.fail(file, int(text.Line), wording.PolicySpan)
			continue
		}
		spans = append(spans, s)
	}
	return spans
}

func (l *loader) compileMakeUps(file string, written []makeUpText) map[date]time.Weekday {
	days := make(map[date]time.Weekday, len(written))
	for _, text := range written {
		if text.Date.IsZero() || text.As.Line == 0 {
			l.fail(file, int(text.Line), wording.PolicyMakeUp)
			continue
		}
		days[dateOf(text.Date.In(l.loc))] = time.Weekday(text.As.V)
	}
	return days
}

// internCalendar gives equal calendars one number.
func (l *loader) internCalendar(numbers map[string]int32, c *calendar) int32 {
	key := calendarKey(c)
	id, ok := numbers[key]
	if !ok {
		id = int32(len(l.policy.calendars))
		numbers[key] = id
		l.policy.calendars = append(l.policy.calendars, c)
	}
	return id
}

// calendarKey is the same for calendars that judge every day alike.
func calendarKey(c *calendar) string {
	if c == nil {
		return ""
	}
	return fmt.Sprint(c.terms, c.terms == nil, c.holidays, c.exams, c.makeUps)
}
