// Package publish turns what an authority hands over into what nodes follow: it
// cleans the table of an office, writes a feed of signed versions, signs lists,
// and writes a report to send back.
package publish

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"lachan/blocklist/format"
)

// ErrNoEntries means that a table has nothing to publish.
var ErrNoEntries = errors.New("table without an entry")

// A Table is the cleaned table of an office.
type Table struct {
	Rows    []string          // of a release list, in order, each once
	Names   []string          // of the entries, in the order of the table
	Refused []format.Reject   // what could not be used, in the order of the table
	Widened []format.Widening // pages that block the whole site, likewise
	Summary format.Summary
}

// ReadTable reads csv or xlsx, whatever the file is called. Days begin and end
// in zone. What is likely a slip goes to remarks, unless that is nil. The errors are
// ErrNoEntries and those of format.Parse, with the Table as far as it was read.
func ReadTable(r io.Reader, zone *time.Location, remarks *Remarks) (Table, error) {
	return ReadTableOf(r, zone, nil, remarks)
}

// ReadTableOf is ReadTable of a table for a list whose entries may name some categories as
// their own, which mayName knows; nil lets them name any.
func ReadTableOf(
	r io.Reader, zone *time.Location, mayName func(category string) bool, remarks *Remarks,
) (Table, error) {
	var t Table
	emit := func(r format.Rule) error {
		t.Rows = append(t.Rows, row(&r, zone))
		t.Names = append(t.Names, r.Name)
		if remarks != nil {
			remarks.Add(&r)
		}
		return nil
	}
	reject := func(r format.Reject) { t.Refused = append(t.Refused, r) }
	var err error
	widened := func(w format.Widening) { t.Widened = append(t.Widened, w) }
	options := format.Options{Zone: zone, May: format.May{Suffixes: true}, Widened: widened, MayName: mayName}
	t.Summary, err = format.Parse(r, format.CSV, options, emit, reject)
	if err != nil {
		return t, fmt.Errorf("read table: %w", err)
	}
	slices.Sort(t.Rows)
	t.Rows = slices.Compact(t.Rows)
	if len(t.Rows) == 0 {
		return t, fmt.Errorf("read table: %w", ErrNoEntries)
	}
	return t, nil
}

// row writes a rule as a row of csv with the columns of release.Header. Times
// carry their zone, so that they mean the same wherever they are read.
func row(r *format.Rule, zone *time.Location) string {
	o := r.Order
	if o == nil {
		o = &format.Order{}
	}
	cells := []string{
		nameOf(r), r.Category, r.Document, moment(o.Date, zone), o.Authority,
		moment(r.From, zone), moment(r.Until, zone), o.Urgency, o.Note,
	}
	for i, c := range cells {
		cells[i] = cell(c)
	}
	return strings.Join(cells, ",")
}

// nameOf returns the name of a rule as the table may have it. The reader of csv has
// made a regular expression of a name with '*'; this undoes it.
func nameOf(r *format.Rule) string {
	if r.Regex == "" {
		return r.Name
	}
	glob := strings.TrimSuffix(strings.TrimPrefix(r.Regex, "^"), "$")
	return strings.NewReplacer(`.*`, "*", `\.`, ".").Replace(glob)
}

func moment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.RFC3339)
}

// maxCell bounds a cell, in bytes; the longest is a note.
const maxCell = 1000

// cell returns a text as one cell in one line.
func cell(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxCell {
		text = strings.ToValidUTF8(text[:maxCell], "")
	}
	if strings.ContainsAny(text, `",`) {
		return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return text
}
