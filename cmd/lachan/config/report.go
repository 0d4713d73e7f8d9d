package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lachan/internal/wording"
	"lachan/metrics/report/figures"
)

// Reports are the reports that the server makes by itself. They may be written as a list
// alone, which is the schedule.
type Reports struct {
	// YearEnds is the last day of a reporting year, as 11-15 or 15/11: that of the plan
	// that the report is made for. Default 11-15.
	YearEnds YearDay `yaml:"year_ends"`
	// Schedule has a report for each unit and period. Default none.
	Schedule []Report `yaml:"schedule"`
}

// ListKey is the key that may stand without its name.
func (*Reports) ListKey() string { return "schedule" }

// A YearDay is a day of every year.
type YearDay struct{ figures.Day }

// UnmarshalText reads 11-15 or 15/11. 29 February is none: not every year has it.
func (d *YearDay) UnmarshalText(text []byte) error {
	for _, layout := range [...]string{"1-2", "2/1"} {
		// Without a year it is read as of one that has that day.
		if at, err := time.Parse(layout, string(text)); err == nil && (at.Month() != time.February || at.Day() != 29) {
			d.Day = figures.Day{Month: at.Month(), Day: at.Day()}
			return nil
		}
	}
	return wording.Error(textReportYearEnds.With(string(text)))
}

// MarshalText writes the day as 11-15.
func (d YearDay) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%02d-%02d", int(d.Month), d.Day.Day), nil
}

// Calendar is what the names of periods depend on.
func (r *Reports) Calendar(zone *time.Location, now time.Time) figures.Calendar {
	return figures.Calendar{Zone: zone, Now: now, YearEnds: r.YearEnds.Day}
}

// A Report is a report that the server makes by itself once a period is
// over.
type Report struct {
	// Unit is the id of a unit of the policy, or "all".
	Unit string `yaml:"unit"`
	// Period is month, quarter, half or year, or one of these after "hc-" for
	// the administrative periods, which end on the 14th, or bc-year for the reporting
	// year. Default month.
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
func (r *Report) Newest(in figures.Calendar) (figures.Period, error) {
	prefix, kind := r.kind()
	now := in.Now
	at := now.In(in.Zone)
	p, err := figures.ParsePeriod(prefix+periodNames[kind](at.Year(), at.Month()), in)
	for err == nil && p.End.Add(r.After).After(now) {
		p = p.Previous()
	}
	return p, err
}

// kind is what stands before the year in a period's code, and the kind of period.
func (r *Report) kind() (prefix, kind string) {
	switch {
	case r.Period == "bc-year":
		return "bc-", "year"
	case strings.HasPrefix(r.Period, "hc-"):
		return "hc-", r.Period[len("hc-"):]
	}
	return "", r.Period
}

// ReportFormats are the ways of writing a report.
func ReportFormats() []string { return []string{"pdf", "docx", "xlsx", "html", "json"} }

func (k *checker) reports() {
	c := k.cfg
	for i := range c.Reports.Schedule {
		c.Reports.Schedule[i].check(k, Item("reports.schedule", i))
	}
}

func (r *Report) check(k *checker, path string) {
	if _, kind := r.kind(); periodNames[kind] == nil {
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
