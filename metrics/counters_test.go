package metrics_test

import (
	"fmt"
	"sync"
	"testing"
	"time"
	"unsafe"

	"lachan/metrics"
)

var build = metrics.BuildInfo{Version: "1.2.3", Revision: "abc"}

// traffic is n events of one school by turns in all transports, actions,
// sources, RCODEs and decisions.
func traffic(group *metrics.GroupCounters, category metrics.Category, n int) func(yield func(metrics.Event) bool) {
	return func(yield func(metrics.Event) bool) {
		for i := range n {
			more := yield(metrics.Event{
				Transport: metrics.Transport(i % 5),
				Action:    metrics.Action(i % 9),
				Source:    metrics.Source(i % 4),
				Rcode:     uint8(i % 20),
				Duration:  time.Duration(i) * time.Microsecond,
				Group:     group,
				Decision:  metrics.Decision(i % 3),
				Category:  category,
			})
			if !more {
				return
			}
		}
	}
}

func TestManyShardsAddUpExactly(t *testing.T) {
	const goroutines, lives, events = 8, 5, 900
	c := metrics.New("node-1")
	group, games := c.Group("truong-a", "hoc-sinh"), c.Category("games")

	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() {
			for range lives {
				shard := c.Shard()
				for e := range traffic(group, games, events) {
					shard.Record(&e)
				}
				shard.Close()
			}
		})
	}
	all.Wait()

	const total, answered = goroutines * lives * events, goroutines * lives * events * 8 / 9 // one action in nine is dropped
	served := operators(t, c)
	served.want(t, total, "lachan_queries_total")
	served.want(t, total/5, "lachan_queries_total", `transport="doq"`)
	served.want(t, total/9, "lachan_queries_total", `action="ratelimited"`)
	served.want(t, answered, "lachan_rcodes_total")
	served.want(t, answered, "lachan_answers_total")
	served.want(t, answered, "lachan_query_duration_seconds_count")
	served.want(t, answered, "lachan_query_duration_seconds_bucket", `le="+Inf"`)

	_, schools := compliance(t, c)
	schools.want(t, total, "lachan_school_queries_total", `school="truong-a"`, `group="hoc-sinh"`)
	schools.want(t, total/3, "lachan_school_queries_total", `decision="allowed"`, `category="none"`)
	schools.want(t, total/3, "lachan_school_queries_total", `decision="blocked"`, `category="games"`)
	schools.want(t, total/3, "lachan_school_queries_total", `decision="excepted"`, `category="games"`)
}

func TestAClosedLaneIsCountedOnAndNeverTwice(t *testing.T) {
	c := metrics.New("node-1")
	first := c.Shard()
	first.Record(&metrics.Event{})
	first.Close()
	second := c.Shard()
	second.Record(&metrics.Event{})
	third := c.Shard()
	third.Record(&metrics.Event{})
	if second == third {
		t.Error("two open shards are one")
	}
	operators(t, c).want(t, 3, "lachan_queries_total")
	second.Close()
	third.Close()
	operators(t, c).want(t, 3, "lachan_queries_total")
}

func TestNothingGoesBackWhileQueriesCome(t *testing.T) {
	c := metrics.New("node-1")
	c.SetSchools([]metrics.School{{ID: "truong-a"}})
	done := make(chan struct{})
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for life := 0; ; life++ {
				select {
				case <-done:
					return
				default:
				}
				shard, category := c.Shard(), c.Category(fmt.Sprint("category-", life%30))
				for e := range traffic(c.Group("truong-a", fmt.Sprint("lop-", g)), category, 100) {
					shard.Record(&e)
				}
				c.Protect(time.Second)
				shard.Close()
			}
		})
	}
	var lastSchools, lastServed series
	for range 30 {
		served := operators(t, c)
		_, schools := compliance(t, c)
		wantNoneLower(t, lastServed, served)
		wantNoneLower(t, lastSchools, schools)
		lastServed, lastSchools = served, schools
	}
	close(done)
	all.Wait()
}

func TestADroppedQueryHasNoAnswer(t *testing.T) {
	c := metrics.New("node-1")
	c.Shard().Record(&metrics.Event{Action: metrics.ActionDropped, Source: metrics.SourceUpstream, Duration: time.Second})
	served := operators(t, c)
	served.want(t, 1, "lachan_queries_total", `action="dropped"`)
	served.want(t, 0, "lachan_answers_total")
	served.want(t, 0, "lachan_rcodes_total")
	served.want(t, 0, "lachan_query_duration_seconds_count")
}

