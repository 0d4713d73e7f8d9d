package figures

import (
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/metrics/engine"
	"lachan/metrics/tally"
)

// A category that only counters know is one of its own at the end, and no other's.
func TestACategoryThatIsNotKnownHasAPlace(t *testing.T) {
	c := newCensus([]Category{{Code: "games", Class: Managed}, {Code: "ads", Class: Technical}}, nil)
	for range 2 { // the second time it is known
		first, second := c.category("new"), c.category("newer")
		if first != 2 || second != 3 || c.categories[first].Label != "new" || c.class("newer") != Managed {
			t.Errorf("places %d and %d in %+v", first, second, c.categories)
		}
	}
	if c.category("ads") != 1 || c.class("ads") != Technical || len(c.categories) != 4 {
		t.Errorf("%+v", c.categories)
	}
}

// Schools that asked nothing are told as such, and do not make those that asked little
// look usual.
func TestSchoolsThatAskedFewAreFoundBesideThoseThatAskedNone(t *testing.T) {
	pupils := Number(100)
	of := func(queries ...int64) (rows []Row) {
		for _, n := range queries {
			var r Row
			r.Queries, r.Students = Number(n), pupils
			rows = append(rows, r)
		}
		return rows
	}
	f := func(what string, rows []Row, want ...Suspicion) {
		t.Helper()
		suspect(rows)
		for i := range rows {
			if rows[i].Suspicion != want[i] {
				t.Errorf("%s: school %d: %v, want %v", what, i, rows[i].Suspicion, want[i])
			}
			if noted := len(rows[i].Notes) > 0; noted != (want[i] != NoSuspicion) {
				t.Errorf("%s: school %d has the notes %q", what, i, rows[i].Notes)
			}
		}
	}
	f("one of five asked few", of(1000, 1000, 1000, 1000, 99), "", "", "", "", AskedFew)
	f("a tenth is enough", of(1000, 1000, 1000, 1000, 100), "", "", "", "", "")
	f("four are too few to compare", of(1000, 1000, 1000, 9), "", "", "", "")
	f("four beside one that asked none", of(1000, 1000, 1000, 9, 0), "", "", "", "", AskedNone)
	f("most asked none", of(0, 0, 0, 0, 0, 0, 1000, 1000, 1000, 1000, 99),
		AskedNone, AskedNone, AskedNone, AskedNone, AskedNone, AskedNone, "", "", "", "", AskedFew)
	hidden := of(1000, 1000, 1000, 1000, 9)
	hidden[4].Queries = Figure{Sign: Suppressed}
	f("what is suppressed is not judged", hidden, "", "", "", "", "")
}

// The time of lessons in a month is that of all its days of lessons, once for each
// calendar.
func TestTheTimeOfLessonsInAMonth(t *testing.T) {
	zone := time.FixedZone("+07", 7*60*60)
	begin, end := time.Date(2026, 9, 1, 0, 0, 0, 0, zone), time.Date(2026, 10, 1, 0, 0, 0, 0, zone)
	f := func(until time.Time, want map[int]time.Duration) {
		t.Helper()
		g := &gatherer{gathered: gathered{
			scope: scope{
				until:   until,
				schools: []schoolAt{{Unit: Unit{Calendar: 0}}, {Unit: Unit{Calendar: 1}}, {Unit: Unit{Calendar: 1}}},
			},
			lessonOf: map[int]time.Duration{},
		}}
		g.spec.Period.Start = begin
		g.spec.Hours = Hours{From: 7 * time.Hour, To: 11 * time.Hour, On: func(calendar int, day time.Time) bool {
			return day.Weekday() != time.Sunday && (calendar == 0 || day.Weekday() != time.Saturday)
		}}
		times := g.lessonTimes(Span{Start: begin, End: end})
		for calendar, hours := range want {
			if times[calendar] != hours || g.lessonOf[calendar] != hours {
				t.Errorf("until %s: calendar %d: %s, in all %s, want %s", until, calendar, times[calendar], g.lessonOf[calendar], hours)
			}
		}
	}
	const day = 4 * time.Hour
	f(end, map[int]time.Duration{0: 26 * day, 1: 22 * day})
	f(time.Date(2026, 9, 3, 11, 0, 0, 0, zone), map[int]time.Duration{0: 3 * day, 1: 3 * day})
	f(time.Date(2026, 9, 3, 10, 59, 0, 0, zone), map[int]time.Duration{0: 2 * day, 1: 2 * day})
}

