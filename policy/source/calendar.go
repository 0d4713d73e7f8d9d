package source

import (
	"slices"
	"strings"

	"lachan/internal/yamlfile"
)

// A Calendar is the terms, holidays and exams of a school year as written. Of a
// unit each key that is given takes the place of the parent's.
type Calendar struct {
	Line     yamlfile.Line
	Terms    []Span   `yaml:"terms"`    // of lessons; without any, all of the year
	Holidays []Span   `yaml:"holidays"` // days without lessons
	MakeUp   []MakeUp `yaml:"make_up"`  // days on which lessons of another day are held
	Exams    []Span   `yaml:"exams"`    // days of examinations
}

// A Span is a run of days; without To it is one day, which may stand alone as
// `exams: [03/12/2026]`.
type Span struct {
	Line yamlfile.Line
	Name string        `yaml:"name"` // what people call it; default none
	From yamlfile.Date `yaml:"from"` // first day
	To   yamlfile.Date `yaml:"to"`   // last day; default From
}

// SetShort reads a span that is written as a day alone.
func (s *Span) SetShort(text string) error { return s.From.UnmarshalText([]byte(text)) }

// A MakeUp is a day on which the lessons of another day of the week are held.
type MakeUp struct {
	Line yamlfile.Line
	Date yamlfile.Date        `yaml:"date"` // the day
	As   yamlfile.At[Weekday] `yaml:"as"`   // whose lessons are held on it
}

// A DayKind is what the calendar says of a day.
type DayKind uint8

// The kinds of day.
const (
	StudyDay DayKind = iota // in a term, or a make-up day
	ExamDay
	Holiday
	OffDay // outside every term
)

var dayKindNames = [...]string{"study", "exam", "holiday", "off"}

// String is the kind as policy.yaml writes it.
func (k DayKind) String() string { return dayKindNames[k] }

// DayKinds is a set of kinds of day, bit DayKind each; 0 if it is not given.
type DayKinds uint8

// KindsOf is the set that people mean by a kind: exam days are days of study.
func KindsOf(k DayKind) DayKinds {
	if k == StudyDay {
		return 1<<StudyDay | 1<<ExamDay
	}
	return 1 << k
}

// UnmarshalText reads kinds of day with commas between, or "any".
func (s *DayKinds) UnmarshalText(text []byte) error {
	*s = 0
	for part := range strings.SplitSeq(string(text), ",") {
		part = strings.TrimSpace(part)
		if part == "any" {
			*s = 1<<len(dayKindNames) - 1
			continue
		}
		kind := slices.Index(dayKindNames[:], part)
		if kind < 0 {
			return yamlfile.Problem{Text: textDayKind.With(part)}
		}
		*s |= KindsOf(DayKind(kind))
	}
	return nil
}
