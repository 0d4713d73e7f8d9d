package lull_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"lachan/metrics/lull"
)

// weeks are simulated: schools in communes, each with a size, days of the week, noise and
// a trend of its own, a calendar, and what happens.
type weeks struct {
	random  *rand.Rand
	schools []*school
	days    []time.Time
	exams   map[string]bool
	off     map[string]bool // holidays and the summer, by the calendar
}

type school struct {
	commune int
	size    float64
	weekday [7]float64
	drift   float64 // a day
	checks  float64 // share of connectivity checks
	days    []lull.Day
	// What is so by days.
	away   map[int]float64 // by a router of its own: what is left
	only   map[int]bool    // and devices ask nothing but whether there is a network
	storm  map[int]float64
	outage map[int]float64
	outing map[int]float64
	began  []int // when routers came
}

func simulate(seed uint64) *weeks {
	w := &weeks{random: rand.New(rand.NewPCG(seed, 20)), exams: map[string]bool{}, off: map[string]bool{}}
	first := time.Date(2026, 9, 5, 0, 0, 0, 0, time.UTC)
	for i := range 365 + 60 { // a school year, the summer, and two months of the next
		w.days = append(w.days, first.AddDate(0, 0, i))
	}
	span := func(of map[string]bool, from, to string) {
		at, _ := time.Parse(time.DateOnly, from)
		end, _ := time.Parse(time.DateOnly, to)
		for ; !at.After(end); at = at.AddDate(0, 0, 1) {
			of[at.Format(time.DateOnly)] = true
		}
	}
	span(w.off, "2026-11-20", "2026-11-20")
	span(w.off, "2027-01-01", "2027-01-01")
	span(w.off, "2027-02-01", "2027-02-12") // Tết
	span(w.off, "2027-04-30", "2027-05-01")
	span(w.off, "2027-06-01", "2027-09-04") // the summer
	span(w.exams, "2026-12-21", "2026-12-26")
	span(w.exams, "2027-05-10", "2027-05-15")
	const communes, each = 12, 8
	for i := range communes * each {
		s := &school{
			commune: i / each, size: math.Exp(7 + 4*w.random.Float64()), checks: 0.01 + 0.05*w.random.Float64(),
			away: map[int]float64{}, only: map[int]bool{}, storm: map[int]float64{}, outage: map[int]float64{}, outing: map[int]float64{},
		}
		for d := range s.weekday {
			s.weekday[d] = 0.7 + 0.6*w.random.Float64()
		}
		s.weekday[time.Saturday] *= 0.5
		if i%4 == 0 { // a slow drift: to a half, or to twice as much, in a year
			s.drift = []float64{-1, 1}[i/4%2] * math.Ln2 / 365
		}
		w.schools = append(w.schools, s)
	}
	w.happen(communes)
	for _, s := range w.schools {
		for i, at := range w.days {
			s.days = append(s.days, w.day(s, i, at))
		}
	}
	return w
}

// happen has storms come over communes, the power of single schools fail, classes go out,
// and new routers lead past the filter.
func (w *weeks) happen(communes int) {
	for c := range communes {
		for i := range w.days {
			if w.random.Float64() < 0.006 {
				left, long := 0.25*w.random.Float64(), 1+w.random.IntN(3)
				for _, s := range w.schools {
					for d := i; s.commune == c && d < i+long && w.random.Float64() < 0.9; d++ {
						s.storm[d] = left
					}
				}
			}
		}
	}
	for n, s := range w.schools {
		for i := range w.days {
			switch r := w.random.Float64(); {
			case r < 0.0007:
				s.outage[i] = 0.1 * w.random.Float64()
			case r < 0.006:
				s.outing[i] = 0.4 + 0.3*w.random.Float64()
			}
		}
		if n%3 != 0 {
			continue
		}
		began := 40 + w.random.IntN(200)
		long := 7 + w.random.IntN(30)
		left, only := 0.02*w.random.Float64(), false
		switch n / 3 % 3 {
		case 1:
			left = 0.08 + 0.2*w.random.Float64() // some devices keep the old way
		case 2:
			left, only = 0, true
		}
		s.began = append(s.began, began)
		for d := began; d < began+long; d++ {
			s.away[d], s.only[d] = left, only
		}
	}
}

