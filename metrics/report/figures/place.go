package figures

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/internal/wording"
	"lachan/metrics"
)

// A place is where a school belongs and what it is, by its info series.
type place struct{ province, commune, level string }

// Which school belongs where, exactly: to the units that its newest
// lachan_school_info in the period names, for the whole of the period and for
// all periods that it is compared with. So a commune that was merged has its
// schools' figures from before the merger too, and figures can be compared over
// the years. What has no info in the period belongs where the policy in force
// says.

// places returns where each school belongs at the end of a period, and the other
// places to which it belonged within it.
func (r *reader) places(
	ctx context.Context,
	p Period,
	until time.Time,
) (now map[string]place, before map[string][]place, err error) {
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

// narrower is the next window in which to look for a school that was in two places;
// 0 after the last.
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

// ErrUnit is the error of a report on an unknown unit.
var ErrUnit = wording.Error(textNoUnit)

// place finds the reporting unit and its schools.
func (b *builder) place(ctx context.Context) error {
	now, before, err := b.reader.places(ctx, b.spec.Period, b.until)
	if err != nil {
		return err
	}
	b.units = make(map[string]Unit, len(b.spec.Units))
	for _, u := range b.spec.Units {
		b.units[u.ID] = u
		if _, told := now[u.ID]; u.Rank == School && !told {
			if now == nil {
				now = make(map[string]place)
			}
			now[u.ID] = place{u.Province, u.Commune, u.Level}
		}
	}
	for id, p := range now {
		b.know(id, p, School)
		b.know(p.commune, p, Commune)
		b.know(p.province, p, Province)
	}
	b.unit = b.units[b.spec.Unit]
	if _, known := b.units[b.spec.Unit]; !known && b.spec.Unit != "" {
		return fmt.Errorf("%q: %w", b.spec.Unit, ErrUnit)
	}
	for id, p := range now {
		if b.belongs(id, p) {
			b.schools = append(b.schools, schoolAt{b.units[id], p, before[id]})
		}
	}
	words := vietnamese()
	slices.SortFunc(b.schools, func(x, y schoolAt) int {
		return cmp.Or(
			words.CompareString(b.name(x.province), b.name(y.province)),
			words.CompareString(b.name(x.commune), b.name(y.commune)),
			words.CompareString(x.Name, y.Name), cmp.Compare(x.ID, y.ID))
	})
	return nil
}

// know adds a unit that only counters name.
func (b *builder) know(id string, p place, rank Rank) {
	if _, known := b.units[id]; known || id == "" {
		return
	}
	u := Unit{ID: id, Name: id, Rank: rank}
	switch rank {
	case School:
		u.Province, u.Commune, u.Level = p.province, p.commune, p.level
	case Commune:
		u.Province = p.province
	}
	b.units[id] = u
}

// belongs reports whether a school is in the report.
func (b *builder) belongs(id string, p place) bool {
	switch b.unit.Rank {
	case School:
		return id == b.unit.ID
	case Commune:
		return p.commune == b.unit.ID
	case Province:
		return p.province == b.unit.ID
	}
	return true
}

// name is what people call a unit.
func (b *builder) name(id string) string {
	if id == "" {
		return "Chưa rõ địa bàn"
	}
	if u, known := b.units[id]; known && u.Name != "" {
		return u.Name
	}
	return id
}
