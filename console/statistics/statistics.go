// Package statistics is what the console shows of what was counted in some days: the
// figures that a report on them would have, small enough to be kept, and their charts.
package statistics

import (
	"cmp"
	"slices"
	"time"

	"lachan/internal/wording"
	"lachan/metrics/report/figures"
)

// A Number is a whole number, or the sign of why there is none: – is not known, * may not
// be told.
type Number = figures.Figure

// A Share is a part of a whole, or the sign of why there is none.
type Share = figures.Ratio

// Figures are what was counted in a unit in some days.
type Figures struct {
	From, To time.Time // the first and the last day
	Made     time.Time // when it was added up
	// Hidden reports whether there are too few pupils to tell anything.
	Hidden bool
	Total  figures.Counts
	Days   []Day
	Hours  []Hour // 24, or none where no whole day is in it
	// Categories are what was blocked, the most first; machine traffic last.
	Categories []Category
	Before     *Before
	Coverage   figures.Coverage
	Parts      []Part // the provinces, communes or schools in it
	Open       int    // reasons for which figures may still change
}

// A Day is one day. Allowed is all that was not blocked.
type Day struct {
	Day              time.Time
	Allowed, Blocked Number
}

// An Hour is an hour of the day, all days together, and what was blocked in it.
type Hour struct {
	Hour               int
	Content, Technical Number
}

// A Category is what was blocked of one kind.
type Category struct {
	Label     wording.Text
	Technical bool // such as adverts: nobody's misconduct
	Blocked   Number
}

// A Before is the period before, and by how much it differs.
type Before struct {
	Asked, Blocked             Number
	AskedChange, BlockedChange Share
	Why                        wording.Text // there are no changes; "" if there are
}

// A Part is a unit inside the one that is shown.
type Part struct {
	ID, Name         string
	Schools, Silent  Number // Silent is not known of provinces
	Queries, Blocked Number
	Coverage         Share
}

const (
	mostCategories = 12
	mostParts      = 400 // that are kept; those with the least coverage
)

// Of makes them of the figures of a report and of its days. label is what people call a
// category.
func Of(
	data *figures.Data, days []figures.DayCount, label func(code, vietnamese string) wording.Text, made time.Time,
) *Figures {
	f := &Figures{
		From: data.Period.Start, To: data.Period.Last(), Made: made, Total: data.Total, Coverage: data.Coverage,
		Hidden: data.Total.Queries.Sign == figures.Suppressed, Open: len(data.Provisional), Parts: partsOf(data),
	}
	f.Coverage.Nodes, f.Coverage.Backwards = nil, nil
	for _, d := range days {
		at, err := time.ParseInLocation(time.DateOnly, d.Day, f.From.Location())
		if err == nil {
			f.Days = append(f.Days, Day{at, allowed(d.Counts), d.Blocked})
		}
	}
	if data.Hours != nil {
		for hour, c := range data.Hours.Counts {
			f.Hours = append(f.Hours, Hour{hour, c.Content, c.Technical})
		}
	}
	for _, c := range data.Categories {
		if c.Blocked.Value > 0 {
			technical := c.Class == figures.Technical
			f.Categories = append(f.Categories, Category{label(c.Code, c.Label), technical, c.Blocked})
		}
	}
	slices.SortStableFunc(f.Categories, func(a, b Category) int {
		if a.Technical != b.Technical {
			return map[bool]int{true: 1, false: -1}[a.Technical]
		}
		return cmp.Compare(b.Blocked.Value, a.Blocked.Value)
	})
	f.Categories = slices.Clip(f.Categories[:min(mostCategories, len(f.Categories))])
	f.Before = beforeOf(data)
	return f
}

// allowed is what was not blocked; the sign of why it is not known.
func allowed(c figures.Counts) Number {
	if !c.Queries.Known() || !c.Blocked.Known() {
		return c.Queries
	}
	return figures.Number(c.Queries.Value - c.Blocked.Value)
}

// beforeOf is the period before; nil if the figures have none.
func beforeOf(data *figures.Data) *Before {
	if len(data.Compared) == 0 {
		return nil
	}
	c := &data.Compared[0]
	b := &Before{
		Asked: c.Counts.Queries, Blocked: c.Counts.Blocked,
		AskedChange: c.Queries.Ratio, BlockedChange: c.Blocked.Ratio,
	}
	if why := cmp.Or(c.Queries.Why, c.Blocked.Why); why != "" {
		b.Why = wording.Text{VI: why, EN: textNoChange.EN}
	}
	return b
}

// partsOf are the units inside: provinces of all, communes of a province, schools of a
// commune.
func partsOf(data *figures.Data) (parts []Part) {
	rows := data.Communes
	switch {
	case data.Rank == "school":
		return nil
	case data.Rank == "commune":
		rows = data.Schools
	case data.Rank == "operator" && len(data.Provinces) > 1:
		rows = data.Provinces
	}
	silent := make(map[string]int64)
	for i := range data.Schools {
		if s := &data.Schools[i]; s.Queries.Sign == figures.NoData {
			silent[s.Commune]++
			silent[s.ID]++
		}
	}
	provinces := len(data.Provinces) > 1 && data.Rank == "operator"
	for i := range rows {
		r := &rows[i]
		p := Part{r.ID, r.Name, r.Schools, figures.Number(silent[r.ID]), r.Queries, r.Blocked, r.Coverage}
		if provinces {
			p.Silent = Number{Sign: figures.NoData}
		}
		parts = append(parts, p)
	}
	if len(parts) > mostParts {
		least := func(a, b Part) int { return cmp.Compare(a.Coverage.PerMille, b.Coverage.PerMille) }
		slices.SortStableFunc(parts, least)
		parts = slices.Clone(parts[:mostParts])
	}
	return parts
}
