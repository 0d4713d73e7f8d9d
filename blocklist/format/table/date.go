package table

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// The layouts of dates; the second ones have a time of day.
var (
	dayLayouts  = []string{"2/1/2006", "2-1-2006", "2.1.2006", "2006-1-2", "2006/1/2", "2/1/06", "ngày 2 tháng 1 năm 2006"}
	timeLayouts = []string{"2/1/2006 15:04", "2/1/2006 15:04:05", "2006-1-2 15:04", "2006-1-2 15:04:05", time.RFC3339}
)

// Date reads a date, where "" and "-" are none and give the zero time; day
// reports that it is a whole day. ok is false if it cannot be read, or for a
// year that no document has.
func Date(cell string, zone *time.Location) (date time.Time, day, ok bool) {
	if cell == "" || cell == "-" {
		return time.Time{}, false, true
	}
	date, day, ok = anyDate(norm.NFC.String(strings.ToLower(cell)), zone)
	return date, day, ok && 1900 < date.Year() && date.Year() < 9000
}

// anyDate reads a date in any of the layouts. A number of five digits is a day
// as spreadsheets count.
func anyDate(cell string, zone *time.Location) (date time.Time, day, ok bool) {
	for _, layout := range dayLayouts {
		if date, err := time.ParseInLocation(layout, cell, zone); err == nil {
			return date, true, true
		}
	}
	for _, layout := range timeLayouts {
		if date, err := time.ParseInLocation(layout, strings.ToUpper(cell), zone); err == nil {
			return date, false, true
		}
	}
	if days, err := strconv.ParseUint(cell, 10, 32); err == nil && len(cell) == 5 {
		return time.Date(1899, 12, 30+int(days), 0, 0, 0, 0, zone), true, true
	}
	return time.Time{}, false, false
}
