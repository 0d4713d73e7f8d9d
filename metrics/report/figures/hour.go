package figures

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"lachan/metrics"
	"lachan/metrics/engine"
)

// Reading hour by hour is costly, so it is bounded by days times schools, but is never
// less than a week. For longer periods it covers the last days, and the report says so.
const (
	daysOfSchools = 3500
	leastDays     = 7
	atOnce        = 1000 // days of schools that are read at a time
)

// hourly returns the days of the period that are read hour by hour.
func (sc *scope) hourly() Span {
	days := max(leastDays, daysOfSchools/max(1, len(sc.schools)))
	s := Span{Start: midnight(sc.spec.Period.Start), End: midnight(sc.until)}
	if start := s.End.AddDate(0, 0, -days); start.After(s.Start) {
		s.Start = start
	}
	return s
}

// readHours splits what was blocked in these days by the hour of the day.
func (g *gatherer) readHours(ctx context.Context, s selector) error {
	from, to := g.hourly().Start, g.hourly().End
	if !from.Before(to) {
		return nil
	}
	h := &HourCounts{From: from, To: to}
	known := int64(0)
	s.metric, s.also = metrics.SchoolQueries, `decision="blocked"`
	expression := lastOver(s, windows[0])
	var parts []Span
	for start := from; start.Before(to); start = parts[len(parts)-1].End {
		parts = append(
			parts,
			Span{Start: start, End: earlier(start.AddDate(0, 0, max(1, atOnce/max(1, len(g.schools)))), to)},
		)
	}
	read := func(ctx context.Context, i int) ([]engine.Series, error) {
		list, err := g.reader.engine.Range(ctx, expression, parts[i].Start, parts[i].End, time.Hour)
		if err != nil {
			return nil, fmt.Errorf("read the hours from %s: %w", Date(parts[i].Start), err)
		}
		return list, nil
	}
	err := inTurn(ctx, len(parts), read, func(i int, list []engine.Series) {
		add := g.hoursOf(h, parts[i].Start, parts[i].End)
		for _, series := range list {
			if g.census.schools[schoolOf(series.Labels)] != nil {
				known += add.series(
					series,
					g.calendar(schoolOf(series.Labels)),
					g.census.class(series.Labels.Get("category")) == Technical,
				)
			}
		}
	})
	if err != nil {
		return err
	}
	h.Unknown = Number(max(0, g.census.days-known))
	g.hours = h
	return nil
}

// An hourAdder adds up the hours of a few days.
type hourAdder struct {
	counts  *HourCounts
	from    time.Time
	clock   []int          // 0 to 23, of each hour from then on
	lessons map[int][]bool // whether it is one of lessons, by calendar
}

func (g *gatherer) hoursOf(h *HourCounts, from, to time.Time) *hourAdder {
	a := &hourAdder{counts: h, from: from, lessons: make(map[int][]bool)}
	held := g.spec.Hours
	for calendar := range g.lessonOf {
		for at := from; at.Before(to); at = at.Add(time.Hour) {
			day := midnight(at)
			since := at.Sub(day)
			a.lessons[calendar] = append(
				a.lessons[calendar],
				since >= held.From.Truncate(time.Hour) && since < held.To && held.On(calendar, day),
			)
		}
	}
	for at := from; at.Before(to); at = at.Add(time.Hour) {
		a.clock = append(a.clock, at.Hour())
	}
	return a
}

// series adds the increase of a counter in each hour at both ends of which its value
// is known.
func (a *hourAdder) series(s engine.Series, calendar int, technical bool) (known int64) {
	lessons := a.lessons[calendar]
	for i := 1; i < len(s.Points); i++ {
		p, q := s.Points[i-1], s.Points[i]
		n := int64(q.Value - p.Value)
		if n <= 0 || q.At.Sub(p.At) != time.Hour {
			continue
		}
		known += n
		hour := p.At.Sub(a.from) / time.Hour
		count := &a.counts.Counts[a.clock[hour]]
		switch {
		case technical:
			count.Technical.Value += n
		case lessons[hour]:
			count.Content.Value += n
			a.counts.Lessons.Value += n
		default:
			count.Content.Value += n
			a.counts.Outside.Value += n
		}
	}
	return known
}

// What a report on one school has beside: its days, and its groups.

// A dayCount is what one school counted on a day.
type dayCount struct {
	day   time.Time
	heard bool
	outcomes
}

// A schoolMark is what one school had counted at a moment.
type schoolMark struct {
	outcomes
	protected time.Duration
}

// only returns what the school of a census of one school has counted so far; nil for
// a census of several.
func (c *census) only() *schoolMark {
	if len(c.schools) != 1 {
		return nil
	}
	for _, school := range c.schools {
		m := &schoolMark{outcomes: school.outcomes, protected: school.protectedInAll()}
		m.blocked = slices.Clone(school.blocked)
		for _, d := range school.nodes {
			m.protected += d
		}
		return m
	}
	return nil
}

// closeDay notes what was counted since a mark that was taken when the day began.
func (c *census) closeDay(day time.Time, since *schoolMark) {
	now := c.only()
	if since == nil || now == nil {
		return
	}
	d := dayCount{day: day, heard: now.all() > since.all() || now.protected > since.protected}
	d.allowed, d.excepted = now.allowed-since.allowed, now.excepted-since.excepted
	for category, n := range now.blocked {
		if category < len(since.blocked) {
			n -= since.blocked[category]
		}
		d.block(category, n)
	}
	c.daily = append(c.daily, d)
}

// ofOneSchool adds the days and the groups of a report on a school.
func (b *builder) ofOneSchool(d *Data) {
	if b.unit.Rank != School || len(b.schools) != 1 {
		return
	}
	for i := range b.census.daily {
		one := &b.census.daily[i]
		d.Days = append(d.Days, DayCount{one.day.Format(time.DateOnly), b.counts(&one.outcomes, one.heard)})
	}
	for _, group := range slices.Sorted(maps.Keys(b.census.groups)) {
		name := "Chung (ngoài các nhóm)"
		if group != "" {
			name = cmp.Or(b.spec.Groups[b.unit.ID+"/"+group], group)
		}
		d.Groups = append(d.Groups, GroupCount{group, name, b.counts(b.census.groups[group], true)})
	}
}
