package figures

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/metrics/engine"
)

var may = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)

// TestWhenCountersAreRead: at the ends of spans, and where days by the hour begin and
// end; of one school at the end of each such day.
func TestWhenCountersAreRead(t *testing.T) {
	at := func(day, hour int) time.Time { return may.AddDate(0, 0, day-1).Add(time.Duration(hour) * time.Hour) }
	spans := []Span{{Start: at(1, 0), End: at(5, 0)}, {Start: at(5, 0), End: at(7, 12)}}
	f := func(each bool, days Span, want ...string) {
		t.Helper()
		var got []string
		for _, r := range readings(spans, days, each) {
			got = append(got, fmt.Sprintf("%s -%s %d %v %v", r.at.Format("2 15h"), r.back, r.span, r.closes, r.inDays))
		}
		if !slices.Equal(got, want) {
			t.Errorf("each %v: got\n%s\nwant\n%s", each, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	f(false, Span{Start: at(4, 0), End: at(7, 0)}, "1 00h -9600h0m0s 0 false false", "4 00h -72h0m0s 0 false false", "5 00h -24h0m0s 0 true true",
		"7 00h -48h0m0s 1 false true", "7 12h -12h0m0s 1 true false")
	f(true, Span{Start: at(4, 0), End: at(7, 0)}, "1 00h -9600h0m0s 0 false false", "4 00h -72h0m0s 0 false false", "5 00h -24h0m0s 0 true true",
		"6 00h -24h0m0s 1 false true", "7 00h -24h0m0s 1 false true", "7 12h -12h0m0s 1 true false")
	f(false, Span{Start: at(1, 0), End: at(5, 0)}, "1 00h -9600h0m0s 0 false false", "5 00h -96h0m0s 0 true true", "7 12h -60h0m0s 1 true false")
}

// TestWhatASchoolCountedOnADay: what it has now less what it had, by category, and
// whether it was heard at all.
func TestWhatASchoolCountedOnADay(t *testing.T) {
	c := newCensus([]Category{{Code: "a"}, {Code: "b"}}, []string{"s"})
	of := func(decision, category, group string) labels.Labels {
		return labels.FromStrings("school", "s", "node", "n", "decision", decision, "category", category, "group", group)
	}
	var month outcomes
	c.count(&month, of("allowed", "none", ""), 100)
	c.count(&month, of("blocked", "a", ""), 7)
	c.count(&month, labels.FromStrings("school", "other", "decision", "allowed"), 5000)
	if !c.schools["s"].heard {
		t.Error("a school that has counted is not heard")
	}
	mark := c.only()
	c.count(&month, of("allowed", "none", "gv"), 10)
	c.count(&month, of("excepted", "b", "gv"), 3)
	c.count(&month, of("blocked", "a", ""), 1)
	c.count(&month, of("blocked", "b", ""), 2)
	c.closeDay(may, mark)
	c.closeDay(may.AddDate(0, 0, 1), c.only())
	silent := c.only()
	c.protect(of("", "", ""), 60)
	c.closeDay(may.AddDate(0, 0, 2), silent)
	if len(c.daily) != 3 {
		t.Fatalf("%+v", c.daily)
	}
	if d := c.daily[0]; !d.day.Equal(may) || !d.heard || d.allowed != 10 || d.excepted != 3 || !slices.Equal(d.blocked, []int64{1, 2}) {
		t.Errorf("a day: %+v", d)
	}
	if d := c.daily[1]; d.heard || d.all() != 0 {
		t.Errorf("a day without anything: %+v", d)
	}
	if d := c.daily[2]; !d.heard || d.all() != 0 {
		t.Errorf("a day on which it was only protected: %+v", d)
	}
	if month.all() != 123 || month.allowed != 110 || c.groups["gv"].all() != 13 || c.groups[""].all() != 110 || len(c.groups) != 2 {
		t.Errorf("the month has %+v, groups %+v", month, c.groups)
	}
	if total := c.total(); total.all() != 123 || total.excepted != 3 || !c.schools["s"].heard {
		t.Errorf("in all %+v", total)
	}
	several := newCensus(nil, []string{"s", "t"})
	if several.only() != nil {
		t.Error("of two schools one is taken for both")
	}
	several.closeDay(may, nil)
	if several.count(&month, of("allowed", "", "gv"), 1); len(several.daily)+len(several.groups) != 0 {
		t.Errorf("of several schools there are days or groups: %+v", several)
	}
	several.begin(of("allowed", "", ""), 0)
	several.begin(labels.FromStrings("school", "u", "node", "m"), 5)
	if len(several.began) != 0 {
		t.Errorf("nothing began: %v", several.began)
	}
	if several.begin(of("allowed", "", ""), 1); !several.began["n"] {
		t.Error("what was counted before is not noted")
	}
}

// TestHowLongASchoolWasProtected: two nodes may have done it at once, so the longer time
// counts, and no node was up for longer than the span.
func TestHowLongASchoolWasProtected(t *testing.T) {
	c := newCensus(nil, []string{"s", "t"})
	on := func(school, node string, seconds int64) {
		c.protect(labels.FromStrings("school", school, "node", node), seconds)
	}
	on("s", "n", 100)
	on("s", "n", 50)
	on("s", "m", 120)
	on("t", "n", 90)
	on("u", "n", 900)
	c.closeSpan(140 * time.Second)
	on("s", "m", 10)
	c.closeSpan(time.Hour)
	if got := c.schools["s"].protected; !slices.Equal(got, []time.Duration{150 * time.Second, 10 * time.Second}) || c.schools["s"].protectedInAll() != 160*time.Second {
		t.Errorf("protected for %v", got)
	}
	if got := c.schools["t"].protected; !slices.Equal(got, []time.Duration{90 * time.Second, 0}) {
		t.Errorf("the other one for %v", got)
	}
	if want := map[string]time.Duration{"n": 140 * time.Second, "m": 130 * time.Second}; !reflect.DeepEqual(c.up, want) {
		t.Errorf("up were %v, want %v", c.up, want)
	}
}

// TestBlocksByTheHour: of a counter that is known at both ends of an hour.
func TestBlocksByTheHour(t *testing.T) {
	friday := time.Date(2026, 9, 4, 0, 0, 0, 0, time.UTC)
	g := &gatherer{gathered: gathered{lessonOf: map[int]time.Duration{0: 1}}}
	g.spec.Hours = Hours{From: 7*time.Hour + 15*time.Minute, To: 11 * time.Hour, On: func(_ int, day time.Time) bool { return day.Weekday() != time.Saturday }}
	var h HourCounts
	a := g.hoursOf(&h, friday, friday.AddDate(0, 0, 2))
	series := func(technical bool, known int64, points ...float64) {
		t.Helper()
		var s engine.Series
		for i := 0; i+1 < len(points); i += 2 {
			s.Points = append(s.Points, engine.Point{At: friday.Add(time.Duration(points[i] * float64(time.Hour))), Value: points[i+1]})
		}
		if got := a.series(s, 0, technical); got != known {
			t.Errorf("%v: %d are known, want %d", points, got, known)
		}
	}
	series(false, 31, 6, 100, 7, 101, 8, 103, 11, 200, 12, 204, 13, 204, 14, 1, 15, 25) // 1 before, 2 in lessons, 4 and 24 after; three hours are not known
	series(false, 5, 31, 0, 32, 5)                                                      // on Saturday
	series(true, 9, 8, 1, 9, 10)
	want := HourCounts{Lessons: Number(2), Outside: Number(34)}
	want.Counts[6].Content, want.Counts[7].Content, want.Counts[11].Content, want.Counts[14].Content = Number(1), Number(7), Number(4), Number(24)
	want.Counts[8].Technical = Number(9)
	if h != want {
		t.Errorf("%+v\nwant %+v", h, want)
	}
	if lessons := a.lessons[0]; !lessons[7] || lessons[6] || !lessons[10] || lessons[11] || lessons[24+8] || len(lessons) != 48 {
		t.Errorf("lessons are in %v", lessons)
	}
	hours := func(schools int, start, until time.Time) int {
		sc := &scope{until: until, schools: make([]schoolAt, schools)}
		sc.spec.Period.Start = start
		s := sc.hourly()
		return int(s.End.Sub(s.Start) / (24 * time.Hour))
	}
	year := friday.AddDate(-20, 0, 0)
	for schools, days := range map[int]int{0: 3500, 1: 3500, 10: 350, 500: 7, 499: 7, 437: 8, 4000: 7} {
		if got := hours(schools, year, friday.Add(5*time.Hour)); got != days {
			t.Errorf("%d schools: %d days by the hour, want %d", schools, got, days)
		}
	}
	if got := hours(1, friday.AddDate(0, 0, -3), friday); got != 3 {
		t.Errorf("of three days %d are read by the hour", got)
	}
}

// TestLessonsOfTornMonths: of several nodes the best of each day, never more than lessons
// are long, and nothing of a day of which one end is not known.
func TestLessonsOfTornMonths(t *testing.T) {
	g := &gatherer{gathered: gathered{scope: scope{until: may.AddDate(0, 0, 10)}, lessons: map[string]time.Duration{"s": time.Hour}}}
	g.spec.Period.Start = may
	g.spec.Hours = Hours{From: 7 * time.Hour, To: 9 * time.Hour, On: func(_ int, day time.Time) bool { return day.Day() != 3 }}
	series := func(school, node string, hour int, values map[int]float64) engine.Series {
		s := engine.Series{Labels: labels.FromStrings("school", school, "node", node)}
		for day, v := range values {
			s.Points = append(s.Points, engine.Point{At: may.AddDate(0, 0, day-1).Add(time.Duration(hour) * time.Hour), Value: v})
		}
		return s
	}
	begins := []engine.Series{series("s", "n", 7, map[int]float64{1: 0, 2: 10000, 3: 0, 11: 0}), series("s", "m", 7, map[int]float64{1: 50}), series("t", "n", 7, map[int]float64{1: 0})}
	ends := []engine.Series{series("s", "n", 9, map[int]float64{1: 3600, 2: 99999, 3: 7200, 4: 7200, 11: 7200}), series("s", "m", 9, map[int]float64{1: 5050}), series("t", "n", 9, map[int]float64{1: 7200})}
	g.addLessons(begins, ends, map[string]bool{"s": true})
	if want := map[string]time.Duration{"s": time.Hour + 5000*time.Second + 2*time.Hour}; !reflect.DeepEqual(g.lessons, want) {
		t.Errorf("%v, want %v", g.lessons, want)
	}
}

// TestHowLongAnswersTook: the least limit within which half of them, and nineteen of
// twenty, were given.
func TestHowLongAnswersTook(t *testing.T) {
	f := func(want Answers, within map[string]int64) {
		t.Helper()
		if got := answersOf(within); got != want {
			t.Errorf("%v: %+v, want %+v", within, got, want)
		}
	}
	f(Answers{Number(100), "5ms", "25ms"}, map[string]int64{"1ms": 49, "5ms": 50, "25ms": 95, "100ms": 100, "any": 100})
	f(Answers{Number(100), "25ms", "100ms"}, map[string]int64{"5ms": 49, "25ms": 94, "100ms": 100, "any": 100})
	f(Answers{Number(100), "any", "any"}, map[string]int64{"25ms": 10, "any": 100})
	none := Answers{Figure{Sign: NoData}, "–", "–"}
	f(none, map[string]int64{"25ms": 10})
	f(none, nil)
}

// TestWhatWasCountedBetweenTwoMoments: a counter that went back is all that is known, and
// one that an engine has twice counts once.
func TestWhatWasCountedBetweenTwoMoments(t *testing.T) {
	from, to := may, may.AddDate(0, 1, 0)
	of := func(value float64, school, node, extra string) engine.Sample {
		return sample(value, "school", school, "node", node, "extra", extra)
	}
	e := &scripted{samples: map[string][]engine.Sample{
		fmt.Sprintf("m{@%d", from.Unix()): {of(10, "a", "n", ""), of(50, "b", "n", "")},
		fmt.Sprintf("m{@%d", to.Unix()):   {of(17, "a", "n", ""), of(20, "b", "n", ""), of(5, "c", "n", ""), of(5, "c", "n", "again")},
	}}
	r := &reader{engine: e, done: func() {}}
	list, err := r.counted(t.Context(), selector{metric: "m"}, identity, from, to)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range list {
		got[schoolOf(c.labels)] += fmt.Sprint(c.n, c.before)
	}
	if want := map[string]string{"a": "7 true", "b": "20 true", "c": "5 false"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	e.fails = "m{"
	if _, err := r.counted(t.Context(), selector{metric: "m"}, identity, from, to); !errors.Is(err, errEngine) {
		t.Errorf("%v", err)
	}
}

// TestVisitsChecksAndWhatIsObserved: visits are known if every node counted them that counted queries,
// and are no more than queries; checks by result and category.
func TestVisitsChecksAndWhatIsObserved(t *testing.T) {
	from, to := may, may.AddDate(0, 1, 0)
	check := func(n float64, school, category, result string) engine.Sample {
		return sample(n, "school", school, "node", "n", "category", category, "result", result)
	}
	gatherer := func(e *scripted, queries int64, began ...string) *gatherer {
		g := &gatherer{gathered: gathered{scope: scope{until: to, schools: make([]schoolAt, 3)}}, reader: &reader{engine: e, done: func() {}}}
		g.spec.Period = Period{Start: from, End: to}
		g.census = newCensus([]Category{{Code: "ads", Label: "Quảng cáo"}, {Code: "games", Label: "Trò chơi"}}, []string{"a", "b", "c"})
		g.census.schools["a"].allowed = queries
		for _, node := range began {
			g.census.began[node] = true
		}
		return g
	}
	visits := func(queries int64, began ...string) Figure {
		t.Helper()
		e := &scripted{samples: map[string][]engine.Sample{
			fmt.Sprintf("lachan_school_visits_total{@%d", from.Unix()): {sample(100, "school", "a", "node", "n")},
			fmt.Sprintf("lachan_school_visits_total{@%d", to.Unix()):   {sample(140, "school", "a", "node", "n"), sample(60, "school", "b", "node", "m"), sample(900, "school", "x", "node", "n")},
		}}
		g := gatherer(e, queries, began...)
		if err := g.readVisits(t.Context(), selector{}); err != nil {
			t.Fatal(err)
		}
		return g.visits
	}
	if got := visits(1000); got != Number(100) {
		t.Errorf("visits: %v", got)
	}
	if got := visits(1000, "n"); got != Number(100) {
		t.Errorf("with a node that had counted them before: %v", got)
	}
	if got := visits(1000, "n", "m"); got.Known() {
		t.Errorf("with one that had not: %v", got)
	}
	if got := visits(70); got != Number(70) {
		t.Errorf("more visits than queries: %v", got)
	}
	observed := func(n float64, school, category string) engine.Sample {
		return sample(n, "school", school, "node", "n", "category", category)
	}
	watched := gatherer(&scripted{samples: map[string][]engine.Sample{
		fmt.Sprintf("lachan_school_observed_total{@%d", from.Unix()): {observed(2, "a", "games")},
		fmt.Sprintf("lachan_school_observed_total{@%d", to.Unix()): {
			observed(7, "a", "games"), observed(4, "b", "games"), observed(0, "a", "ads"), observed(99, "x", "games"),
		},
	}}, 1)
	if err := watched.readObserved(t.Context(), selector{}); err != nil {
		t.Fatal(err)
	}
	if list := []ObservedCount{{"games", "Trò chơi", Number(9)}}; !reflect.DeepEqual(watched.observed, list) {
		t.Errorf("observed: %+v\nwant %+v", watched.observed, list)
	}
	g := gatherer(&scripted{samples: map[string][]engine.Sample{
		fmt.Sprintf("lachan_school_checks_total{@%d", to.Unix()): {
			check(5, "a", "games", "passed"), check(2, "a", "games", "failed"), check(3, "b", "ads", "allowed"), check(0, "c", "ads", "passed"),
			check(1, "b", "none", "passed"), check(99, "x", "ads", "passed"),
		},
	}}, 1)
	if err := g.readChecks(t.Context(), selector{}); err != nil {
		t.Fatal(err)
	}
	none := Figure{}
	want := CheckCounts{All: Number(11), Passed: Number(6), Failed: Number(2), Allowed: Number(3), Unchecked: Number(1), Categories: []CheckCount{
		{Code: "ads", Label: "Quảng cáo", Passed: none, Failed: none, Allowed: Number(3)}, {Code: "games", Label: "Trò chơi", Passed: Number(5), Failed: Number(2)},
	}}
	if !reflect.DeepEqual(g.checks, want) {
		t.Errorf("%+v\nwant %+v", g.checks, want)
	}
	for _, known := range []bool{false, true} {
		g = gatherer(&scripted{}, 1)
		if g.visits = (Figure{Sign: NoData}); known {
			g.visits = Number(3)
		}
		if err := g.readChecks(t.Context(), selector{}); err != nil || g.checks.All.Known() != known || g.checks.Unchecked.Known() != known || known && g.checks.Unchecked != Number(3) {
			t.Errorf("no checks of nodes that count visits %v: %+v, %v", known, g.checks, err)
		}
	}
}

// TestHowCompleteASchoolIs: nineteen of twenty lessons are enough; one that was not heard
// has no data, and where it belonged before is noted.
func TestHowCompleteASchoolIs(t *testing.T) {
	g := &gathered{scope: scope{units: map[string]Unit{"xa": {Name: "Xã Cũ"}, "tinh": {Name: "Tỉnh Cũ"}}, until: may.AddDate(0, 0, 10)}, lessons: map[string]time.Duration{}, lessonOf: map[int]time.Duration{0: 1000 * time.Second}}
	g.spec.Period.Start, g.spec.Levels = may, [][2]string{{"primary", "Tiểu học"}, {"lower", "Trung học cơ sở"}}
	b := &builder{g}
	row := func(protected time.Duration, heard bool, students int, before ...place) Row {
		g.census = newCensus(nil, []string{"s"})
		g.census.schools["s"].heard, g.lessons["s"] = heard, protected
		return b.schoolRow(schoolAt{Unit{ID: "s", Students: students}, place{"p", "c", "lower"}, before})
	}
	f := func(r Row, coverage string, notes ...string) {
		t.Helper()
		if r.Coverage.String() != coverage || !slices.Equal(r.Notes, notes) || r.Name != "s" {
			t.Errorf("%s %q, want %s %q", r.Coverage, r.Notes, coverage, notes)
		}
	}
	f(row(950*time.Second, true, 0), "95,0%")
	f(row(949*time.Second, true, 0), "94,9%", "số liệu chưa đầy đủ")
	f(row(1000*time.Second, false, 0), "–", "không có số liệu")
	f(row(1000*time.Second, true, 0, place{"tinh", "xa", "lower"}, place{"p", "xa", "primary"}, place{"p", "c", "primary"}, place{"p", "c", ""}), "100,0%",
		"trước thuộc Tỉnh Cũ", "trước thuộc Xã Cũ", "trước là cấp Tiểu học", "trước là cấp Chưa rõ cấp học")
	if r := row(0, true, 1); r.Students != Number(1) || r.Schools != Number(1) || !r.Queries.Known() {
		t.Errorf("%+v", r)
	}
	if r := row(0, false, 0); r.Students.Known() || r.Queries.Known() {
		t.Errorf("%+v", r)
	}
	covered := func(perMille int64, queries Figure) Row {
		return Row{ID: "x", Students: Number(20), Coverage: Ratio{PerMille: perMille}, Counts: Counts{Queries: queries}, Level: "lower"}
	}
	rows := []Row{covered(950, Number(1)), covered(949, Number(0)), covered(1000, Figure{Sign: NoData}), covered(1000, Number(5))}
	g.schools = []schoolAt{{Unit: Unit{ID: "s"}}}
	c := b.coverage(rows)
	if c.Schools != Number(4) || c.Full != Number(2) || c.Partial != Number(1) || c.Silent != Number(1) || c.Asked != Number(2) || c.Measure != "lessons" || c.Time.PerMille != 975 {
		t.Errorf("%+v", c)
	}
	if g.lessonOf = map[int]time.Duration{0: 0}; b.coverage(rows).Measure != "all hours" {
		t.Error("without lessons they are what is measured")
	}
	if got := meanCoverage(rows[1:3]); got.PerMille != 975 {
		t.Errorf("the mean of 94,9 and 100 is %s", got)
	}
	if meanCoverage(nil).Known() || (&builder{&gathered{}}).up().Known() {
		t.Error("of no schools there is a mean")
	}
	groups := b.grouped([]Row{{Level: "lower", Students: Number(7)}, {Level: "", Students: Figure{Sign: NoData}}, {Level: "primary", Students: Number(1)}, {Level: "lower", Students: Number(30)}},
		func(r *Row) string { return r.Level }, b.levelName, b.levelOrder)
	var got []string
	for _, r := range groups {
		got = append(got, r.Name+" "+r.Schools.String()+" "+r.Students.String())
	}
	if want := []string{"Tiểu học 1 1", "Trung học cơ sở 2 37", "Chưa rõ cấp học 1 –"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestProgressAndOtherPeriods: reading is told step by step, to the end and no further.
func TestProgressAndOtherPeriods(t *testing.T) {
	f := func(code string, months int, others ...string) {
		t.Helper()
		p, err := ParsePeriod(code, Calendar{Zone: time.UTC})
		if err != nil {
			t.Fatal(err)
		}
		g := &gatherer{gathered: gathered{scope: scope{spec: Spec{Period: p}, until: p.End}}}
		var got []string
		for _, o := range g.otherPeriods() {
			got = append(got, o.Code)
		}
		if !slices.Equal(got, others) || len(g.spans()) != months {
			t.Errorf("%s: beside %v, of %d months", code, got, len(g.spans()))
		}
		all := 3 + months + 2*len(others)
		var told []string
		g.step()
		g.spec.Progress = func(done, of int) { told = append(told, fmt.Sprint(done, "/", of)) }
		for range all {
			g.step()
		}
		if len(told) != all || told[0] != fmt.Sprint(2, "/", all) || told[all-1] != fmt.Sprint(all, "/", all) {
			t.Errorf("%s: told %v", code, told)
		}
	}
	f("2026-10", 1, "2026-09", "2025-10")
	f("2026-Q3", 3, "2026-Q2", "2025-Q3")
	f("2026", 12, "2025")
	p, _ := ParsePeriod("2026-Q3", Calendar{Zone: time.UTC})
	sc := &scope{spec: Spec{Period: p}, until: p.Start.AddDate(0, 1, 5)}
	if spans := sc.spans(); len(spans) != 2 || !spans[1].End.Equal(sc.until) {
		t.Errorf("of a quarter that is not over: %v", spans)
	}
	if sc.until = p.Start.AddDate(0, 1, 0); len(sc.spans()) != 1 {
		t.Errorf("of its first month: %v", sc.spans())
	}
	if sc.until = p.Start; len(sc.spans()) != 1 {
		t.Errorf("before it began: %v", sc.spans())
	}
}
