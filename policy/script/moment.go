package script

import (
	"slices"
	"strings"
	"time"
)

// weekdays are the days of the week, from time.Sunday on, as scripts write
// them; letter case does not matter.
var weekdays = [...][2]string{
	{"Sun", "cn"}, {"Mon", "t2"}, {"Tue", "t3"}, {"Wed", "t4"}, {"Thu", "t5"}, {"Fri", "t6"}, {"Sat", "t7"},
}

// moment reads [DAY] YYYY-MM-DD HH:MM.
func (p *parser) moment(words []string) {
	p.at, p.told = time.Time{}, true
	day := ""
	if len(words) == 3 {
		day, words = words[0], words[1:]
	}
	written := strings.Join(words, " ")
	at, err := time.Parse("2006-01-02 15:04", written)
	if err != nil {
		p.fail(textTime.With(written))
		return
	}
	if day != "" && !p.agrees(day, at) {
		return
	}
	p.at = at
}

// agrees reports a day of the week that does not match the date.
func (p *parser) agrees(day string, at time.Time) bool {
	is := func(names [2]string) bool {
		return strings.EqualFold(day, names[0]) || strings.EqualFold(day, names[1])
	}
	right := weekdays[at.Weekday()]
	switch {
	case is(right):
		return true
	case slices.ContainsFunc(weekdays[:], is):
		p.fail(textWeekday.With(at.Format(time.DateOnly), right[0]+" ("+right[1]+")", day))
	default:
		p.fail(textDay.With(day))
	}
	return false
}
