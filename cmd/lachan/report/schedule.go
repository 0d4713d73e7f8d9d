package report

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// A Builder makes a report of a unit, or of all, for a period; document is the
// number of an order or "".
type Builder func(
	ctx context.Context, unit, document string, p figures.Period, typed figures.Typed, now time.Time,
) (*report.Model, error)

// A Writer writes a report in a format.
type Writer func(ctx context.Context, format string, m *report.Model) ([]byte, error)

// MakeDue makes the reports of the schedule that are due, those that were
// provisional again, and returns what could not be made.
func MakeDue(
	ctx context.Context, cfg *config.Config, now time.Time, build Builder, write Writer, log *slog.Logger,
) (failed []string) {
	for i := range cfg.Reports.Schedule {
		r := &cfg.Reports.Schedule[i]
		if err := makeScheduled(ctx, cfg, r, now, build, write, log); err != nil {
			failed = append(failed, r.Unit+" "+r.Period+": "+err.Error())
		}
	}
	return failed
}

// makeScheduled makes one report of the schedule if it is due.
func makeScheduled(
	ctx context.Context, cfg *config.Config, r *config.Report, now time.Time, build Builder, write Writer,
	log *slog.Logger,
) error {
	p, err := r.Newest(cfg.Reports.Calendar(cfg.Timezone.Location, now))
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
		return isFinal(filepath.Join(dir, fileOf(r.Unit, p, Format{Name: name})), p, now)
	})
	if len(missing) == 0 {
		return nil
	}
	var typed figures.Typed
	beside := filepath.Join(dir, strings.TrimSuffix(fileOf(r.Unit, p, Format{}), ".")+".yaml")
	if _, err := readTyped(beside, &typed); err != nil {
		return err
	}
	m, err := build(ctx, r.Unit, "", p, typed, now)
	if err != nil {
		return err
	}
	for _, name := range missing {
		file := filepath.Join(dir, fileOf(r.Unit, p, Format{Name: name}))
		document, err := write(ctx, name, m)
		if err == nil {
			err = keepFile(file, document)
		}
		if err == nil {
			err = os.Chtimes(file, m.Data.AsOf, m.Data.AsOf)
		}
		if err != nil {
			return err
		}
		log.Info("report made", "file", file, "provisional", len(m.Provisional) > 0)
	}
	return Keep(cfg, m)
}

// givenUp is for how long after a period a report that is provisional is made
// again, in the hope that late nodes have sent the rest.
const givenUp = 30 * 24 * time.Hour

// isFinal reports whether a file is there and will not change any more. The time
// of a file is that of its figures, which is the end of the period when they
// are final.
func isFinal(file string, p figures.Period, now time.Time) bool {
	info, err := os.Stat(file)
	return err == nil && (info.ModTime().Equal(p.End) || now.After(p.End.Add(givenUp)))
}
