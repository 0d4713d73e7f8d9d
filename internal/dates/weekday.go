package dates

import (
	"strings"
	"time"
)

// This file reads days of the week.

// Weekday reads a day of the week as it is written or spoken: thứ Hai, Thứ 2, t2, CN,
// chủ nhật, Mon, Monday.
func Weekday(text string) (day time.Weekday, ok bool) {
	text = strings.TrimRight(fold(text), ",. ")
	if number, spoken := strings.CutPrefix(text, "thu "); spoken {
		if day, ok := spokenWeekdays[number]; ok {
			return day, true
		}
		text = "t" + number
	}
	switch {
	case text == "cn", text == "chu nhat":
		return time.Sunday, true
	case len(text) == 2 && text[0] == 't' && '2' <= text[1] && text[1] <= '7':
		return time.Weekday(text[1] - '1'), true
	}
	for day := range time.Saturday + 1 {
		if name := strings.ToLower(day.String()); len(text) >= 3 && strings.HasPrefix(name, text) {
			return day, true
		}
	}
	return 0, false
}

var spokenWeekdays = map[string]time.Weekday{
	"hai": time.Monday, "ba": time.Tuesday, "tu": time.Wednesday, "nam": time.Thursday, "sau": time.Friday, "bay": time.Saturday,
}

// CutWeekday cuts a day of the week off the beginning of a text; ok is false if the text
// does not begin with one.
func CutWeekday(text string) (day time.Weekday, rest string, ok bool) {
	words := strings.Fields(text)
	for n := min(2, len(words)); n > 0; n-- {
		if day, ok := Weekday(strings.Join(words[:n], " ")); ok {
			return day, strings.Join(words[n:], " "), true
		}
	}
	return 0, text, false
}
