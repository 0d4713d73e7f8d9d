package blocklist

import (
	"slices"
	"time"
)

// A Window is the time for which something holds: from From on, and no longer at
// Until. A zero time sets no bound.
type Window struct{ From, Until time.Time }

// Has reports whether a moment is within the window.
func (w Window) Has(t time.Time) bool {
	return !t.Before(w.From) && (w.Until.IsZero() || t.Before(w.Until))
}

// narrow lets a spec hold within the window at most.
func (s *spec) narrow(w Window) {
	s.From = max(s.From, unixSeconds(w.From))
	if until := unixSeconds(w.Until); until != 0 && (s.Until == 0 || until < s.Until) {
		s.Until = until
	}
}

// Timed reports whether some rule begins or ends to hold at a certain time.
func (l *List) Timed() bool { return len(l.windows()) > 0 }

// A window is a Window in Unix seconds; 0 sets no bound.
type window struct{ from, until int64 }

// windows returns those of rules that do not always hold, each once.
func (l *List) windows() (windows []window) {
	for _, snapshot := range [2]*boundSnapshot{l.base, l.overlay} {
		if snapshot == nil {
			continue
		}
		for i := range snapshot.specs {
			w := window{snapshot.specs[i].From, snapshot.specs[i].Until}
			if w != (window{}) && !slices.Contains(windows, w) {
				windows = append(windows, w)
			}
		}
	}
	return windows
}
