package policy

import (
	"runtime"
	"slices"
	"strings"
	"time"

	"lachan/internal/wording"
	"lachan/policy/compiled"
)

// A Setting is what several schools and groups may do alike.
type Setting struct {
	Units   []string // ids, in the order of the policy
	Now     Blocked  // at the moment that was asked about
	Lessons Blocked  // while lessons are held
}

// Blocked is what clients are kept from at a moment, for people.
type Blocked struct {
	Profile    string
	Codes      []string // of the categories and services, most severe first
	Labels     []wording.Text
	Names      []string // single names that rules of these hours block, in order
	Default    bool     // only what is allowed resolves
	Only       bool     // only what the profile lists resolves
	SafeSearch bool
}

// Equal reports whether two moments are alike in all that is blocked.
func (b *Blocked) Equal(other *Blocked) bool {
	return slices.Equal(b.Codes, other.Codes) && slices.Equal(b.Names, other.Names) &&
		b.Default == other.Default && b.Only == other.Only
}

// Overview is what the schools of a policy and their groups may do at a moment and
// while lessons are held, those that may do the same together, the most units first.
func Overview(p *Policy, at time.Time) (settings []Setting) {
	now, lessons := p.At(nil, at, 0), lessonRules(p, at)
	type alike struct {
		plan         uint32
		now, lessons string // the names that rules block
	}
	byPlan := map[alike]int{} // index into settings
	scheduled := scheduledNames(p)
	for u := range p.file.Units {
		if Kind(p.file.Units[u].Kind) != School && Kind(p.file.Units[u].Kind) != GroupKind {
			continue
		}
		names, inLessons := scheduled.blocked(now, uint32(u)), scheduled.blocked(lessons, uint32(u))
		key := alike{p.file.UnitPlan[u], strings.Join(names, " "), strings.Join(inLessons, " ")}
		i, known := byPlan[key]
		if !known {
			i = len(settings)
			byPlan[key] = i
			s := Setting{Now: blockedAt(now, uint32(u)), Lessons: blockedAt(lessons, uint32(u))}
			s.Now.Names, s.Lessons.Names = names, inLessons
			settings = append(settings, s)
		}
		settings[i].Units = append(settings[i].Units, p.file.UnitID(uint32(u)))
	}
	slices.SortStableFunc(settings, func(a, b Setting) int { return len(b.Units) - len(a.Units) })
	runtime.KeepAlive(p)
	return settings
}

// scheduled are the entries for names that rules have, by the unit whose they are.
type scheduled map[uint32][]int32

func scheduledNames(p *Policy) scheduled {
	list := scheduled{}
	for i := range p.file.Own.Entries {
		if e := &p.file.Own.Entries[i]; e.During != 0 {
			list[e.Owner] = append(list[e.Owner], int32(i))
		}
	}
	return list
}

// blocked are the names that rules of a unit and of those above it block at a moment.
func (s scheduled) blocked(r *Rules, u uint32) (names []string) {
	if len(s) == 0 {
		return nil
	}
	f := &r.policy.file
	open := r.minutes[f.UnitPlan[u]].open
	for ; u != compiled.NoUnit; u = f.Parents[u] {
		for _, i := range s[u] {
			if e := &f.Own.Entries[i]; !e.Allows() && open[e.During-1] && e.Counts(r.now) {
				names = append(names, f.Own.Name(i))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Holding is what a unit is kept from, by the rules of a moment and while lessons are held.
func Holding(r *Rules, g GroupID) Setting {
	p := r.policy
	lessons, names := lessonRules(p, r.time), scheduledNames(p)
	s := Setting{
		Units: []string{p.file.UnitID(uint32(g))}, Now: blockedAt(r, uint32(g)), Lessons: blockedAt(lessons, uint32(g)),
	}
	s.Now.Names, s.Lessons.Names = names.blocked(r, uint32(g)), names.blocked(lessons, uint32(g))
	runtime.KeepAlive(p)
	return s
}

// blockedAt is what a unit is kept from by some rules.
func blockedAt(r *Rules, u uint32) Blocked {
	tags := &r.policy.file.Tags
	profile := r.minutes[r.policy.file.UnitPlan[u]].profile
	s := severityOf(r, u)
	b := Blocked{
		Profile: profile.Name, Default: s.deny && !s.closed, Only: s.closed, SafeSearch: s.safeSearch > 0,
	}
	for bit := range s.shut.Each {
		if tags.Single.Has(bit) || bit == tags.Core {
			continue
		}
		b.Codes = append(b.Codes, tags.All[bit].Code)
		b.Labels = append(b.Labels, tags.All[bit].Label)
	}
	return b
}
