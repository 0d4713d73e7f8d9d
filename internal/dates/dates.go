// Package dates reads days and times of day as people of Vietnam and their
// spreadsheets write them: 2026-12-31, 31/12/2026, 31/12/2026 12:00:00 SA, Thứ
// Năm, ngày 31 tháng 12 năm 2026, 31-Thg12-26. What may mean two days is read
// in neither way: 12/31/2026 is no date, and 01/02/2026 is the first of February.
package dates

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The bounds of years. No document has another.
const (
	firstYear = 1900
	lastYear  = 8999
)

// Parse reads a moment of a zone. day reports that no time of day is written, or
// only midnight in figures after a date, as programs add it: a whole day is
// meant, and at is its beginning. A time with a zone of its own keeps that.
func Parse(text string, zone *time.Location) (at time.Time, day, ok bool) {
	if at, ok := plainDay(text, zone); ok {
		return at, true, inBounds(at)
	}
	text = fold(text)
	if at, ok := withZone(text); ok {
		return at, false, inBoundsSomewhere(at)
	}
	text = beginning.ReplaceAllString(joined.ReplaceAllString(text, "$1 $2"), "")
	date, rest, ok := cutDate(text)
	if !ok {
		return time.Time{}, false, false
	}
	at, ok = date.in(zone)
	if rest == "" || !ok {
		return at, true, ok
	}
	clock, ok := parseClock(rest)
	if !ok {
		return time.Time{}, false, false
	}
	at = time.Date(at.Year(), at.Month(), at.Day(), clock.hour, clock.minute, clock.second, 0, zone)
	return at, clock == midnight, inBounds(at)
}

// plainDay reads a day in the form of ISO 8601. Most are, and a policy has tens of
// thousands: trying the other forms first takes a hundred times as long.
func plainDay(text string, zone *time.Location) (at time.Time, ok bool) {
	if len(text) != len(time.DateOnly) {
		return time.Time{}, false
	}
	at, err := time.ParseInLocation(time.DateOnly, text, zone)
	return at, err == nil
}

// Day reads a day without a time.
func Day(text string) (year int, month time.Month, day int, ok bool) {
	at, whole, ok := Parse(text, time.UTC)
	if !ok || !whole {
		return 0, 0, 0, false
	}
	year, month, day = at.Date()
	return year, month, day, true
}

// IsNone reports whether a cell says that there is no date: it is empty or a
// dash, or says that something holds without end.
func IsNone(text string) bool {
	folded := strings.Trim(fold(text), ".…?/*()-–— ")
	return folded == "" || none[folded] || strings.HasPrefix(folded, "den khi co ") || strings.HasPrefix(folded, "cho den khi ")
}

var none = map[string]bool{
	"khong": true, "khong co": true, "khong thoi han": true, "khong co thoi han": true, "khong xac dinh thoi han": true,
	"khong xac dinh": true, "khong gioi han": true, "khong gioi han thoi gian": true, "khong han dinh": true,
	"khong ky han": true, "khong het han": true, "khong quy dinh": true, "chua xac dinh": true, "vo thoi han": true,
	"vo han": true, "vinh vien": true, "mai mai": true, "lau dai": true, "den khi co thong bao": true,
	"none": true, "never": true, "n/a": true, "na": true, "no term": true, "no end": true, "no limit": true,
	"unlimited": true, "indefinite": true, "indefinitely": true, "permanent": true, "forever": true, "null": true,
}

// Serial reads a day as spreadsheets count them, from 1899-12-30, with the time
// of day as its fraction: 46022 or 46022,5.
func Serial(text string, zone *time.Location) (at time.Time, day, ok bool) {
	whole, fraction, has := strings.Cut(strings.Replace(text, ",", ".", 1), ".")
	days, err := strconv.ParseUint(whole, 10, 32)
	if err != nil || len(whole) != 5 {
		return time.Time{}, false, false
	}
	seconds := 0
	if has {
		part, err := strconv.ParseFloat("0."+fraction, 64)
		if err != nil || strings.Trim(fraction, "0123456789") != "" {
			return time.Time{}, false, false
		}
		seconds = int(part*24*60*60 + 0.5)
	}
	at = time.Date(1899, 12, 30+int(days), 0, 0, seconds, 0, zone)
	return at, seconds == 0, inBounds(at)
}

// fold writes a text in small letters without marks, with one space where white
// space is.
func fold(text string) string {
	var b strings.Builder
	for _, c := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case unicode.Is(unicode.Mn, c), unicode.Is(unicode.Cf, c):
		case c == 'đ':
			b.WriteByte('d')
		default:
			b.WriteRune(c)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func inBounds(at time.Time) bool { return firstYear <= at.Year() && at.Year() <= lastYear }

// inBoundsSomewhere reports whether a moment is within the bounds by the clock of some
// place on Earth, from UTC-12 to UTC+14: what was read in one zone and written in
// another reads as the same moment.
func inBoundsSomewhere(at time.Time) bool {
	at = at.UTC()
	return firstYear <= at.Add(14*time.Hour).Year() && at.Add(-12*time.Hour).Year() <= lastYear
}

// withZone reads a moment of RFC 3339, with a space for its T or without its
// seconds, which says its zone.
func withZone(text string) (at time.Time, ok bool) {
	text = strings.ToUpper(text)
	for _, layout := range []string{
		time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02T15:04Z07:00",
		"2006-01-02 15:04Z07:00", "2006-01-02T15:04:05Z0700",
	} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// joined is the T of ISO 8601 between a day and a time.
var joined = regexp.MustCompile(`(\d)t(\d)`)

// beginning is what may stand before a date and says nothing of it.
var beginning = regexp.MustCompile(`^(?:(?:het|den|toi|tu|ke tu|vao|luc) )*(?:(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat|cn|t[2-7]|` +
	`mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)[,. ]+)?(?:het )?`)

// A date is a day as it is written.
type date struct{ year, month, day int }

// in is the beginning of the day; ok is false if there is no such day.
func (d date) in(zone *time.Location) (at time.Time, ok bool) {
	at = time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, zone)
	return at, at.Day() == d.day && int(at.Month()) == d.month && inBounds(at)
}
