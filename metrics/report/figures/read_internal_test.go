package figures

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/metrics/engine"
)

// A scripted engine answers by what an expression begins with and the moment asked for.
type scripted struct {
	samples map[string][]engine.Sample // by the beginning of "EXPRESSION" or "EXPRESSION@UNIX"
	series  []engine.Series
	asked   []string
	fails   string // what an expression has that cannot be read
}

var errEngine = errors.New("no engine")

func (e *scripted) Query(_ context.Context, promql string, at time.Time) (found []engine.Sample, err error) {
	e.asked = append(e.asked, promql)
	if e.fails != "" && strings.Contains(promql, e.fails) {
		return nil, errEngine
	}
	for what, samples := range e.samples {
		expression, moment, timed := strings.Cut(what, "@")
		if strings.Contains(promql, expression) && (!timed || moment == fmt.Sprint(at.Unix())) {
			found = append(found, ofSchools(promql, samples)...)
		}
	}
	return found, nil
}

func (e *scripted) Range(_ context.Context, promql string, _, _ time.Time, step time.Duration) ([]engine.Series, error) {
	e.asked = append(e.asked, promql+" "+step.String())
	return e.series, nil
}

func (e *scripted) List(_ context.Context, selector string, _, _ time.Time) (list []labels.Labels, err error) {
	name, _, _ := strings.Cut(selector, "{")
	if e.fails == "list "+name {
		return nil, errEngine
	}
	for what, samples := range e.samples {
		if strings.Contains(what, name) {
			for _, s := range ofSchools(selector, samples) {
				list = append(list, s.Labels)
			}
		}
	}
	return list, nil
}

var schoolsOf = regexp.MustCompile(`school=~("(?:[^"\\]|\\.)*")`)

// ofSchools are the samples of the schools that an expression names; all if it names none.
func ofSchools(expression string, samples []engine.Sample) (of []engine.Sample) {
	m := schoolsOf.FindStringSubmatch(expression)
	if m == nil {
		return samples
	}
	text, err := strconv.Unquote(m[1])
	if err != nil {
		panic(err)
	}
	named := regexp.MustCompile("^(?:" + text + ")$")
	for _, s := range samples {
		if s.Labels.Get("school") == "" || named.MatchString(s.Labels.Get("school")) {
			of = append(of, s)
		}
	}
	return of
}

func sample(value float64, of ...string) engine.Sample {
	return engine.Sample{Labels: labels.FromStrings(of...), Value: value}
}

// TestWhereASchoolBelongs: to what its newest info says, and what an older one said is
// where it was before.
func TestWhereASchoolBelongs(t *testing.T) {
	start := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	at := func(school, province, commune string) engine.Sample {
		return sample(1, "school", school, "province", province, "commune", commune, "level", "primary")
	}
	e := &scripted{samples: map[string][]engine.Sample{
		`lachan_school_info{school=~"a|b"}[960s]`: {at("a", "tinh", "xa-1"), at("a", "tinh", "xa-2"), at("b", "tinh", "xa-1")},
		`lachan_school_info{school=~"a"}[960s]`:   {at("a", "tinh", "xa-2")},
	}}
	r := &reader{engine: e, done: func() {}}
	p := Period{Start: start, End: start.AddDate(0, 0, 30)}
	now, before, err := r.places(t.Context(), p, p.End)
	if err != nil {
		t.Fatal(err)
	}
	if now["a"].commune != "xa-2" || now["b"].commune != "xa-1" || len(now) != 2 {
		t.Errorf("now: %v after %q", now, e.asked)
	}
	if !reflect.DeepEqual(before, map[string][]place{"a": {{"tinh", "xa-1", "primary"}}}) {
		t.Errorf("before: %v", before)
	}
	if len(e.asked) != 2 {
		t.Errorf("asked %d times: %q", len(e.asked), e.asked)
	}
	if now, before, err := r.places(t.Context(), p, start); now != nil || before != nil || err != nil {
		t.Errorf("of no time at all: %v, %v, %v", now, before, err)
	}
	for window, want := range map[time.Duration]time.Duration{
		48 * time.Hour: 24 * time.Hour, 24 * time.Hour: time.Hour, time.Hour: 5 * time.Minute, 5 * time.Minute: time.Minute,
		time.Minute: 11 * time.Second, 12 * time.Second: 11 * time.Second, 11 * time.Second: 0,
	} {
		if got := narrower(window); got != want {
			t.Errorf("after %s: %s, want %s", window, got, want)
		}
	}
	for _, fails := range []string{"list lachan_school_info", `school=~"a|b"`, `school=~"a"`} {
		e.fails = fails
		if _, _, err := r.places(t.Context(), p, p.End); !errors.Is(err, errEngine) {
			t.Errorf("%s: %v", fails, err)
		}
	}
}

