package report_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/metrics/engine"
	"lachan/metrics/report"
	"lachan/metrics/report/docx"
	"lachan/metrics/report/figures"
	"lachan/metrics/report/html"
	"lachan/metrics/report/pdf"
	"lachan/metrics/report/xlsx"
)

var errLost = errors.New("the connection was lost")

// A losing engine answers so many questions, and no more.
type losing struct {
	figures.Engine
	left  int64 // -1: all
	asked atomic.Int64
}

func (l *losing) next() error { // a report asks several questions at once
	if n := l.asked.Add(1); l.left >= 0 && n > l.left {
		return errLost
	}
	return nil
}

func (l *losing) Query(ctx context.Context, promql string, at time.Time) ([]engine.Sample, error) {
	if err := l.next(); err != nil {
		return nil, err
	}
	return l.Engine.Query(ctx, promql, at)
}

func (l *losing) Range(ctx context.Context, promql string, start, end time.Time, step time.Duration) ([]engine.Series, error) {
	if err := l.next(); err != nil {
		return nil, err
	}
	return l.Engine.Range(ctx, promql, start, end, step)
}

func (l *losing) List(ctx context.Context, selector string, from, to time.Time) ([]labels.Labels, error) {
	if err := l.next(); err != nil {
		return nil, err
	}
	return l.Engine.List(ctx, selector, from, to)
}

// TestAReportThatIsNotReadWholeIsNone: whichever question the engine does not answer, there
// is an error, and no report with figures that are not.
func TestAReportThatIsNotReadWholeIsNone(t *testing.T) {
	w := small(t, day("2026-08-30"), 6*time.Hour)
	w.run(day("2026-09-12"))
	spec := w.spec("lao-cai", "2026-W37")
	all := &losing{Engine: engine.NewLocal(w.db, engine.Limits{}), left: -1}
	if _, err := report.Build(t.Context(), all, spec); err != nil {
		t.Fatal(err)
	}
	for left := range all.asked.Load() {
		m, err := report.Build(t.Context(), &losing{Engine: all.Engine, left: left}, spec)
		if m != nil || !errors.Is(err, errLost) {
			t.Errorf("after %d answers of %d: %v", left, all.asked.Load(), err)
		}
	}
	whole, err := figures.Build(t.Context(), all.Engine, spec)
	if err != nil {
		t.Fatal(err)
	}
	days := &losing{Engine: all.Engine, left: -1}
	if _, err := figures.ByDay(t.Context(), days, spec, whole.Data); err != nil {
		t.Fatal(err)
	}
	for left := range days.asked.Load() {
		if list, err := figures.ByDay(t.Context(), &losing{Engine: all.Engine, left: left}, spec, whole.Data); list != nil || !errors.Is(err, errLost) {
			t.Errorf("by day, after %d answers of %d: %v", left, days.asked.Load(), err)
		}
	}
	t.Logf("%d and %d questions", all.asked.Load(), days.asked.Load())
}

// full takes so many bytes, and no more.
type full struct {
	room int
	took int
}

func (f *full) Write(p []byte) (int, error) {
	n := min(len(p), f.room-f.took)
	f.took += n
	if n < len(p) {
		return n, errLost
	}
	return n, nil
}

// TestADocumentThatIsNotWrittenWholeIsAnError, wherever it breaks off.
func TestADocumentThatIsNotWrittenWholeIsAnError(t *testing.T) {
	m := kept(t, "school-month")
	for name, write := range map[string]func(io.Writer, *report.Model) error{
		"html": html.Write, "pdf": pdf.Write, "docx": docx.Write, "xlsx": xlsx.Write,
	} {
		var whole bytes.Buffer
		if err := write(&whole, m); err != nil {
			t.Fatal(err)
		}
		size := whole.Len()
		if size == 0 {
			t.Fatalf("%s: nothing is written", name)
		}
		for _, room := range []int{0, 1, size / 2, size - 1} {
			if err := write(&full{room: room}, m); !errors.Is(err, errLost) {
				t.Errorf("%s with room for %d of %d bytes: %v", name, room, size, err)
			}
		}
		f := &full{room: size}
		if err := write(f, m); err != nil || f.took != size {
			t.Errorf("%s with room for all: %d of %d bytes, %v", name, f.took, size, err)
		}
	}
}
