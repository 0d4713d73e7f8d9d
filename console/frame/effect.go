package frame

import (
	"strings"
	"time"

	"lachan/admin"
	"lachan/internal/wording"
	"lachan/policy"
)

// An Effect is who is newly blocked and newly opened by what a form would decide.
type Effect struct {
	Blocked, Opened     []Reached
	Units               int
	Now, Lessons, Ahead admin.Change
	First               time.Time
	Who                 []Named // some of the units
	Others              int     // that are not among them
}

// A Reached is what is newly blocked or opened, and for how many units.
type Reached struct {
	Name  wording.Text
	Units int
}

// What a page shows of an effect: more is in the answer of the API.
const (
	mostShownReaches = 15
	mostShownUnits   = 20
)

// EffectOf is what a preview says of the outcome of a decision on structure.
func (v *Visit) EffectOf(i admin.Impact) *Effect {
	e := &Effect{Units: i.Units, Now: i.Now, Lessons: i.Lessons, Ahead: i.Ahead, First: i.First}
	reached := func(list []admin.Reach) (shown []Reached) {
		for _, r := range list[:min(len(list), mostShownReaches)] {
			shown = append(shown, Reached{v.Site.labelOf(r.Code), r.Units})
		}
		return shown
	}
	e.Blocked, e.Opened = reached(i.Blocked), reached(i.Opened)
	for _, id := range i.Who[:min(len(i.Who), mostShownUnits)] {
		e.Who = append(e.Who, Named{id, v.UnitName(id)})
	}
	e.Others = i.Units - len(e.Who)
	return e
}

// UnitName is what people call a unit; its id if it is not there yet, or no more.
func (v *Visit) UnitName(id string) string {
	if id == "" {
		return textUnclaimed.In(v.Who.Language)
	}
	name, known := v.units[id]
	if known {
		return name
	}
	if v.units == nil {
		v.units = map[string]string{}
	}
	name = id
	if u, err := v.Site.Desk.Unit(v.Context(), v.Who.Actor, id); err == nil && u.Name != "" {
		name = u.Name
	} else if above := v.above()[id]; above != "" {
		name = above
	}
	v.units[id] = name
	return name
}

// above are the names of the units above the visitor's, which he need not be able to look into.
func (v *Visit) above() map[string]string {
	if v.aboveNames == nil {
		v.aboveNames = map[string]string{}
		if own, err := v.Site.Holds(v.Who.Unit); err == nil {
			for _, u := range own.Above {
				v.aboveNames[u.ID] = u.Name
			}
		}
	}
	return v.aboveNames
}

// labelOf is what people call a category, a service or all others.
func (s *Site) labelOf(code string) wording.Text {
	if code == policy.AllOthers {
		return textAllOthers
	}
	for _, c := range s.Choices() {
		if c.Code == code {
			return c.Name
		}
	}
	if strings.Contains(code, ".") {
		return wording.Text{VI: Line(code)} // a name of a rule
	}
	return s.Category(code)
}