// TestTheSchoolsOfAUnit: those that belong to it, by commune and name, with units that
// counters alone know.
func TestTheSchoolsOfAUnit(t *testing.T) {
	p := Period{Start: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)}
	f := func(unit string, want ...string) {
		t.Helper()
		e := &scripted{samples: map[string][]engine.Sample{"lachan_school_info": {
			sample(1, "school", "b", "province", "tinh", "commune", "xa-2", "level", "primary"),
			sample(1, "school", "counted", "province", "other", "commune", "far", "level", "primary"),
		}}}
		sc := &scope{spec: Spec{Unit: unit, Period: p}, until: p.Start.AddDate(0, 0, 9)}
		sc.spec.Units = []Unit{
			{ID: "tinh", Name: "Tỉnh", Rank: Province}, {ID: "xa-1", Name: "Xã Một", Rank: Commune, Province: "tinh"},
			{ID: "a10", Name: "Trường 10", Rank: School, Province: "tinh", Commune: "xa-1"},
			{ID: "a9", Name: "Trường 9", Rank: School, Province: "tinh", Commune: "xa-1"},
			{ID: "b", Name: "Trường B", Rank: School, Province: "tinh", Commune: "xa-1"},
			{ID: "nowhere", Name: "Trường C", Rank: School},
		}
		err := sc.place(t.Context(), &reader{engine: e, done: func() {}})
		if len(want) == 0 {
			if !errors.Is(err, ErrUnit) {
				t.Errorf("%q: %v", unit, err)
			}
			return
		}
		if got := sc.ids(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v, want %v", unit, got, err, want)
		}
		if u := sc.units["counted"]; u.Name != "counted" || u.Rank != School || u.Commune != "far" || u.Province != "other" || u.Level != "primary" {
			t.Errorf("a school that only counters name: %+v", u)
		}
		if u := sc.units["far"]; u.Rank != Commune || u.Province != "other" || u.Commune != "" {
			t.Errorf("a commune that only counters name: %+v", u)
		}
		if _, known := sc.units[""]; known {
			t.Error("nothing is a unit")
		}
	}
	f("", "nowhere", "counted", "a9", "a10", "b")
	f("tinh", "a9", "a10", "b")
	f("xa-1", "a9", "a10")
	f("xa-2", "b")
	f("b", "b")
	f("counted", "counted")
	f("unknown")
	sc := &scope{units: map[string]Unit{"a": {Name: "A"}, "b": {}}}
	for id, want := range map[string]string{"": "Chưa rõ địa bàn", "a": "A", "b": "b", "c": "c"} {
		if got := sc.name(id); got != want {
			t.Errorf("%q is called %q", id, got)
		}
	}
}

