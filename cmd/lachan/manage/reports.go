package manage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/evidence"
	"lachan/cmd/lachan/manage/counter"
	"lachan/cmd/lachan/report"
	"lachan/console/frame"
	"lachan/internal/fault"
	"lachan/internal/yamlfile"
	"lachan/metrics/engine"
	documents "lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// reportsEvery is how often it is looked whether a report is due.
const reportsEvery = time.Hour

// run makes the reports of the schedule, each as soon as its period is
// over and its file is not there, until ctx is done.
func (r *reports) run(ctx context.Context) {
	timer := time.NewTimer(time.Minute) // let the start be over
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			r.makeDue(ctx, time.Now())
			timer.Reset(reportsEvery)
		}
	}
}

// makeDue makes the reports that are due, and says which could not be made.
func (r *reports) makeDue(ctx context.Context, now time.Time) {
	if failed := report.MakeDue(ctx, r.view().cfg, now, r.build, r.jobs.Document, r.log); len(failed) > 0 {
		r.conditions.Set("report", strings.Join(failed, "; "))
	} else {
		r.conditions.Clear("report")
	}
}

// build makes a report from what this server has counted, or from the
// engine that keeps the figures of many. It makes one at a time: answers need the
// processor too. A fault of the program fails one report, and no other.
func (r *reports) build(
	ctx context.Context, unit, document string, p figures.Period, typed figures.Typed, now time.Time,
) (m *documents.Model, err error) {
	r.one.Lock()
	defer r.one.Unlock()
	if caught := fault.Catch(func() { m, err = r.figures(ctx, unit, document, p, typed, now) }); caught != nil {
		err = caught
	}
	if met := (*fault.Error)(nil); errors.As(err, &met) {
		r.log.Error("make a report", "unit", unit, "period", p.Code, "error", met)
		return nil, fmt.Errorf("make the report of %s on %s: %w", unit, p.Code, met)
	}
	return m, err
}

// figures is build without care for faults of the program.
func (r *reports) figures(
	ctx context.Context, unit, document string, p figures.Period, typed figures.Typed, now time.Time,
) (*documents.Model, error) {
	v := r.view()
	orders, err := report.OrdersOf(v.cfg, r.lists.orders)
	if err != nil {
		return nil, err
	}
	spec, err := report.Spec(unit, p, now, v.cfg, v.rules.Policy(), r.facts, r.lists.store, orders)
	if err != nil {
		return nil, err
	}
	spec.Typed, spec.Document = typed, document
	if document == "" {
		spec.Typed = report.WithWords(typed, r.office().Ledger, unit, p.Code)
	}
	from, err := r.engine()
	if err != nil {
		return nil, err
	}
	m, err := documents.Build(ctx, from, spec)
	return m, report.Meant(err, v.rules.Policy(), unit)
}

// engine is where the figures are: this server's history, or the engine of many.
func (r *reports) engine() (figures.Engine, error) {
	if at := r.view().cfg.Metrics.QueryURL; at != "" {
		return engine.NewRemote(at)
	}
	return engine.NewLocal(r.history, engine.Limits{}), nil
}

// typedBytes bounds what an officer types into one report.
const typedBytes = 1 << 20

// serveReport is GET and POST /api/report?unit=&period=&document=&format=: the report of
// `lachan report`, as a file to keep. What is posted is what the officer has
// typed, as the file beside a report has it.
func (a *api) serveReport(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	o := report.Request{Unit: query.Get("unit"), Period: query.Get("period"), Document: query.Get("document"), Format: query.Get("format")}
	format, m, err := a.askedReport(r, &o)
	if err != nil {
		refuseReport(w, err)
		return
	}
	document, err := a.jobs.Document(r.Context(), format.Name, m)
	if err != nil {
		refuseReport(w, err)
		return
	}
	a.keep(m)
	w.Header().Set("Content-Type", format.MediaType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": o.Out}))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(document) // the client is gone
}

func (a *api) askedReport(r *http.Request, o *report.Request) (format report.Format, m *documents.Model, err error) {
	cfg := a.view().cfg
	orders, err := report.OrdersOf(cfg, a.lists.orders)
	if err != nil {
		return format, nil, err
	}
	period, format, err := o.Complete(cfg.Reports.Calendar(cfg.Timezone.Location, time.Now()), orders)
	if err != nil {
		return format, nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, typedBytes))
	if err != nil {
		return format, nil, err
	}
	var typed figures.Typed
	if problems := yamlfile.Decode("POST", text, &typed); len(problems) > 0 {
		return format, nil, problems
	}
	m, err = a.reports.build(r.Context(), o.Unit, o.Document, period, typed, time.Now())
	return format, m, err
}

