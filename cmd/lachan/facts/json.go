package facts

import (
	"lachan/internal/wording"
	"lachan/policy/catalogue"
)

// A label is a text in both languages, for programs.
type label struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

func labelOf(t wording.Text) label { return label(t) }

// A categoryFact is a category as `lachan catalogue categories --json` prints it.
type categoryFact struct {
	Code          string            `json:"code"`
	Alias         string            `json:"alias"`
	Label         label             `json:"label"`
	Class         string            `json:"class"`          // harmful, managed or technical
	Lock          string            `json:"lock"`           // none, province or central
	AuthorityOnly bool              `json:"authority_only"` // only feeds of an authority fill it
	Profiles      map[string]string `json:"profiles"`       // always, lessons or never
}

func categoriesJSON(facts *catalogue.Catalogue) []categoryFact {
	all := []categoryFact{}
	for i := range facts.Categories {
		k := &facts.Categories[i]
		f := categoryFact{
			k.Code, k.Alias, labelOf(k.Label), classNames[k.Class], lockNames[k.Lock], k.AuthorityOnly,
			map[string]string{},
		}
		for j := range facts.Profiles {
			p := &facts.Profiles[j]
			switch mark(p, k.Code) {
			case textAlways:
				f.Profiles[p.Code] = "always"
			case textLessons:
				f.Profiles[p.Code] = "lessons"
			default:
				f.Profiles[p.Code] = "never"
			}
		}
		all = append(all, f)
	}
	return all
}

// A serviceFact is a service with its two sets of names.
type serviceFact struct {
	ID         string   `json:"id"`
	Label      label    `json:"label"`
	Group      string   `json:"group"`
	Categories []string `json:"categories"`
	Domains    []string `json:"domains"`     // what a block of it shuts
	Needs      []string `json:"needs"`       // services that it does not work without
	NeedsNames []string `json:"needs_names"` // their names: what an allow of it opens besides
}

func servicesJSON(facts *catalogue.Catalogue, services []catalogue.Service) []serviceFact {
	all := []serviceFact{}
	for i := range services {
		s := &services[i]
		all = append(all, serviceFact{
			s.ID, labelOf(s.Label), s.Group, some(s.Categories), some(s.Domains), some(s.Needs), some(needed(facts, s)),
		})
	}
	return all
}

// some is a list that is never null.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// A profileFact is a ready-made profile.
type profileFact struct {
	Code       string   `json:"code"`
	Label      label    `json:"label"`
	Levels     []string `json:"levels"` // whose schools have it if they name none
	Block      []string `json:"block"`
	Lessons    []string `json:"block_in_lessons"`
	During     string   `json:"during"` // the timetable of block_in_lessons
	Allow      []string `json:"allow"`
	SafeSearch string   `json:"safe_search"`
	YouTube    string   `json:"youtube"`
}

func profilesJSON(facts *catalogue.Catalogue, profiles []catalogue.Profile) []profileFact {
	all := []profileFact{}
	for i := range profiles {
		p := &profiles[i]
		levels := []string{}
		for j := range facts.Levels {
			if facts.Levels[j].Profile == p.Code {
				levels = append(levels, facts.Levels[j].Code)
			}
		}
		all = append(all, profileFact{
			p.Code, labelOf(p.Label), levels, some(p.Block), some(p.Scheduled), facts.SchoolHours.Code, some(p.Allow),
			strictnessNames[p.SafeSearch], strictnessNames[p.YouTube],
		})
	}
	return all
}

// A levelFact is a level of schools, with what its profile blocks and when.
type levelFact struct {
	Code    string   `json:"code"`
	Alias   string   `json:"alias"`
	Label   label    `json:"label"`
	Profile string   `json:"profile"`
	Block   []string `json:"block"`
	Lessons []string `json:"block_in_lessons"`
	During  string   `json:"during"`
}

func levelsJSON(facts *catalogue.Catalogue) []levelFact {
	all := []levelFact{}
	for i := range facts.Levels {
		l := &facts.Levels[i]
		p := facts.Profile(l.Profile)
		all = append(all, levelFact{
			l.Code, l.Alias, labelOf(l.Label), l.Profile, some(p.Block), some(p.Scheduled), facts.SchoolHours.Code,
		})
	}
	return all
}

// A timetableFact is a timetable that is built in.
type timetableFact struct {
	Code  string `json:"code"`
	Label label  `json:"label"`
	Days  string `json:"days"`
	From  string `json:"from"`
	To    string `json:"to"`
	Not   string `json:"not,omitempty"` // the timetable that it is the rest of
}

func timetablesJSON(facts *catalogue.Catalogue) []timetableFact {
	h := &facts.SchoolHours
	return []timetableFact{
		{h.Code, labelOf(h.Label), h.Days, h.From, h.To, ""},
		{catalogue.OutsideHours, labelOf(textOutside), "all", "00:00", "24:00", h.Code},
	}
}

// A feedFact is a public feed.
type feedFact struct {
	Name     string   `json:"name"`
	Label    label    `json:"label"`
	URL      string   `json:"url"`
	Mirrors  []string `json:"mirrors"`
	Format   string   `json:"format"`
	Category string   `json:"category"`
	Licence  string   `json:"licence"` // "unknown" if no statement was found
	Entries  int      `json:"entries"` // 0 if not known
	AsOf     string   `json:"as_of"`   // the day of entries; "" if not known
	KeptBy   string   `json:"kept_by"`
	Levels   []string `json:"levels"` // empty for all
	Source   string   `json:"source"`
	Note     label    `json:"note"`
}

func feedsJSON(feeds []catalogue.Feed) []feedFact {
	all := []feedFact{}
	for i := range feeds {
		f := &feeds[i]
		all = append(all, feedFact{
			f.ID, labelOf(f.Label), f.URL, some(f.Mirrors), f.Format, f.Category, f.Licence, f.Entries, f.AsOf,
			f.KeptBy, some(f.Levels), f.Source, labelOf(f.Note),
		})
	}
	return all
}
