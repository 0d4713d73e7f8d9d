package report

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/metrics"
)

// A place is where a school belongs and what it is, as its info says.
type place struct{ province, commune, level string }

// Which school belongs where, exactly: to the units that its newest
// lachan_school_info in the period names, for the whole of the period and for
// all periods that it is compared with. So a commune that was merged has its
// schools' figures from before the merger too, and figures can be compared over
// the years. What has no info in the period belongs where the policy in force
// says.

// places says where each school belongs at the end of a period, and which
// other places it belonged to within it.
func (r *reader) places(ctx context.Context, p Period, until time.Time) (now map[string]place, before map[string][]place, err error) {
	info := selector{metric: metrics.SchoolInfo}
	length := until.Sub(p.Start)
	if length <= 0 {
		return nil, nil, nil
	}
	listed, err := r.engine.List(ctx, metrics.SchoolInfo, p.Start, until)
	if err != nil {
		return nil, nil, err
	}
	now = make(map[string]place)
	for window := length; ; {
		samples, err := r.last(ctx, info, schoolOf, until, window)
		if err != nil {
			return nil, nil, err
		}
		said := make(map[string]map[place]bool)
		for _, s := range samples {
			id := schoolOf(s.Labels)
			if said[id] == nil {
				said[id] = make(map[place]bool)
			}
			said[id][placeOf(s.Labels)] = true
		}
		var torn []string
		for id, places := range said {
			if len(places) > 1 {
				torn = append(torn, id)
			}
			now[id] = slices.MinFunc(slices.Collect(maps.Keys(places)), comparePlaces)
		}
		if window = narrower(window); len(torn) == 0 || window == 0 {
			break
		}
		slices.Sort(torn)
		info.schools = torn
	}
	before = make(map[string][]place)
	for _, l := range listed {
		id, was := schoolOf(l), placeOf(l)
		if was != now[id] && !slices.Contains(before[id], was) {
			before[id] = append(before[id], was)
		}
	}
	for _, places := range before {
		slices.SortFunc(places, comparePlaces)
	}
	return now, before, nil
}

// narrower is the next window in which a school that was in two places is
// looked for; 0 after the last.
func narrower(window time.Duration) time.Duration {
	for _, next := range []time.Duration{24 * time.Hour, time.Hour, 5 * time.Minute, time.Minute, 11 * time.Second} {
		if next < window {
			return next
		}
	}
	return 0
}

func schoolOf(l labels.Labels) string { return l.Get("school") }

func placeOf(l labels.Labels) place {
	return place{l.Get("province"), l.Get("commune"), l.Get("level")}
}

func comparePlaces(a, b place) int {
	return slices.Compare([]string{a.province, a.commune, a.level}, []string{b.province, b.commune, b.level})
}
