package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lachan/metrics/report/figures"
)

// A Report is a report that the server makes by itself once a period is
// over.
type Report struct {
	// Unit is the id of a unit of the policy, or "all".
	Unit string `yaml:"unit"`
	// Period is month, quarter, half or year, or one of these after "hc-" for
	// the administrative periods, which end on the 14th. Default month.
	Period string `yaml:"period"`
	// Formats are pdf, docx, xlsx, html and json. Default pdf and xlsx.
	Formats []string `yaml:"formats"`
	// Dir is where the files are written, and where what the officer types is
	// read. Default reports in state_dir.
	Dir string `yaml:"dir"`
	// After is how long to wait for nodes that are late. Default 1d; 0s to 30d.
	After time.Duration `yaml:"after"`
}

// SetDefaults sets what holds when a key is left out.
func (r *Report) SetDefaults() {
	*r = Report{Period: "month", Formats: []string{"pdf", "xlsx"}, After: day}
}

// periodNames are how a period of each kind is written, given the year and the
// month in which it ends.
var periodNames = map[string]func(year int, month time.Month) string{
	"month":   func(year int, month time.Month) string { return fmt.Sprintf("%d-%02d", year, month) },
	"quarter": func(year int, month time.Month) string { return fmt.Sprintf("%d-Q%d", year, (month+2)/3) },
	"half":    func(year int, month time.Month) string { return fmt.Sprintf("%d-H%d", year, (month+5)/6) },
	"year":    func(year int, _ time.Month) string { return fmt.Sprint(year) },
}

// Newest is the last period that is over, and has been for After.
func (r *Report) Newest(now time.Time, zone *time.Location) (figures.Period, error) {
	kind, admin := strings.CutPrefix(r.Period, "hc-")
	name := periodNames[kind]
	prefix := ""
	if admin {
		prefix = "hc-"
	}
	at := now.In(zone)
	p, err := figures.ParsePeriod(prefix+name(at.Year(), at.Month()), zone, figures.SchoolYear{})
	for err == nil && p.End.Add(r.After).After(now) {
		p = p.Previous()
	}
	return p, err
}

// ReportFormats are the ways of writing a report.
func ReportFormats() []string { return []string{"pdf", "docx", "xlsx", "html", "json"} }

func (k *checker) reports() {
	c := k.cfg
	for i := range c.Reports {
		c.Reports[i].check(k, Item("reports", i))
	}
}

func (r *Report) check(k *checker, path string) {
	if kind := strings.TrimPrefix(r.Period, "hc-"); periodNames[kind] == nil {
		k.wrong(path+".period", textReportSchedulePeriod.With(r.Period))
	}
	if r.Unit == "" {
		k.wrong(path+".unit", ReportNoUnit)
	}
	known := ReportFormats()
	for j, f := range r.Formats {
		if !slices.Contains(known, f) {
			k.wrong(Item(path+".formats", j), ReportNoFormat.With(f, strings.Join(known, ", ")))
		}
	}
	between(k, path+".after", r.After, 0, 30*day)
}
