package policy

import (
	"fmt"
	"time"

	"lachan/internal/yamlfile"
	"lachan/policy/catalogue"
	"lachan/policy/compile"
	"lachan/policy/compiled"
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

// Load reads policy.yaml and the CSV files it names. It reports everything that
// is wrong with them, and what feeds say of units that do not exist; then the
// Policy is nil. Days and times of day are those of loc. With path "" there is
// no file, and all clients have the profile "default", or the profile of unknown.
func Load(path string, feeds []Feed, loc *time.Location, unknown Unknown) (*Policy, yamlfile.Problems) {
	facts, err := catalogue.Load()
	if err != nil {
		return nil, yamlfile.Problems{{Text: textCatalogue.With(err)}}
	}
	job := &compile.Job{Path: path, Feeds: feeds, Zone: loc, Unknown: unknown, Facts: facts}
	file, problems := job.Run()
	if file == nil {
		return nil, problems
	}
	p, err := newPolicy(file, facts)
	if err != nil {
		return nil, yamlfile.Problems{{File: path, Text: textCatalogue.With(err)}}
	}
	return p, nil
}

// Reload is Load, or old with its overlay if nothing that it was made of has
// changed: reading the schools of a country takes seconds. Old may be nil, and may
// have been opened. A policy that has been loaded again has no overlay.
func Reload(old *Policy, path string, feeds []Feed, loc *time.Location, unknown Unknown) (*Policy, yamlfile.Problems) {
	if old != nil && old.Unchanged(path, feeds, loc, unknown) {
		return old, nil
	}
	return Load(path, feeds, loc, unknown)
}

// Unchanged reports whether p is what Load would return now: nothing that it was
// made of has changed.
func (p *Policy) Unchanged(path string, feeds []Feed, loc *time.Location, unknown Unknown) bool {
	job := &compile.Job{Path: path, Feeds: feeds, Zone: loc, Unknown: unknown, Facts: p.catalogue}
	return p.file.Inputs.Given == job.Given() && p.file.Inputs.Unchanged()
}

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
