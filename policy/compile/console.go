package compile

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"

	"lachan/policy/compiled"
	"lachan/policy/source"
)

// A console is console.yaml as far as it is compiled: what was made in the console,
// and the decisions about categories and services. Those about names are none of a
// compiled policy.
type console struct {
	structure []byte
	terms     []source.Decision
	compiled  []byte // all of it that counts
}

// readConsole reads console.yaml. Without one there is nothing in it.
func readConsole(path string) (*console, error) {
	data, err := os.ReadFile(path)
	if path == "" || errors.Is(err, fs.ErrNotExist) {
		return &console{compiled: source.Compiled(nil)}, nil
	}
	if err != nil {
		return nil, err
	}
	c := &console{terms: source.ReadTerms(data), compiled: source.Compiled(data)}
	structure, _, _ := source.CutDecisions(data)
	c.structure = source.WithoutLists(structure)
	return c, nil
}

// ReadInput is what counts of a file that a job reads.
func (j *Job) ReadInput(path string) ([]byte, error) {
	if path != j.Console {
		return os.ReadFile(path)
	}
	c, err := readConsole(path)
	if err != nil {
		return nil, err
	}
	return c.compiled, nil
}

// merge adds what was made in the console to what policy.yaml says. What both define
// is a mistake, but for units; see takeBorn.
func merge(c *compiler, written, born *source.File) {
	for i := range written.Units {
		written.Units[i].File = c.path
	}
	for name, p := range written.Profiles {
		p.File = c.path
		written.Profiles[name] = p
	}
	for _, name := range slices.Sorted(maps.Keys(born.Profiles)) {
		p := born.Profiles[name]
		p.File = c.job.Console
		if other, twice := written.Profiles[name]; twice {
			c.fail(p.File, int(p.Line), textProfileTwice.With(name, place(other.File, int(other.Line))))
			continue
		}
		if written.Profiles == nil {
			written.Profiles = map[string]source.Profile{}
		}
		written.Profiles[name] = p
	}
	mergeTimes(c, written, born)
}

// takeBorn adds units that were made in the console, or adopted by it, after those of
// policy.yaml and its tables. One that they still have stays as it is there, and the policy says so:
// whoever adopts a unit deletes its lines afterwards, and nobody else waits for that.
func takeBorn(c *compiler, units []source.Unit) {
	for i := range units {
		units[i].File = c.job.Console
		id := units[i].ID
		if other, twice := c.byID[id]; twice && c.units[other].file != c.job.Console {
			c.adopted.Add(c.job.Console, int(units[i].Line), textAdopted.With(id, c.where(other)))
			continue
		}
		c.takeUnit(&units[i], compiled.NoUnit)
	}
}

// mergeTimes is merge for timetables and the calendar.
func mergeTimes(c *compiler, written, born *source.File) {
	for name, t := range written.Timetables {
		t.File = c.path
		written.Timetables[name] = t
	}
	for _, name := range slices.Sorted(maps.Keys(born.Timetables)) {
		t := born.Timetables[name]
		t.File = c.job.Console
		if other, twice := written.Timetables[name]; twice {
			c.fail(t.File, int(t.Line), textTimetableTwice.With(name, place(other.File, int(other.Line))))
			continue
		}
		if written.Timetables == nil {
			written.Timetables = map[string]source.Timetable{}
		}
		written.Timetables[name] = t
	}
	written.CalendarFile = c.path
	switch {
	case born.Calendar == nil:
	case written.Calendar != nil:
		there := place(c.path, int(written.Calendar.Line))
		c.fail(c.job.Console, int(born.Calendar.Line), textCalendarTwice.With(there))
	default:
		written.Calendar, written.CalendarFile = born.Calendar, c.job.Console
	}
}

// takeTerms adds the decisions about categories and services to their units. One
// whose unit or term is not there is kept where it is written, and told by those who
// read the decisions.
func takeTerms(c *compiler, terms []source.Decision) {
	for i := range terms {
		d := &terms[i]
		u, there := c.byID[d.Unit]
		bit, known := c.tags.ByKey[d.Term()]
		from, until, wrong := d.Period(c.zone)
		if !there || !known || wrong.EN != "" {
			continue
		}
		code := compiled.CodeEntry{
			From: 0, Until: compiled.Forever, Bit: uint8(bit), Allow: flag(d.Allow != ""), Decision: uint32(d.Number),
			Line: int32(d.Line), Note: c.notes.number(note{d.Who, d.Why, d.Document}),
		}
		if !from.IsZero() {
			code.From = from.Unix()
		}
		if !until.IsZero() {
			code.Until = until.Unix()
		}
		addCode(c, u, code)
	}
}
