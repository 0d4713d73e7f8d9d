package policy

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"lachan/internal/yamlfile"
	"lachan/policy/catalogue"
	"lachan/policy/compile"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// A Feed is what a policy needs to know of a configured feed.
type Feed = compile.Feed

// Unknown is what the configuration says of the clients that no unit claims.
type Unknown = compile.Unknown

// ErrDamaged is wrapped by the error of a file whose bytes are not what Write
// wrote. ErrVersion is wrapped by that of a file of another version of the
// program. Neither is to be used: the policy is compiled again.
var (
	ErrDamaged = compiled.ErrDamaged
	ErrVersion = compiled.ErrVersion
)

// A Rows is what the rows of the tables of units said when they were last good.
type Rows = compile.Rows

// Kept are pieces of long files as they were decoded.
type Kept = source.Kept

// An Origin is what a policy is made of.
type Origin struct {
	Path    string // of policy.yaml; "" for none: all clients have the profile "default", or that of Unknown
	Feeds   []Feed
	Zone    *time.Location // in which days and times of day are counted
	Unknown Unknown
	// Console is the path of console.yaml, which has what is decided in the console; ""
	// for none. The file need not be there.
	Console string
	// ServerNames are what clients call the server: they resolve whatever is shut.
	ServerNames []string
	// Strict refuses the policy for a mistake in one row of a table.
	Strict bool
	// Before are the rows that stay where one has a mistake; see Store.Rows.
	Before Rows
	// Kept are pieces of long files as they were decoded before; see Store.Kept. Nil: all
	// is decoded.
	Kept *Kept
}

func (o *Origin) job(facts *catalogue.Catalogue) *compile.Job {
	return &compile.Job{
		Path: o.Path, Feeds: o.Feeds, Zone: o.Zone, Unknown: o.Unknown, Facts: facts,
		Console: o.Console, ServerNames: o.ServerNames, Strict: o.Strict, Before: o.Before,
		Kept: o.Kept,
	}
}

// Load reads policy.yaml and the tables of units that it names. It reports everything
// that is wrong with them, and what feeds say of units that do not exist; then the
// Policy is nil. If only rows of tables are wrong, the Policy is there and the
// problems say which rows were not taken.
func (o *Origin) Load() (*Policy, yamlfile.Problems) {
	facts, err := catalogue.Load()
	if err != nil {
		return nil, yamlfile.Problems{{Text: textCatalogue.With(err)}}
	}
	job := o.job(facts)
	file, problems := job.Run()
	if file == nil {
		return nil, problems
	}
	p, err := newPolicy(file, facts)
	if err != nil {
		return nil, yamlfile.Problems{{File: o.Path, Text: textCatalogue.With(err)}}
	}
	p.rows, p.kept = job.Before, o.Kept
	return p, problems
}

// Reload is Load, or old with its overlay if nothing that it was made of has
// changed: reading the schools of a country takes seconds. Old may be nil, and may
// have been opened. A policy that has been loaded again has no overlay.
func (o *Origin) Reload(old *Policy) (*Policy, yamlfile.Problems) {
	if old != nil && o.Unchanged(old) {
		return old, old.Rejected()
	}
	return o.Load()
}

// Unchanged reports whether p is what Load would return now: nothing that it was
// made of has changed.
func (o *Origin) Unchanged(p *Policy) bool {
	job := o.job(p.catalogue)
	return p.file.Inputs.Given == job.Given() && p.file.Inputs.Unchanged(job.ReadInput)
}

// An Input is a file as it was read: its path, and the SHA-256 of its bytes.
type Input = compiled.Input

// FilesOf are policy.yaml and the tables that it names, as they were read; none if there is
// no policy.yaml.
func FilesOf(p *Policy) (files []Input) {
	for _, f := range p.file.Inputs.Files {
		switch {
		case f.Path == p.file.File:
			files = slices.Insert(files, 0, f)
		case filepath.Base(f.Path) != consoleFile:
			files = append(files, f)
		}
	}
	return files
}

// Load is Origin.Load without rows from before: those with mistakes are left out.
func Load(path string, feeds []Feed, loc *time.Location, unknown Unknown) (*Policy, yamlfile.Problems) {
	return (&Origin{Path: path, Feeds: feeds, Zone: loc, Unknown: unknown}).Load()
}

// Reload is Origin.Reload likewise.
func Reload(old *Policy, path string, feeds []Feed, loc *time.Location, unknown Unknown) (*Policy, yamlfile.Problems) {
	return (&Origin{Path: path, Feeds: feeds, Zone: loc, Unknown: unknown}).Reload(old)
}

// consoleFile is the name of the file of what is decided in the console.
const consoleFile = "console.yaml"

// Rejected are the rows of tables that were not taken when the policy was made.
func (p *Policy) Rejected() yamlfile.Problems { return slices.Clone(p.file.Rejected) }

// Write replaces the file at path by the policy, or makes it. It is there whole
// or not at all. Only its owner may read it: it holds digests of secrets, and the
// first link id of each unit.
func Write(path string, p *Policy) error { return p.file.Write(path) }

// Open maps a policy that Write has written. All of it is checked, and nothing
// is read of what it was compiled from.
func Open(path string) (*Policy, error) {
	file, err := compiled.Open(path)
	if err != nil {
		return nil, err
	}
	facts, err := catalogue.Load()
	if err != nil {
		return nil, fmt.Errorf("open compiled policy %s: %w", path, err)
	}
	return newPolicy(file, facts)
}

// Digest is the SHA-256 of the compiled policy. The same inputs give the same
// digest.
func (p *Policy) Digest() string { return p.file.Digest() }
