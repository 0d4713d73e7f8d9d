package figures

import (
	"context"
	"errors"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/internal/fault"
	"lachan/metrics/engine"
)

// A meter follows counters from the beginning of a period on. A counter that
// was never seen before began at zero.
type meter struct {
	last      map[string]float64
	backwards map[string]bool // nodes of which a counter went back
}

func newMeter() *meter {
	return &meter{last: make(map[string]float64), backwards: make(map[string]bool)}
}

// advance takes the readings of a moment and yields what each counter has counted
// since the last one. A counter without a reading has counted nothing. A counter that
// went back was lost with its node and began again: its value is all that is known,
// and the node is marked.
func (m *meter) advance(shown []engine.Sample, counted func(labels.Labels, int64)) {
	for _, s := range newest(shown) {
		key := identity(s.Labels)
		before := m.last[key]
		m.last[key] = s.Value
		if s.Value < before {
			m.backwards[s.Labels.Get("node")] = true
			before = 0
		}
		counted(s.Labels, int64(s.Value-before))
	}
}

// newest leaves one sample of each counter: the largest, when an engine has it
// twice under labels of its own.
func newest(samples []engine.Sample) []engine.Sample {
	place := make(map[string]int, len(samples))
	kept := samples[:0]
	for _, s := range samples {
		key := identity(s.Labels)
		if i, twice := place[key]; twice {
			kept[i].Value = max(kept[i].Value, s.Value)
			continue
		}
		place[key] = len(kept)
		kept = append(kept, s)
	}
	return kept
}

// inTurn reads n things and uses them in order; the next one is read while one is used.
// It returns when all reads have ended.
func inTurn[T any](ctx context.Context, n int, read func(context.Context, int) (T, error), use func(int, T)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type outcome struct {
		value T
		err   error
	}
	begin := func(i int) chan outcome {
		done := make(chan outcome, 1)
		go func() {
			var got outcome
			met := fault.Catch(func() { got.value, got.err = read(ctx, i) })
			got.err = errors.Join(got.err, met)
			done <- got
		}()
		return done
	}
	var next chan outcome
	for i := range n {
		this := next
		if i == 0 {
			this = begin(0)
		}
		if next = nil; i+1 < n {
			next = begin(i + 1)
		}
		got := <-this
		if got.err != nil {
			if cancel(); next != nil {
				<-next
			}
			return got.err
		}
		use(i, got.value)
	}
	return nil
}