// Names are counted by province: a commune or a school has none, and neither has a
// province without days.
func TestNamesAreAProvinces(t *testing.T) {
	days := map[string][]tally.Day{"2026-09-01": {{Names: []tally.NameOfDay{
		{Province: "lao-cai", Category: "games", Name: "a.example", Count: 12, Over: 2},
		{Province: "lao-cai", Category: "ads", Name: "b.example", Count: 90},
		{Province: "ha-noi", Category: "games", Name: "a.example", Count: 5},
	}}}}
	f := func(rank Rank, unit string, of map[string][]tally.Day, want ...int64) {
		t.Helper()
		b := &besideBuilder{&gathered{census: newCensus([]Category{{Code: "games"}, {Code: "ads", Class: Technical}}, nil)}}
		b.unit.Rank, b.spec.Unit = rank, unit
		names := b.names(of)
		if len(names) != len(want) {
			t.Fatalf("%v %q: %+v", rank, unit, names)
		}
		for i, n := range want {
			if names[i].Blocked.Value != n {
				t.Errorf("%v %q: %+v, want %d", rank, unit, names[i], n)
			}
		}
	}
	f(Province, "lao-cai", days, 10)
	f(Operator, "", days, 15)
	f(Province, "lao-cai", nil)
	f(Commune, "lao-cai", days)
	f(School, "lao-cai", days)
}

// An order that was carried out at the last moment of its time was carried out in time.
func TestOrdersAtTheEndOfTheirTime(t *testing.T) {
	begin := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	var p Period
	p.Start, p.End = begin, begin.AddDate(0, 1, 0)
	var orders []Order
	for _, o := range []struct {
		took   time.Duration
		urgent bool
	}{{6 * time.Hour, true}, {6*time.Hour + 1, true}, {24 * time.Hour, false}, {24*time.Hour + 1, false}} {
		orders = append(orders, Order{InForce: begin, Took: o.took, Urgent: o.urgent})
	}
	orders = append(orders, Order{InForce: p.End, Took: time.Hour}) // of the next month
	c := countOrders(orders, p)
	if c.Orders != 4 || c.Urgent != 2 || c.InLimit != 2 || c.In6 != 1 || c.In24 != 3 || c.Worst != 24*time.Hour+1 {
		t.Errorf("%+v", c)
	}
}

// A counter that stands still has counted nothing; one that went back is all that is
// known, and marks its node.
func TestWhatACounterHasCounted(t *testing.T) {
	m := newMeter()
	of := labels.FromStrings("__name__", "x", "node", "nut-1")
	f := func(value float64, want int64, backwards bool) {
		t.Helper()
		got := int64(-1)
		m.advance([]engine.Sample{{Labels: of, Value: value}}, func(_ labels.Labels, n int64) { got = n })
		if got != want || m.backwards["nut-1"] != backwards {
			t.Errorf("%v: %d, backwards %v, want %d and %v", value, got, m.backwards["nut-1"], want, backwards)
		}
	}
	f(5, 5, false)
	f(5, 0, false)
	f(8, 3, false)
	f(2, 2, true)
	f(2, 0, true)
}

// A category that is counted later than others has a place for its count.
func TestOutcomesHaveRoomForEachCategory(t *testing.T) {
	var one, sum outcomes
	one.block(3, 7)
	one.block(0, 1)
	sum.add(&one)
	sum.add(&one)
	if sum.blocked[3] != 14 || sum.blocked[0] != 2 || sum.blockedInAll() != 16 || len(sum.blocked) != 4 {
		t.Errorf("%v", sum.blocked)
	}
}
