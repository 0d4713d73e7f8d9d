package publish

import (
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"lachan/blocklist/release"
)

// ErrLost means that the version before cannot be read, so that it is not known what
// is in force.
var ErrLost = errors.New("version before cannot be read")

// An Entry is a name in force by a document, which may be "".
type Entry struct {
	Name     string `json:"name"`
	Document string `json:"document,omitempty"`
}

// A Plan is what a version would be made of, beside the one before.
type Plan struct {
	Rows   []string // of the version: what Publish takes
	From   uint64   // the version before; 0 if there is none
	Kept   int      // entries of the version before that stay
	Left   []Entry  // of these, by documents that the rows name and without them, in order
	Ended  int      // of it, whose time is over
	Lifted []Entry  // of it, that would no longer be blocked, in order
	Stood  []string // the documents of the version before that are not over, in order
	Absent []string // documents that were to be withdrawn and are not among them
}

// Add plans a version of what is in force and of the rows: an order stands until its
// end. A row takes the place of one for the same name by the same document. The
// error is ErrLost if it is not known what is in force.
func (f *Feed) Add(rows []string, now time.Time) (Plan, error) {
	return f.plan(rows, now, func(standing) bool { return true })
}

// Replace plans a version of the rows alone.
func (f *Feed) Replace(rows []string, now time.Time) (Plan, error) {
	return f.plan(rows, now, func(standing) bool { return false })
}

// Withdraw plans a version of what is in force and of the rows, without the entries
// of some documents, whose numbers may be written with other capitals and spaces.
func (f *Feed) Withdraw(documents, rows []string, now time.Time) (Plan, error) {
	lifted := map[string]bool{}
	for _, number := range documents {
		lifted[plainNumber(number)] = true
	}
	p, err := f.plan(rows, now, func(r standing) bool { return !lifted[plainNumber(r.Document)] })
	for _, number := range documents {
		if !slices.ContainsFunc(p.Stood, func(s string) bool { return plainNumber(s) == plainNumber(number) }) {
			p.Absent = append(p.Absent, number)
		}
	}
	return p, err
}

// plainNumber is the number of a document without what people write in different ways.
func plainNumber(number string) string {
	return strings.ToLower(strings.Join(strings.Fields(number), ""))
}

// plan keeps those rows of the version before that are kept, unless they are over or
// there are new ones for them.
func (f *Feed) plan(rows []string, now time.Time, keep func(standing) bool) (p Plan, err error) {
	last, err := f.last()
	if err != nil {
		return p, fmt.Errorf("plan feed %q: %w", f.ID, err)
	}
	p.From = last.Version
	all := map[string]bool{}
	fresh, named := map[Entry]bool{}, map[string]bool{}
	for _, text := range rows {
		r := readRow(text)
		all[text] = true
		fresh[r.Entry], named[r.Document] = true, r.Document != ""
	}
	var before []string
	if last.Version > 0 {
		if before, err = f.rowsOf(&last); err != nil {
			return p, fmt.Errorf("plan feed %q: %w: %w", f.ID, ErrLost, err)
		}
	}
	stood := []Entry{}
	for _, text := range before {
		r := readRow(text)
		if r.until.IsZero() || now.Before(r.until) {
			stood = append(stood, r.Entry)
		}
		switch {
		case fresh[r.Entry]:
		case !r.until.IsZero() && !now.Before(r.until):
			p.Ended++
		case keep(r):
			all[text] = true
			p.Kept++
			if named[r.Document] {
				p.Left = append(p.Left, r.Entry)
			}
		default:
			p.Lifted = append(p.Lifted, r.Entry)
		}
	}
	p.Rows, p.Stood = slices.Sorted(maps.Keys(all)), Documents(stood)
	return p, nil
}

// A standing is what a plan has to know of a row.
type standing struct {
	Entry
	until time.Time // zero: for ever
}

// readRow reads a row of a version. One that cannot be read is an entry of its own.
func readRow(text string) standing {
	cells, err := csv.NewReader(strings.NewReader(text)).Read()
	if err != nil || len(cells) != strings.Count(release.Header, ",")+1 {
		return standing{Entry: Entry{Name: text}}
	}
	const name, document, until = 0, 2, 6 // columns of release.Header
	r := standing{Entry: Entry{Name: cells[name], Document: cells[document]}}
	r.until, _ = time.Parse(time.RFC3339, cells[until]) // zero if there is none
	return r
}

// Documents are those of entries, each once, in order.
func Documents(entries []Entry) []string {
	seen := map[string]bool{}
	for _, e := range entries {
		if e.Document != "" {
			seen[e.Document] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// withdrawn is what a plan lifts, by document: a document of which nothing stays is
// named alone.
func (p *Plan) withdrawn() (list []release.Withdrawal) {
	stays := map[string]bool{}
	for _, text := range p.Rows {
		stays[readRow(text).Document] = true
	}
	names := map[string][]string{}
	for _, e := range p.Lifted {
		names[e.Document] = append(names[e.Document], e.Name)
	}
	for _, document := range slices.Sorted(maps.Keys(names)) {
		w := release.Withdrawal{Document: document}
		if document == "" || stays[document] {
			w.Names = slices.Compact(slices.Sorted(slices.Values(names[document])))
		}
		list = append(list, w)
	}
	return list
}

// withdraw writes into the next manifest what is lifted with it and what was with
// those before. It returns false if there is no room for what is lifted with it.
func withdraw(next, last *release.Manifest, lifted []release.Withdrawal) (fits bool) {
	all := slices.Clone(last.Withdrawn)
	for _, w := range lifted {
		w.Version = next.Version
		all = append(all, w)
	}
	next.Withdrawn, fits = release.KeepWithdrawn(all)
	return fits || len(lifted) == 0
}
