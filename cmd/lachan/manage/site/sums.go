package site

import (
	"context"
	"errors"
	"sync"
	"time"

	"lachan/admin"
	"lachan/console/statistics"
	"lachan/internal/wording"
	"lachan/metrics/report/figures"
)

// What was counted in a unit takes from a twentieth of a second to many seconds to be
// added up, as there are schools. It is done once for all who look, one unit after the
// other, and kept for a while: a page shows what there is, with its age.

const (
	// mostSums bounds the figures that are kept: each has at most 400 parts, 100 KB.
	mostSums = 64
	// sumsHold is how long they are shown before they are added up again.
	sumsHold = 5 * time.Minute
	// pageWaits is how long a page waits for what is not there yet: pages have a tenth of a
	// second.
	pageWaits = 50 * time.Millisecond
)

// A sumOf is a unit and some days up to yesterday; 0 is today.
type sumOf struct {
	unit string
	days int
}

// A sum is what was added up; before that, what somebody waits for.
type sum struct {
	ready   chan struct{} // closed once it was added up for the first time
	figures *statistics.Figures
	err     error
	queued  bool
	asked   time.Time // by somebody, last
}

// sums are those that are kept.
type sums struct {
	mu    sync.Mutex
	kept  map[sumOf]*sum // mu
	queue chan sumOf
}

func newSums() *sums {
	return &sums{kept: make(map[sumOf]*sum), queue: make(chan sumOf, mostSums)}
}

// want is the sum of a unit, which is queued if it is not there or has become old. It is
// nil if too many others wait.
func (k *sums) want(of sumOf, now time.Time) *sum {
	k.mu.Lock()
	defer k.mu.Unlock()
	one := k.kept[of]
	if one == nil {
		if !k.makeRoom() {
			return nil
		}
		one = &sum{ready: make(chan struct{})}
		k.kept[of] = one
	}
	one.asked = now
	if old := one.figures == nil || now.Sub(one.figures.Made) > sumsHold; old && !one.queued {
		select {
		case k.queue <- of:
			one.queued = true
		default:
		}
	}
	return one
}

// makeRoom forgets the ready one whose last reader was longest ago; it
// reports whether there is room.
func (k *sums) makeRoom() bool {
	if len(k.kept) < mostSums {
		return true
	}
	var oldest sumOf
	found := false
	for of, one := range k.kept {
		if !one.queued && (!found || one.asked.Before(k.kept[oldest].asked)) {
			oldest, found = of, true
		}
	}
	delete(k.kept, oldest)
	return found
}

// put keeps what was added up.
func (k *sums) put(of sumOf, f *statistics.Figures, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	one := k.kept[of]
	one.queued, one.err = false, err
	if err == nil {
		one.figures = f
	}
	select {
	case <-one.ready:
	default:
		close(one.ready)
	}
}

// take is what a sum has by now.
func (k *sums) take(one *sum) (*statistics.Figures, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if one.figures != nil {
		return one.figures, nil
	}
	return nil, one.err
}

// addUp adds up what is asked for until ctx is done.
func (s *Site) addUp(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case of := <-s.sums.queue:
			f, err := s.count(ctx, of)
			s.sums.put(of, f, err)
		}
	}
}

// count adds up the figures of a unit.
func (s *Site) count(ctx context.Context, of sumOf) (*statistics.Figures, error) {
	cfg, rules, _, _ := s.src.InForce()
	now := time.Now().In(cfg.Timezone.Location)
	first, last := now, now
	if of.days > 0 {
		first, last = now.AddDate(0, 0, -of.days), now.AddDate(0, 0, -1)
	}
	period := first.Format(time.DateOnly) + ".." + last.Format(time.DateOnly)
	data, days, err := s.src.Counted(ctx, of.unit, period)
	if err != nil {
		return nil, err
	}
	label := func(code, vietnamese string) wording.Text {
		if tag, known := rules.Policy().Counted(code); known {
			return rules.Policy().Label(tag)
		}
		return wording.Text{VI: vietnamese}
	}
	return statistics.Of(data, days, label, now), nil
}

// figures are what was counted in a unit in some days up to yesterday, 0 for today; nil
// while they are being added up.
func (s *Site) figures(ctx context.Context, unit string, days int) (*statistics.Figures, error) {
	one := s.sums.want(sumOf{unit, days}, time.Now())
	if one == nil {
		return nil, nil
	}
	wait := time.NewTimer(pageWaits)
	defer wait.Stop()
	select {
	case <-one.ready:
	case <-wait.C:
	case <-ctx.Done():
	}
	f, err := s.sums.take(one)
	switch {
	case errors.Is(err, figures.ErrUnit):
		return nil, &admin.Refusal{Kind: admin.NotFound, Text: wording.Of(err)}
	case err != nil: // the history is not open yet, or cannot be read: it says so itself
		return nil, &admin.Refusal{Kind: admin.Trouble, Text: wording.Of(err)}
	}
	return f, nil
}
