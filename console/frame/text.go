package frame

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"lachan/console/statistics"
	"lachan/internal/printable"
	"lachan/internal/wording"
)

// Sentences stand in the pages, in Vietnamese with the English beside them, where a
// reader of a page sees them: {{t "Yêu cầu" "Requests"}}. They are of package wording
// like all others; what this file has says them in the language that an account chose.

// A speaker says sentences in a language.
type speaker struct {
	in   wording.Language
	zone *time.Location // in which times are told; nil is that of each
}

// functions are those of the templates.
func (s speaker) functions() template.FuncMap {
	return template.FuncMap{
		"t": s.t, "say": s.say, "plain": s.plain, "one": s.one, "n": s.number, "day": s.day, "moment": s.moment,
		"share": s.share, "name": printable.Name, "line": Line, "lang": s.lang, "at": at,
		"figure": s.figure, "percent": s.percent, "files": filesOf, "twofold": wording.Twofold, "clock": s.clock,
	}
}

// t is a sentence with its arguments filled in, as a page shows it.
func (s speaker) t(vi, en string, args ...any) template.HTML {
	return s.say(wording.Text{VI: vi, EN: en}.With(args...))
}

// say is a sentence as a page shows it: with the English marked as such where both are
// shown.
func (s speaker) say(text wording.Text) template.HTML {
	if s.in != wording.Both || text.EN == "" || text.VI == text.EN {
		return template.HTML(template.HTMLEscapeString(s.one(text)))
	}
	return template.HTML(template.HTMLEscapeString(text.VI) + ` <span lang="en">` + template.HTMLEscapeString(text.EN) + `</span>`)
}

// plain is a sentence where no markup may stand: in an attribute, a title, an option.
func (s speaker) plain(vi, en string, args ...any) string {
	return s.one(wording.Text{VI: vi, EN: en}.With(args...))
}

// one is a sentence in one language: the first where both are shown.
func (s speaker) one(text wording.Text) string {
	if s.in == wording.English && text.EN != "" {
		return text.EN
	}
	return text.VI
}

// lang is the language of a page.
func (s speaker) lang() string {
	if s.in == wording.English {
		return "en"
	}
	return "vi"
}

// A figure is a number in both languages: in a sentence it is that of the sentence, else
// that of the page.
type figure struct {
	wording.Text
	in wording.Language
}

// String is the figure where it stands alone.
func (f figure) String() string {
	if f.in == wording.English {
		return f.EN
	}
	return f.VI
}

// said is a figure of the page.
func (s speaker) said(vi, en string) figure { return figure{wording.Text{VI: vi, EN: en}, s.in} }

// number is a number of things: 1.204 in Vietnamese, 1,204 in English.
func (s speaker) number(value any) figure {
	text := fmt.Sprint(value)
	count, err := strconv.Atoi(text)
	if err != nil {
		return s.said(text, text)
	}
	return s.said(wording.Count(count).In(wording.Vietnamese), wording.Count(count).In(wording.English))
}

// share is a part of a whole in per cent with one decimal; a dash of nothing.
func (s speaker) share(part, whole int64) figure {
	if whole == 0 {
		return s.said("–", "–")
	}
	text := strconv.FormatFloat(float64(part)/float64(whole)*100, 'f', 1, 64) + "%"
	return s.said(strings.Replace(text, ".", ",", 1), text)
}

// figure is a number, or the sign of why there is none.
func (s speaker) figure(n statistics.Number) figure {
	if !n.Known() {
		return s.said(n.String(), n.String())
	}
	return s.number(n.Value)
}

// percent is a share, or the sign of why there is none.
func (s speaker) percent(r statistics.Share) figure {
	return s.said(statistics.Percent(r, wording.Vietnamese), statistics.Percent(r, wording.English))
}

// day is a day as people here write it; a dash of none.
func (s speaker) day(at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return s.here(at).Format("02/01/2006")
}

// here is a time where it is told.
func (s speaker) here(at time.Time) time.Time {
	if s.zone == nil {
		return at
	}
	return at.In(s.zone)
}

// moment is a time of a day as people here write it; a dash of none.
func (s speaker) moment(at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return s.here(at).Format("15:04 02/01/2006")
}

// clock is the second of a day.
func (s speaker) clock(at time.Time) string { return s.here(at).Format("15:04:05") }

// The files are the ways in which a page offers a report.
type files struct {
	Unit, Period, Label string
	Formats             []fileFormat
}

type fileFormat struct{ Code, Name string }

func filesOf(unit, period, label string) files {
	return files{unit, period, label, []fileFormat{{"docx", "DOCX"}, {"pdf", "PDF"}, {"xlsx", "XLSX"}, {"html", "HTML"}}}
}

// at is what is wrong at a field: at most one.
func at(all []Wrong, field string) []Wrong {
	for i := range all {
		if all[i].Field == field {
			return all[i : i+1]
		}
	}
	return nil
}

// Line is text of others on one line, fit to be shown.
func Line(text string) string { return printable.Line(text, mostShown) }

// mostShown bounds a text of others on a page, in characters.
const mostShown = 300