// TestHowFarNodesHaveTold: by the mark of what they have shipped, or by when they were
// last heard; one that was expected and never came is told.
func TestHowFarNodesHaveTold(t *testing.T) {
	end := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	protected := func(node, school string) engine.Sample { return sample(1, "node", node, "school", school) }
	mark := func(node string, at time.Time) engine.Sample { return sample(float64(at.Unix()), "node", node) }
	e := &scripted{samples: map[string][]engine.Sample{
		"lachan_school_protected_seconds_total{school": {protected("whole", "a"), protected("short", "a"), protected("heard", "a"), protected("gone", "a"), protected("quiet", "a"), protected("foreign", "b")},
		"group by (node)":                          {sample(1, "node", "heard"), sample(1, "node", "alive")},
		"lachan_history_shipped_timestamp_seconds": {mark("whole", end.Add(-time.Hour)), mark("whole", end), mark("short", end.Add(-1*time.Second)), mark("gone", end.Add(-time.Hour)), mark("told", end)},
	}}
	g := &gatherer{gathered: gathered{scope: scope{until: end, schools: []schoolAt{{Unit: Unit{ID: "a"}}}}}, reader: &reader{engine: e, done: func() {}}}
	g.spec.Now, g.spec.Period = end.Add(48*time.Hour), Period{Start: end.AddDate(0, -1, 0), End: end}
	g.spec.Nodes = []string{"whole", "never", "told", "alive", "never-again"}
	g.spec.Typed.RetiredNodes = []string{"gone", "never-again", "whole"}
	// The two marks of a node are one series; the larger counts.
	if err := g.readNodes(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range g.nodes {
		got = append(got, fmt.Sprintf("%s %s short=%v never=%v retired=%v", n.Node, n.Until, n.Short, n.Never, n.Retired))
	}
	want := []string{
		"gone 23 giờ 00, ngày 30/09/2026 short=true never=false retired=true",
		"heard 00 giờ 00, ngày 01/10/2026 short=false never=false retired=false",
		"quiet – short=true never=false retired=false",
		"short 23 giờ 59, ngày 30/09/2026 short=true never=false retired=false",
		"whole 00 giờ 00, ngày 01/10/2026 short=false never=false retired=false",
		"never – short=true never=true retired=false",
		"never-again – short=true never=true retired=true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	g.census = &census{backwards: []string{"lost"}}
	reasons := (&builder{&g.gathered}).reasons()
	why := strings.Join(inVietnamese(reasons), "\n")
	for _, node := range []string{"Nút quiet chưa", "Nút short chưa", "Nút never có", "nút lost"} {
		if !strings.Contains(why, node) {
			t.Errorf("%s is not told of in\n%s", node, why)
		}
	}
	if en := reasons[1].EN; en != "The node short has not sent all figures of the period; there are those up to: 30/09/2026 23:59." {
		t.Errorf("in English: %q", en)
	}
	if strings.Count(why, "\n") != 3 || strings.Contains(why, "chưa kết thúc") {
		t.Errorf("told is\n%s", why)
	}
	g.spec.Now = end.Add(-1)
	if why := (&builder{&g.gathered}).reasons(); len(why) != 5 || !strings.HasPrefix(why[0].VI, "Kỳ báo cáo chưa kết thúc") {
		t.Errorf("before the end: %q", why)
	}
	for _, fails := range []string{"list lachan_school_protected_seconds_total", "list lachan_history_shipped_timestamp_seconds", "group by"} {
		e.fails = fails
		if err := g.readNodes(t.Context()); !errors.Is(err, errEngine) {
			t.Errorf("%s: %v", fails, err)
		}
	}
}

// TestWhatIsReadFurtherBack: a counter without a sample in a short window is looked for
// in longer ones, each school by its name.
func TestWhatIsReadFurtherBack(t *testing.T) {
	at := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	e := &scripted{samples: map[string][]engine.Sample{
		"m{school=~\"a|b\\\\.c|d\"}[960s]": {sample(3, "school", "a"), sample(8, "school", "a", "node", "again")},
		"m{school=~\"b\\\\.c|d\"}[4200s]":  {sample(5, "school", "b.c")},
		"m{school=~\"d\"}[34560000s]":      {sample(7, "school", "d")},
	}}
	r := &reader{engine: e, done: func() {}}
	list := func(e *scripted, back time.Duration) (values []float64) {
		t.Helper()
		e.asked = nil
		found, err := r.last(t.Context(), selector{metric: "m"}, schoolOf, at, back)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range found {
			values = append(values, s.Value)
		}
		return values
	}
	e.samples["list of m"] = []engine.Sample{sample(0, "school", "d")}
	if got := list(e, lookback); len(got) != 4 || !slices.Contains(got, 3) || !slices.Contains(got, 5) || !slices.Contains(got, 7) {
		t.Errorf("found %v after %q", got, e.asked)
	}
	if len(e.asked) != 4 {
		t.Errorf("asked %q", e.asked)
	}
	if list(e, time.Minute); strings.Contains(strings.Join(e.asked, ""), "960s") || !strings.Contains(e.asked[0], "[60s]") {
		t.Errorf("further back than a minute: %q", e.asked)
	}
	e.fails = "960s"
	if _, err := r.last(t.Context(), selector{metric: "m"}, schoolOf, at, lookback); !errors.Is(err, errEngine) {
		t.Errorf("a failure: %v", err)
	}
	many := map[string]bool{}
	for i := range fewSchools {
		many[fmt.Sprint(i)] = true
	}
	if s := (selector{}).of(many); len(s.schools) != fewSchools || !strings.Contains(s.String(), "school=~") {
		t.Errorf("%d schools are not named", len(s.schools))
	}
	many["one more"] = true
	if s := (selector{metric: "m", also: `x="y"`}).of(many); len(s.schools) != 0 || s.String() != `m{x="y"}` {
		t.Errorf("%d schools are named: %s", len(s.schools), s)
	}
	all := slices.Repeat([]string{"a"}, fewSchools+1)
	if s := (selector{metric: "m", schools: all}); s.String() != "m{}" {
		t.Errorf("%s", s)
	}
	if s := (selector{metric: "m", schools: []string{"a"}, also: `x="y"`}); s.String() != `m{school=~"a",x="y"}` {
		t.Errorf("%s", s)
	}
}
