package report_test

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"

	"lachan/metrics/engine"
	"lachan/metrics/report"
	"lachan/metrics/report/pdf"
)

// BenchmarkYear makes the yearly report of a province from embedded history with
// a sample of every series each hour. BENCH_SCHOOLS is how many there are, 100
// unless it is set; making their year takes a few minutes for 1,000.
func BenchmarkYear(b *testing.B) {
	schools := 100
	if n, err := strconv.Atoi(os.Getenv("BENCH_SCHOOLS")); err == nil {
		schools = n
	}
	w := newWorld(b, day("2025-12-30"), time.Hour)
	units := w.fill(schools, day("2027-01-02"))
	e := engine.NewLocal(w.db, engine.Limits{})
	for _, code := range []string{"2026-12", "2026-Q4", "2026"} {
		b.Run(code, func(b *testing.B) {
			for b.Loop() {
				spec := w.spec("lao-cai", code)
				spec.Units = append(spec.Units, units...)
				before := processor()
				m, err := report.Build(b.Context(), e, spec)
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

// fill writes hours of so many schools, fast and without a truth.
func (w *world) fill(schools int, until time.Time) (units []report.Unit) {
	w.t.Helper()
	type one struct {
		l     labels.Labels
		ref   storage.SeriesRef
		value float64
		step  float64
	}
	var all []one
	add := func(step float64, pairs ...string) {
		all = append(all, one{l: labels.FromStrings(pairs...), step: step})
	}
	for i := range schools {
		id, node, commune := fmt.Sprintf("truong-%05d", i), fmt.Sprintf("nut-%d", i/200), fmt.Sprintf("xa-%03d", i%99)
		units = append(units, report.Unit{ID: id, Name: "Trường Tiểu học số " + strconv.Itoa(i), Rank: report.School, Province: "lao-cai", Commune: commune, Level: "primary", Students: 300})
		add(900, "__name__", "lachan_school_queries_total", "node", node, "school", id, "decision", "allowed", "category", "none")
		add(1, "__name__", "lachan_school_queries_total", "node", node, "school", id, "decision", "excepted", "category", "social")
		for j := range 9 {
			add(float64(j), "__name__", "lachan_school_queries_total", "node", node, "school", id, "decision", "blocked", "category", fmt.Sprintf("nhom-%d", j))
		}
		add(3600, "__name__", "lachan_school_protected_seconds_total", "node", node, "school", id)
		add(0, "__name__", "lachan_school_info", "node", node, "school", id, "province", "lao-cai", "commune", commune, "level", "primary")
	}
	for hours := 0; w.now.Before(until); hours++ {
		w.now = w.now.Add(w.every)
		app := w.db.Appender(w.t.Context())
		for i := range all {
			s := &all[i]
			switch {
			case s.step == 0:
				s.value = 1
			case s.step == 3600:
				s.value += 3600
			default:
				s.value += float64(w.rand.IntN(int(2*s.step) + 1))
			}
			var err error
			if s.ref, err = app.Append(s.ref, s.l, w.now.UnixMilli(), s.value); err != nil {
				w.t.Fatal(err)
			}
		}
		if err := app.Commit(); err != nil {
			w.t.Fatal(err)
		}
		if hours%72 == 0 {
			if err := w.db.Compact(w.t.Context()); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	runtime.GC()
	return units
}

// processor is what this process has used of it.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail with these
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak is the largest resident size of the process so far, in MiB.
func peak() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kib, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseFloat(kib, 64)
	return n / 1024
}
