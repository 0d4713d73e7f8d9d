// Package attendance looks each night which schools have asked far less than they usually do
// on such a day, from each school's own days: whether their devices still come by the filter.
package attendance

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"lachan/metrics"
	"lachan/metrics/engine"
	"lachan/metrics/lull"
	"lachan/metrics/tally"
	"lachan/policy"
	"lachan/policy/source"
)

// An Engine answers PromQL from the history of this node.
type Engine interface {
	Query(ctx context.Context, expression string, at time.Time) ([]engine.Sample, error)
}

// Sources are what a Register is lent. Its functions may be called by any goroutine.
type Sources struct {
	Policy  func() *policy.Policy
	History func() Engine
	// Connectivity are questions by which devices look whether there is a network, by school,
	// since some moment of this process. They only grow.
	Connectivity func() map[string]uint64
	Dir          string
	Days         string // folder of package tally, which knows how many devices have asked
	Conditions   *metrics.Conditions
	Log          *slog.Logger
}

// A Register knows which schools were quiet. Its methods may be called by any goroutine.
type Register struct {
	src Sources

	mu   sync.Mutex
	last lull.Judgement // mu; of the newest day that was judged; its Day is "" for none

	// Of Run alone: the day that it is, what was counted when this process first saw it, and in the
	// day before, from when on.
	today  string
	began  map[string]uint64
	since  time.Time
	before map[string]uint64
	from   time.Time
}

// New is a Register that knows what was found last.
func New(src Sources) *Register {
	r := &Register{src: src}
	all, err := lull.ReadJudgements(src.Dir, "", "9999-12-31")
	if err != nil {
		src.Log.Error("read which schools were quiet", "error", err)
	}
	if len(all) > 0 {
		r.last = all[len(all)-1]
	}
	return r
}

// Last is what was found on the newest day that was judged.
func (r *Register) Last() lull.Judgement {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// Reading is what a scrape wants to know.
func (r *Register) Reading() (reading metrics.QuietReading) {
	j := r.Last()
	reading.Schools = make(map[string]int, len(lull.Levels()))
	for _, l := range lull.Levels() {
		reading.Schools[l.String()] = 0
	}
	for i := range j.Found {
		reading.Schools[j.Found[i].Sure]++
	}
	reading.Judged = j.Judged
	return reading
}

const (
	look = time.Minute
	// after is how long after midnight a day is judged: its last ticks are on the disk.
	after = 20 * time.Minute
	// batch is how many schools are asked for at a time, and rest how long there is a rest then.
	batch = 100
	rest  = 20 * time.Millisecond
	// mostFilled is up to how many schools days are filled in that this process has not seen:
	// each takes a few milliseconds of a processor for a hundred schools.
	mostFilled = 2000
	// filled is how many days back that goes, and mostGap after how many days without figures
	// it ends.
	filled  = 100
	mostGap = 10
	// whole is how long a school has to be protected for its day to count.
	whole = 23 * time.Hour
)

// Run judges each day when it is over, until ctx is done.
func (r *Register) Run(ctx context.Context) {
	r.tell(r.Last())
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C: // by the first one the history is open
		}
		if err := r.Look(ctx, time.Now()); err != nil && ctx.Err() == nil {
			r.src.Log.Error("look which schools are quiet", "error", err)
		}
	}
}

// Look judges the day before a moment if that is over and was not judged.
func (r *Register) Look(ctx context.Context, now time.Time) error {
	p := r.src.Policy()
	if p == nil {
		return nil
	}
	now = now.In(p.Location())
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	r.turn(midnight, now)
	day := midnight.AddDate(0, 0, -1)
	if now.Before(midnight.Add(after)) || r.Last().Day >= day.Format(time.DateOnly) {
		return nil
	}
	schools := schoolsOf(p)
	if len(schools) == 0 {
		return nil
	}
	if err := r.fill(ctx, schools, day); err != nil {
		return err
	}
	j, err := Judge(r.src.Dir, p, day)
	if err == nil {
		err = lull.AddJudgement(r.src.Dir, j)
	}
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.last = j
	r.mu.Unlock()
	r.tell(j)
	r.src.Log.Info("schools were compared with their own weeks", "day", j.Day, "judged", j.Judged, "quiet", len(j.Found))
	return nil
}

// turn notes that another day has begun.
func (r *Register) turn(midnight, now time.Time) {
	day := midnight.Format(time.DateOnly)
	if r.today == day {
		return
	}
	counted := r.src.Connectivity()
	r.before, r.from = map[string]uint64{}, r.since
	if r.today == midnight.AddDate(0, 0, -1).Format(time.DateOnly) {
		for school, n := range counted {
			if n > r.began[school] {
				r.before[school] = n - r.began[school]
			}
		}
	}
	r.today, r.began, r.since = day, counted, now
}

// schoolsOf are the ids of the schools of a policy.
func schoolsOf(p *policy.Policy) (ids []string) {
	for _, of := range p.Groups() {
		if of.Kind == source.School {
			ids = append(ids, of.School)
		}
	}
	return ids
}

