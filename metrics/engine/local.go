package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
)

// Limits bound one query of a Local engine, so that none can take the memory
// or the processor that answers need. Zero takes the default.
type Limits struct {
	Samples  int           // held in memory at a time; default 20,000,000, about 320 MB
	Timeout  time.Duration // default 2m
	Lookback time.Duration // how old a value may be to be the present one; default 5m
}

// A Local engine runs PromQL in this process. Its methods may be called by any
// number of goroutines.
type Local struct {
	store  storage.Queryable
	promql *promql.Engine
}

// NewLocal makes the engine of the data in store.
func NewLocal(store storage.Queryable, limits Limits) *Local {
	if limits.Samples == 0 {
		limits.Samples = 20_000_000
	}
	if limits.Timeout == 0 {
		limits.Timeout = 2 * time.Minute
	}
	return &Local{store: store, promql: promql.NewEngine(promql.EngineOpts{
		MaxSamples:           limits.Samples,
		Timeout:              limits.Timeout,
		LookbackDelta:        limits.Lookback,
		EnableAtModifier:     true,
		EnableNegativeOffset: true,
		Parser:               parser.NewParser(parser.Options{}),
	})}
}

// Query evaluates an expression at one moment, to the millisecond. A scalar is
// one sample without labels. Errors are of type *Failure, but those of ctx.
func (l *Local) Query(ctx context.Context, expression string, at time.Time) ([]Sample, error) {
	query, err := l.promql.NewInstantQuery(ctx, l.store, nil, expression, at)
	if err != nil {
		return nil, failure(ctx, expression, err)
	}
	defer query.Close()
	result := query.Exec(ctx)
	if result.Err != nil {
		return nil, failure(ctx, expression, result.Err)
	}
	switch value := result.Value.(type) {
	case promql.Vector:
		samples := make([]Sample, len(value))
		for i, s := range value {
			samples[i] = Sample{s.Metric.DropReserved(isName), s.F}
		}
		return sortSamples(samples), nil
	case promql.Scalar:
		return []Sample{{Value: value.V}}, nil
	}
	return nil, &Failure{Text: textNoVector.With(expression, string(result.Value.Type()))}
}

// Range evaluates an expression at start and each step after it up to end.
// Errors are as those of Query.
func (l *Local) Range(
	ctx context.Context,
	expression string,
	start, end time.Time,
	step time.Duration,
) ([]Series, error) {
	query, err := l.promql.NewRangeQuery(ctx, l.store, nil, expression, start, end, step)
	if err != nil {
		return nil, failure(ctx, expression, err)
	}
	defer query.Close()
	matrix, err := query.Exec(ctx).Matrix()
	if err != nil {
		return nil, failure(ctx, expression, err)
	}
	series := make([]Series, len(matrix))
	for i, s := range matrix {
		series[i] = Series{s.Metric.DropReserved(isName), make([]Point, len(s.Floats))}
		for j, p := range s.Floats {
			series[i].Points[j] = Point{time.UnixMilli(p.T), p.F}
		}
	}
	return sortSeries(series), nil
}

// List is the label sets that match a selector and may have a sample between
// from and to: those that surely have none in these days are left out. Errors
// are as those of Query.
func (l *Local) List(ctx context.Context, selector string, from, to time.Time) ([]labels.Labels, error) {
	matchers, err := parser.NewParser(parser.Options{}).ParseMetricSelector(selector)
	if err != nil {
		return nil, failure(ctx, selector, err)
	}
	querier, err := l.store.Querier(from.UnixMilli(), to.UnixMilli())
	if err != nil {
		return nil, failure(ctx, selector, promql.ErrStorage{Err: err})
	}
	defer querier.Close()
	// "series" says that no samples are read.
	hints := &storage.SelectHints{Start: from.UnixMilli(), End: to.UnixMilli(), Func: "series"}
	var list []labels.Labels
	set := querier.Select(ctx, true, hints, matchers...)
	for set.Next() {
		list = append(list, set.At().Labels().DropReserved(isName))
	}
	if err := set.Err(); err != nil {
		return nil, failure(ctx, selector, promql.ErrStorage{Err: err})
	}
	return list, nil
}

// Run evaluates an expression at start and each step after it up to end, or,
// with a step of zero, at start alone, and hands out the result as package
// promql has it, for callers that speak its API. The result is valid until done is
// called. Errors are those of package promql.
func (l *Local) Run(
	ctx context.Context,
	expression string,
	start, end time.Time,
	step time.Duration,
) (result *promql.Result, done func(), err error) {
	var query promql.Query
	if step == 0 {
		query, err = l.promql.NewInstantQuery(ctx, l.store, nil, expression, start)
	} else {
		query, err = l.promql.NewRangeQuery(ctx, l.store, nil, expression, start, end, step)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("parse %q: %w", expression, err)
	}
	result = query.Exec(ctx)
	return result, query.Close, nil
}

// failure puts an error of promql in the user's terms.
func failure(ctx context.Context, expression string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("query the history: %w", ctx.Err())
	}
	var late promql.ErrQueryTimeout
	var large promql.ErrTooManySamples
	var damaged promql.ErrStorage
	text := textBadQuery.With(expression, err)
	switch {
	case errors.As(err, &late):
		text = textTimeout
	case errors.As(err, &large):
		text = textTooLarge
	case errors.As(err, &damaged):
		text = textStorage.With(err)
	}
	return &Failure{Text: text, cause: err}
}
