package figures

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

	"lachan/metrics"
	"lachan/metrics/engine"
)

// lookback is how far back to look for a counter that was silent when a period
// began: as long as history is kept.
const lookback = 400 * 24 * time.Hour

// windows are the times back in which to look for a last sample, one after the other.
// A running node writes every series once in a quarter of an hour, so nearly all have
// one in the first; more is read only for the others.
var windows = []time.Duration{16 * time.Minute, 70 * time.Minute, 26 * time.Hour}

// seriesInterval is how often a running node writes every series, less a second for
// engines that take both ends into a window.
const seriesInterval = 15*time.Minute - time.Second

// fewSchools is the most schools that a selector names one by one.
const fewSchools = 100

// A selector is a metric of some schools, of all when it names none.
type selector struct {
	metric  string
	schools []string
	also    string // a matcher, such as decision="blocked"
}

// String names the schools if they are few. Otherwise the caller leaves out the series
// of other schools.
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
func (r *reader) last(
	ctx context.Context,
	s selector,
	match func(labels.Labels) string,
	at time.Time,
	back time.Duration,
) ([]engine.Sample, error) {
	listed, err := r.engine.List(ctx, s.String(), at.Add(-back), at)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", s.metric, err)
	}
	missing := make(map[string]string, len(listed))
	for _, l := range listed {
		missing[match(l)] = schoolOf(l)
	}
	return r.seek(ctx, s, match, missing, at, append(windows[:len(windows):len(windows)], back))
}

// seek looks for the last samples of missing series in one window after the other; the
// last window is the greatest age of a sample. It removes from missing what it finds.
func (r *reader) seek(
	ctx context.Context,
	s selector,
	match func(labels.Labels) string,
	missing map[string]string,
	at time.Time,
	windows []time.Duration,
) (found []engine.Sample, err error) {
	back := windows[len(windows)-1]
	for _, window := range windows {
		if len(missing) == 0 {
			break
		}
		schools := make(map[string]bool)
		for _, school := range missing {
			schools[school] = true
		}
		samples, err := r.engine.Query(ctx, lastOver(s.of(schools), min(window, back)), at)
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

// of narrows a selector to some schools, when they are few.
func (s selector) of(schools map[string]bool) selector {
	if len(schools) <= fewSchools {
		s.schools = slices.Sorted(maps.Keys(schools))
	}
	return s
}

func lastOver(s selector, window time.Duration) string {
	return fmt.Sprintf("last_over_time(%s[%ds])", s, int64(window/time.Second))
}

// identity tells the counters of a meter apart by their own labels, whatever
// labels an engine has added.
func identity(l labels.Labels) string {
	return string(l.BytesWithLabels(nil, "category", "decision", "group", "node", "result", "school"))
}

// A post is a school as one node serves it. All counters of a post are written
// in the first tick of each quarter of an hour, so where its time has a sample,
// the others have one in the same quarter.
type post struct{ node, school string }

func postOf(l labels.Labels) post { return post{l.Get("node"), schoolOf(l)} }

// posts returns those with a sample between two moments: the counters of others have
// not changed meanwhile.
func (r *reader) posts(ctx context.Context, s selector, from, to time.Time) (map[post]bool, error) {
	s.metric, s.also = metrics.SchoolProtected, ""
	listed, err := r.engine.List(ctx, s.String(), from, to)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", s.metric, err)
	}
	posts := make(map[post]bool, len(listed))
	for _, l := range listed {
		posts[postOf(l)] = true
	}
	return posts, nil
}

// quiet are the posts without a sample in the quarter of an hour that ends at a
// moment: not yet there, or no longer, or shipped by the hour.
func (r *reader) quiet(ctx context.Context, s selector, posts map[post]bool, at time.Time) (map[post]bool, error) {
	s.metric, s.also = metrics.SchoolProtected, ""
	samples, err := r.engine.Query(ctx, lastOver(s, seriesInterval), at)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", s.metric, err)
	}
	quiet := maps.Clone(posts)
	for _, sample := range samples {
		delete(quiet, postOf(sample.Labels))
	}
	return quiet, nil
}

// A showing is the readings of the counters of a report at one moment.
type showing struct{ queries, protected []engine.Sample }

// shown reads the counters of posts at a moment. Those of quiet posts are
// looked for further back; one that is silent for longer than back is left out.
func (r *reader) shown(
	ctx context.Context,
	s selector,
	posts map[post]bool,
	at time.Time,
	back time.Duration,
) (all showing, err error) {
	quiet, err := r.quiet(ctx, s, posts, at)
	if err != nil {
		return showing{}, err
	}
	wanted := map[string]*[]engine.Sample{
		metrics.SchoolQueries: &all.queries, metrics.SchoolProtected: &all.protected,
	}
	for metric, samples := range wanted {
		s.metric = metric
		there, err := r.engine.Query(ctx, lastOver(s, windows[0]), at)
		if err != nil {
			return showing{}, fmt.Errorf("read %s: %w", metric, err)
		}
		older, err := r.older(ctx, s, quiet, there, at, back)
		if err != nil {
			return showing{}, err
		}
		*samples = append(there, older...)
	}
	return all, nil
}

// older returns the last samples of the counters of quiet posts that the first window
// does not have.
func (r *reader) older(
	ctx context.Context,
	s selector,
	quiet map[post]bool,
	found []engine.Sample,
	at time.Time,
	back time.Duration,
) ([]engine.Sample, error) {
	if len(quiet) == 0 {
		return nil, nil
	}
	schools := make(map[string]bool)
	for p := range quiet {
		schools[p.school] = true
	}
	listed, err := r.engine.List(ctx, s.of(schools).String(), at.Add(-back), at)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", s.metric, err)
	}
	missing := make(map[string]string)
	for _, l := range listed {
		if quiet[postOf(l)] {
			missing[identity(l)] = schoolOf(l)
		}
	}
	for _, sample := range found {
		delete(missing, identity(sample.Labels))
	}
	return r.seek(ctx, s, identity, missing, at, append(windows[1:len(windows):len(windows)], back))
}