func TestDurationsFallIntoTheirBuckets(t *testing.T) {
	f := func(d time.Duration, below, within string) {
		t.Helper()
		c := metrics.New("node-1")
		c.Shard().Record(&metrics.Event{Source: metrics.SourceCache, Duration: d})
		served := operators(t, c)
		if below != "" {
			served.want(t, 0, "lachan_query_duration_seconds_bucket", `source="cache"`, `le="`+below+`"`)
		}
		served.want(t, 1, "lachan_query_duration_seconds_bucket", `source="cache"`, `le="`+within+`"`)
		served.want(t, max(0, d.Seconds()), "lachan_query_duration_seconds_sum", `source="cache"`)
	}
	f(0, "", "5e-05")
	f(-time.Second, "", "5e-05") // a clock that was set back
	f(50*time.Microsecond, "", "5e-05")
	f(50*time.Microsecond+1, "5e-05", "0.0001")
	f(3*time.Millisecond, "0.0025", "0.005")
	f(5*time.Second, "2.5", "5")
	f(5*time.Second+1, "5", "+Inf")
}

func TestRcodesAreNamedAndTheRareOnesTogether(t *testing.T) {
	f := func(rcode uint8, name string) {
		t.Helper()
		c := metrics.New("node-1")
		c.Shard().Record(&metrics.Event{Rcode: rcode})
		operators(t, c).want(t, 1, "lachan_rcodes_total", `rcode="`+name+`"`)
	}
	f(0, "NOERROR")
	f(2, "SERVFAIL")
	f(3, "NXDOMAIN")
	f(5, "REFUSED")
	f(11, "DSOTYPENI")
	f(12, "other")
	f(16, "other")
	f(255, "other")
}

func TestTheSameIdsAreTheSameGroup(t *testing.T) {
	c := metrics.New("node-1")
	students := c.Group("truong-a", "hoc-sinh")
	f := func(school, group string, same bool) {
		t.Helper()
		if got := c.Group(school, group) == students; got != same {
			t.Errorf("Group(%q, %q) is the same: %v, want %v", school, group, got, same)
		}
	}
	f("truong-a", "hoc-sinh", true)
	f("truong-a", "giao-vien", false)
	f("truong-a", "", false)
	f("truong-b", "hoc-sinh", false)
	f("truong-ahoc-sinh", "", false)
}

func TestACellIsOneCacheLine(t *testing.T) {
	if size := unsafe.Sizeof(metrics.GroupCounters{}); size != 64 {
		t.Errorf("a group takes %d bytes, want 64", size)
	}
}

func TestChecksAndWhatIsObservedGoOnAfterARestore(t *testing.T) {
	before := metrics.New("nut-1")
	before.Group("a", "gv").Check(before.Category("gambling"), metrics.CheckFailed)
	before.Group("a", "").Check(metrics.CategoryNone, metrics.CheckPassed)
	observe := func(c *metrics.Counters) {
		c.Shard().Record(&metrics.Event{Group: c.Group("a", "gv"), Observed: c.Category("look-alike")})
	}
	observe(before)
	after := metrics.New("nut-1")
	restore(t, before.Totals(), after)
	observe(after)
	after.Group("a", "gv").Check(after.Category("gambling"), metrics.CheckFailed)
	text, all := compliance(t, after)
	for series, want := range map[string]float64{
		`lachan_school_checks_total{node="nut-1",school="a",group="gv",category="gambling",result="failed"}`: 2,
		`lachan_school_checks_total{node="nut-1",school="a",group="",category="none",result="passed"}`:       1,
		`lachan_school_observed_total{node="nut-1",school="a",group="gv",category="look-alike"}`:             2,
	} {
		if all[series] != want {
			t.Errorf("%s is not %v in\n%s", series, want, text)
		}
	}
}

