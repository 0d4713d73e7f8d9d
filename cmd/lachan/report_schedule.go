package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/metrics/engine"
	"lachan/metrics/report"
)

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

func (n *node) makeScheduled(ctx context.Context, cfg *config.Config, r *config.Report, now time.Time) error {
	p, err := r.Newest(now, cfg.Timezone.Location)
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
const givenUp = 30 * 24 * time.Hour

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
