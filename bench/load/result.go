//go:build linux

package main

import (
	"fmt"
	"strings"

	"lachan/bench/process"
)

// A Result is what load measured. Latencies are in microseconds, from the
// system call that sent the question to the one that read the answer.
type Result struct {
	Seconds  float64          `json:"seconds"` // from the first question to the last answer
	Queries  int64            `json:"queries"`
	Answers  int64            `json:"answers"`
	Lost     int64            `json:"lost"` // without an answer for a second
	Rate     float64          `json:"rate"` // answers a second
	Rcodes   map[string]int64 `json:"rcodes"`
	P50      float64          `json:"p50_us"`
	P95      float64          `json:"p95_us"`
	P99      float64          `json:"p99_us"`
	Max      float64          `json:"max_us"`
	LateMax  float64          `json:"late_max_us"`  // how far the generator itself fell behind its rate
	CPU      float64          `json:"cpu_seconds"`  // of the server, user and system
	CPUPerM  float64          `json:"cpu_per_m"`    // the same for a million answers
	Messages int              `json:"messages_end"` // with -each: the message after the last that was asked

	Before process.Memory `json:"memory_before"`
	After  process.Memory `json:"memory_after"`
}

// String is the result for people.
func (r Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "queries  %d, answers %d, lost %d, in %.2f s: %.0f a second\n", r.Queries, r.Answers, r.Lost, r.Seconds, r.Rate)
	fmt.Fprintf(&b, "rcodes   %v\n", r.Rcodes)
	fmt.Fprintf(&b, "latency  p50 %.0f us, p95 %.0f us, p99 %.0f us, max %.0f us; generator late by at most %.0f us\n", r.P50, r.P95, r.P99, r.Max, r.LateMax)
	if r.After.Resident != 0 {
		fmt.Fprintf(&b, "server   %.2f CPU-seconds, %.2f for a million answers; resident %d MiB, was %d MiB\n",
			r.CPU, r.CPUPerM, r.After.Resident>>20, r.Before.Resident>>20)
	}
	return b.String()
}