func (w *weeks) day(s *school, i int, at time.Time) lull.Day {
	date := at.Format(time.DateOnly)
	d := lull.Day{
		Day: date, Weekday: at.Weekday(), Known: true,
		Study: at.Weekday() != time.Sunday && !w.off[date] && !w.exams[date],
	}
	usual := s.size * s.weekday[at.Weekday()] * math.Exp(s.drift*float64(i)) * math.Exp(0.2*w.random.NormFloat64())
	switch {
	case w.exams[date]:
		usual *= 0.2
	case !d.Study:
		usual *= 0.03
	}
	for _, of := range []map[int]float64{s.storm, s.outage, s.outing} {
		if left, is := of[i]; is {
			usual *= left
		}
	}
	checks := usual * s.checks
	if left, is := s.away[i]; is {
		usual *= left
		if s.only[i] {
			checks *= 3 // they look again and again
		} else {
			checks *= left
		}
	}
	d.Connectivity = int64(checks)
	d.Asked = int64(usual) + d.Connectivity
	return d
}

// A score is how many findings were right and wrong, and how many routers were found.
type score struct {
	right, wrong  [4]int
	events, found int
	days          int // until they were
}

func (w *weeks) score() (sc score) {
	told := map[*school]map[int]lull.Level{}
	for i := 30; i < len(w.days); i++ {
		byCommune := map[int][]*lull.Finding{}
		all := make([]lull.Finding, len(w.schools))
		for n, s := range w.schools {
			all[n] = lull.Judge(s.days[max(0, i-150) : i+1])
			byCommune[s.commune] = append(byCommune[s.commune], &all[n])
		}
		for _, of := range byCommune {
			lull.Common(of)
		}
		for n, s := range w.schools {
			if all[n].Level == lull.None {
				continue
			}
			if told[s] == nil {
				told[s] = map[int]lull.Level{}
			}
			told[s][i] = all[n].Level
			if _, away := s.away[i]; away {
				sc.right[all[n].Level]++
			} else {
				sc.wrong[all[n].Level]++
			}
		}
	}
	for _, s := range w.schools {
		for _, began := range s.began {
			study, after := 0, 0
			for i := began; i < len(w.days) && s.has(i); i++ {
				if s.days[i].Study {
					study++
				}
				if after == 0 && told[s][i] >= lull.Likely {
					after = study
				}
			}
			if study < 3 {
				continue // it fell into days without lessons
			}
			if sc.events++; after > 0 {
				sc.found++
				sc.days += after
			}
		}
	}
	return sc
}

func (s *school) has(day int) bool { _, is := s.away[day]; return is }

// TestQuietSchoolsAreFoundInSimulatedWeeks: over ten simulated years of 96 schools with
// holidays, exams, summers, storms, power cuts, outings and slow drifts, new routers are
// found, and each level is right as often as it says.
func TestQuietSchoolsAreFoundInSimulatedWeeks(t *testing.T) {
	var sum score
	for seed := range uint64(10) {
		sc := simulate(seed).score()
		for l := range sum.right {
			sum.right[l] += sc.right[l]
			sum.wrong[l] += sc.wrong[l]
		}
		sum.events, sum.found, sum.days = sum.events+sc.events, sum.found+sc.found, sum.days+sc.days
	}
	text := ""
	for _, l := range lull.Levels() {
		precision := 100 * float64(sum.right[l]) / float64(sum.right[l]+sum.wrong[l])
		text += fmt.Sprintf("%s: precision %.1f %% (%d of %d school days); ", l, precision, sum.right[l], sum.right[l]+sum.wrong[l])
		if precision < float64(l.Percent()) {
			t.Errorf("%s is said to be right in %d %%, and is in %.1f %%", l, l.Percent(), precision)
		}
	}
	recall := 100 * float64(sum.found) / float64(sum.events)
	t.Logf("%srecall %.1f %% (%d of %d routers, after %.1f days of school)", text, recall, sum.found, sum.events,
		float64(sum.days)/float64(sum.found))
	if recall < 90 {
		t.Errorf("%.1f %% of new routers are found", recall)
	}
}

// regular is a school whose days are all alike.
func regular(n int) (days []lull.Day) {
	at := time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)
	for i := range n {
		day := at.AddDate(0, 0, i)
		days = append(days, lull.Day{
			Day: day.Format(time.DateOnly), Weekday: day.Weekday(), Study: day.Weekday() != time.Sunday, Known: true,
			Asked: 1000, Connectivity: 20,
		})
	}
	return days
}

