// Package figures makes the numbers of a report: what was counted in a period,
// exactly, and what is not known. It reads them from an Engine and knows
// nothing of documents, but for the few words that Data carries (wording.go).
//
// # How figures are made
//
// Counters never go back. A figure is the value of counters at the end of the period
// less the value at its beginning, summed over nodes and groups; both are exact
// integers in every engine. All figures of a report are sums of the same differences,
// one for each counter and month, so that categories, levels, communes, schools and
// months agree with the totals.
//
// A node that was silent at the end of a month counts with its last sample in
// it; what it sends later is counted where its samples say. Until a node has
// sent everything up to the end of the period, the report is provisional and names
// the node.
package figures

import (
	"context"
	"slices"
	"time"

	"lachan/internal/wording"
)

// A Result is the figures of a report, and what they are of.
type Result struct {
	Spec   Spec            // with its defaults, and of the orders those that are reported on
	Unit   Unit            // that reports
	Units  map[string]Unit // all that are known, by id
	Data   *Data
	Beside *Beside
	// Reasons are those of Data.Provisional in each language.
	Reasons []wording.Text
}

// Build makes the figures that the spec asks for. An error is the engine's, or
// ErrUnit.
func Build(ctx context.Context, engine Engine, spec Spec) (*Result, error) {
	until := earlier(spec.Period.End, spec.Now).In(spec.Period.Start.Location())
	g := &gatherer{gathered: gathered{scope: scope{spec: spec, until: until}}}
	g.reader = &reader{engine: engine, done: g.step}
	g.spec.Hours = spec.Hours.orDefault()
	if spec.Document != "" {
		g.spec.Orders = slices.DeleteFunc(
			slices.Clone(spec.Orders),
			func(o Order) bool { return o.Document != spec.Document },
		)
	}
	if err := g.gather(ctx); err != nil {
		return nil, err
	}
	b := &builder{&g.gathered}
	data := b.data()
	beside := (&besideBuilder{&g.gathered}).beside(data)
	return &Result{
		Spec: g.spec, Unit: g.unit, Units: g.units, Data: data, Beside: beside, Reasons: b.reasons(),
	}, nil
}

// ByDay counts the days of a period, as far as they have begun: all schools of the unit
// together, by the rules of the figures of the whole, which are told only if those are. An
// error is as Build's.
func ByDay(ctx context.Context, engine Engine, spec Spec, whole *Data) ([]DayCount, error) {
	until := earlier(spec.Period.End, spec.Now).In(spec.Period.Start.Location())
	g := &gatherer{gathered: gathered{scope: scope{spec: spec, until: until}}}
	g.reader = &reader{engine: engine, done: g.step}
	var spans []Span
	for at := spec.Period.Start; at.Before(until); at = at.AddDate(0, 0, 1) {
		spans = append(spans, Span{Start: at, End: earlier(at.AddDate(0, 0, 1), until)})
	}
	if len(spans) == 0 {
		return nil, nil
	}
	if err := g.place(ctx, g.reader); err != nil {
		return nil, err
	}
	g.census = newCensus(g.spec.Categories, g.ids())
	if err := g.census.take(ctx, g.reader, g.selector(), spans, Span{}); err != nil {
		return nil, err
	}
	b := &builder{&g.gathered}
	days := make([]DayCount, len(spans))
	for i, span := range spans {
		days[i].Day = span.Start.Format(time.DateOnly)
		days[i].Counts = b.counts(&g.census.months[i], g.census.heardIn(i))
		if whole.Total.Queries.Sign == Suppressed {
			days[i].Counts = whole.Total
		}
	}
	return days, nil
}

// gathered is what was read for a report.
type gathered struct {
	scope
	nodes    []NodeState
	answers  Answers
	visits   Figure
	checks   CheckCounts
	observed []ObservedCount

	census   *census
	lessons  map[string]time.Duration // protected in lessons, by school
	lessonOf map[int]time.Duration    // there were, by calendar
	hours    *HourCounts
	others   []otherPeriod
}

// A gatherer reads what a report is made of.
type gatherer struct {
	gathered
	reader *reader
	steps  int
}

// An otherPeriod is one that the period is compared with.
type otherPeriod struct {
	Period
	label  string
	census *census
}

func (g *gatherer) gather(ctx context.Context) error {
	if err := g.place(ctx, g.reader); err != nil {
		return err
	}
	if err := g.readNodes(ctx); err != nil {
		return err
	}
	s, ids := g.selector(), g.ids()
	g.census = newCensus(g.spec.Categories, ids)
	if err := g.census.take(ctx, g.reader, s, g.spans(), g.hourly()); err != nil {
		return err
	}
	if err := g.readAnswers(ctx); err != nil {
		return err
	}
	if err := g.readVisits(ctx, s); err != nil {
		return err
	}
	if err := g.readObserved(ctx, s); err != nil {
		return err
	}
	if err := g.readChecks(ctx, s); err != nil {
		return err
	}
	if err := g.readLessons(ctx, s); err != nil {
		return err
	}
	if err := g.readHours(ctx, s); err != nil {
		return err
	}
	for _, other := range g.otherPeriods() {
		other.census = newCensus(g.spec.Categories, ids)
		whole := []Span{{Start: other.Start, End: other.End}}
		if err := other.census.take(ctx, g.reader, s, whole, Span{}); err != nil {
			return err
		}
		g.others = append(g.others, other)
	}
	return nil
}

// step reports progress after each read.
func (g *gatherer) step() {
	g.steps++
	if g.spec.Progress != nil {
		all := 3 + len(g.spans()) + 2*len(g.otherPeriods())
		g.spec.Progress(min(g.steps, all), all)
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
