// Package engine asks for figures in PromQL, the one language of all figures,
// of the history of this node (Local) or of a Prometheus-compatible engine that
// keeps the history of many (Remote). Both give the same samples for the same
// data: exact integers where counters are subtracted, in the same order.
package engine

import (
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"lachan/internal/wording"
)

// A Sample is one series of an instant vector.
type Sample struct {
	Labels labels.Labels // without the name of the metric
	Value  float64
}

// A Series is one series of a range: its points in the order of time. A moment
// without data has no point.
type Series struct {
	Labels labels.Labels // without the name of the metric
	Points []Point
}

// A Point is the value of a series at one moment.
type Point struct {
	At    time.Time
	Value float64
}

// A Failure is a query that was not answered. Text says why in the user's
// terms, and what to do.
type Failure struct {
	Text  wording.Text
	cause error // may be nil
}

// Error is the sentence in both languages.
func (f *Failure) Error() string { return f.Text.String() }

// Wording is what the error says.
func (f *Failure) Wording() wording.Text { return f.Text }

// Unwrap is what went wrong underneath.
func (f *Failure) Unwrap() error { return f.cause }

// isName reports whether a label is the name of the metric, which some functions
// keep in one engine and drop in another.
func isName(label string) bool { return label == model.MetricNameLabel }

// sortSamples puts samples in the order of their labels: engines differ in it.
func sortSamples(samples []Sample) []Sample {
	slices.SortFunc(samples, func(a, b Sample) int { return labels.Compare(a.Labels, b.Labels) })
	return samples
}

// sortSeries puts series in the order of their labels.
func sortSeries(series []Series) []Series {
	slices.SortFunc(series, func(a, b Series) int { return labels.Compare(a.Labels, b.Labels) })
	return series
}
