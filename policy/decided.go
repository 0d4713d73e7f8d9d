package policy

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/source"
)

// Decided are the entries that people decided on, as console.yaml has them; none if
// there is no such file. Days are those of a time zone. A line that cannot be read is
// a problem, and none of the others.
func Decided(path string, zone *time.Location) (entries []OverlayEntry, problems yamlfile.Problems) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || path == "" {
		return nil, nil
	}
	if err != nil {
		return nil, yamlfile.Problems{{File: path, Text: wording.Of(err)}}
	}
	_, text, line := source.CutDecisions(data)
	list, problems := source.ReadDecisions(path, text, line)
	for i := range list {
		entry, text := decidedEntry(&list[i], zone)
		if text != (wording.Text{}) {
			problems.Add(path, list[i].Line, text)
			continue
		}
		entries = append(entries, entry)
	}
	return entries, problems
}

// decidedEntry is the entry of a decision; the text says what is wrong with it.
func decidedEntry(d *source.Decision, zone *time.Location) (e OverlayEntry, wrong wording.Text) {
	e = OverlayEntry{
		Unit: d.Unit, Name: d.Allow, Allow: d.Allow != "", Who: d.Who, Why: d.Why, Document: d.Document, Number: d.Number,
	}
	if !e.Allow {
		e.Name = d.Block
	}
	e.From, e.Until, wrong = d.Period(zone)
	return e, wrong
}
