package table

import (
	"time"

	"lachan/internal/dates"
)

// Date reads a date in any spelling of package dates, or as a number of days as
// spreadsheets count them. A cell that says that there is none, as "" and "không
// thời hạn" do, gives the zero time; day reports that it is a whole day. ok is
// false if it cannot be read, or for a year that no document has.
func Date(cell string, zone *time.Location) (date time.Time, day, ok bool) {
	if dates.IsNone(cell) {
		return time.Time{}, false, true
	}
	if date, day, ok = dates.Serial(cell, zone); ok {
		return date, day, true
	}
	return dates.Parse(cell, zone)
}
