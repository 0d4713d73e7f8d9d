package manage

import (
	"context"
	"strings"
	"time"

	"lachan/cmd/lachan/job"
	"lachan/cmd/lachan/report"
	"lachan/metrics/engine"
	reports "lachan/metrics/report"
	"lachan/metrics/report/figures"
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

// makeDue makes the reports that are due, and says which could not be made.
func (n *node) makeDue(ctx context.Context, now time.Time) {
	if failed := report.MakeDue(ctx, n.view.Load().cfg, now, n.buildReport, job.Document, n.log); len(failed) > 0 {
		n.conditions.Set("report", strings.Join(failed, "; "))
	} else {
		n.conditions.Clear("report")
	}
}

// buildReport makes a report from what this server has counted, or from the
// engine that keeps the figures of many. It makes one at a time: answers need the
// processor too.
func (n *node) buildReport(
	ctx context.Context, unit, document string, p figures.Period, typed figures.Typed, now time.Time,
) (*reports.Model, error) {
	n.reporting.Lock()
	defer n.reporting.Unlock()
	v := n.view.Load()
	spec, err := report.Spec(unit, p, now, v.cfg, v.rules.Policy(), n.facts, n.lists.store, n.lists.orders)
	if err != nil {
		return nil, err
	}
	spec.Typed, spec.Document = typed, document
	if v.cfg.Metrics.QueryURL != "" {
		remote, err := engine.NewRemote(v.cfg.Metrics.QueryURL)
		if err != nil {
			return nil, err
		}
		return reports.Build(ctx, remote, spec)
	}
	return reports.Build(ctx, engine.NewLocal(n.history, engine.Limits{}), spec)
}
