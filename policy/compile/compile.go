// Package compile turns a policy as people write it into tables that decide:
// names into numbers, units into a tree, what they inherit into plans. It
// reports everything that is wrong with what is written.
package compile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/catalogue"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// Set is a set of tags.
type Set = compiled.Set

// A Job is all that a policy is compiled from. The CSV files are those that the
// file at Path names.
type Job struct {
	Path    string // of policy.yaml; "" for none: all clients have the profile "default", or that of Unknown
	Feeds   []Feed
	Zone    *time.Location // in which days and times of day are counted
	Unknown Unknown
	Facts   *catalogue.Catalogue
	// Console is the path of console.yaml; "" for none. It need not be there.
	Console string
	// ServerNames are what clients call the server: profiles with only let them
	// through.
	ServerNames []string
	// Strict refuses the whole policy for a mistake in one row of a table. Otherwise
	// that unit stays as the row in Before has it, and is left out without one.
	Strict bool
	// Before are the rows of the tables when they were last good, by key. Run puts
	// those in place of them that the policy is made of.
	Before Rows
	// Kept are pieces of long files as they were decoded before, and are again those that
	// the policy is made of; nil for none.
	Kept *source.Kept
}

// Unknown is what the configuration says of the clients that no unit claims.
type Unknown struct {
	Profile string // "": default_profile of policy.yaml
	File    string // where that stands, for messages
	Line    int
}

func (u *Unknown) unit() *source.Unit {
	return &source.Unit{File: u.File, Profile: yamlfile.At[string]{V: u.Profile, Line: u.Line}}
}

// Given is a digest of what a job is told and of what is built in, but for the
// files.
func (j *Job) Given() string {
	text := fmt.Sprintf(
		"%q %q %+v %s %+v %s %v %q", j.Path, j.Console, j.Feeds, j.Zone, j.Unknown, j.Facts.Digest(), j.Strict, j.ServerNames,
	)
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// maxRounds is how often rows with mistakes are put back as they were: those below a
// unit that is left out follow it, level by level, and rows may have been good only
// together.
const maxRounds = compiled.MaxDepth + 2

// Run compiles. With a mistake the file is nil, unless it is one of rows: then the
// file is there and the problems say which rows were not taken.
func (j *Job) Run() (*compiled.File, yamlfile.Problems) {
	var data []byte
	if j.Path != "" {
		var err error
		if data, err = os.ReadFile(j.Path); err != nil {
			return nil, yamlfile.Problems{{File: j.Path, Text: textUnreadable.With(err)}}
		}
	}
	born, err := readConsole(j.Console)
	if err != nil {
		return nil, yamlfile.Problems{{File: j.Console, Text: textUnreadable.With(err)}}
	}
	var rows *rows
	for range maxRounds {
		c, written := j.read(data, born.structure, rows)
		if written == nil {
			return nil, c.problems // the rest would only report consequences
		}
		rows = c.rows
		takeTerms(c, born.terms)
		c.compile(written)
		if len(c.problems) == 0 {
			return j.finish(c, written, data, born)
		}
		if j.Strict || !rows.reject(c.report) {
			c.problems = append(c.problems, rows.rejected...)
			return nil, c.condensed()
		}
	}
	return nil, source.Condense(rows.rejected)
}

// read compiles what does not need all units; written is nil if policy.yaml cannot be read.
// The rows of its tables are those that were read before, if any were.
func (j *Job) read(data, born []byte, rows *rows) (c *compiler, written *source.File) {
	rest, pieces := source.Split(data, source.PieceSize)
	bornRest, bornPieces := source.Split(born, source.PieceSize)
	c = newCompiler(j)
	written, readable := c.decode(rest, bornRest)
	takeRest := func() bool { // of the units, those of the console last
		if !source.DecodePieces(j.Path, pieces, j.Kept, prepare, c.takeUnits) {
			return false
		}
		if rows == nil {
			rows = readRows(c, written.UnitsCSV)
		}
		c.takeRows(rows)
		takeBorn(c, c.born)
		return source.DecodePieces(j.Console, bornPieces, j.Kept, prepare, func(u []source.Unit) { takeBorn(c, u) })
	}
	if len(pieces)+len(bornPieces) > 0 {
		if readable && takeRest() {
			return c, written
		}
		// Read it as a whole: it may be wrong only in the way it was cut.
		c, pieces, bornPieces = newCompiler(j), nil, nil
		written, readable = c.decode(data, born)
	}
	if !readable && len(written.Units) == 0 {
		return c, nil
	}
	takeRest()
	return c, written
}

// finish makes the file.
func (j *Job) finish(
	c *compiler, written *source.File, data []byte, born *console,
) (*compiled.File, yamlfile.Problems) {
	if j.Path != "" {
		c.inputs = append(c.inputs, compiled.NewInput(j.Path, data))
	}
	if j.Console != "" {
		c.inputs = append(c.inputs, compiled.NewInput(j.Console, born.compiled))
	}
	c.rows.rejected = append(c.rows.rejected, c.adopted...)
	file, err := compiled.New(c.tables(), c.meta(written))
	if err != nil {
		return nil, yamlfile.Problems{{File: j.Path, Text: wording.Text{VI: err.Error(), EN: err.Error()}}}
	}
	j.Before = c.rows.good()
	return file, c.rows.told()
}

// A compiler does one job. Its parts have the methods that need nothing else.
type compiler struct {
	*report
	*terms
	*tree
	*clients
	job     *Job
	rows    *rows
	born    []source.Unit // made in the console, to be taken after those of the file
	adopted yamlfile.Problems
	inputs  []compiled.Input // the files read
	feeds   map[string]compiled.Feed
	locks   []compiled.Lock
	layers  map[uint32]*layer // of the units that have one
	plans   plans
}

func newCompiler(j *Job) *compiler {
	r := &report{path: j.Path}
	counts := j.Kept.Counts()
	units := newTree(r, counts.Units)
	c := &compiler{
		report: r, terms: newTerms(r, j), tree: units, clients: newClients(units, counts.Networks), job: j,
		feeds: map[string]compiled.Feed{}, layers: map[uint32]*layer{},
	}
	c.own.Expect(counts.Entries)
	return c
}

// decode reads policy.yaml and console.yaml and compiles what does not need all
// units. They are not readable if they have mistakes of YAML, keys or types.
func (c *compiler) decode(data, born []byte) (written *source.File, readable bool) {
	written = source.NewFile()
	c.problems = yamlfile.Decode(c.path, data, written)
	console := source.NewFile()
	if len(born) > 0 {
		c.problems = append(c.problems, yamlfile.Decode(c.job.Console, born, console)...)
	}
	readable = len(c.problems) == 0
	merge(c, written, console)
	c.born = console.Units
	c.addTags(written.Categories)
	c.addTimetables(written.Timetables)
	c.addProfiles(written.Profiles)
	c.takeUnit(c.job.Unknown.unit(), compiled.NoUnit)
	c.takeUnits(written.Units)
	return written, readable
}

// beside is a path that policy.yaml gives relative to itself.
func (c *compiler) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(c.path), path)
}

// compile works out what needs all units.
func (c *compiler) compile(written *source.File) {
	order := c.tree.order()
	c.checkNetworks()
	c.addFeeds(c.job.Feeds)
	c.inherit(order, written)
	checkBlocking(c)
	c.makePlans(order)
	for u := range c.units {
		c.checkLocks(uint32(u))
	}
}
