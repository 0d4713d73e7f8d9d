package frame

import (
	"context"
	"encoding/json"
	"time"

	"lachan/internal/wording"
	"lachan/policy"
)

// Plans are what is written of when something holds.
type Plans struct {
	// Year is the calendar of a unit, "" of all.
	Year func(unit string) Year
	// Week is what a unit is kept from on some days, from one on.
	Week func(unit string, first time.Time, days int) []policy.HeldDay
	// Table reads a table of units, csv or a workbook.
	Table func(ctx context.Context, file string, data []byte) Table
	// Timetable is the record that set one in the console; here is false if none did.
	Timetable func(name string) (seq uint64, here bool)
	// Choices are the categories and services that a rule can name.
	Choices func() []Choice
	// Profiles are those that units can name.
	Profiles func() []Profile
	// Windows are the timetables.
	Windows func() []policy.Window
}

// A Choice is a category, or a service as "service:ID".
type Choice struct {
	Code string
	Name wording.Text
}

// A Profile is a profile: a ready-made one, one that the console has, one of a file, or
// several of that.
type Profile struct {
	Name            string
	Ready           bool
	Label           wording.Text // of a ready-made one
	Always, Lessons []string     // codes of categories that a ready-made one blocks
	// Own is what the console has of it, nil if nothing; Seq is the record that set it.
	Own json.RawMessage
	Seq uint64
}

// A Table is what was read of a table of units.
type Table struct {
	Rows []TableRow
	// Mistakes are those of lines; with one of line 0 nothing of it was read. Remarks are
	// worth knowing.
	Mistakes, Remarks []TableNote
}

// A TableRow is a unit, or a group of a school, as a table has it.
type TableRow struct {
	Line int
	ID   string
	Unit map[string]any // as policies write it, with its parent
}

// A TableNote is something said of a line.
type TableNote struct {
	Line int
	Text wording.Text
}

// A Year is the calendar of a unit: what is written of it, and what holds.
type Year struct {
	// Own is what the console has of it, nil if nothing; Seq is the record that set it.
	Own json.RawMessage
	Seq uint64
	// Home is where it is changed: "console", or the file and the line of the unit.
	Home string
	Runs []Run
}

// A Run is days of one kind, one after another.
type Run struct {
	Kind     string // terms, holidays, exams, make_up
	Name     string
	From, To time.Time
	As       string // the day of the week whose lessons are held, of make_up
	Own      bool   // written for this unit, not for one above it
}
