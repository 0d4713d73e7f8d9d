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
	text := fmt.Sprintf("%q %+v %s %+v %s", j.Path, j.Feeds, j.Zone, j.Unknown, j.Facts.Digest())
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Run compiles. With problems the file is nil.
func (j *Job) Run() (*compiled.File, yamlfile.Problems) {
	var data []byte
	if j.Path != "" {
		var err error
		if data, err = os.ReadFile(j.Path); err != nil {
			return nil, yamlfile.Problems{{File: j.Path, Text: textUnreadable.With(err)}}
		}
	}
	rest, pieces := source.Split(data, source.PieceSize)
	c := newCompiler(j)
	written, readable := c.decode(rest)
	if len(pieces) > 0 && !(readable && source.DecodePieces(j.Path, pieces, c.takeUnits)) {
		// Read it as a whole: it may be wrong only in the way it was cut.
		c = newCompiler(j)
		written, readable = c.decode(data)
	}
	if !readable && len(written.Units) == 0 {
		return nil, c.problems // the rest would only report consequences
	}
	c.compile(written)
	if len(c.problems) > 0 {
		c.problems.Sort()
		return nil, c.problems
	}
	if j.Path != "" {
		c.inputs = append(c.inputs, compiled.NewInput(j.Path, data))
	}
	file, err := compiled.New(c.tables(), c.meta(written))
	if err != nil {
		return nil, yamlfile.Problems{{File: j.Path, Text: wording.Text{VI: err.Error(), EN: err.Error()}}}
	}
	return file, nil
}

// A compiler does one job. Its parts have the methods that need nothing else.
type compiler struct {
	*report
	*terms
	*tree
	*clients
	job    *Job
	inputs []compiled.Input // the files read
	feeds  map[string]compiled.Feed
	locks  []compiled.Lock
	layers map[uint32]*layer // of the units that have one
	plans  plans
}

func newCompiler(j *Job) *compiler {
	r := &report{path: j.Path}
	units := newTree(r)
	return &compiler{
		report: r, terms: newTerms(r, j), tree: units, clients: newClients(units), job: j,
		feeds: map[string]compiled.Feed{}, layers: map[uint32]*layer{},
	}
}

// decode reads policy.yaml and compiles what does not need all units. The file is
// not readable if it has mistakes of YAML, keys or types.
func (c *compiler) decode(data []byte) (written *source.File, readable bool) {
	written = source.NewFile()
	c.problems = yamlfile.Decode(c.path, data, written)
	readable = len(c.problems) == 0
	c.addTags(written.Categories)
	c.addTimetables(written.Timetables)
	c.addProfiles(written.Profiles)
	c.takeUnit(c.job.Unknown.unit(), compiled.NoUnit)
	for i := range written.Units {
		written.Units[i].File = c.path
	}
	c.takeUnits(written.Units)
	return written, readable
}

// takeCSV adds the units of the CSV files.
func (c *compiler) takeCSV(files []yamlfile.At[string]) {
	for _, name := range files {
		path := c.beside(name.V)
		data, err := os.ReadFile(path)
		if err != nil {
			c.fail(c.path, name.Line, textUnreadable.With(err))
			continue
		}
		c.inputs = append(c.inputs, compiled.NewInput(path, data))
		units, problems := source.ReadCSV(path, data)
		c.problems = append(c.problems, problems...)
		c.takeUnits(units)
	}
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
	c.takeCSV(written.UnitsCSV)
	order := c.tree.order()
	c.checkNetworks()
	c.addFeeds(c.job.Feeds)
	c.inherit(order, written)
	c.makePlans(order)
	for u := range c.units {
		c.checkLocks(uint32(u))
	}
}
