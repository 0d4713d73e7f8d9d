package policy

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"lachan/blocklist"
	"lachan/policy/catalogue"
	"lachan/wording"
	"lachan/yamlfile"
)

// Load reads policy.yaml and the CSV files it names. It reports everything that
// is wrong with them, and what feeds say of units that are not there; then the
// Policy is nil. Days and times of day are those of loc. With path "" there is
// no file, and all clients have the profile "default".
func Load(path string, feeds []Feed, loc *time.Location) (*Policy, yamlfile.Problems) {
	facts, err := catalogue.Load()
	if err != nil {
		return nil, yamlfile.Problems{{Text: wording.PolicyCatalogue.With(err)}}
	}
	l := &loader{
		path: path, loc: loc, catalogue: facts,
		policy: &Policy{
			catalogue: facts, loc: loc, file: path, notes: []note{{}},
			byID: map[string]GroupID{}, feeds: map[string]Feed{}, lockLines: map[unitBit]int{},
		},
		timetables: map[string]int32{}, profiles: map[string]int32{}, rules: map[rule]int32{},
		layers: map[uint32]*layer{}, notes: map[note]uint32{{}: 0},
		own: ownBuilder{keys: map[string]uint32{}},
	}
	written := l.read()
	if len(l.problems) > 0 && len(written.Units) == 0 {
		return nil, l.problems // nothing was understood: what follows would only be echoes
	}
	l.compile(written, feeds)
	if len(l.problems) > 0 {
		l.problems.Sort()
		return nil, l.problems
	}
	return l.policy, nil
}

// A loader turns what is written into a Policy and collects problems.
type loader struct {
	path      string // of policy.yaml
	loc       *time.Location
	catalogue *catalogue.Catalogue
	policy    *Policy
	tags      *tags
	problems  yamlfile.Problems

	texts      []*unitText // by unit
	timetables map[string]int32
	profiles   map[string]int32
	rules      map[rule]int32
	layers     map[uint32]*layer // of the units that have one
	notes      map[note]uint32
	own        ownBuilder
}

func (l *loader) read() *file {
	if l.path == "" {
		return newFile()
	}
	data, err := os.ReadFile(l.path)
	if err != nil {
		l.fail(l.path, 0, wording.PolicyUnreadable.With(err))
		return newFile()
	}
	written, problems := decode(l.path, data)
	l.problems = append(l.problems, problems...)
	for i := range written.Units {
		written.Units[i].file = l.path
	}
	for _, name := range written.UnitsCSV {
		path := name.V
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(l.path), path)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			l.fail(l.path, name.Line, wording.PolicyUnreadable.With(err))
			continue
		}
		units, problems := readUnitsCSV(path, data)
		written.Units = append(written.Units, units...)
		l.problems = append(l.problems, problems...)
	}
	return written
}

// compile puts the Policy together. Each step needs those before it.
func (l *loader) compile(written *file, feeds []Feed) {
	p := l.policy
	var problems yamlfile.Problems
	p.tags, problems = newTags(l.catalogue, written.Categories)
	for _, problem := range problems {
		l.fail(l.path, problem.Line, problem.Text)
	}
	l.tags = p.tags
	p.canaries = written.Canaries
	order := l.buildTree(written.Units)
	l.addTimetables(written.Timetables)
	l.addProfiles(written.Profiles)
	l.claimNetworks()
	l.addFeeds(feeds)
	for _, u := range order {
		l.compileUnit(u)
	}
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
	if _, replaced := written[hours.Code]; !replaced {
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
