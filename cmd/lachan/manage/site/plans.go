package site

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"lachan/console/frame"
	"lachan/policy"
)

// plans shows when something holds, as it is compiled, with the words of the ledger.
type plans struct{ src *Sources }

func (p plans) policy() *policy.Policy {
	_, rules, _, _ := p.src.InForce()
	return rules.Policy()
}

func (p plans) windows() []policy.Window { return policy.Windows(p.policy()) }

// timetable is the record that set a timetable in the console.
func (p plans) timetable(name string) (seq uint64, here bool) {
	v, ok := p.src.Office.Ledger.State().Get("", "timetable/"+name)
	return v.Seq, ok && v.New != nil
}

// choices are what rules can name, but what only authorities fill.
func (p plans) choices() (list []frame.Choice) {
	for i := range p.src.Facts.Categories {
		if c := &p.src.Facts.Categories[i]; !c.AuthorityOnly {
			list = append(list, frame.Choice{Code: c.Code, Name: c.Label})
		}
	}
	for i := range p.src.Facts.Services {
		service := &p.src.Facts.Services[i]
		list = append(list, frame.Choice{Code: "service:" + service.ID, Name: service.Label})
	}
	return list
}

// profiles are those that are in force, the ready-made ones first.
func (p plans) profiles() (list []frame.Profile) {
	add := func(one frame.Profile) {
		if v, ok := p.src.Office.Ledger.State().Get("", "profile/"+one.Name); ok {
			one.Own, one.Seq = v.New, v.Seq
		}
		list = append(list, one)
	}
	for i := range p.src.Facts.Profiles {
		is := &p.src.Facts.Profiles[i]
		add(frame.Profile{Name: is.Code, Ready: true, Label: is.Label, Always: is.Block, Lessons: is.Scheduled})
	}
	for _, name := range policy.Profiles(p.policy()) {
		if p.src.Facts.Profile(name) == nil {
			add(frame.Profile{Name: name})
		}
	}
	return list
}

func (p plans) week(unit string, first time.Time, days int) []policy.HeldDay {
	is := p.policy()
	g, known := is.GroupOf(unit)
	if !known {
		return nil
	}
	return policy.Days(is, g, first, days)
}

// year is the calendar of a unit: with the names of what is written in the console, and
// without those of what holds from above.
func (p plans) year(unit string) (y frame.Year) {
	is, state := p.policy(), p.src.Office.Ledger.State()
	object := "calendar"
	if unit != "" {
		school, _, _ := strings.Cut(unit, "/")
		object = "unit/" + school
	}
	y.Home = "console"
	if unit != "" {
		y.Home = policy.Place(is, unit)
	}
	if v, ok := state.Get(strings.TrimPrefix(object, "unit/"), object); unit != "" && ok && v.New != nil {
		var written struct {
			Calendar json.RawMessage `json:"calendar"`
		}
		_ = json.Unmarshal(v.New, &written) // it was compiled
		y.Home, y.Own, y.Seq = "console", written.Calendar, v.Seq
	} else if v, ok := state.Get("", object); unit == "" && ok {
		y.Own, y.Seq = v.New, v.Seq
	}
	g, _ := is.GroupOf(unit) // the first is of clients that no unit claims, under the calendar of all
	y.Runs = runsOf(policy.Year(is, g), y.Own, is.Location())
	return y
}

// runsOf are the days that hold, those that are written in a calendar with their names.
func runsOf(holds policy.SchoolYear, own json.RawMessage, zone *time.Location) (runs []frame.Run) {
	var written map[string][]struct{ Name, From, To, Date, As string }
	_ = json.Unmarshal(own, &written) // none: all is from above
	add := func(kind string, from, to time.Time, as string) {
		r := frame.Run{Kind: kind, From: from, To: to, As: as}
		for _, w := range written[kind] {
			first, err := time.ParseInLocation(time.DateOnly, cmp.Or(w.From, w.Date), zone)
			if err == nil && first.Equal(from) {
				r.Name = w.Name
			}
		}
		_, r.Own = written[kind]
		runs = append(runs, r)
	}
	for kind, list := range map[string][]policy.Run{"terms": holds.Terms, "holidays": holds.Holidays, "exams": holds.Exams} {
		for _, r := range list {
			add(kind, r.From, r.To, "")
		}
	}
	for day, as := range holds.MakeUps {
		add("make_up", day, day, strings.ToLower(as.String()[:3]))
	}
	slices.SortFunc(runs, func(a, b frame.Run) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Kind, b.Kind))
	})
	return runs
}
