package compile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/catalogue"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// terms are what units may name: categories and services, timetables, profiles,
// rules and levels. Equal rules and equal notes have one number.
type terms struct {
	*report
	zone  *time.Location
	facts *catalogue.Catalogue
	tags  compiled.Tags

	timetables    map[string]int32
	timetableList []compiled.Timetable
	ownHours      bool // policy.yaml has a timetable of lessons of its own
	profiles      map[string]int32
	profileList   []compiled.Profile
	closed        map[string]int32 // profiles of rules with only, by what they list
	nothing       []int32          // profiles that block nothing and do not say so
	serverNames   []namedEntry     // what profiles with only allow besides
	rules         map[compiled.Rule]int32
	ruleList      []compiled.Rule
	notes         notes
	own           compiled.OwnBuilder
	calendars     calendars
	levels        map[string]*catalogue.Level // by the word for them; nil for words that are none
}

func newTerms(r *report, j *Job) *terms {
	return &terms{
		report: r, zone: j.Zone, facts: j.Facts,
		timetables: map[string]int32{}, profiles: map[string]int32{}, closed: map[string]int32{},
		rules: map[compiled.Rule]int32{}, serverNames: serverNames(j),
		notes: newNotes(), calendars: newCalendars(r),
		levels: map[string]*catalogue.Level{},
	}
}

// addTimetables compiles those of policy.yaml and those that are built in: school hours,
// and the time outside of them.
func (t *terms) addTimetables(written map[string]source.Timetable) {
	hours := t.facts.SchoolHours
	_, t.ownHours = written[hours.Code]
	if !t.ownHours {
		var text source.Timetable
		_ = text.Days.UnmarshalText([]byte(hours.Days)) // built in: nothing fails
		_ = text.From.UnmarshalText([]byte(hours.From))
		_ = text.To.UnmarshalText([]byte(hours.To))
		t.addTimetable(hours.Code, &text)
	}
	for _, name := range slices.Sorted(maps.Keys(written)) {
		text := written[name]
		t.addTimetable(name, &text)
	}
	if _, own := written[catalogue.OutsideHours]; !own {
		outside := t.timetableList[t.timetables[hours.Code]]
		outside.Name, outside.Outside = catalogue.OutsideHours, true
		t.timetables[outside.Name] = int32(len(t.timetableList))
		t.timetableList = append(t.timetableList, outside)
	}
}

func (t *terms) addTimetable(name string, text *source.Timetable) {
	c := compiled.Timetable{
		Name: name, Days: compiled.Weekdays(text.Days), On: compiled.DayKinds(text.On),
		From: compiled.Minutes(text.From), To: compiled.Minutes(text.To),
	}
	if text.Days == 0 {
		c.Days = compiled.Weekdays(source.EveryDay)
	}
	if text.On == 0 {
		c.On = compiled.DayKinds(source.KindsOf(source.StudyDay))
	}
	t.timetables[name] = int32(len(t.timetableList))
	t.timetableList = append(t.timetableList, c)
}

// levelOf is Catalogue.Level, which looks at a word once, however many schools have it.
func (t *terms) levelOf(word string) *catalogue.Level {
	level, known := t.levels[word]
	if !known {
		level = t.facts.Level(word)
		t.levels[word] = level
	}
	return level
}

// level finds a level of schools by the code that a file gives; nil if it gives
// none.
func (t *terms) level(file string, code yamlfile.At[string]) *catalogue.Level {
	level := t.levelOf(code.V)
	if level == nil && code.V != "" {
		var codes, vi, en []string
		for _, known := range t.facts.Levels {
			codes = append(codes, known.Code, known.Alias)
			vi = append(vi, fmt.Sprintf("%q (%s)", known.Alias, known.Label.VI))
			en = append(en, strconv.Quote(known.Code))
		}
		there := wording.Text{VI: strings.Join(vi, ", "), EN: strings.Join(en, ", ")}
		t.fail(file, code.Line, source.Nearest(textUnknownLevel.With(code.V, there), code.V, codes))
	}
	return level
}
