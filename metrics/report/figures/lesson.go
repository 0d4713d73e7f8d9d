package figures

import (
	"context"
	"fmt"
	"time"

	"lachan/metrics"
	"lachan/metrics/engine"
)

// lessonWindow is how far back the state of a counter at the beginning or end
// of lessons is looked for: as long as the time between ticks that are shipped
// by the hour.
const lessonWindow = 70 * time.Minute

// missingTolerance is how much of a month may be missing before its lessons are read
// day by day: the time that a few starts of the program take.
const missingTolerance = time.Minute

// readLessons measures how much of the time of lessons each school was protected. In a
// month of which less than that is missing, that is the time of lessons less the
// missing time. Other months are read day by day: if a school has several nodes, the
// best of each day counts, and a node counts nothing for a day at whose end it was
// silent. So the true time is never less than the figure.
func (g *gatherer) readLessons(ctx context.Context, s selector) error {
	g.lessons, g.lessonOf = make(map[string]time.Duration), make(map[int]time.Duration)
	for i, span := range g.spans() {
		month := g.lessonTimes(span)
		torn := make(map[string]bool)
		for id, school := range g.census.schools {
			held := month[g.calendar(id)]
			missing := max(0, span.End.Sub(span.Start)-school.protected[i])
			if missing < missingTolerance {
				g.lessons[id] += max(0, held-missing)
			} else if held > 0 && school.protected[i] > 0 {
				torn[id] = true
			}
		}
		if len(torn) == 0 {
			continue
		}
		if err := g.readLessonDays(ctx, s.of(torn), span, torn); err != nil {
			return err
		}
	}
	return nil
}

// readLessonDays reads the days of a month of some schools.
func (g *gatherer) readLessonDays(ctx context.Context, s selector, span Span, schools map[string]bool) error {
	h := g.spec.Hours
	s.metric = metrics.SchoolProtected
	expression := lastOver(s, lessonWindow)
	first, last := midnight(span.Start), midnight(span.End.Add(-1))
	begins, err := g.reader.engine.Range(ctx, expression, first.Add(h.From), last.Add(h.From), 24*time.Hour)
	if err != nil {
		return fmt.Errorf("read the beginning of lessons: %w", err)
	}
	ends, err := g.reader.engine.Range(ctx, expression, first.Add(h.To), last.Add(h.To), 24*time.Hour)
	if err != nil {
		return fmt.Errorf("read the end of lessons: %w", err)
	}
	g.addLessons(begins, ends, schools)
	return nil
}

// addLessons adds the lessons of a month of some schools.
func (g *gatherer) addLessons(begins, ends []engine.Series, schools map[string]bool) {
	type day struct {
		school string
		day    int64
	}
	best := make(map[day]time.Duration)
	began := make(map[string]map[int64]float64, len(begins))
	for _, s := range begins {
		at := make(map[int64]float64, len(s.Points))
		for _, p := range s.Points {
			at[g.dayOf(p.At)] = p.Value
		}
		began[identity(s.Labels)] = at
	}
	for _, s := range ends {
		if !schools[schoolOf(s.Labels)] {
			continue
		}
		at, calendar := began[identity(s.Labels)], g.calendar(schoolOf(s.Labels))
		for _, p := range s.Points {
			if !g.lessonDay(calendar, p.At) {
				continue
			}
			d := day{schoolOf(s.Labels), g.dayOf(p.At)}
			before, known := at[d.day]
			if !known {
				continue
			}
			took := time.Duration(p.Value-before) * time.Second
			best[d] = max(best[d], min(took, g.spec.Hours.To-g.spec.Hours.From))
		}
	}
	for d, took := range best {
		g.lessons[d.school] += took
	}
}

func (sc *scope) dayOf(t time.Time) int64 { return midnight(t.In(sc.until.Location())).Unix() }

// calendar returns the calendar of a school; the first one if only counters know the
// school.
func (sc *scope) calendar(school string) int { return sc.units[school].Calendar }

// lessonDay reports whether lessons are held on the day of t in the schools of a
// calendar, and are over by the end of what is reported.
func (sc *scope) lessonDay(calendar int, t time.Time) bool {
	h, day := sc.spec.Hours, midnight(t.In(sc.until.Location()))
	return h.On(calendar, day) && !day.Before(sc.spec.Period.Start) && !day.Add(h.To).After(sc.until)
}

// lessonTimes returns the time of lessons in a month, by calendar.
func (g *gatherer) lessonTimes(month Span) map[int]time.Duration {
	times := make(map[int]time.Duration)
	for _, s := range g.schools {
		if _, done := times[s.Calendar]; done {
			continue
		}
		times[s.Calendar] = 0
		for day := midnight(month.Start); day.Before(month.End); day = day.AddDate(0, 0, 1) {
			if g.lessonDay(s.Calendar, day) {
				times[s.Calendar] += g.spec.Hours.To - g.spec.Hours.From
			}
		}
		g.lessonOf[s.Calendar] += times[s.Calendar]
	}
	return times
}

// lessonsAnywhere reports whether lessons are held on a day in any school of the
// report.
func (g *gathered) lessonsAnywhere(day time.Time) bool {
	for calendar := range g.lessonOf {
		if g.lessonDay(calendar, day) {
			return true
		}
	}
	return false
}

// midnight is the beginning of the day of t.
func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}
