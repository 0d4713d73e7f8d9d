package report

import (
	"context"
	"fmt"
	"time"
)

// hourBudget is how many hours of schools are looked at one by one: a year of
// a commune, a month of a thousand schools. Of more schools it is the last days
// of the period, and the report says so.
const hourBudget = 1000 * 31 * 24

// readHours splits the blocked queries of the last days of the period, or of
// all of it, by the hour of the day.
func (b *builder) readHours(ctx context.Context, s selector) error {
	to := midnight(b.until)
	days := max(7, hourBudget/24/max(1, len(b.schools)))
	from := midnight(b.spec.Period.Start)
	if start := to.AddDate(0, 0, -days); start.After(from) {
		from = start
	}
	if !from.Before(to) {
		return nil
	}
	h := &HourCounts{From: from, To: to}
	known := int64(0)
	blocked := selector{queriesMetric, s.schools, `decision="blocked"`}
	step := fmt.Sprintf("sum by (school, category) (last_over_time(%[1]s[16m]) - last_over_time(%[1]s[16m] offset 1h))", blocked)
	for day := from; day.Before(to); day = day.AddDate(0, 0, 1) {
		series, err := b.reader.engine.Range(ctx, step, day.Add(time.Hour), day.AddDate(0, 0, 1), time.Hour)
		if err != nil {
			return fmt.Errorf("read the hours of %s: %w", date(day), err)
		}
		for _, one := range series {
			if b.census.schools[schoolOf(one.Labels)] == nil {
				continue
			}
			technical := b.census.class(one.Labels.Get("category")) == Technical
			for _, p := range one.Points {
				n := int64(p.Value)
				known += n
				b.addHour(h, p.At.Add(-time.Hour).In(to.Location()), n, technical)
			}
		}
	}
	sum, err := b.blockedBetween(ctx, s, from, to)
	if err != nil {
		return err
	}
	h.Unknown = Number(max(0, sum-known))
	b.hours = h
	return nil
}

func (b *builder) addHour(h *HourCounts, begins time.Time, n int64, technical bool) {
	count := &h.Counts[begins.Hour()]
	if technical {
		count.Technical.Value += n
		return
	}
	count.Content.Value += n
	day := midnight(begins)
	since := begins.Sub(day)
	if b.spec.Hours.Days[day.Weekday()] && (b.spec.Hours.Holiday == nil || !b.spec.Hours.Holiday(day)) &&
		since >= b.spec.Hours.From.Truncate(time.Hour) && since < b.spec.Hours.To {
		h.Lessons.Value += n
		return
	}
	h.Outside.Value += n
}

// blockedBetween is what was blocked in some days of the period.
func (b *builder) blockedBetween(ctx context.Context, s selector, from, to time.Time) (int64, error) {
	if from.Equal(b.spec.Period.Start) && to.Equal(b.until) {
		sum := b.census.total()
		return sum.all() - sum.allowed - sum.excepted, nil
	}
	part := newCensus(b.spec.Categories, b.ids())
	if err := part.take(ctx, b.reader, s, []Span{{Start: from, End: to}}); err != nil {
		return 0, err
	}
	sum := part.total()
	return sum.all() - sum.allowed - sum.excepted, nil
}
