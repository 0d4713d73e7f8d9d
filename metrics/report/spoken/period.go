// Package spoken knows how people name periods: "tuần này", "quý III/2026", "last
// month".
package spoken

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"lachan/internal/wording"
)

// Period is the code of a period that is named in words, in Vietnamese with or without
// its marks or in English, as package figures reads codes. Without a year, that of now
// is meant; now may be zero, and then a year must be there.
func Period(text string, now time.Time) (code string, ok bool) {
	plain := wording.Plain(text, ' ')
	if code, ok := fromNow(plain, now); ok {
		return code, true
	}
	if m := schoolYearForm.FindStringSubmatch(plain); m != nil {
		code = m[2] + "-" + m[3]
		if m[1] != "" {
			code += "-HK" + strconv.Itoa(numeral(m[1]))
		}
		return code, true
	}
	if code, ok := halfMonth(plain, now); ok {
		return code, true
	}
	for _, f := range forms {
		m := f.form.FindStringSubmatch(plain)
		if m == nil {
			continue
		}
		year := numeral(m[3])
		if year == 0 && now.IsZero() {
			return "", false
		}
		if year == 0 {
			year = now.Year()
		}
		return fmt.Sprintf(f.code, numeral(m[2]), year), true
	}
	return "", false
}

// forms are periods in words without marks, and their codes: argument 1 is the
// number, argument 2 the year.
var forms = []struct {
	form *regexp.Regexp
	code string
}{
	{numbered(`(?:thang|month)`, `\d{1,2}`), "%[2]d-%02[1]d"},
	{numbered(`(?:tuan|week)(?: thu)?`, `\d{1,2}`), "%[2]d-W%02[1]d"},
	{numbered(`(?:quy|quarter)`, `[1-4]|i{1,3}|iv`), "%[2]d-Q%[1]d"},
	{numbered(`6 thang`, `dau|cuoi`), "%[2]d-H%[1]d"},
	{regexp.MustCompile(`^()(\d{1,2}) (20\d{2})$`), "%[2]d-%02[1]d"},
	{regexp.MustCompile(`^()()(?:nam|year) (20\d{2})$`), "%[2]d"},
}

// numbered matches a word, a number, and a year that may be missing.
func numbered(word, number string) *regexp.Regexp {
	return regexp.MustCompile(`^(` + word + `) (` + number + `)(?:(?: nam)? (20\d{2}))?$`)
}

// schoolYearForm is the year of schools, or a term of it.
var schoolYearForm = regexp.MustCompile(
	`^(?:(?:hoc ky|hk) ?(1|2|i|ii) (?:nam hoc )?|nam hoc )(20\d{2}) (20\d{2})$`)

// halfForm is the first or the second half of a month.
var halfForm = regexp.MustCompile(`^(?:nua|15 ngay) (dau|cuoi) thang (1[0-2]|0?[1-9])(?:(?: nam)? (20\d{2}))?$`)

// halfMonth is the code of a half of a month: up to the 15th, or from the 16th on.
func halfMonth(plain string, now time.Time) (code string, ok bool) {
	m := halfForm.FindStringSubmatch(plain)
	if m == nil || m[3] == "" && now.IsZero() {
		return "", false
	}
	year := numeral(m[3])
	if year == 0 {
		year = now.Year()
	}
	first := time.Date(year, time.Month(numeral(m[2])), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 0, 14)
	if numeral(m[1]) == 2 {
		first, last = first.AddDate(0, 0, 15), first.AddDate(0, 1, -1)
	}
	return dayCode(first) + ".." + dayCode(last), true
}

// numerals are the numbers that are not written in figures.
var numerals = map[string]int{"i": 1, "ii": 2, "iii": 3, "iv": 4, "dau": 1, "cuoi": 2}

// numeral is a number that a form has matched; 0 for "".
func numeral(text string) int {
	if n, ok := numerals[text]; ok {
		return n
	}
	n, _ := strconv.Atoi(text)
	return n
}

// fromNow is the code of this or the last day, week, month, quarter or year.
func fromNow(plain string, now time.Time) (code string, ok bool) {
	if now.IsZero() {
		return "", false
	}
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	quarter := month.AddDate(0, -(int(month.Month())-1)%3, 0)
	for _, named := range []struct {
		code       func(at time.Time) string
		this, last time.Time
		words      [2][]string // of this and of the last
	}{
		{dayCode, now, now.AddDate(0, 0, -1), [2][]string{{"hom nay", "today"}, {"hom qua", "yesterday"}}},
		{weekCode, now, now.AddDate(0, 0, -7), [2][]string{{"tuan nay", "this week"}, {"tuan truoc", "last week"}}},
		{monthCode, month, month.AddDate(0, -1, 0), [2][]string{{"thang nay", "this month"}, {"thang truoc", "last month"}}},
		{quarterCode, quarter, quarter.AddDate(0, -3, 0), [2][]string{{"quy nay", "this quarter"}, {"quy truoc", "last quarter"}}},
		{yearCode, month, month.AddDate(-1, 0, 0), [2][]string{{"nam nay", "this year"}, {"nam truoc", "nam ngoai", "last year"}}},
	} {
		if slices.Contains(named.words[0], plain) {
			return named.code(named.this), true
		}
		if slices.Contains(named.words[1], plain) {
			return named.code(named.last), true
		}
	}
	return "", false
}

func dayCode(at time.Time) string   { return at.Format(time.DateOnly) }
func monthCode(at time.Time) string { return at.Format("2006-01") }
func yearCode(at time.Time) string  { return at.Format("2006") }

func weekCode(at time.Time) string {
	year, week := at.ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}

func quarterCode(at time.Time) string {
	return fmt.Sprintf("%d-Q%d", at.Year(), (int(at.Month())+2)/3)
}
