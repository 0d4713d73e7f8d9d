package compile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/catalogue"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// A namedEntry is an entry for a name of a profile or of a rule, which gets its owner
// later.
type namedEntry struct {
	parsedEntry
	line   int
	allow  bool
	during uint32 // as of compiled.OwnEntry
}

// entries reads what a profile or a rule blocks or allows: the set of its
// categories and services, and its names.
func (t *terms) entries(file string, written []source.Entry, during uint32, allow bool) (set Set, names []namedEntry) {
	for i := range written {
		text := &written[i]
		e, ok := t.entry(file, text)
		switch {
		case !ok:
		case e.name != "":
			names = append(names, namedEntry{e, int(text.Line), allow, during})
		case e.from != 0 || e.until != compiled.Forever:
			t.fail(file, int(text.Line), textProfileTimes)
		default:
			set = set.Or(blocklist.Of(int(e.bit)))
		}
	}
	return set, names
}

// oneOf reports what is both blocked and allowed.
func (t *terms) oneOf(file string, line int, block, allow Set) {
	if both := block.And(allow); !both.Empty() {
		t.fail(file, line, textBlockAndAllow.With(t.tags.All[both.First()].Named()))
	}
}

// addNames enters names of an owner.
func (t *terms) addNames(owner uint32, names []namedEntry) {
	for _, n := range names {
		entry := compiled.NewOwnEntry(owner, n.line, n.allow)
		entry.From, entry.Until, entry.Note, entry.During = n.from, n.until, n.note, n.during
		t.own.Add(n.name, entry)
	}
}

// rule compiles a rule as written, and returns the names in it.
func (t *terms) rule(file string, text *source.Rule) (rule compiled.UnitRule, names []namedEntry) {
	line := int(text.Line)
	r := compiled.Rule{Profile: compiled.NoProfile}
	during, ok := t.timetables[text.During.V]
	switch {
	case text.During.V == "":
		t.fail(file, line, textRuleWithoutTime)
	case !ok:
		t.fail(file, text.During.Line, noneOf(textUnknownTimetable, text.During.V, t.timetables))
	}
	r.During = during
	block, blocked := t.entries(file, text.Block, uint32(during)+1, false)
	allow, allowed := t.entries(file, text.Allow, uint32(during)+1, true)
	t.oneOf(file, line, block, allow)
	r.Block, r.Allow = block, t.withNeeds(allow)
	switch {
	case text.Only != nil && (text.Profile.V != "" || len(text.Block)+len(text.Allow) > 0):
		t.fail(file, line, textOnlyAndProfile)
	case text.Only != nil:
		r.Profile = t.only(file, line, text.Only)
	case text.Profile.V != "":
		if r.Profile, ok = t.profile(file, text.Profile); !ok {
			r.Profile = compiled.NoProfile
		}
	case len(text.Block)+len(text.Allow) == 0:
		t.fail(file, line, textRuleEmpty)
	}
	return compiled.UnitRule{Rule: t.internRule(r), Line: int32(line)}, append(blocked, allowed...)
}

// serverNames are entries that allow the names of the server.
func serverNames(j *Job) (names []namedEntry) {
	for _, name := range j.ServerNames {
		if canonical, err := domain.Canonical(name); err == nil {
			names = append(names, namedEntry{parsedEntry{name: canonical, until: compiled.Forever}, 0, true, 0})
		}
	}
	return names
}

// only is the profile of a rule that shuts all but what it lists. Equal ones of a file
// are one.
func (t *terms) only(file string, line int, written []source.Entry) int32 {
	set, names := t.entries(file, written, 0, true)
	key := file + fmt.Sprint(set)
	for _, n := range names {
		key += fmt.Sprintf(" %s %d %d", n.name, n.from, n.until)
	}
	id, known := t.closed[key]
	if known {
		return id
	}
	id = int32(len(t.profileList))
	t.closed[key] = id
	p := compiled.Profile{
		Name: compiled.RuleName(line), File: file, Line: line, Owner: compiled.NoUnit - 1 - uint32(id),
		Deny: true, Closed: true, Allow: t.withNeeds(set), Named: len(names)+len(t.serverNames) > 0,
		SafeSearch: catalogue.Strict, YouTube: catalogue.Strict, Replies: make([]byte, t.tags.Core),
	}
	t.addNames(p.Owner, t.serverNames)
	t.addNames(p.Owner, names)
	t.profileList = append(t.profileList, p)
	return id
}

// internRule gives equal rules one number.
func (t *terms) internRule(r compiled.Rule) int32 {
	id, ok := t.rules[r]
	if !ok {
		id = int32(len(t.ruleList))
		t.rules[r] = id
		t.ruleList = append(t.ruleList, r)
	}
	return id
}

// profile finds a profile by the name that a file gives.
func (t *terms) profile(file string, name yamlfile.At[string]) (int32, bool) {
	id, ok := t.profiles[name.V]
	if !ok {
		t.fail(file, name.Line, noneOf(textUnknownProfile, name.V, t.profiles))
	}
	return id, ok
}

// namesListed is how many names a message lists of those that there are.
const namesListed = 40

// noneOf says that none of the known names is the given one, which there are, and
// which one may be meant.
func noneOf(text wording.Text, name string, known map[string]int32) wording.Text {
	names := slices.Sorted(maps.Keys(known))
	var quoted []string
	for _, name := range names[:min(len(names), namesListed)] {
		quoted = append(quoted, strconv.Quote(name))
	}
	listed := strings.Join(quoted, ", ")
	if len(names) > namesListed {
		listed += ", …"
	}
	return source.Nearest(text.With(name, listed), name, names)
}
