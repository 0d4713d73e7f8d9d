package dates

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The forms of a date, and what stands around it. Each has what comes before, what
// comes after, and the parts of the date by name.
var dateForms = func() (forms []*regexp.Regexp) {
	const (
		day    = `(?P<day>\d{1,2})`
		month  = `(?P<month>\d{1,2})`
		year   = `(?P<year>\d{4}|\d{2})`
		word   = `(?P<word>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*`
		spoken = `(?P<spoken>gieng|mot|muoi mot|muoi hai|muoi|hai|ba|tu|nam|sau|bay|tam|chin|chap)`
		gap    = `[ .,/-]+`
	)
	for _, form := range []string{
		`(?P<year>\d{4}) ?[-/.] ?` + month + ` ?[-/.] ?` + day,
		`(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})`,
		day + ` ?[-/.] ?` + month + ` ?[-/.] ?` + year,
		day + `[ .,/-]*(?:thang|thg|th)[ .]*` + month + `[ .,/-]*(?:nam )?` + year,
		day + ` thang ` + spoken + `[ ,]*(?:nam )?` + year,
		day + gap + word + gap + year,
		word + gap + day + `(?:st|nd|rd|th)?[ ,]+(?P<year>\d{4})`,
	} {
		forms = append(forms, regexp.MustCompile(`^(?P<before>.*?)(?:,? ?\bngay )?`+`\b`+form+`\b(?P<after>.*)$`))
	}
	return forms
}()

var (
	months       = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
	spokenMonths = []string{
		"mot", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi", "muoi mot", "muoi hai",
	}
)

// cutDate finds the date in a folded text, and returns what else there is: a
// time of day before it or after.
func cutDate(text string) (d date, rest string, ok bool) {
	text = strings.TrimRight(text, " .")
	for _, form := range dateForms {
		m := form.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		part := func(name string) string {
			if i := form.SubexpIndex(name); i >= 0 {
				return m[i]
			}
			return ""
		}
		d.year, d.day = yearOf(part("year")), number(part("day"))
		switch {
		case part("word") != "":
			d.month = slices.Index(months, part("word")) + 1
		case part("spoken") == "gieng":
			d.month = 1
		case part("spoken") == "chap":
			d.month = 12
		case part("spoken") != "":
			d.month = slices.Index(spokenMonths, part("spoken")) + 1
		default:
			d.month = number(part("month"))
		}
		before, after := strings.Trim(part("before"), " ,"), strings.Trim(part("after"), " ,")
		if before != "" && after != "" {
			return d, "", false
		}
		return d, before + strings.TrimPrefix(after, "luc "), true
	}
	return d, "", false
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits) // a form has found digits
	return n
}

// yearOf is a year of four digits, or of two as spreadsheets take them: from 1930
// to 2029, and beyond, since documents of this century are meant, to 2069.
func yearOf(digits string) int {
	year := number(digits)
	switch {
	case len(digits) > 2:
		return year
	case year < 70:
		return 2000 + year
	}
	return 1900 + year
}

// A clock is a time of day.
type clock struct {
	hour, minute, second int
	inWords              bool // "0 giờ", not "0:00"
}

var midnight = clock{}

var clockForms = []*regexp.Regexp{
	regexp.MustCompile(`^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)? ?(sa|ch|am|pm|a\.m\.?|p\.m\.?)?$`),
	regexp.MustCompile(`^(\d{1,2}) ?(?:h|g|gio)(?: ?(\d{1,2})()(?: ?(?:'|p|phut))?)?(?: (sang|trua|chieu|toi|dem))?$`),
}

// parseClock reads a time of day. Twelve in the morning is midnight, as
// spreadsheets write it. 24:00 is the end of the day.
func parseClock(text string) (c clock, ok bool) {
	for i, form := range clockForms {
		m := form.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		c = clock{number(m[1]), number(m[2]), number(m[3]), i == 1}
		half := strings.ReplaceAll(m[4], ".", "")
		switch half {
		case "sa", "am":
			if c.hour == 12 {
				c.hour = 0
			}
		case "ch", "pm", "chieu", "toi":
			if c.hour < 12 {
				c.hour += 12
			}
		}
		whole := c.hour == 24 && c.minute == 0 && c.second == 0
		return c, (c.hour < 24 || whole) && c.minute < 60 && c.second < 60
	}
	return c, false
}

// Clock reads a time of day in minutes since midnight, 0 to 1440: 07:30, 7h30, 1 giờ chiều.
func Clock(text string) (minutes int, ok bool) {
	c, ok := parseClock(fold(text))
	if !ok || c.second != 0 {
		return 0, false
	}
	return c.hour*60 + c.minute, true
}
