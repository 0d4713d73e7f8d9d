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
)

// A Result is the figures of a report, and what they are of.
type Result struct {
	Spec   Spec            // with its defaults, and of the orders those that are reported on
	Unit   Unit            // that reports
	Units  map[string]Unit // all that are known, by id
	Data   *Data
	Beside *Beside
}

// Build makes the figures that the spec asks for. An error is the engine's, or
// ErrUnit.
func Build(ctx context.Context, engine Engine, spec Spec) (*Result, error) {
	b := &builder{spec: spec, until: earlier(spec.Period.End, spec.Now).In(spec.Period.Start.Location())}
	b.reader = &reader{engine: engine, done: b.step}
	b.spec.Hours = spec.Hours.orDefault()
	if spec.Document != "" {
		b.spec.Orders = slices.DeleteFunc(
			slices.Clone(spec.Orders),
			func(o Order) bool { return o.Document != spec.Document },
		)
	}
	if err := b.gather(ctx); err != nil {
		return nil, err
	}
	data := b.data()
	return &Result{Spec: b.spec, Unit: b.unit, Units: b.units, Data: data, Beside: b.beside(data)}, nil
}

// A builder gathers what a report is made of.
type builder struct {
	spec   Spec
	until  time.Time // the end of the period, or now when that is earlier
	reader *reader
	steps  int

	unit    Unit
	units   map[string]Unit
	schools []schoolAt // of the unit, in the order of their communes and names
	nodes   []NodeState
	answers Answers
	visits  Figure
	checks  CheckCounts

	census   *census
	lessons  map[string]time.Duration // protected in lessons, by school
	lessonOf map[int]time.Duration    // there were, by calendar
	hours    *HourCounts
	others   []otherPeriod
}

// A schoolAt is a school of the report and where it belongs.
type schoolAt struct {
	Unit
	place
	before []place
}

// An otherPeriod is one that the period is compared with.
type otherPeriod struct {
	Period
	label  string
	census *census
}

func (b *builder) gather(ctx context.Context) error {
	if err := b.place(ctx); err != nil {
		return err
	}
	if err := b.readNodes(ctx); err != nil {
		return err
	}
	s, ids := b.selector(), b.ids()
	b.census = newCensus(b.spec.Categories, ids)
	if err := b.census.take(ctx, b.reader, s, b.spans(), b.hourly()); err != nil {
		return err
	}
	if err := b.readAnswers(ctx); err != nil {
		return err
	}
	if err := b.readVisits(ctx, s); err != nil {
		return err
	}
	if err := b.readChecks(ctx, s); err != nil {
		return err
	}
	if err := b.readLessons(ctx, s); err != nil {
		return err
	}
	if err := b.readHours(ctx, s); err != nil {
		return err
	}
	for _, other := range b.otherPeriods() {
		other.census = newCensus(b.spec.Categories, ids)
		whole := []Span{{Start: other.Start, End: other.End}}
		if err := other.census.take(ctx, b.reader, s, whole, Span{}); err != nil {
			return err
		}
		b.others = append(b.others, other)
	}
	return nil
}

// spans are the months of the period, as far as there are any yet.
func (b *builder) spans() (spans []Span) {
	for _, s := range b.spec.Period.Months() {
		if len(spans) > 0 && !s.Start.Before(b.until) {
			break
		}
		s.End = earlier(s.End, b.until)
		spans = append(spans, s)
	}
	return spans
}

func (b *builder) otherPeriods() []otherPeriod {
	previous, ago := b.spec.Period.Previous(), b.spec.Period.YearAgo()
	others := []otherPeriod{{Period: previous, label: "Kỳ trước"}}
	if !previous.Start.Equal(ago.Start) {
		others = append(others, otherPeriod{Period: ago, label: "Cùng kỳ năm trước"})
	}
	return others
}

// selector names the schools of the report, or none if they are most of all schools:
// then it is quicker to read all and leave some out.
func (b *builder) selector() selector { return selector{schools: b.ids()} }

func (b *builder) ids() []string {
	ids := make([]string, len(b.schools))
	for i, s := range b.schools {
		ids[i] = s.ID
	}
	return ids
}

// step reports progress after each read.
func (b *builder) step() {
	b.steps++
	if b.spec.Progress != nil {
		all := 3 + len(b.spans()) + 2*len(b.otherPeriods())
		b.spec.Progress(min(b.steps, all), all)
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
