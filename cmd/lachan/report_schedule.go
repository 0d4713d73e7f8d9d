package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lachan/internal/wording"
	"lachan/metrics/engine"
	"lachan/metrics/report"
)

// A ReportConfig is a report that the server makes by itself once a period is
// over.
type ReportConfig struct {
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
func (r *ReportConfig) SetDefaults() {
	*r = ReportConfig{Period: "month", Formats: []string{"pdf", "xlsx"}, After: day}
}

// periodNames are how a period of each kind is written, given the year and the
// month in which it ends.
var periodNames = map[string]func(year int, month time.Month) string{
	"month":   func(year int, month time.Month) string { return fmt.Sprintf("%d-%02d", year, month) },
	"quarter": func(year int, month time.Month) string { return fmt.Sprintf("%d-Q%d", year, (month+2)/3) },
	"half":    func(year int, month time.Month) string { return fmt.Sprintf("%d-H%d", year, (month+5)/6) },
	"year":    func(year int, _ time.Month) string { return fmt.Sprint(year) },
}

// newest is the last period that is over, and has been for After.
func (r *ReportConfig) newest(now time.Time, zone *time.Location) (report.Period, error) {
	kind, admin := strings.CutPrefix(r.Period, "hc-")
	name := periodNames[kind]
	prefix := ""
	if admin {
		prefix = "hc-"
	}
	at := now.In(zone)
	p, err := report.ParsePeriod(prefix+name(at.Year(), at.Month()), zone, report.SchoolYear{})
	for err == nil && p.End.Add(r.After).After(now) {
		p = p.Previous()
	}
	return p, err
}

func (k *configCheck) reports() {
	for i, r := range k.Reports {
		path := fmt.Sprintf("reports[%d]", i)
		if kind := strings.TrimPrefix(r.Period, "hc-"); periodNames[kind] == nil {
			k.wrong(path+".period", wording.ReportSchedulePeriod.With(r.Period))
		}
		if r.Unit == "" {
			k.wrong(path+".unit", wording.CLIReportNoUnit)
		}
		for j, f := range r.Formats {
			if _, err := formatNamed(f); err != nil {
				k.wrong(fmt.Sprintf("%s.formats[%d]", path, j), wording.CLIReportNoFormat.With(f, "pdf, docx, xlsx, html, json"))
			}
		}
		between(k, path+".after", r.After, 0, 30*day)
	}
}

// reportsEvery is how often it is looked whether a report is due.
const reportsEvery = time.Hour

// runReports makes the reports of the schedule, each as soon as its period is
// over and its file is not there, until ctx is done.
func (n *node) runReports(ctx context.Context) {
	timer := time.NewTimer(time.Minute) // let the start be over
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			n.makeDue(ctx, time.Now())
			timer.Reset(reportsEvery)
		}
	}
}

// makeDue makes what is due, and makes anew what was provisional, and says what could not be made.
func (n *node) makeDue(ctx context.Context, now time.Time) {
	cfg := n.view.Load().cfg
	var failed []string
	for i := range cfg.Reports {
		if err := n.makeScheduled(ctx, cfg, &cfg.Reports[i], now); err != nil {
			failed = append(failed, cfg.Reports[i].Unit+" "+cfg.Reports[i].Period+": "+err.Error())
		}
	}
	if len(failed) > 0 {
		n.conditions.Set("report", strings.Join(failed, "; "))
	} else {
		n.conditions.Clear("report")
	}
}

func (n *node) makeScheduled(ctx context.Context, cfg *Config, r *ReportConfig, now time.Time) error {
	p, err := r.newest(now, cfg.Timezone.Location)
	if err != nil {
		return err
	}
	dir := r.Dir
	if dir == "" {
		dir = filepath.Join(cfg.StateDir, "reports")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	missing := slices.DeleteFunc(slices.Clone(r.Formats), func(name string) bool {
		return isFinal(filepath.Join(dir, reportFile(r.Unit, p, reportFormat{name: name})), p, now)
	})
	if len(missing) == 0 {
		return nil
	}
	var typed report.Typed
	beside := filepath.Join(dir, strings.TrimSuffix(reportFile(r.Unit, p, reportFormat{}), ".")+".yaml")
	if err := readTyped(new(strings.Builder), beside, &typed); err != nil {
		return err
	}
	m, err := n.buildReport(ctx, r.Unit, "", p, typed, now)
	if err != nil {
		return err
	}
	for _, name := range missing {
		format, err := formatNamed(name)
		if err != nil {
			return err
		}
		file := filepath.Join(dir, reportFile(r.Unit, p, format))
		err = writeReport(file, format, m)
		if err == nil {
			err = os.Chtimes(file, m.Data.AsOf, m.Data.AsOf)
		}
		if err != nil {
			return err
		}
		n.log.Info("report made", "file", file, "provisional", len(m.Provisional) > 0)
	}
	return nil
}

// givenUp is for how long after a period a report that is provisional is made
// anew, in the hope that late nodes have told the rest.
const givenUp = 30 * day

// isFinal tells whether a file is there and will not change any more. The time
// of a file is that of its figures, which is the end of the period when they
// are final.
func isFinal(file string, p report.Period, now time.Time) bool {
	info, err := os.Stat(file)
	return err == nil && (info.ModTime().Equal(p.End) || now.After(p.End.Add(givenUp)))
}

// buildReport makes a report from what this server has counted, or from the
// engine that keeps the figures of many. It makes one at a time: answers need the
// processor too.
func (n *node) buildReport(ctx context.Context, unit, document string, p report.Period, typed report.Typed, now time.Time) (*report.Model, error) {
	n.reporting.Lock()
	defer n.reporting.Unlock()
	v := n.view.Load()
	spec, err := reportSpec(unit, p, now, v.cfg, v.rules.Policy(), n.facts, n.store, n.orders)
	if err != nil {
		return nil, err
	}
	spec.Typed, spec.Document = typed, document
	if v.cfg.Metrics.QueryURL != "" {
		remote, err := engine.NewRemote(v.cfg.Metrics.QueryURL)
		if err != nil {
			return nil, err
		}
		return report.Build(ctx, remote, spec)
	}
	return report.Build(ctx, engine.NewLocal(n.history, engine.Limits{}), spec)
}