// fill keeps the counts of a day, and of those before it that history has and that are not
// kept: all of few schools, so that there is something to compare with at once.
func (r *Register) fill(ctx context.Context, schools []string, day time.Time) error {
	kept, err := lull.Days(r.src.Dir)
	if err != nil {
		return err
	}
	gap := 0
	for back := 0; back < filled && gap < mostGap; back++ {
		at := day.AddDate(0, 0, -back)
		if slices.Contains(kept, at.Format(time.DateOnly)) {
			gap = 0
			continue
		}
		if back > 0 && len(schools) > mostFilled {
			break
		}
		counts, err := r.count(ctx, schools, at, at.AddDate(0, 0, 1))
		if err != nil {
			return err
		}
		if gap++; len(counts) > 0 {
			gap = 0
			r.devices(at.Format(time.DateOnly), counts)
			if back == 0 {
				if err := r.checks(ctx, schools, at, counts); err != nil {
					return err
				}
			}
			if err := lull.KeepDay(r.src.Dir, at.Format(time.DateOnly), counts); err != nil {
				return err
			}
		}
	}
	return nil
}

// checks adds the connectivity checks of a day. Where this process was started on it, those of
// before are as large a share of what was asked, unless most was asked before.
func (r *Register) checks(ctx context.Context, schools []string, day time.Time, counts map[string]lull.Count) error {
	part := counts
	if r.from.After(day.Add(after)) {
		var err error
		if part, err = r.count(ctx, schools, r.from, day.AddDate(0, 0, 1)); err != nil {
			return err
		}
	}
	for school, n := range r.before {
		c, has := counts[school]
		seen := part[school].Asked
		if !has || seen == 0 || 2*seen < c.Asked {
			continue
		}
		c.Connectivity = int64(float64(min(int64(n), seen)) / float64(seen) * float64(c.Asked))
		counts[school] = c
	}
	return nil
}

// devices adds how many devices of each school have asked on a day, if all of them were counted.
func (r *Register) devices(day string, counts map[string]lull.Count) {
	told, err := tally.Read(r.src.Days, day, day)
	if err != nil {
		r.src.Log.Warn("read how many devices have asked", "error", err)
	}
	of := map[string]int64{}
	for i := range told {
		if told[i].Lost > 0 {
			return
		}
		for _, c := range told[i].Clients {
			of[c.School] = max(of[c.School], int64(c.Clients))
		}
	}
	for school, c := range counts {
		if len(told) > 0 {
			c.Devices = max(of[school], lull.OfFew)
			counts[school] = c
		}
	}
}

// count is what schools were counted from one moment to another, by the counters then. Those
// without one of them are left out.
func (r *Register) count(ctx context.Context, schools []string, first, next time.Time) (map[string]lull.Count, error) {
	counts := map[string]lull.Count{}
	history := r.src.History()
	for some := range slices.Chunk(schools, batch) {
		quoted := make([]string, len(some))
		for i, id := range some {
			quoted[i] = regexp.QuoteMeta(id)
		}
		among := "{school=~" + strconv.Quote(strings.Join(quoted, "|")) + "}"
		read := func(how, metric string, at time.Time) (map[string]int64, error) {
			expression := fmt.Sprintf("%s by (school) (last_over_time(%s%s[20m]))", how, metric, among)
			samples, err := history.Query(ctx, expression, at)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", metric, err)
			}
			values := make(map[string]int64, len(samples))
			for _, s := range samples {
				values[s.Labels.Get("school")] = int64(s.Value)
			}
			return values, nil
		}
		began, err := read("sum", metrics.SchoolQueries, first)
		if err != nil || len(began) == 0 {
			if err != nil {
				return nil, err
			}
			continue
		}
		ended, err := read("sum", metrics.SchoolQueries, next)
		if err != nil {
			return nil, err
		}
		from, err := read("max", metrics.SchoolProtected, first)
		if err != nil {
			return nil, err
		}
		to, err := read("max", metrics.SchoolProtected, next)
		if err != nil {
			return nil, err
		}
		for id, n := range ended {
			if had, has := began[id]; has && n >= had { // else the node has another name since
				counts[id] = lull.Count{Asked: n - had, Protected: max(0, to[id]-from[id])}
			}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(rest):
		}
	}
	return counts, nil
}

// tell has schools that have likely left the filter be a condition.
func (r *Register) tell(j lull.Judgement) {
	var sure []string
	for i := range j.Found {
		if j.Found[i].Level() >= lull.Likely {
			sure = append(sure, j.Found[i].School)
		}
	}
	if len(sure) == 0 {
		r.src.Conditions.Clear("schools-quiet")
		return
	}
	if r.src.Conditions.Set("schools-quiet", condition(j.Day, sure).String()) {
		r.src.Log.Warn("schools ask far less than usual", "schools", len(sure), "day", j.Day)
	}
}
