package facts

import (
	"strings"

	"lachan/internal/wording"
	"lachan/policy/catalogue"
)

// A Page is a page of the documentation that is made of the catalogue.
type Page struct{ File, Text string }

// Pages are the pages about the catalogue, each in both languages. Files are named
// from the root of the repository.
func Pages(facts *catalogue.Catalogue) []Page {
	var pages []Page
	for _, p := range []struct {
		file string
		make func(*catalogue.Catalogue, wording.Language) string
	}{{"catalogue.md", cataloguePage}, {"public-feeds.md", feedsPage}} {
		for l, dir := range map[wording.Language]string{wording.English: "docs/", wording.Vietnamese: "docs/vi/"} {
			pages = append(pages, Page{dir + p.file, p.make(facts, l)})
		}
	}
	return pages
}

// other is the line that leads to the page in the other language.
func other(l wording.Language, file string) string {
	if l == wording.English {
		return "*Tiếng Việt: [vi/" + file + "](vi/" + file + ")*"
	}
	return "*English: [../" + file + "](../" + file + ")*"
}

func paragraphs(parts ...string) string {
	for i := range parts {
		parts[i] = strings.TrimSuffix(parts[i], "\n")
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// cataloguePage has everything but the feeds.
func cataloguePage(facts *catalogue.Catalogue, l wording.Language) string {
	return paragraphs(
		"# "+pageCatalogue.In(l), other(l, "catalogue.md"), pageCatalogueAbout.In(l),
		"## "+pageCategories.In(l), pageCategoriesAbout.In(l), categoriesTable(facts).markdown(l),
		"## "+pageProfiles.In(l), pageProfilesAbout.In(l), profilesTable(facts).markdown(l),
		"## "+pageLevels.In(l), levelsTable(facts).markdown(l),
		"## "+pageTimetables.In(l), timetablesTable(facts).markdown(l),
		"## "+pageServices.In(l), pageServicesAbout.In(l), groupsTable(facts).markdown(l),
		"## "+pageCore.In(l), pageCoreAbout.In(l), coreTable(facts).markdown(l),
	)
}

// feedsPage has the public feeds, those made for Vietnam first.
func feedsPage(facts *catalogue.Catalogue, l wording.Language) string {
	t := table{head: []wording.Text{
		textHeadFeed, textHeadLabel, textHeadCategory, textHeadFormat, textHeadEntries, textHeadLicence,
		textHeadLevels, textHeadKeeper, textHeadURL,
	}}
	for i := range facts.Feeds {
		f := &facts.Feeds[i]
		label := f.Label
		if f.Note != (wording.Text{}) {
			label = wording.Text{VI: f.Label.VI + " (" + f.Note.VI + ")", EN: f.Label.EN + " (" + f.Note.EN + ")"}
		}
		t.rows = append(t.rows, []wording.Text{
			same(f.ID), label, same(f.Category), same(f.Format), entries(f), licence(f),
			levelsOf(f), same(f.KeptBy), same("<" + f.URL + ">"),
		})
	}
	return paragraphs("# "+pageFeeds.In(l), other(l, "public-feeds.md"), pageFeedsAbout.In(l), t.markdown(l))
}

// profilesTable tells of each profile what is no category.
func profilesTable(facts *catalogue.Catalogue) table {
	t := table{head: []wording.Text{
		textHeadCode, textHeadLabel, textProfileAllow, textProfileSearch, textProfileYouTube,
	}}
	for i := range facts.Profiles {
		p := &facts.Profiles[i]
		t.rows = append(t.rows, []wording.Text{
			same(p.Code), p.Label, same(orDash(strings.Join(p.Allow, ", "))),
			strictness[p.SafeSearch], strictness[p.YouTube],
		})
	}
	return t
}

// groupsTable has a row for each group of services.
func groupsTable(facts *catalogue.Catalogue) table {
	t, row := table{head: []wording.Text{pageGroup, pageServices}}, map[string]int{}
	for i := range facts.Services {
		s := &facts.Services[i]
		at, ok := row[s.Group]
		if !ok {
			at = len(t.rows)
			row[s.Group], t.rows = at, append(t.rows, []wording.Text{same(s.Group), {}})
		}
		cell, between := &t.rows[at][1], ", "
		if cell.VI == "" {
			between = ""
		}
		cell.VI += between + "`" + s.ID + "` " + s.Label.VI
		cell.EN += between + "`" + s.ID + "` " + s.Label.EN
	}
	return t
}

// coreTable has a row for each kind of names that are never blocked.
func coreTable(facts *catalogue.Catalogue) table {
	t := table{head: []wording.Text{textHeadCode, textHeadLabel, pageCoreNames}}
	for i := range facts.Core {
		e, name := &facts.Core[i], facts.Core[i].Name
		if e.Exact {
			name = "=" + name
		}
		if n := len(t.rows); n == 0 || t.rows[n-1][0].EN != e.Section {
			t.rows = append(t.rows, []wording.Text{same(e.Section), e.Why, same(name)})
			continue
		}
		cell := &t.rows[len(t.rows)-1][2]
		*cell = same(cell.EN + ", " + name)
	}
	return t
}
