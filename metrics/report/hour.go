package report

import (
	"context"
	"fmt"
	"time"

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

// hourly are the days of the period that are looked at hour by hour.
func (b *builder) hourly() Span {
	days := max(leastDays, daysOfSchools/max(1, len(b.schools)))
	s := Span{Start: midnight(b.spec.Period.Start), End: midnight(b.until)}
	if start := s.End.AddDate(0, 0, -days); start.After(s.Start) {
		s.Start = start
	}
	return s
}

// readHours splits what was blocked in these days by the hour of the day.
func (b *builder) readHours(ctx context.Context, s selector) error {
	from, to := b.hourly().Start, b.hourly().End
	if !from.Before(to) {
		return nil
	}
	h := &HourCounts{From: from, To: to}
	known := int64(0)
	s.metric, s.also = queriesMetric, `decision="blocked"`
	expression := lastOver(s, windows[0])
	for start := from; start.Before(to); {
		end := earlier(start.AddDate(0, 0, max(1, atOnce/max(1, len(b.schools)))), to)
		list, err := b.reader.engine.Range(ctx, expression, start, end, time.Hour)
		if err != nil {
			return fmt.Errorf("read the hours from %s: %w", date(start), err)
		}
		add := b.hoursOf(h, start, end)
		for _, series := range list {
			if b.census.schools[schoolOf(series.Labels)] != nil {
				known += add.series(series, b.census.class(series.Labels.Get("category")) == Technical)
			}
		}
		start = end
	}
	h.Unknown = Number(max(0, b.census.days-known))
	b.hours = h
	return nil
}

// An hourAdder adds up the hours of a few days.
type hourAdder struct {
	counts *HourCounts
	from   time.Time
	hours  []hourOfDays // from then on
}

// An hourOfDays is one hour of them.
type hourOfDays struct {
	clock  int // 0 to 23
	lesson bool
}

func (b *builder) hoursOf(h *HourCounts, from, to time.Time) *hourAdder {
	a := &hourAdder{counts: h, from: from}
	for at := from; at.Before(to); at = at.Add(time.Hour) {
		day := midnight(at)
		since, lessons := at.Sub(day), b.spec.Hours
		a.hours = append(a.hours, hourOfDays{at.Hour(), lessons.Days[day.Weekday()] && (lessons.Holiday == nil || !lessons.Holiday(day)) &&
			since >= lessons.From.Truncate(time.Hour) && since < lessons.To})
	}
	return a
}

// series adds what a counter counted in each hour at whose both ends it is
// known.
func (a *hourAdder) series(s engine.Series, technical bool) (known int64) {
	for i := 1; i < len(s.Points); i++ {
		p, q := s.Points[i-1], s.Points[i]
		n := int64(q.Value - p.Value)
		if n <= 0 || q.At.Sub(p.At) != time.Hour {
			continue
		}
		known += n
		hour := a.hours[p.At.Sub(a.from)/time.Hour]
		count := &a.counts.Counts[hour.clock]
		switch {
		case technical:
			count.Technical.Value += n
		case hour.lesson:
			count.Content.Value += n
			a.counts.Lessons.Value += n
		default:
			count.Content.Value += n
			a.counts.Outside.Value += n
		}
	}
	return known
}
