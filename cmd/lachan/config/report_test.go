package config_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/metrics/report/figures"
)

// TestReportsAreAListOrAMapping: the list alone is the schedule, and the day on which the
// reporting year ends decides which one is the newest.
func TestReportsAreAListOrAMapping(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	load := func(text string) *config.Config {
		t.Helper()
		file := filepath.Join(t.TempDir(), "lachan.yaml")
		if err := os.WriteFile(file, []byte("policy: \"\"\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	newest := func(cfg *config.Config) figures.Period {
		t.Helper()
		p, err := cfg.Reports.Schedule[0].Newest(cfg.Reports.Calendar(cfg.Timezone.Location, now))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for text, code := range map[string]string{
		"reports: [{unit: all, period: quarter}]\n":                                          "2026-Q3",
		"reports: {schedule: [{unit: all, period: hc-month}]}\n":                             "hc-2026-11",
		"reports: {schedule: [{unit: all, period: bc-year}]}\n":                              "bc-2026",
		"reports: {year_ends: 30/11, schedule: [{unit: all, period: bc-year}]}\n":            "bc-2025",
		"reports: {year_ends: 05-31, schedule: [{unit: all, period: bc-year, after: 2d}]}\n": "bc-2026",
	} {
		if got := newest(load(text)); got.Code != code || got.End.After(now) {
			t.Errorf("%q: the newest report is %s, to %s; want %s", text, got.Code, got.Last(), code)
		}
	}
}

// In each month there is a newest report of each kind, and the next begins where it
// ends.
func TestEachMonthHasItsNewestReport(t *testing.T) {
	f := func(period string, want ...string) {
		t.Helper()
		r := config.Report{Period: period, After: 24 * time.Hour}
		for i, code := range want {
			now := time.Date(2026, time.Month(i+1), 15, 9, 0, 0, 0, time.UTC)
			p, err := r.Newest((&config.Reports{}).Calendar(time.UTC, now))
			if err != nil || p.Code != code {
				t.Errorf("%s in %s: %q, %v, want %s", period, now.Month(), p.Code, err, code)
			}
		}
	}
	f("month", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11")
	f("quarter", "2025-Q4", "2025-Q4", "2025-Q4", "2026-Q1", "2026-Q1", "2026-Q1", "2026-Q2", "2026-Q2", "2026-Q2", "2026-Q3", "2026-Q3", "2026-Q3")
	f("half", "2025-H2", "2025-H2", "2025-H2", "2025-H2", "2025-H2", "2025-H2", "2026-H1", "2026-H1", "2026-H1", "2026-H1", "2026-H1", "2026-H1")
	f("year", "2025", "2025", "2025", "2025", "2025", "2025", "2025", "2025", "2025", "2025", "2025", "2025")
}
