package manage

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/job"
	"lachan/cmd/lachan/report"
	"lachan/internal/yamlfile"
	reports "lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// typedBytes bounds what an officer types into one report.
const typedBytes = 1 << 20

// serveReport is GET and POST /api/report?unit=&period=&document=&format=: the report of
// `lachan report`, as a file to keep. What is posted is what the officer has
// typed, as the file beside a report has it.
func (n *node) serveReport(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	o := report.Request{Unit: query.Get("unit"), Period: query.Get("period"), Document: query.Get("document"), Format: query.Get("format")}
	format, m, err := n.askedReport(r, &o)
	if err != nil {
		refuseReport(w, err)
		return
	}
	document, err := job.Document(r.Context(), format.Name, m)
	if err != nil {
		refuseReport(w, err)
		return
	}
	w.Header().Set("Content-Type", format.MediaType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": o.Out}))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(document) // the client is gone
}

func (n *node) askedReport(r *http.Request, o *report.Request) (format report.Format, m *reports.Model, err error) {
	cfg := n.view.Load().cfg
	period, format, err := o.Complete(cfg.Timezone.Location, n.lists.orders, time.Now())
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
	m, err = n.buildReport(r.Context(), o.Unit, o.Document, period, typed, time.Now())
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