// TestWhatASchoolDayIsSaidToBe: by what it has, and what was before it.
func TestWhatASchoolDayIsSaidToBe(t *testing.T) {
	f := func(what string, want lull.Level, change func([]lull.Day)) {
		t.Helper()
		days := regular(40) // the last is a Friday
		change(days)
		if got := lull.Judge(days); got.Level != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	last := func(days []lull.Day, back int) *lull.Day { return &days[len(days)-1-back] }
	f("nothing happens", lull.None, func([]lull.Day) {})
	f("one day", lull.Possible, func(d []lull.Day) { last(d, 0).Asked = 100 })
	f("two days", lull.Likely, func(d []lull.Day) { last(d, 0).Asked, last(d, 1).Asked = 100, 50 })
	f("three days", lull.AlmostSure, func(d []lull.Day) {
		for i := range 3 {
			last(d, i).Asked, last(d, i).Connectivity = 0, 0
		}
	})
	f("a half", lull.None, func(d []lull.Day) { last(d, 0).Asked = 500 })
	f("a holiday by the calendar", lull.None, func(d []lull.Day) { last(d, 0).Asked, last(d, 0).Study = 0, false })
	f("the node was off", lull.None, func(d []lull.Day) { last(d, 0).Asked, last(d, 0).Known = 0, false })
	f("devices ask whether there is a network, and nothing else", lull.AlmostSure, func(d []lull.Day) {
		last(d, 0).Asked, last(d, 0).Connectivity = 90, 80
	})
	f("three weeks, with a Sunday among them", lull.AlmostSure, func(d []lull.Day) {
		for i := range 18 {
			last(d, i).Asked = 10
		}
	})
	f("a school that hardly asks", lull.None, func(d []lull.Day) {
		for i := range d {
			d[i].Asked = 60
		}
		last(d, 0).Asked = 0
	})
	devices := func(n int64) func([]lull.Day) {
		return func(d []lull.Day) {
			for i := range d {
				d[i].Devices = 200
			}
			last(d, 0).Devices = n
		}
	}
	f("one device asks in place of all", lull.Possible, devices(lull.OfFew))
	f("a tenth of the devices ask as much as all", lull.Possible, devices(20))
	f("half of the devices are there", lull.None, devices(100))
	f("nobody knows how many there were", lull.None, devices(0))
	f("few devices, for the whole week", lull.Possible, func(d []lull.Day) {
		devices(200)(d)
		for i := range 5 {
			last(d, i).Devices = lull.OfFew
		}
	})
	f("all come by one address, as always", lull.None, func(d []lull.Day) {
		for i := range d {
			d[i].Devices = lull.OfFew
		}
	})
	few := regular(7)
	few[6].Asked, few[6].Study = 0, true
	if got := lull.Judge(few); got.Judged {
		t.Errorf("after six days: %v", got)
	}
	if got := lull.Judge(nil); got.Judged || got.Level != lull.None {
		t.Errorf("of no day: %v", got)
	}
}

// TestAStormIsNobodysRouter: where most schools of a commune are quiet on the same day it
// is told of none, until it lasts.
func TestAStormIsNobodysRouter(t *testing.T) {
	schools := make([]lull.Finding, 6)
	all := make([]*lull.Finding, 6)
	f := func(quiet, run int, checks bool, want lull.Level) {
		t.Helper()
		for i := range schools {
			schools[i] = lull.Finding{Judged: true, Usual: 1000, Asked: 900}
			if i < quiet {
				schools[i].Asked, schools[i].Level, schools[i].Run, schools[i].Checks = 50, lull.Possible, run, checks && i == 0
			}
			all[i] = &schools[i]
		}
		lull.Common(all)
		if schools[0].Level != want {
			t.Errorf("%d of 6 are quiet for %d days: %v, want %v", quiet, run, schools[0].Level, want)
		}
	}
	f(1, 1, false, lull.Possible)
	f(2, 1, false, lull.Possible)
	f(4, 1, false, lull.None)
	f(4, 4, false, lull.Possible)
	f(4, 1, true, lull.Possible)
}

// BenchmarkJudge judges one school by the days that are kept of it.
func BenchmarkJudge(b *testing.B) {
	days := regular(lull.KeptDays)
	for b.Loop() {
		lull.Judge(days)
	}
}
