package policy

import (
	"maps"
	"slices"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/catalogue"
)

// A profile is what a client may do when nothing else is said.
type profile struct {
	name       string
	block      Set
	allow      Set // categories and services
	rules      []int32
	deny       bool   // all that is not allowed by word
	named      bool   // some own entries are the profile's
	owner      uint32 // as which they stand
	safeSearch catalogue.Strictness
	youTube    catalogue.Strictness
	replies    []Reply // by category
	file       string  // "" of a ready-made one
	line       int
}

// A rule is a change of what is blocked during a timetable.
type rule struct {
	during  int32 // index into Policy.timetables
	profile int32 // that takes the place of the profile for the time; -1 for none
	block   Set
	allow   Set
}

// addProfiles compiles the profiles of policy.yaml and the ready-made ones
// that it does not replace.
func (l *loader) addProfiles(written map[string]profileText) {
	names := slices.Sorted(maps.Keys(written))
	for i := range l.catalogue.Profiles {
		if name := l.catalogue.Profiles[i].Code; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for i, name := range names {
		l.profiles[name] = int32(i)
	}
	for _, name := range names {
		if text, ok := written[name]; ok {
			l.policy.profiles = append(l.policy.profiles, l.compileProfile(name, &text))
		} else {
			l.policy.profiles = append(l.policy.profiles, l.readyProfile(l.catalogue.Profile(name)))
		}
	}
}

func (l *loader) compileProfile(name string, text *profileText) profile {
	p := profile{
		name: name, file: l.path, line: int(text.Line),
		owner:      noUnit - 1 - uint32(l.profiles[name]),
		deny:       bool(text.Default),
		safeSearch: catalogue.Strictness(text.SafeSearch), youTube: catalogue.Strictness(text.YouTube),
		block: l.codes(l.path, text.Block),
	}
	if text.Line == 0 {
		l.fail(l.path, 0, wording.PolicyProfileEmpty.With(name))
	}
	for i := range text.Allow {
		p.allow = p.allow.Or(l.profileAllow(&p, &text.Allow[i]))
	}
	if both := p.block.And(p.allow); !both.Empty() {
		l.fail(l.path, int(text.Line), wording.PolicyBlockAndAllow.With(l.tags.all[both.First()].code))
	}
	p.replies = l.compileReplies(Reply(text.Reply), text.Replies)
	for i := range text.Rules {
		if r := &text.Rules[i]; r.Profile.V != "" {
			l.fail(l.path, r.Profile.Line, wording.PolicyProfileInProfile)
		} else {
			p.rules = append(p.rules, l.rule(l.path, r).rule)
		}
	}
	return p
}

// profileAllow takes in what a profile allows: a name becomes an own entry of
// the profile, categories and services are returned.
func (l *loader) profileAllow(p *profile, text *entryText) Set {
	e, ok := l.entry(l.path, text)
	if !ok {
		return Set{}
	}
	if e.name == "" && (e.from != 0 || e.until != forever) {
		l.fail(l.path, int(text.Line), wording.PolicyProfileTimes)
	}
	if e.name == "" {
		return l.bit(e.bit)
	}
	p.named = true
	l.own.add(e.name, ownEntry{
		from: e.from, until: e.until, note: e.note, line: int32(text.Line), allow: true,
		owner: p.owner,
	})
	return Set{}
}

// compileReplies lays down the reply for each category.
func (l *loader) compileReplies(standard Reply, written map[string]yamlfile.At[replyText]) []Reply {
	replies := slices.Repeat([]Reply{standard}, l.tags.core)
	for _, code := range slices.Sorted(maps.Keys(written)) {
		reply := written[code]
		if bit, ok := l.tags.byKey[code]; ok && bit < l.tags.core {
			replies[bit] = Reply(reply.V)
		} else if bit, ok := l.pseudo(code); ok {
			replies[bit] = Reply(reply.V)
		} else {
			l.fail(l.path, reply.Line, l.unknownCode(code))
		}
	}
	return replies
}

// pseudo finds the pseudo categories that blocks count in.
func (l *loader) pseudo(code string) (bit int, ok bool) {
	switch code {
	case localCode:
		return l.tags.local, true
	case defaultDenyCode:
		return l.tags.defaultDeny, true
	}
	return 0, false
}

// readyProfile compiles a profile of the catalogue.
func (l *loader) readyProfile(ready *catalogue.Profile) profile {
	p := profile{
		name: ready.Code, safeSearch: ready.SafeSearch, youTube: ready.YouTube,
		block: l.known(ready.Block), allow: l.known(ready.Allow),
		replies: make([]Reply, l.tags.core),
	}
	if scheduled := l.known(ready.Scheduled); !scheduled.Empty() {
		during := l.timetables[l.catalogue.SchoolHours.Code]
		p.rules = []int32{l.internRule(rule{during: during, profile: noProfile, block: scheduled})}
	}
	return p
}

// known is the set of codes that the catalogue vouches for.
func (l *loader) known(codes []string) (set Set) {
	for _, code := range codes {
		set = set.Or(l.bit(uint8(l.tags.byKey[code])))
	}
	return set
}

// noProfile is the profile of a rule that changes none.
const noProfile = -1

// rule compiles a rule as written.
func (l *loader) rule(file string, text *ruleText) unitRule {
	line := int(text.Line)
	r := rule{profile: noProfile, block: l.codes(file, text.Block), allow: l.codes(file, text.Allow)}
	during, ok := l.timetables[text.During.V]
	switch {
	case text.During.V == "":
		l.fail(file, line, wording.PolicyRuleWithoutTime)
	case !ok:
		l.fail(file, text.During.Line, nearest(wording.PolicyUnknownTimetable.With(text.During.V), text.During.V,
			slices.Sorted(maps.Keys(l.timetables))))
	}
	r.during = during
	if text.Profile.V != "" {
		if r.profile, ok = l.profile(file, text.Profile); !ok {
			r.profile = noProfile
		}
	} else if r.block.Empty() && r.allow.Empty() {
		l.fail(file, line, wording.PolicyRuleEmpty)
	}
	if both := r.block.And(r.allow); !both.Empty() {
		l.fail(file, line, wording.PolicyBlockAndAllow.With(l.tags.all[both.First()].code))
	}
	return unitRule{l.internRule(r), int32(line)}
}

// internRule gives equal rules one number.
func (l *loader) internRule(r rule) int32 {
	id, ok := l.rules[r]
	if !ok {
		id = int32(len(l.policy.rules))
		l.rules[r] = id
		l.policy.rules = append(l.policy.rules, r)
	}
	return id
}

// profile finds a profile by the name that a file gives.
func (l *loader) profile(file string, name yamlfile.At[string]) (int32, bool) {
	id, ok := l.profiles[name.V]
	if !ok {
		l.fail(file, name.Line, nearest(wording.PolicyUnknownProfile.With(name.V), name.V,
			slices.Sorted(maps.Keys(l.profiles))))
	}
	return id, ok
}
