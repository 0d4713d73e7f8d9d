package api

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"lachan/admin/account"
)

// A report takes longer than a client waits: it is made in the background, asked after and
// fetched by the one who had it made.

// Bounds of reports that wait.
const (
	reportKept     = time.Hour
	reportTime     = 10 * time.Minute
	mostReports    = 16
	mostOfOne      = 4 // of one actor
	mostReportText = 64 << 20
)

// reports are those that are being made, or were made lately.
type reports struct {
	mu   sync.Mutex
	list []*madeReport // mu; the oldest first
}

// A madeReport is one of them.
type madeReport struct {
	Report
	by   string
	file *File
}

// A Report is a document that somebody had made.
type Report struct {
	ID string `json:"id"`
	ReportQuestion
	State string    `json:"state"` // making, made, failed
	Begun time.Time `json:"begun"`
	VI    string    `json:"vi,omitempty"` // why it failed
	EN    string    `json:"en,omitempty"`
}

// What becomes of a report.
const (
	reportMaking = "making"
	reportMade   = "made"
	reportFailed = "failed"
)

func makeReport(a *API, c *call) (reply, error) {
	q, err := decode[ReportQuestion](c.text)
	if err != nil {
		return reply{}, err
	}
	unit := q.Unit
	if unit == "all" {
		unit = ""
	}
	if !a.may(c, account.ReadReports, unit) { // what was removed still has figures of its time
		return reply{}, a.needsOf(c, account.ReadReports, unit)
	}
	r := &madeReport{by: c.actor.ID}
	r.Report = Report{ID: strings.ToLower(rand.Text()), ReportQuestion: q, State: reportMaking, Begun: c.now}
	if err := a.made.add(r, c.now); err != nil {
		return reply{}, err
	}
	begun := r.Report // what is shown now; r changes from here on
	a.Go(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, reportTime)
		defer cancel()
		f, err := a.Server.Report(ctx, q)
		if err == nil && len(f.Text) > mostReportText {
			err = problem(http.StatusInsufficientStorage, "too-large", textReportsFull)
		}
		if err != nil && !errors.As(err, new(*Problem)) {
			a.log.Error("make a report", "unit", q.Unit, "period", q.Period, "error", err)
		}
		a.made.end(r, &f, err)
	})
	return reply{status: http.StatusAccepted, body: begun, location: Prefix + "reports/" + begun.ID}, nil
}

// add takes a report among those that are kept, if there is room.
func (s *reports) add(r *madeReport, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var kept []*madeReport
	own := 0
	for _, had := range s.list {
		if had.State != reportMaking && now.Sub(had.Begun) > reportKept {
			continue
		}
		if kept = append(kept, had); had.by == r.by {
			own++
		}
	}
	s.list = kept
	if len(kept) >= mostReports || own >= mostOfOne {
		p := problem(http.StatusTooManyRequests, "full", textReportsFull)
		p.retry = time.Minute
		return p
	}
	s.list = append(s.list, r)
	return nil
}

func (s *reports) end(r *madeReport, f *File, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.State = reportMade; err != nil {
		r.State = reportFailed
		text := textInternal
		if p := (*Problem)(nil); errors.As(err, &p) {
			text = p.Wording()
		}
		r.VI, r.EN = text.VI, text.EN
		return
	}
	r.file = f
}

// of are the reports of an actor.
func (s *reports) of(actor string) (list []Report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.list {
		if r.by == actor {
			list = append(list, r.Report)
		}
	}
	return list
}

// find is a report of an actor, and its file when it is made.
func (s *reports) find(actor, id string) (r Report, f *File, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.list {
		if r.by == actor && r.ID == id {
			return r.Report, r.file, nil
		}
	}
	return r, nil, notFound(textNoReport.With(id))
}

func showReports(a *API, c *call) (reply, error) {
	return reply{body: Page[Report]{Items: orEmpty(a.made.of(c.actor.ID))}}, nil
}

func showReport(a *API, c *call) (reply, error) {
	r, _, err := a.made.find(c.actor.ID, c.PathValue("id"))
	return reply{body: r}, err
}

func downloadReport(a *API, c *call) (reply, error) {
	r, f, err := a.made.find(c.actor.ID, c.PathValue("id"))
	switch {
	case err != nil:
		return reply{}, err
	case r.State == reportMaking:
		p := problem(http.StatusConflict, "in-progress", textReportWorks)
		p.retry = time.Second
		return reply{}, p
	case f == nil:
		return reply{}, notFound(textNoReport.With(r.ID))
	}
	return reply{file: f}, nil
}
