package report_test

import (
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lachan/metrics/engine"
	"lachan/metrics/history"
	"lachan/metrics/report"
	"lachan/metrics/report/pdf"
)

// BenchmarkYear makes reports of a province from embedded history that has what a
// node keeps of a year: a sample of every series each quarter of an hour, in
// blocks of twenty days. BENCH_SCHOOLS is how many there are, 1,000 unless it is
// set. With 40,000 there is a sample an hour, as nodes send it.
//
// The peak is of the whole process, with the pages of the history that it has
// mapped and read.
func BenchmarkYear(b *testing.B) {
	schools, every := 1000, history.Step
	if n, err := strconv.Atoi(os.Getenv("BENCH_SCHOOLS")); err == nil {
		schools = n
	}
	if schools > 10_000 {
		every = time.Hour
	}
	began := time.Now()
	year := newYear(b, schools, every, day("2025-12-01"), day("2027-01-02"))
	b.Logf("%d samples, %d MB, written in %v", year.samples, year.octets/1e6, time.Since(began))
	e := engine.NewLocal(year.db, engine.Limits{Samples: 200_000_000})
	for _, code := range []string{"2026-12", "2026-Q4", "2026"} {
		b.Run(code, func(b *testing.B) {
			forgetPeak(b)
			for b.Loop() {
				before := processor()
				m, err := report.Build(b.Context(), e, year.spec(b, code))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(processor().Seconds()-before.Seconds(), "cpu-s/report")
				before = processor()
				if err := pdf.Write(io.Discard, m); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(processor().Seconds()-before.Seconds(), "cpu-s/pdf")
			}
			b.ReportMetric(peak(), "peak-MiB")
		})
	}
}

// processor is what this process has used of it.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail with these
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// forgetPeak makes the peak that of what comes.
func forgetPeak(b *testing.B) {
	b.Helper()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Log(err)
	}
}

// peak is the largest resident size of the process so far, in MiB.
func peak() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kib, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseFloat(kib, 64)
	return n / 1024
}
