package script

import (
	"strings"
	"time"

	"lachan/internal/dates"
)

// weekdays are the days of the week, from time.Sunday on, as problems name them.
var weekdays = [...]string{"Sun (cn)", "Mon (t2)", "Tue (t3)", "Wed (t4)", "Thu (t5)", "Fri (t6)", "Sat (t7)"}

// moment reads [DAY] DATE TIME, as people write them (see package dates).
func (p *parser) moment(words []string) {
	p.at, p.told = time.Time{}, true
	written := strings.Join(words, " ")
	day, rest, named := dates.CutWeekday(written)
	at, whole, ok := dates.Parse(rest, time.UTC)
	if whole && !strings.Contains(rest, ":") {
		ok = false // a day without a time
	}
	switch {
	case !ok:
		p.unreadable(words)
	case named && day != at.Weekday():
		said := strings.TrimRight(strings.TrimSuffix(written, rest), ", ")
		p.fail(textWeekday.With(at.Format(time.DateOnly), weekdays[at.Weekday()], said))
	default:
		p.at = at
	}
}

// unreadable says what of a moment cannot be read: a word before a date that is good
// is no day of the week.
func (p *parser) unreadable(words []string) {
	if len(words) > 2 {
		if _, _, good := dates.Parse(strings.Join(words[1:], " "), time.UTC); good {
			p.fail(textDay.With(words[0]))
			return
		}
	}
	p.fail(textTime.With(strings.Join(words, " ")))
}
