package source

import (
	"strings"
	"time"

	"lachan/internal/dates"
	"lachan/internal/yamlfile"
)

// A Timetable is a window of the day on some days of the week and kinds of day.
// A window that crosses midnight belongs to the day it began on.
type Timetable struct {
	Line yamlfile.Line
	// File is where Line counts. The reader of the file sets it.
	File string `yaml:"-"`
	// Days of the week: mon-sat, "mon,wed,fri" or all (default). A range may go
	// over the end of the week (sat-mon). t2 to t7 and cn are mon to sun too, and what
	// people say: thứ hai, Monday.
	Days Weekdays `yaml:"days"`
	From Clock    `yaml:"from"` // HH:MM or 7h30 in the configured time zone; default 00:00
	To   Clock    `yaml:"to"`   // HH:MM, not included; default 24:00, or the same as From
	// On are the kinds of day of the calendar: study, exam, holiday, off or
	// any, or several with commas. Default study, which exam days are too; where
	// a unit has no calendar every day is one of study.
	On DayKinds `yaml:"on"`
}

// Weekdays is a set of days of the week, bit time.Weekday each.
type Weekdays uint8

// EveryDay is all days of the week.
const EveryDay Weekdays = 1<<7 - 1

// UnmarshalText reads days, ranges of days and "all", with commas between.
func (w *Weekdays) UnmarshalText(text []byte) error {
	*w = 0
	for part := range strings.SplitSeq(string(text), ",") {
		part = strings.TrimSpace(part)
		if part == "all" {
			*w = EveryDay
			continue
		}
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, ok := dates.Weekday(first)
		to, ok2 := dates.Weekday(last)
		if !ok || !ok2 {
			if _, _, _, ok := dates.Day(part); ok {
				return yamlfile.Problem{Text: textDaysDate.With(part, part)}
			}
			return yamlfile.Problem{Text: textDays.With(part)}
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

// A Weekday is a single day of the week.
type Weekday time.Weekday

// UnmarshalText reads a day of the week.
func (w *Weekday) UnmarshalText(text []byte) error {
	d, ok := dates.Weekday(string(text))
	if !ok {
		return yamlfile.Problem{Text: textDays.With(string(text))}
	}
	*w = Weekday(d)
	return nil
}

// A Clock is a time of day in minutes since midnight, 0 to 1440.
type Clock int16

// UnmarshalText reads HH:MM up to 24:00, or as people say it: 7h30, 5 giờ chiều.
func (c *Clock) UnmarshalText(text []byte) error {
	minutes, ok := dates.Clock(string(text))
	if !ok {
		return yamlfile.Problem{Text: textClock.With(string(text))}
	}
	*c = Clock(minutes)
	return nil
}

// String is the time as HH:MM.
func (c Clock) String() string {
	return string([]byte{'0' + byte(c/600), '0' + byte(c/60%10), ':', '0' + byte(c%60/10), '0' + byte(c%10)})
}
