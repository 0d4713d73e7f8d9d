package report

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/metrics/engine"
)

// Metrics that reports are made of.
const (
	queriesMetric   = "lachan_school_queries_total"
	protectedMetric = "lachan_school_protected_seconds_total"
	infoMetric      = "lachan_school_info"
	shippedMetric   = "lachan_history_shipped_timestamp_seconds"
)

// memory is how far back a counter is looked for that was silent when a period
// began: as long as history is kept.
const memory = 400 * 24 * time.Hour

// windows are how far back a last sample is looked for, one after the other.
// A node that lives writes every series once in a quarter of an hour, so nearly
// all have one in the first; only for the others is more read.
var windows = []time.Duration{16 * time.Minute, 70 * time.Minute, 26 * time.Hour}

// fewSchools is how many schools a selector names one by one.
const fewSchools = 100

// A selector is a metric of some schools, of all when it names none.
type selector struct {
	metric  string
	schools []string
	also    string // a matcher, such as decision="blocked"
}

// String names the schools when they are few. Who reads leaves out what is of
// others.
func (s selector) String() string {
	var matchers []string
	if 0 < len(s.schools) && len(s.schools) <= fewSchools {
		quoted := make([]string, len(s.schools))
		for i, id := range s.schools {
			quoted[i] = regexp.QuoteMeta(id)
		}
		matchers = append(matchers, "school=~"+strconv.Quote(strings.Join(quoted, "|")))
	}
	if s.also != "" {
		matchers = append(matchers, s.also)
	}
	return s.metric + "{" + strings.Join(matchers, ",") + "}"
}

// A reader asks an engine for the last samples before a moment.
type reader struct {
	engine Engine
	done   func() // called after each moment that was read; never nil
}

// last returns the last sample at or before a moment of everything that match
// tells apart by its labels, if it is not older than back. It reads no more of
// history than it must: what has no sample in a short window is looked for in
// a longer one.
func (r *reader) last(ctx context.Context, s selector, match func(labels.Labels) string, at time.Time, back time.Duration) ([]engine.Sample, error) {
	missing, err := r.list(ctx, s, match, at.Add(-back), at)
	if err != nil {
		return nil, err
	}
	return r.seek(ctx, s, match, missing, at, append(windows[:len(windows):len(windows)], back))
}

// list is what may have a sample between two moments, with the school of each.
func (r *reader) list(ctx context.Context, s selector, match func(labels.Labels) string, from, to time.Time) (map[string]string, error) {
	listed, err := r.engine.List(ctx, s.String(), from, to)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", s.metric, err)
	}
	list := make(map[string]string, len(listed))
	for _, l := range listed {
		list[match(l)] = schoolOf(l)
	}
	return list, nil
}

// seek looks for the last samples of what is missing in one window after the
// other, the last of which says how old a sample may be. What is found is no
// longer missing.
func (r *reader) seek(ctx context.Context, s selector, match func(labels.Labels) string, missing map[string]string, at time.Time, windows []time.Duration) (found []engine.Sample, err error) {
	back := windows[len(windows)-1]
	for _, window := range windows {
		if len(missing) == 0 {
			break
		}
		samples, err := r.engine.Query(ctx, lastOver(s.of(missing), min(window, back)), at)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", s.metric, err)
		}
		for _, sample := range samples {
			if _, wanted := missing[match(sample.Labels)]; wanted {
				found = append(found, sample)
			}
		}
		for _, sample := range found {
			delete(missing, match(sample.Labels))
		}
	}
	return found, nil
}

// of narrows a selector to the schools that are missing, when they are few.
func (s selector) of(missing map[string]string) selector {
	schools := make(map[string]bool)
	for _, school := range missing {
		if schools[school] = true; len(schools) > fewSchools {
			return s
		}
	}
	s.schools = sortedKeys(schools)
	return s
}

func lastOver(s selector, window time.Duration) string {
	return fmt.Sprintf("last_over_time(%s[%ds])", s, int64(window/time.Second))
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// A meter follows odometers from the beginning of a period on. A counter that
// was never seen before began at zero.
type meter struct {
	selector
	counters  map[string]string // those with a sample in the period, and their schools
	last      map[string]float64
	backwards map[string]bool // nodes of which a counter went back
}

// meter reads what the counters of a period showed when it began. Counters
// that are silent all through it have nothing to say.
func (r *reader) meter(ctx context.Context, s selector, start, end time.Time) (*meter, error) {
	m := &meter{selector: s, last: make(map[string]float64), backwards: make(map[string]bool)}
	var err error
	if m.counters, err = r.list(ctx, s, identity, start, end); err != nil {
		return nil, err
	}
	return m, m.advance(ctx, r, start, memory, func(labels.Labels, int64) {})
}

// identity tells the counters of a meter apart by their own labels, whatever
// labels an engine has added.
func identity(l labels.Labels) string {
	return string(l.BytesWithLabels(nil, "category", "decision", "group", "node", "school"))
}

// advance reads all counters at a moment and tells what each has counted since
// the last one. A counter that is silent for longer than back has counted
// nothing. One that went back was lost with its node and began again: what it
// shows now is what is known, and the node is marked.
func (m *meter) advance(ctx context.Context, r *reader, at time.Time, back time.Duration, counted func(labels.Labels, int64)) error {
	defer r.done()
	missing := maps.Clone(m.counters)
	samples, err := r.seek(ctx, m.selector, identity, missing, at, windows[:1])
	if err != nil {
		return err
	}
	if len(missing) > 0 { // not yet there, or no longer: the index knows
		there, err := r.list(ctx, m.of(missing), identity, at.Add(-back), at)
		if err != nil {
			return err
		}
		maps.DeleteFunc(missing, func(counter, _ string) bool { _, ok := there[counter]; return !ok })
		more, err := r.seek(ctx, m.selector, identity, missing, at, append(windows[1:len(windows):len(windows)], back))
		if err != nil {
			return err
		}
		samples = append(samples, more...)
	}
	for _, s := range newest(samples) {
		key := identity(s.Labels)
		before := m.last[key]
		m.last[key] = s.Value
		if s.Value < before {
			m.backwards[s.Labels.Get("node")] = true
			before = 0
		}
		counted(s.Labels, int64(s.Value-before))
	}
	return nil
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
