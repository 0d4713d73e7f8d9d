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
// The peak is that of the memory of the process; mapped are the pages of the
// history that it has read, which the kernel may take back.
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
	e := engine.NewLocal(year.store, engine.Limits{Samples: 200_000_000})
	for _, code := range []string{"2026-12", "2026-Q4", "2026"} {
		b.Run(code, func(b *testing.B) {
			debug.FreeOSMemory()
			end := make(chan struct{})
			peaks := make(chan [2]float64)
			go func() { peaks <- peak(end) }()
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
			close(end)
			most := <-peaks
			b.ReportMetric(most[0], "peak-MiB")
			b.ReportMetric(most[1], "mapped-MiB")
		})
	}
}

// processor is what this process has used of it.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail with these
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak looks at the resident memory of this process until the end, and is the
// most of what is its own and of what is mapped, in MiB.
func peak(end <-chan struct{}) (most [2]float64) {
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		status, _ := os.ReadFile("/proc/self/status") // none: it stays zero
		for i, name := range []string{"RssAnon:", "RssFile:"} {
			_, rest, _ := strings.Cut(string(status), name)
			kib, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			n, _ := strconv.ParseFloat(kib, 64)
			most[i] = max(most[i], n/1024)
		}
		select {
		case <-look.C:
		case <-end:
			return most
		}
	}
}
