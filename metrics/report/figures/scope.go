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

// A scope is what a report is on: the period, the unit and its schools.
type scope struct {
	spec    Spec
	until   time.Time // the end of the period, or now when that is earlier
	unit    Unit
	units   map[string]Unit
	schools []schoolAt // of the unit, in the order of their communes and names
}

// A schoolAt is a school of the report and where it belongs.
type schoolAt struct {
	Unit
	place
	before []place
}

// place finds the reporting unit and its schools.
func (sc *scope) place(ctx context.Context, r *reader) error {
	now, before, err := r.places(ctx, sc.spec.Period, sc.until)
	if err != nil {
		return err
	}
	sc.units = make(map[string]Unit, len(sc.spec.Units))
	for _, u := range sc.spec.Units {
		sc.units[u.ID] = u
		if _, told := now[u.ID]; u.Rank == School && !told {
			if now == nil {
				now = make(map[string]place)
			}
			now[u.ID] = place{u.Province, u.Commune, u.Level}
		}
	}
	for id, p := range now {
		sc.know(id, p, School)
		sc.know(p.commune, p, Commune)
		sc.know(p.province, p, Province)
	}
	sc.unit = sc.units[sc.spec.Unit]
	if _, known := sc.units[sc.spec.Unit]; !known && sc.spec.Unit != "" {
		return fmt.Errorf("%q: %w", sc.spec.Unit, ErrUnit)
	}
	for id, p := range now {
		if sc.belongs(id, p) {
			sc.schools = append(sc.schools, schoolAt{sc.units[id], p, before[id]})
		}
	}
	words := vietnamese()
	slices.SortFunc(sc.schools, func(x, y schoolAt) int {
		return cmp.Or(
			words.CompareString(sc.name(x.province), sc.name(y.province)),
			words.CompareString(sc.name(x.commune), sc.name(y.commune)),
			words.CompareString(x.Name, y.Name), cmp.Compare(x.ID, y.ID))
	})
	return nil
}

// know adds a unit that only counters name.
func (sc *scope) know(id string, p place, rank Rank) {
	if _, known := sc.units[id]; known || id == "" {
		return
	}
	u := Unit{ID: id, Name: id, Rank: rank}
	switch rank {
	case School:
		u.Province, u.Commune, u.Level = p.province, p.commune, p.level
	case Commune:
		u.Province = p.province
	}
	sc.units[id] = u
}

// belongs reports whether a school is in the report.
func (sc *scope) belongs(id string, p place) bool {
	switch sc.unit.Rank {
	case School:
		return id == sc.unit.ID
	case Commune:
		return p.commune == sc.unit.ID
	case Province:
		return p.province == sc.unit.ID
	}
	return true
}

// name is what people call a unit.
func (sc *scope) name(id string) string {
	if id == "" {
		return "Chưa rõ địa bàn"
	}
	if u, known := sc.units[id]; known && u.Name != "" {
		return u.Name
	}
	return id
}

// spans are the months of the period, as far as there are any yet.
func (sc *scope) spans() (spans []Span) {
	for _, s := range sc.spec.Period.Months() {
		if len(spans) > 0 && !s.Start.Before(sc.until) {
			break
		}
		s.End = earlier(s.End, sc.until)
		spans = append(spans, s)
	}
	return spans
}

// otherPeriods are those that the period is compared with.
func (sc *scope) otherPeriods() []otherPeriod {
	previous, ago := sc.spec.Period.Previous(), sc.spec.Period.YearAgo()
	others := []otherPeriod{{Period: previous, label: "Kỳ trước"}}
	if !previous.Start.Equal(ago.Start) {
		others = append(others, otherPeriod{Period: ago, label: "Cùng kỳ năm trước"})
	}
	return others
}

// selector names the schools of the report, or none if they are most of all schools:
// then it is quicker to read all and leave some out.
func (sc *scope) selector() selector { return selector{schools: sc.ids()} }

// ids are the ids of the schools.
func (sc *scope) ids() []string {
	ids := make([]string, len(sc.schools))
	for i, s := range sc.schools {
		ids[i] = s.ID
	}
	return ids
}