// report makes the document that somebody at the counter asks for.
func (a *api) report(ctx context.Context, q counter.ReportQuestion) (name, mediaType string, text []byte, err error) {
	o := report.Request{Unit: q.Unit, Period: q.Period, Document: q.Document, Format: q.Format}
	format, m, err := a.modelOf(ctx, &o)
	if err != nil {
		return "", "", nil, err
	}
	if text, err = a.jobs.Document(ctx, format.Name, m); err == nil {
		a.keep(m)
	}
	return o.Out, format.MediaType, text, err
}

// paper makes the document that somebody at the console asks for.
func (a *api) paper(ctx context.Context, q frame.PaperQuestion) (name, mediaType string, text []byte, err error) {
	if q.Format == frame.Evidence {
		return a.evidence(ctx, q.Unit, q.Period)
	}
	return a.report(ctx, counter.ReportQuestion{Unit: q.Unit, Period: q.Period, Document: q.Document, Format: q.Format})
}

// mostEvidence bounds a pack that is made beside the answers, in bytes.
const mostEvidence = 64 << 20

// evidence makes an evidence pack: of the same files as lachan evidence.
func (a *api) evidence(ctx context.Context, unit, period string) (name, mediaType string, text []byte, err error) {
	v, now := a.view(), time.Now()
	p, err := figures.ParsePeriod(period, v.cfg.Reports.Calendar(v.cfg.Timezone.Location, now))
	if err != nil {
		return "", "", nil, counter.Wrong(err)
	}
	orders, err := report.OrdersOf(v.cfg, a.lists.orders)
	if err != nil {
		return "", "", nil, err
	}
	src := evidence.Sources{
		Config: v.cfg, Policy: v.rules.Policy(), Facts: a.reports.facts, Orders: orders, Status: a.lists.store.Status,
		At: evidence.AsOf(p, now), Most: mostEvidence,
	}
	if src.Model, err = a.reports.build(ctx, unit, "", p, figures.Typed{}, src.At); err != nil {
		return "", "", nil, err
	}
	src.Document = func(ctx context.Context, format string) ([]byte, error) {
		return a.jobs.Document(ctx, format, src.Model)
	}
	if text, err = evidence.Make(ctx, src); errors.Is(err, evidence.ErrLarge) {
		err = counter.Wrong(err)
	}
	if err == nil {
		a.keep(src.Model)
	}
	return evidence.File(src.Model.Data.Unit, p.Code), evidence.MediaType, text, err
}

// keep keeps the figures of a document that was handed out, to hold it against them.
func (a *api) keep(m *documents.Model) {
	if err := report.Keep(a.view().cfg, m); err != nil {
		a.reports.log.Error("keep the figures of a report", "error", err)
	}
}

// draft is a report before it is drawn in a format.
func (a *api) draft(ctx context.Context, unit, period string) (*documents.Model, error) {
	_, m, err := a.modelOf(ctx, &report.Request{Unit: unit, Period: period})
	return m, err
}

// modelOf is the report that somebody at the counter asks for, and in which format.
func (a *api) modelOf(ctx context.Context, o *report.Request) (report.Format, *documents.Model, error) {
	cfg := a.view().cfg
	orders, err := report.OrdersOf(cfg, a.lists.orders)
	if err != nil {
		return report.Format{}, nil, err
	}
	period, format, err := o.Complete(cfg.Reports.Calendar(cfg.Timezone.Location, time.Now()), orders)
	if err != nil {
		return format, nil, counter.Wrong(err)
	}
	m, err := a.reports.build(ctx, o.Unit, o.Document, period, figures.Typed{}, time.Now())
	if usage := (command.UsageError{}); errors.Is(err, figures.ErrUnit) || errors.As(err, &usage) {
		err = counter.Wrong(err)
	}
	return format, m, err
}

// refuseReport says what was wrong: with the question, or with the figures.
func refuseReport(w http.ResponseWriter, err error) {
	status := http.StatusServiceUnavailable
	var usage command.UsageError
	var problems yamlfile.Problems
	switch {
	case errors.As(err, &usage), errors.As(err, &problems):
		status = http.StatusBadRequest
	case errors.Is(err, figures.ErrUnit):
		status = http.StatusNotFound
	}
	command.AnswerError(w, status, err)
}
