package policy

import (
	"strconv"
	"strings"
	"time"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// A timetable is a window of the day on some days of the week and kinds of
// day. A window that crosses midnight belongs to the day it began on.
type timetable struct {
	name     string
	days     weekdays
	from, to clock // from == to: the 24 hours from then on
	on       dayKinds
}

// timetableText is a timetable as written.
type timetableText struct {
	Line yamlfile.Line
	// Days of the week: mon-sat, "mon,wed,fri" or all (default). A range may go
	// over the end of the week (sat-mon). t2 to t7 and cn are mon to sun too.
	Days weekdays `yaml:"days"`
	From clock    `yaml:"from"` // HH:MM in the configured time zone; default 00:00
	To   clock    `yaml:"to"`   // HH:MM, not included; default 24:00, or the same as From
	// On are the kinds of day of the calendar: study, exam, holiday, off or
	// any, or several with commas. Default study, which exam days are too; where
	// a unit has no calendar every day is one of study.
	On dayKinds `yaml:"on"`
}

func (t *timetableText) compile() timetable {
	c := timetable{days: t.Days, from: t.From, to: t.To, on: t.On}
	if c.days == 0 {
		c.days = everyDay
	}
	if c.on == 0 {
		c.on = kindsOf(studyDay)
	}
	return c
}

// inForce tells whether the window is open at the given minute of today.
func (t *timetable) inForce(today, yesterday day, minute clock) bool {
	if t.from < t.to {
		return t.holds(today) && t.from <= minute && minute < t.to
	}
	return t.holds(today) && t.from <= minute || t.holds(yesterday) && minute < t.to
}

func (t *timetable) holds(d day) bool { return t.days.has(d.weekday) && t.on.has(d.kind) }

// weekdays is a set of days of the week, bit time.Weekday each.
type weekdays uint8

const everyDay weekdays = 1<<7 - 1

func (w weekdays) has(d time.Weekday) bool { return w>>d&1 != 0 }

var weekdayNames = map[string]time.Weekday{
	"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday,
	"fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
	"t2": time.Monday, "t3": time.Tuesday, "t4": time.Wednesday, "t5": time.Thursday,
	"t6": time.Friday, "t7": time.Saturday, "cn": time.Sunday,
}

// UnmarshalText reads days, ranges of days and "all", with commas between.
func (w *weekdays) UnmarshalText(text []byte) error {
	*w = 0
	for part := range strings.SplitSeq(string(text), ",") {
		part = strings.TrimSpace(part)
		if part == "all" {
			*w = everyDay
			continue
		}
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, ok := weekdayNames[first]
		to, ok2 := weekdayNames[last]
		if !ok || !ok2 {
			return yamlfile.Problem{Text: wording.PolicyDays.With(part)}
		}
		for d := from; ; d = (d + 1) % 7 {
			*w |= 1 << d
			if d == to {
				break
			}
		}
	}
	return nil
}

// A weekday is a single day of the week.
type weekday time.Weekday

// UnmarshalText reads a day of the week.
func (w *weekday) UnmarshalText(text []byte) error {
	d, ok := weekdayNames[string(text)]
	if !ok {
		return yamlfile.Problem{Text: wording.PolicyDays.With(string(text))}
	}
	*w = weekday(d)
	return nil
}

// A clock is a time of day in minutes since midnight, 0 to 1440.
type clock int16

const endOfDay clock = 24 * 60

// UnmarshalText reads HH:MM up to 24:00.
func (c *clock) UnmarshalText(text []byte) error {
	hours, minutes, ok := strings.Cut(string(text), ":")
	h, err := strconv.ParseUint(hours, 10, 8)
	m, err2 := strconv.ParseUint(minutes, 10, 8)
	at := clock(h*60 + m)
	if !ok || err != nil || err2 != nil || len(minutes) != 2 || m > 59 || at > endOfDay {
		return yamlfile.Problem{Text: wording.PolicyClock.With(string(text))}
	}
	*c = at
	return nil
}

// String is the time as HH:MM.
func (c clock) String() string {
	return string([]byte{'0' + byte(c/600), '0' + byte(c/60%10), ':', '0' + byte(c%60/10), '0' + byte(c%10)})
}
