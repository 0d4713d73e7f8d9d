package facts

import (
	"fmt"
	"slices"
	"strings"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
	"lachan/policy/catalogue"
)

// servicePrefix stands before the id of a service in a policy.
const servicePrefix = "service:"

func categoryCodes(facts *catalogue.Catalogue) (codes []string) {
	for i := range facts.Categories {
		codes = append(codes, facts.Categories[i].Code, facts.Categories[i].Alias)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func levelCodes(facts *catalogue.Catalogue) (codes []string) {
	for i := range facts.Levels {
		codes = append(codes, facts.Levels[i].Code, facts.Levels[i].Alias)
	}
	return codes
}

// mark says when a profile blocks a category.
func mark(p *catalogue.Profile, category string) wording.Text {
	switch {
	case slices.Contains(p.Block, category):
		return textAlways
	case slices.Contains(p.Scheduled, category):
		return textLessons
	}
	return same("–")
}

// categoriesTable has a column for each profile, with when it blocks.
func categoriesTable(facts *catalogue.Catalogue) table {
	t := table{head: []wording.Text{textHeadCode, textHeadAlias, textHeadLabel, textHeadClass, textHeadLock}}
	for i := range facts.Profiles {
		t.head = append(t.head, same(facts.Profiles[i].Code))
	}
	for i := range facts.Categories {
		k := &facts.Categories[i]
		row := []wording.Text{same(k.Code), same(k.Alias), k.Label, classes[k.Class], locks[k.Lock]}
		for j := range facts.Profiles {
			row = append(row, mark(&facts.Profiles[j], k.Code))
		}
		t.rows = append(t.rows, row)
	}
	return t
}

func levelsTable(facts *catalogue.Catalogue) table {
	t := table{head: []wording.Text{textHeadCode, textHeadAlias, textHeadLabel, textHeadProfile}}
	for i := range facts.Levels {
		l := &facts.Levels[i]
		t.rows = append(t.rows, []wording.Text{same(l.Code), same(l.Alias), l.Label, same(l.Profile)})
	}
	return t
}

func timetablesTable(facts *catalogue.Catalogue) table {
	h := &facts.SchoolHours
	return table{
		head: []wording.Text{textHeadCode, textHeadLabel, textHeadDays, textHeadHours},
		rows: [][]wording.Text{
			{same(h.Code), h.Label, same(h.Days), same(h.From + "–" + h.To)},
			{same(catalogue.OutsideHours), textOutside, same("all"), textOutsideHours.With(h.Code)},
		},
	}
}

func servicesTable(services []catalogue.Service) table {
	t := table{head: []wording.Text{textHeadCode, textHeadLabel, textHeadCategories, textHeadNames}}
	for i := range services {
		s := &services[i]
		t.rows = append(t.rows, []wording.Text{
			same(servicePrefix + s.ID), s.Label, same(orDash(strings.Join(s.Categories, ", "))),
			same(fmt.Sprint(len(s.Domains))),
		})
	}
	return t
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// needed are the names that a service does not work without, besides its own.
func needed(facts *catalogue.Catalogue, s *catalogue.Service) (names []string) {
	for _, id := range s.Needs {
		if at, ok := facts.Service(id); ok {
			names = append(names, facts.Services[at].Domains...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// A line is a label and what is told under it.
type line struct{ label, value wording.Text }

// say prints a name with what it is, and lines below it. Empty values are left out.
func say(c command.Call, name string, what wording.Text, lines ...line) error {
	if err := c.Say(same(name + ": " + what.In(c.Lang))); err != nil {
		return err
	}
	for _, l := range lines {
		if l.value == (wording.Text{}) {
			continue
		}
		if err := c.Say(same("  " + l.label.In(c.Lang) + ": " + l.value.In(c.Lang))); err != nil {
			return err
		}
	}
	return nil
}

// sayServices tells the two sets of names of each service.
func sayServices(c command.Call, facts *catalogue.Catalogue, services []catalogue.Service) error {
	for i := range services {
		s := &services[i]
		err := say(c, servicePrefix+s.ID, s.Label,
			line{textHeadCategories, same(orDash(strings.Join(s.Categories, ", ")))},
			line{textServiceOwn, same(strings.Join(s.Domains, " "))},
			line{textServiceNeeds, same(strings.Join(needed(facts, s), " "))})
		if err != nil {
			return err
		}
	}
	return nil
}

// labels are the labels of categories, given by their codes.
func labels(facts *catalogue.Catalogue, codes []string) (all wording.Text) {
	var vi, en []string
	for _, code := range codes {
		if at, ok := facts.Category(code); ok {
			k := &facts.Categories[at]
			vi, en = append(vi, k.Code+" ("+k.Label.VI+")"), append(en, k.Code+" ("+k.Label.EN+")")
		}
	}
	return wording.Text{VI: orDash(strings.Join(vi, "; ")), EN: orDash(strings.Join(en, "; "))}
}

// blocks tells what a profile blocks and when.
func blocks(facts *catalogue.Catalogue, p *catalogue.Profile) []line {
	h := &facts.SchoolHours
	return []line{
		{textProfileAlways, labels(facts, p.Block)},
		{textProfileLessons.With(h.Code, h.Days, h.From, h.To), labels(facts, p.Scheduled)},
		{textProfileAllow, same(orDash(strings.Join(p.Allow, ", ")))},
		{textProfileSearch, strictness[p.SafeSearch]},
		{textProfileYouTube, strictness[p.YouTube]},
	}
}

// sayProfile tells of a profile.
func sayProfile(c command.Call, facts *catalogue.Catalogue, p *catalogue.Profile) error {
	return say(c, p.Code, p.Label, blocks(facts, p)...)
}

// sayLevels tells of each level its profile.
func sayLevels(c command.Call, facts *catalogue.Catalogue) error {
	for i := range facts.Levels {
		l := &facts.Levels[i]
		lines := append([]line{{textHeadProfile, same(l.Profile)}}, blocks(facts, facts.Profile(l.Profile))...)
		if err := say(c, l.Code+" ("+l.Alias+")", l.Label, lines...); err != nil {
			return err
		}
	}
	return nil
}

// entries is the size of a feed, as far as it is known.
func entries(f *catalogue.Feed) wording.Text {
	switch {
	case f.Entries == 0:
		return textUnknown
	case f.AsOf == "":
		return same(fmt.Sprint(f.Entries))
	}
	return same(fmt.Sprintf("%d (%s)", f.Entries, f.AsOf))
}

// levelsOf are the levels that a feed is for.
func levelsOf(f *catalogue.Feed) wording.Text {
	if len(f.Levels) == 0 {
		return textAllLevels
	}
	return same(strings.Join(f.Levels, ", "))
}

// licence is that of a feed.
func licence(f *catalogue.Feed) wording.Text {
	if f.Licence == catalogue.Unknown {
		return textUnknown
	}
	return same(f.Licence)
}

// sayFeeds tells of each feed what there is to know.
func sayFeeds(c command.Call, feeds []catalogue.Feed) error {
	for i := range feeds {
		f := &feeds[i]
		err := say(c, f.ID, f.Label,
			line{textHeadURL, same(f.URL)},
			line{textFeedMirrors, same(strings.Join(f.Mirrors, " "))},
			line{textHeadCategory, same(f.Category)},
			line{textHeadFormat, same(f.Format)},
			line{textHeadLicence, licence(f)},
			line{textHeadEntries, entries(f)},
			line{textHeadKeeper, same(f.KeptBy)},
			line{textHeadLevels, levelsOf(f)},
			line{textFeedSource, same(f.Source)},
			line{textFeedNote, f.Note})
		if err != nil {
			return err
		}
	}
	return c.Say(textFeedsHow.With(len(feeds)))
}
