package history

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"

	"lachan/metrics"
)

// A write is one tick in the making. After the first error, stored in err,
// nothing more is written.
type write struct {
	*Store
	app     storage.Appender
	at      int64
	totals  *metrics.Totals
	all     bool // what has not changed is written too
	samples int
	err     error
}

// schools writes where the schools in force belong, and ends the series of schools
// that have left force or moved.
func (w *write) schools() {
	now := make(map[metrics.School]bool, len(w.totals.Schools()))
	inForce := make(map[string]bool, len(w.totals.Schools()))
	inForce[""] = true // counters of the node itself
	for _, school := range w.totals.Schools() {
		now[school], inForce[school.ID] = true, true
		w.all = w.all || !w.inTick[school.ID]
		place := w.places[school]
		if place == nil {
			place = &series{}
			w.places[school] = place
		}
		if w.all || place.value != 1 {
			w.append(place, 1, func() []string { return w.totals.InfoLabels(school) })
			place.value = 1
		}
	}
	for school, place := range w.places {
		if !now[school] {
			w.append(
				place,
				math.Float64frombits(value.StaleNaN),
				func() []string { return w.totals.InfoLabels(school) },
			)
			delete(w.places, school)
		}
	}
	w.inTick = inForce
}

// counter writes one counter if it has changed, or if this tick has all.
func (w *write) counter(o metrics.Counter, reading uint64) {
	s, known := w.series[o]
	if !known {
		s = &series{}
		w.series[o] = s
	}
	if known && s.value == reading && (!w.all || !w.inTick[o.School()]) {
		return
	}
	w.append(s, float64(reading), func() []string { return w.totals.Labels(o) })
	s.value = reading
}

// append adds a sample to a series. Labels are made only if the store does not know
// the series by its number.
func (w *write) append(s *series, v float64, pairs func() []string) {
	if w.err != nil {
		return
	}
	w.samples++
	if s.ref != 0 {
		if _, err := w.app.Append(s.ref, labels.EmptyLabels(), w.at, v); err == nil {
			return
		}
	}
	l := seriesLabels(pairs())
	if s.ref, w.err = w.app.Append(0, l, w.at, v); w.err != nil {
		w.err = fmt.Errorf("append to %s: %w", l, w.err)
	}
}

// seriesLabels are pairs of name and value as the TSDB has them: sorted, and
// without those that are empty, which it takes for absent.
func seriesLabels(pairs []string) labels.Labels {
	b := labels.NewScratchBuilder(len(pairs) / 2)
	for ; len(pairs) > 1; pairs = pairs[2:] {
		if pairs[1] != "" {
			b.Add(pairs[0], pairs[1])
		}
	}
	b.Sort()
	return b.Labels()
}

// sync puts the log of writes on the disk, as the TSDB itself does only at the
// end of a segment.
func (s *Store) sync() error {
	segments, err := filepath.Glob(filepath.Join(s.dir, "wal", "[0-9]*"))
	if err != nil || len(segments) == 0 {
		return fmt.Errorf("sync the log: no segment in %s/wal: %w", s.dir, err)
	}
	newest := segments[len(segments)-1]
	for i := len(segments) - 1; i >= 0; i-- {
		if err := syncFile(segments[i]); err != nil {
			return err
		}
		if segments[i] <= s.synced {
			break // older ones are on the disk
		}
	}
	if newest != s.synced {
		if err := syncFile(filepath.Join(s.dir, "wal")); err != nil {
			return err
		}
	}
	s.synced = newest
	return nil
}

// syncFile puts a file, or the names in a directory, on the disk.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("sync the log: %w", err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync the log: %w", err)
	}
	return nil
}
