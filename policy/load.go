package policy

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"lachan/blocklist"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/catalogue"
)

// Load reads policy.yaml and the CSV files it names. It reports everything that
// is wrong with them, and what feeds say of units that are not there; then the
// Policy is nil. Days and times of day are those of loc. With path "" there is
// no file, and all clients have the profile "default", or that of unknown.
func Load(path string, feeds []Feed, loc *time.Location, unknown Unknown) (*Policy, yamlfile.Problems) {
	facts, err := catalogue.Load()
	if err != nil {
		return nil, yamlfile.Problems{{Text: wording.PolicyCatalogue.With(err)}}
	}
	var data []byte
	if path != "" {
		if data, err = os.ReadFile(path); err != nil {
			return nil, yamlfile.Problems{{File: path, Text: wording.PolicyUnreadable.With(err)}}
		}
	}
	rest, pieces := split(data, pieceSize)
	l := newLoader(path, facts, loc, unknown)
	written, readable := l.decode(rest)
	if len(pieces) > 0 && !(readable && l.takePieces(pieces)) {
		// Read it as a whole: it may be wrong only in the way it was cut.
		l = newLoader(path, facts, loc, unknown)
		written, readable = l.decode(data)
	}
	if !readable && len(written.Units) == 0 {
		return nil, l.problems // what follows would only be echoes
	}
	l.compile(written, feeds)
	if len(l.problems) > 0 {
		l.problems.Sort()
		return nil, l.problems
	}
	l.policy.inputs = inputs{given(path, feeds, loc, unknown), l.read}
	if path != "" {
		l.policy.inputs.files = append(l.policy.inputs.files, newInput(path, data))
	}
	return l.policy, nil
}

// Unknown is what the configuration says of the clients that no unit claims.
type Unknown struct {
	Profile string // "": default_profile of policy.yaml
	File    string // where that stands, for messages
	Line    int
}

func (u *Unknown) text() *unitText {
	return &unitText{file: u.File, Profile: yamlfile.At[string]{V: u.Profile, Line: u.Line}}
}

// A loader turns what is written into a Policy and collects problems.
type loader struct {
	path      string // of policy.yaml
	loc       *time.Location
	catalogue *catalogue.Catalogue
	unknown   Unknown
	policy    *Policy
	tags      *tags
	problems  yamlfile.Problems
	read      []input // the files beside policy.yaml

	said       []said // by unit
	claims     []claim
	timetables map[string]int32
	profiles   map[string]int32
	rules      map[rule]int32
	layers     map[uint32]*layer // of the units that have one
	notes      map[note]uint32
	own        ownBuilder
}

func newLoader(path string, facts *catalogue.Catalogue, loc *time.Location, unknown Unknown) *loader {
	return &loader{
		path: path, loc: loc, catalogue: facts, unknown: unknown,
		policy: &Policy{
			catalogue: facts, loc: loc, file: path, notes: []note{{}},
			byID: map[string]GroupID{}, feeds: map[string]Feed{}, lockLines: map[unitBit]int{},
		},
		timetables: map[string]int32{}, profiles: map[string]int32{}, rules: map[rule]int32{},
		layers: map[uint32]*layer{}, notes: map[note]uint32{{}: 0},
		own: ownBuilder{keys: map[string]uint32{}},
	}
}

// decode reads policy.yaml and takes in what it says, but for what needs all
// units. It is not readable when it has mistakes of YAML, keys or types.
func (l *loader) decode(data []byte) (written *file, readable bool) {
	written = newFile()
	l.problems = yamlfile.Decode(l.path, data, written)
	readable = len(l.problems) == 0
	p := l.policy
	var problems yamlfile.Problems
	p.tags, problems = newTags(l.catalogue, written.Categories)
	l.tags = p.tags
	for _, problem := range problems {
		l.fail(l.path, problem.Line, problem.Text)
	}
	p.canaries = written.Canaries
	l.addTimetables(written.Timetables)
	l.addProfiles(written.Profiles)
	l.takeUnit(l.unknown.text(), noUnit)
	for i := range written.Units {
		written.Units[i].file = l.path
	}
	l.takeUnits(written.Units)
	return written, readable
}

// takeCSV takes in the units of the CSV files.
func (l *loader) takeCSV(files []yamlfile.At[string]) {
	for _, name := range files {
		path := l.beside(name.V)
		data, err := os.ReadFile(path)
		if err != nil {
			l.fail(l.path, name.Line, wording.PolicyUnreadable.With(err))
			continue
		}
		l.read = append(l.read, newInput(path, data))
		units, problems := readUnitsCSV(path, data)
		l.problems = append(l.problems, problems...)
		l.takeUnits(units)
	}
}

// beside is a path that policy.yaml gives relative to itself.
func (l *loader) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(l.path), path)
}

// compile puts the Policy together.
func (l *loader) compile(written *file, feeds []Feed) {
	p := l.policy
	l.takeCSV(written.UnitsCSV)
	for _, test := range written.Tests {
		p.tests = append(p.tests, l.beside(test))
	}
	order := l.buildTree()
	l.grantNetworks()
	l.addFeeds(feeds)
	l.inherit(order, written)
	l.makePlans(order)
	for u := range p.units {
		l.checkLocks(uint32(u))
	}
	p.own = l.own.build()
	p.groups = l.makeGroups()
	p.texts = makeTexts(p.tags)
}

// addTimetables compiles those of policy.yaml and the school hours that are
// built in.
func (l *loader) addTimetables(written map[string]timetableText) {
	hours := l.catalogue.SchoolHours
	_, l.policy.ownHours = written[hours.Code]
	if !l.policy.ownHours {
		var t timetable
		_, _, _ = t.days.UnmarshalText([]byte(hours.Days)), t.from.UnmarshalText([]byte(hours.From)), t.to.UnmarshalText([]byte(hours.To))
		t.on = kindsOf(studyDay)
		l.addTimetable(hours.Code, t)
	}
	for _, name := range slices.Sorted(maps.Keys(written)) {
		text := written[name]
		l.addTimetable(name, text.compile())
	}
}

func (l *loader) addTimetable(name string, t timetable) {
	t.name = name
	l.timetables[name] = int32(len(l.policy.timetables))
	l.policy.timetables = append(l.policy.timetables, t)
}

// fail reports a problem.
func (l *loader) fail(file string, line int, text wording.Text) {
	l.problems.Add(file, line, text)
}

// failAt reports a problem of a unit.
func (l *loader) failAt(u uint32, text wording.Text) {
	l.fail(l.policy.units[u].file, int(l.policy.units[u].line), text)
}

// where is the place a unit is written at.
func (l *loader) where(u uint32) string {
	return place(l.policy.units[u].file, int(l.policy.units[u].line))
}

func place(file string, line int) string { return file + ":" + strconv.Itoa(line) }

// bit is the set of one tag.
func (l *loader) bit(tag uint8) Set { return blocklist.Of(int(tag)) }