func TestCategoriesKeepTheirNumber(t *testing.T) {
	c := metrics.New("node-1")
	games := c.Category("games")
	f := func(code string, want metrics.Category) {
		t.Helper()
		if got := c.Category(code); got != want {
			t.Errorf("Category(%q) = %d, want %d", code, got, want)
		}
	}
	f("", metrics.CategoryNone)
	f("none", metrics.CategoryNone)
	f("other", metrics.CategoryOther)
	f("gambling", games+1)
	f("games", games)
	for i := range 252 {
		f(fmt.Sprint("own-", i), games+2+metrics.Category(i))
	}
	for i := range 300 { // a number that begins anew would count them as games
		f(fmt.Sprint("too-many-", i), metrics.CategoryOther)
	}
	f("games", games)

	group, shard := c.Group("truong-a", ""), c.Shard()
	for _, category := range []metrics.Category{metrics.CategoryOther, games + 253, games} {
		shard.Record(&metrics.Event{Group: group, Decision: metrics.DecisionBlocked, Category: category})
	}
	_, schools := compliance(t, c)
	schools.want(t, 1, "lachan_school_queries_total", `category="other"`)
	schools.want(t, 1, "lachan_school_queries_total", `category="own-251"`)
	schools.want(t, 1, "lachan_school_queries_total", `category="games"`)
	schools.want(t, 3, "lachan_school_queries_total", `decision="blocked"`)
}

// TestAClockThatGoesBackProtectsNobody, not for a moment.
func TestAClockThatGoesBackProtectsNobody(t *testing.T) {
	c := metrics.New("node-1")
	c.SetSchools([]metrics.School{{ID: "a"}})
	c.Protect(2*time.Second - time.Nanosecond)
	c.Protect(-time.Hour)
	_, schools := compliance(t, c)
	if got := schools[`lachan_school_protected_seconds_total{node="node-1",school="a"}`]; got != 1 {
		t.Errorf("protected for %v s, want 1", got)
	}
}

func TestProtectedTimeAddsUpWhileASchoolIsInForce(t *testing.T) {
	c := metrics.New("node-1")
	f := func(school string, seconds float64, known bool) {
		t.Helper()
		_, schools := compliance(t, c)
		got, ok := schools[`lachan_school_protected_seconds_total{node="node-1",school="`+school+`"}`]
		if got != seconds || ok != known {
			t.Errorf("%s was protected %v s (known: %v), want %v s (%v)", school, got, ok, seconds, known)
		}
	}
	c.Protect(time.Hour) // of no school
	c.SetSchools([]metrics.School{{ID: "a"}})
	f("a", 0, true)
	c.Protect(1500 * time.Millisecond)
	f("a", 1, true)
	c.SetSchools([]metrics.School{{ID: "a"}, {ID: "b"}})
	c.Protect(1500 * time.Millisecond)
	f("a", 3, true)
	f("b", 1, true)
	c.SetSchools([]metrics.School{{ID: "b"}}) // a is closed: it keeps what it had
	c.Protect(10 * time.Second)
	f("a", 3, true)
	f("b", 11, true)
	c.Protect(-time.Hour) // a clock that was set back takes nothing away
	f("b", 11, true)
	f("c", 0, false)
}

func TestRecordAllocatesNothing(t *testing.T) {
	c := metrics.New("node-1")
	shard, group, games := c.Shard(), c.Group("truong-a", "hoc-sinh"), c.Category("games")
	record := func() {
		for e := range traffic(group, games, 60) {
			shard.Record(&e)
		}
	}
	if n := testing.AllocsPerRun(100, record); n != 0 {
		t.Errorf("60 events took %v allocations", n)
	}
}

func BenchmarkRecord(b *testing.B) {
	c := metrics.New("node-1")
	shard, group, games := c.Shard(), c.Group("truong-a", "hoc-sinh"), c.Category("games")
	e := metrics.Event{Duration: 20 * time.Microsecond, Source: metrics.SourceCache, Group: group}
	blocked := metrics.Event{Duration: 20 * time.Microsecond, Rcode: 3, Action: metrics.ActionBlock, Group: group,
		Decision: metrics.DecisionBlocked, Category: games}
	b.Run("allowed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			shard.Record(&e)
		}
	})
	b.Run("blocked", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			shard.Record(&blocked)
		}
	})
	b.Run("each core its school", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			shard, mine := c.Shard(), e
			mine.Group = c.Group(fmt.Sprintf("%p", shard), "")
			for pb.Next() {
				shard.Record(&mine)
			}
		})
	})
	b.Run("all cores one school", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			shard := c.Shard()
			for pb.Next() {
				shard.Record(&e)
			}
		})
	})
}

// TestAClosedShardIsUsedAgain: connections come and go, and their shards stay.
func TestAClosedShardIsUsedAgain(t *testing.T) {
	c := metrics.New("nut-1")
	first, second := c.Shard(), c.Shard()
	if first == second {
		t.Fatal("two callers share a shard")
	}
	first.Close()
	if again := c.Shard(); again != first {
		t.Error("the shard that was closed is not used again")
	}
	if third := c.Shard(); third == first || third == second {
		t.Error("a shard that is in use was given away")
	}
}
