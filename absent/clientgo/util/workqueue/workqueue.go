// Package workqueue stands in for the queues of Kubernetes' client, which lachan is never.
package workqueue

// GaugeMetric goes up and down by one.
type GaugeMetric interface {
	Inc()
	Dec()
}

// SettableGaugeMetric is set.
type SettableGaugeMetric interface{ Set(float64) }

// CounterMetric goes up by one.
type CounterMetric interface{ Inc() }

// HistogramMetric takes observations.
type HistogramMetric interface{ Observe(float64) }

// MetricsProvider makes the figures of a queue.
type MetricsProvider interface {
	NewDepthMetric(name string) GaugeMetric
	NewAddsMetric(name string) CounterMetric
	NewLatencyMetric(name string) HistogramMetric
	NewWorkDurationMetric(name string) HistogramMetric
	NewUnfinishedWorkSecondsMetric(name string) SettableGaugeMetric
	NewLongestRunningProcessorSecondsMetric(name string) SettableGaugeMetric
	NewRetriesMetric(name string) CounterMetric
}

// SetProvider asks for no figures: there are no queues.
func SetProvider(MetricsProvider) {}
