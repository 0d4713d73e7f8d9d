// Package metrics stands in for the figures of Kubernetes' client, which lachan is never.
package metrics

import (
	"context"
	"net/url"
	"time"
)

// LatencyMetric is told how long a request took.
type LatencyMetric interface {
	Observe(ctx context.Context, verb string, u url.URL, latency time.Duration)
}

// ResultMetric is told how a request ended.
type ResultMetric interface {
	Increment(ctx context.Context, code, method, host string)
}

// RegisterOpts is who is to be told.
type RegisterOpts struct {
	RequestLatency LatencyMetric
	RequestResult  ResultMetric
}

// Register tells nobody anything: there are no requests.
func Register(RegisterOpts) {}
