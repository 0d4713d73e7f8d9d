package compile

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"lachan/blocklist"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/catalogue"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// addProfiles compiles the profiles of policy.yaml and the ready-made ones
// that it does not replace.
func (t *terms) addProfiles(written map[string]source.Profile) {
	names := slices.Sorted(maps.Keys(written))
	for i := range t.facts.Profiles {
		if name := t.facts.Profiles[i].Code; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for i, name := range names {
		t.profiles[name] = int32(i)
	}
	for _, name := range names {
		if text, ok := written[name]; ok {
			t.profileList = append(t.profileList, t.compileProfile(name, &text))
		} else {
			t.profileList = append(t.profileList, t.readyProfile(t.facts.Profile(name)))
		}
	}
}

func (t *terms) compileProfile(name string, text *source.Profile) compiled.Profile {
	p := compiled.Profile{
		Name: name, File: t.path, Line: int(text.Line),
		Owner:      compiled.NoUnit - 1 - uint32(t.profiles[name]),
		Deny:       bool(text.Default),
		SafeSearch: catalogue.Strictness(text.SafeSearch), YouTube: catalogue.Strictness(text.YouTube),
		Block: t.codes(t.path, text.Block),
	}
	if text.Line == 0 {
		t.fail(t.path, 0, textProfileEmpty.With(name))
	}
	for i := range text.Allow {
		p.Allow = p.Allow.Or(t.profileAllow(&p, &text.Allow[i]))
	}
	if both := p.Block.And(p.Allow); !both.Empty() {
		t.fail(t.path, int(text.Line), textBlockAndAllow.With(t.tags.All[both.First()].Code))
	}
	p.Allow = t.withNeeds(p.Allow)
	p.Replies = t.compileReplies(text.Reply, text.Replies)
	for i := range text.Rules {
		if r := &text.Rules[i]; r.Profile.V != "" {
			t.fail(t.path, r.Profile.Line, textProfileInProfile)
		} else {
			p.Rules = append(p.Rules, t.rule(t.path, r).Rule)
		}
	}
	return p
}

// profileAllow adds an allow of a profile: a name becomes an own entry of the
// profile, a category or service is returned as a set.
func (t *terms) profileAllow(p *compiled.Profile, text *source.Entry) Set {
	e, ok := t.entry(t.path, text)
	if !ok {
		return Set{}
	}
	if e.name == "" && (e.from != 0 || e.until != compiled.Forever) {
		t.fail(t.path, int(text.Line), textProfileTimes)
	}
	if e.name == "" {
		return blocklist.Of(int(e.bit))
	}
	p.Named = true
	t.addOwn(e, p.Owner, int(text.Line), true)
	return Set{}
}

// compileReplies is the reply for each category.
func (t *terms) compileReplies(standard source.Reply, written map[string]yamlfile.At[source.Reply]) []byte {
	replies := bytes.Repeat([]byte{byte(standard)}, t.tags.Core)
	for _, code := range slices.Sorted(maps.Keys(written)) {
		reply := written[code]
		if bit, ok := t.tags.ByKey[code]; ok && bit < t.tags.Core {
			replies[bit] = byte(reply.V)
		} else if bit, ok := t.pseudo(code); ok {
			replies[bit] = byte(reply.V)
		} else {
			t.fail(t.path, reply.Line, t.unknownCode(code))
		}
	}
	return replies
}

// pseudo finds a pseudo category that blocks are counted in.
func (t *terms) pseudo(code string) (bit int, ok bool) {
	switch code {
	case compiled.LocalCode:
		return t.tags.Local, true
	case compiled.DefaultDenyCode:
		return t.tags.DefaultDeny, true
	}
	return 0, false
}

// readyProfile compiles a profile of the catalogue.
func (t *terms) readyProfile(ready *catalogue.Profile) compiled.Profile {
	p := compiled.Profile{
		Name: ready.Code, SafeSearch: ready.SafeSearch, YouTube: ready.YouTube,
		Block: t.known(ready.Block), Allow: t.known(ready.Allow),
		Replies: make([]byte, t.tags.Core),
	}
	if scheduled := t.known(ready.Scheduled); !scheduled.Empty() {
		during := t.timetables[t.facts.SchoolHours.Code]
		p.Rules = []int32{t.internRule(compiled.Rule{During: during, Profile: compiled.NoProfile, Block: scheduled})}
	}
	return p
}

// rule compiles a rule as written.
func (t *terms) rule(file string, text *source.Rule) compiled.UnitRule {
	line := int(text.Line)
	r := compiled.Rule{Profile: compiled.NoProfile, Block: t.codes(file, text.Block), Allow: t.codes(file, text.Allow)}
	during, ok := t.timetables[text.During.V]
	switch {
	case text.During.V == "":
		t.fail(file, line, textRuleWithoutTime)
	case !ok:
		t.fail(file, text.During.Line, noneOf(textUnknownTimetable, text.During.V, t.timetables))
	}
	r.During = during
	if text.Profile.V != "" {
		if r.Profile, ok = t.profile(file, text.Profile); !ok {
			r.Profile = compiled.NoProfile
		}
	} else if r.Block.Empty() && r.Allow.Empty() {
		t.fail(file, line, textRuleEmpty)
	}
	if both := r.Block.And(r.Allow); !both.Empty() {
		t.fail(file, line, textBlockAndAllow.With(t.tags.All[both.First()].Code))
	}
	r.Allow = t.withNeeds(r.Allow)
	return compiled.UnitRule{Rule: t.internRule(r), Line: int32(line)}
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
	listed := strings.Join(names[:min(len(names), namesListed)], ", ")
	if len(names) > namesListed {
		listed += ", …"
	}
	return source.Nearest(text.With(name, listed), name, names)
}
