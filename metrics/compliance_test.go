package metrics_test

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"lachan/metrics"
)

var update = flag.Bool("update", false, "write the golden files anew")

// twoSchools is a node with a little of everything.
func twoSchools() *metrics.Counters {
	c := metrics.New("nut-1")
	c.SetSchools([]metrics.School{
		{ID: "th-kim-dong", Province: "lao-cai", Commune: "sa-pa", Level: "primary"},
		{ID: "thpt-so-1", Province: "lao-cai", Level: "high"},
	})
	gambling, social := c.Category("gambling"), c.Category("social")
	pupils, staff := c.Group("th-kim-dong", "hoc-sinh"), c.Group("th-kim-dong", "giao-vien")
	c.Group("thpt-so-1", "")
	shard := c.Shard()
	count := func(group *metrics.GroupCounters, d metrics.Decision, category metrics.Category, n int) {
		for range n {
			shard.Record(&metrics.Event{Group: group, Decision: d, Category: category})
		}
	}
	count(pupils, metrics.DecisionAllowed, metrics.CategoryNone, 7)
	count(pupils, metrics.DecisionBlocked, gambling, 2)
	count(pupils, metrics.DecisionBlocked, social, 3)
	count(pupils, metrics.DecisionExcepted, social, 1)
	count(staff, metrics.DecisionExcepted, social, 4)
	c.Protect(10 * time.Second)
	return c
}

func TestComplianceGolden(t *testing.T) {
	const golden = "testdata/compliance.prom"
	got, _ := compliance(t, twoSchools())
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the exposition is\n%s\nwant\n%s", got, want)
	}
}

func TestLabelValuesAreEscapedAndValid(t *testing.T) {
	f := func(school, written string) {
		t.Helper()
		c := metrics.New(school)
		c.SetSchools([]metrics.School{{ID: school, Province: school, Commune: school, Level: school}})
		c.Group(school, school)
		_, all := compliance(t, c)
		for _, series := range []string{
			`lachan_school_queries_total{node="%[1]s",school="%[1]s",group="%[1]s",decision="allowed",category="none"}`,
			`lachan_school_protected_seconds_total{node="%[1]s",school="%[1]s"}`,
			`lachan_school_info{node="%[1]s",school="%[1]s",province="%[1]s",commune="%[1]s",level="%[1]s"}`,
		} {
			if _, ok := all[fmt.Sprintf(series, written)]; !ok {
				t.Errorf("%q: no series %s among %v", school, fmt.Sprintf(series, written), all)
			}
		}
	}
	f("th-kim-dong", "th-kim-dong")
	f("Trường Kim Đồng", "Trường Kim Đồng")
	f(`a"b`, `a\"b`)
	f(`\`, `\\`)
	f("a\nb", `a\nb`)
	f("\"\\\n", `\"\\\n`)
	f("a\xff", "a\uFFFD")
	f("", "")
}

func TestAnEmptyNodeIsExposedWithoutSeries(t *testing.T) {
	text, all := compliance(t, metrics.New("node-1"))
	if len(all) != 0 {
		t.Errorf("series of no school: %s", text)
	}
}

// brokenPipe takes the first write only.
type brokenPipe struct{ writes int }

var errBroken = errors.New("broken pipe")

func (b *brokenPipe) Write(p []byte) (int, error) {
	if b.writes++; b.writes > 1 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestAFailedWriteEndsTheExposition(t *testing.T) {
	c := metrics.New("node-1")
	for i := range 5000 {
		c.Group(fmt.Sprint("truong-", i), "")
	}
	pipe := new(brokenPipe)
	if err := c.Totals().Write(pipe); !errors.Is(err, errBroken) {
		t.Errorf("the error is %v, want %v", err, errBroken)
	}
	if pipe.writes != 2 {
		t.Errorf("%d writes, want none after the one that failed", pipe.writes)
	}
}

// province is a node of 40,000 schools and 480,000 series.
func province() *metrics.Counters {
	c := metrics.New("nut-1")
	schools := make([]metrics.School, 40_000)
	shard := c.Shard()
	for i := range schools {
		schools[i] = metrics.School{ID: fmt.Sprintf("truong-%05d", i), Province: "lao-cai", Commune: fmt.Sprint("xa-", i/12), Level: "primary"}
		for _, group := range []string{"hoc-sinh", "giao-vien"} {
			group := c.Group(schools[i].ID, group)
			shard.Record(&metrics.Event{Group: group})
			for k := range 4 {
				shard.Record(&metrics.Event{Group: group, Decision: metrics.DecisionBlocked, Category: c.Category(fmt.Sprint("category-", (i+5*k)%24))})
			}
		}
	}
	c.SetSchools(schools)
	c.Protect(time.Hour)
	return c
}

func BenchmarkWriteCompliance(b *testing.B) {
	c := province()
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Totals().Write(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
