package policy

import (
	"runtime"
	"slices"
	"time"

	"lachan/internal/wording"
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
	Default    bool // only what is allowed resolves
	Only       bool // only what the profile lists resolves
	SafeSearch bool
}

// Equal reports whether two moments are alike in all that is blocked.
func (b *Blocked) Equal(other *Blocked) bool {
	return slices.Equal(b.Codes, other.Codes) && b.Default == other.Default && b.Only == other.Only
}

// Overview is what the schools of a policy and their groups may do at a moment and
// while lessons are held, those that may do the same together, the most units first.
func Overview(p *Policy, at time.Time) (settings []Setting) {
	now, lessons := p.At(nil, at, 0), lessonRules(p, at)
	byPlan := map[uint32]int{} // index into settings
	for u := range p.file.Units {
		if Kind(p.file.Units[u].Kind) != School && Kind(p.file.Units[u].Kind) != GroupKind {
			continue
		}
		plan := p.file.UnitPlan[u]
		i, known := byPlan[plan]
		if !known {
			i = len(settings)
			byPlan[plan] = i
			settings = append(settings, Setting{
				Now: blockedAt(now, uint32(u)), Lessons: blockedAt(lessons, uint32(u)),
			})
		}
		settings[i].Units = append(settings[i].Units, p.file.UnitID(uint32(u)))
	}
	slices.SortStableFunc(settings, func(a, b Setting) int { return len(b.Units) - len(a.Units) })
	runtime.KeepAlive(p)
	return settings
}

// Holding is what a unit is kept from, by the rules of a moment and while lessons are held.
func Holding(r *Rules, g GroupID) Setting {
	p := r.policy
	s := Setting{
		Units: []string{p.file.UnitID(uint32(g))}, Now: blockedAt(r, uint32(g)),
		Lessons: blockedAt(lessonRules(p, r.time), uint32(g)),
	}
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
