package report

import (
	"context"
	"fmt"
	"time"

	"lachan/metrics/engine"
)

// lessonWindow is how far back the state of a counter at the beginning or end
// of lessons is looked for: as long as the time between ticks that are shipped
// by the hour.
const lessonWindow = 70 * time.Minute

// enough is how much of a month may be missing for its lessons not to be read day
// by day: what a few starts of the program take.
const enough = time.Minute

// readLessons measures for how long of the lessons of the period each school
// was protected. Of a month of which less than enough is missing, that is all
// the time of lessons less what is missing. Of others it is read, day by day:
// of a school with several nodes the best of each day counts; a day at whose
// end a node was silent counts for nothing of that node. So the time is never
// less than what is told.
func (b *builder) readLessons(ctx context.Context, s selector) error {
	b.lessons = make(map[string]time.Duration)
	for i, span := range b.spans() {
		held := b.lessonTime(span)
		b.lessonOf += held
		torn := make(map[string]bool)
		for id, school := range b.census.schools {
			missing := max(0, span.End.Sub(span.Start)-school.protected[i])
			if missing < enough {
				b.lessons[id] += max(0, held-missing)
			} else if school.protected[i] > 0 {
				torn[id] = true
			}
		}
		if held == 0 || len(torn) == 0 {
			continue
		}
		if err := b.readLessonDays(ctx, s.of(torn), span, torn); err != nil {
			return err
		}
	}
	return nil
}

// readLessonDays reads the days of a month of some schools.
func (b *builder) readLessonDays(ctx context.Context, s selector, span Span, schools map[string]bool) error {
	h := b.spec.Hours
	s.metric = protectedMetric
	expression := lastOver(s, lessonWindow)
	first, last := midnight(span.Start), midnight(span.End.Add(-1))
	begins, err := b.reader.engine.Range(ctx, expression, first.Add(h.From), last.Add(h.From), 24*time.Hour)
	if err != nil {
		return fmt.Errorf("read the beginning of lessons: %w", err)
	}
	ends, err := b.reader.engine.Range(ctx, expression, first.Add(h.To), last.Add(h.To), 24*time.Hour)
	if err != nil {
		return fmt.Errorf("read the end of lessons: %w", err)
	}
	b.addLessons(begins, ends, schools)
	return nil
}

// addLessons adds the lessons of a month of some schools.
func (b *builder) addLessons(begins, ends []engine.Series, schools map[string]bool) {
	type day struct {
		school string
		day    int64
	}
	best := make(map[day]time.Duration)
	began := make(map[string]map[int64]float64, len(begins))
	for _, s := range begins {
		at := make(map[int64]float64, len(s.Points))
		for _, p := range s.Points {
			at[b.dayOf(p.At)] = p.Value
		}
		began[identity(s.Labels)] = at
	}
	for _, s := range ends {
		if !schools[schoolOf(s.Labels)] {
			continue
		}
		at := began[identity(s.Labels)]
		for _, p := range s.Points {
			if !b.lessonDay(p.At) {
				continue
			}
			d := day{schoolOf(s.Labels), b.dayOf(p.At)}
			before, known := at[d.day]
			if !known {
				continue
			}
			took := time.Duration(p.Value-before) * time.Second
			best[d] = max(best[d], min(took, b.spec.Hours.To-b.spec.Hours.From))
		}
	}
	for d, took := range best {
		b.lessons[d.school] += took
	}
}

func (b *builder) dayOf(t time.Time) int64 { return midnight(t.In(b.until.Location())).Unix() }

// lessonDay tells whether lessons are held on the day of t, and are over by
// the end of what is reported.
func (b *builder) lessonDay(t time.Time) bool {
	h, day := b.spec.Hours, midnight(t.In(b.until.Location()))
	return h.Days[day.Weekday()] && !day.Before(b.spec.Period.Start) && !day.Add(h.To).After(b.until) && (h.Holiday == nil || !h.Holiday(day))
}

// lessonTime is how long lessons were held in a month.
func (b *builder) lessonTime(month Span) (sum time.Duration) {
	for day := midnight(month.Start); day.Before(month.End); day = day.AddDate(0, 0, 1) {
		if b.lessonDay(day) {
			sum += b.spec.Hours.To - b.spec.Hours.From
		}
	}
	return sum
}

// midnight is the beginning of the day of t.
func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}
