package report

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/metrics/engine"
)

// What is looked at hour by hour costs: so many days of schools, but never less
// than a week, are; of more it is the last days of the period, and the report
// says so.
const (
	daysOfSchools = 3500
	leastDays     = 7
	atOnce        = 2000 // days of schools that are in memory at a time
)

// readHours splits the blocked queries of the last days of the period, or of
// all of it, by the hour of the day.
func (b *builder) readHours(ctx context.Context, s selector) error {
	from, to := midnight(b.spec.Period.Start), midnight(b.until)
	schools := max(1, len(b.schools))
	if start := to.AddDate(0, 0, -max(leastDays, daysOfSchools/schools)); start.After(from) {
		from = start
	}
	if !from.Before(to) {
		return nil
	}
	h := &HourCounts{From: from, To: to}
	known := int64(0)
	s.metric, s.also = queriesMetric, `decision="blocked"`
	expression := lastOver(s, windows[0])
	for start := from; start.Before(to); {
		end := earlier(start.AddDate(0, 0, max(1, atOnce/schools)), to)
		list, err := b.reader.engine.Range(ctx, expression, start, end, time.Hour)
		if err != nil {
			return fmt.Errorf("read the hours from %s: %w", date(start), err)
		}
		for _, series := range list {
			if b.census.schools[schoolOf(series.Labels)] != nil {
				known += b.addHours(h, series)
			}
		}
		start = end
	}
	sum, err := b.blockedBetween(ctx, s, from, to)
	if err != nil {
		return err
	}
	h.Unknown = Number(max(0, sum-known))
	b.hours = h
	return nil
}

// addHours adds what a counter counted in each hour at whose both ends it is
// known.
func (b *builder) addHours(h *HourCounts, series engine.Series) (known int64) {
	technical := b.census.class(series.Labels.Get("category")) == Technical
	for i := 1; i < len(series.Points); i++ {
		p, q := series.Points[i-1], series.Points[i]
		if n := int64(q.Value - p.Value); n > 0 && q.At.Sub(p.At) == time.Hour {
			known += n
			b.addHour(h, p.At.In(h.From.Location()), n, technical)
		}
	}
	return known
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
	m, err := b.reader.meter(ctx, s, from, to)
	if err != nil {
		return 0, err
	}
	sum := int64(0)
	err = m.advance(ctx, b.reader, to, to.Sub(from), func(l labels.Labels, n int64) {
		if b.census.schools[schoolOf(l)] != nil {
			sum += n
		}
	})
	return sum, err
}
