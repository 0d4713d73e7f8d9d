package blocklist

import (
	"slices"
	"time"

	"lachan/blocklist/domain"
)

// A Window is when something holds: from From on, and no longer at Until. A
// zero time sets no bound.
type Window struct{ From, Until time.Time }

// Has tells whether a moment is within the window.
func (w Window) Has(t time.Time) bool {
	return !t.Before(w.From) && (w.Until.IsZero() || t.Before(w.Until))
}

// narrow has a spec hold within the window at most.
func (s *spec) narrow(w Window) {
	s.From = max(s.From, unixSeconds(w.From))
	if until := unixSeconds(w.Until); until != 0 && (s.Until == 0 || until < s.Until) {
		s.Until = until
	}
}

// Timed tells whether some rule begins or ends to hold with time.
func (l *List) Timed() bool { return len(l.windows()) > 0 }

// A window is a Window in Unix seconds; 0 is no bound.
type window struct{ from, until int64 }

// windows are those of rules that do not always hold, each once.
func (l *List) windows() (windows []window) {
	for _, layer := range [2]*layer{l.base, l.overlay} {
		if layer == nil {
			continue
		}
		for i := range layer.specs {
			w := window{layer.specs[i].From, layer.specs[i].Until}
			if w != (window{}) && !slices.Contains(windows, w) {
				windows = append(windows, w)
			}
		}
	}
	return windows
}

// Dormant names the rules that would hold for a name and do not at this moment
// (Unix seconds), for explanations.
func (l *List) Dormant(n *domain.Name, qtype uint16, now int64) (dormant []Match) {
	if l == nil {
		return nil
	}
	for _, w := range l.windows() {
		moment := w.from
		if moment <= now {
			moment = w.until - 1
		}
		if w.until != 0 && w.until <= w.from || w.from <= now && (w.until == 0 || now < w.until) {
			continue
		}
		for _, m := range l.Matches(n, qtype, moment) {
			if unixSeconds(m.From) == w.from && unixSeconds(m.Until) == w.until {
				dormant = append(dormant, m)
			}
		}
	}
	return dormant
}
