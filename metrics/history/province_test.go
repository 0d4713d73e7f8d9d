package history_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"lachan/metrics"
	"lachan/metrics/history"
)

// A province is 1,000 schools of two groups, each with five categories: 14
// series a school with its time and its place.
type province struct {
	counters *metrics.Counters
	shard    *metrics.Shard
	groups   []*metrics.GroupCounters
	codes    []metrics.Category
	random   *rand.Rand
}

func newProvince(c *metrics.Counters, schools int) *province {
	p := &province{counters: c, shard: c.Shard(), random: rand.New(rand.NewPCG(1, 2))}
	for _, code := range []string{"ads", "social", "games", "gambling", "malware"} {
		p.codes = append(p.codes, c.Category(code))
	}
	var inForce []metrics.School
	for i := range schools {
		id := fmt.Sprintf("truong-%04d", i)
		inForce = append(inForce, metrics.School{ID: id, Province: "lao-cai", Commune: fmt.Sprint("xa-", i/10), Level: "primary"})
		for _, group := range []string{"", "giao-vien"} {
			p.groups = append(p.groups, c.Group(id, group))
		}
	}
	c.SetSchools(inForce)
	return p
}

// teach counts what a while of lessons brings: every group something in every
// category.
func (p *province) teach() {
	for _, group := range p.groups {
		for range 1 + p.random.IntN(40) {
			p.shard.Record(&metrics.Event{Group: group})
		}
		for i, code := range p.codes {
			for range 1 + p.random.IntN(20>>i) {
				p.shard.Record(&metrics.Event{Group: group, Decision: metrics.DecisionBlocked, Category: code})
			}
		}
	}
}

// BenchmarkProvince writes a week of 1,000 schools and tells what 13 months
// take: blocks hold the last tick of each quarter of an hour, so that a tick
// each quarter leaves the same behind as one every ten seconds. Schools are
// open ten hours on six days of the week, when every one of their counters
// moves in every quarter. What a block costs by itself is less after merging,
// so the projection is too high rather than too low.
func BenchmarkProvince(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		store, err := history.Open(dir, history.Options{})
		if err != nil {
			b.Fatal(err)
		}
		counters := newCounters()
		p := newProvince(counters, 1000)
		const days = 7
		end := start.Add(days * 24 * time.Hour)
		var slowest time.Duration
		for at := start; !at.After(end); at = at.Add(history.Step) {
			if local := at.In(hanoi); local.Weekday() != time.Sunday && local.Hour() >= 7 && local.Hour() < 17 {
				p.teach()
			}
			counters.Protect(history.Step)
			began := time.Now()
			if _, err := store.Tick(b.Context(), at, counters.Totals()); err != nil {
				b.Fatal(err)
			}
			slowest = max(slowest, time.Since(began))
			if at.Sub(start)%(24*time.Hour) == 0 {
				if err := store.Compact(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		}
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		if store, err = history.Open(dir, history.Options{}); err != nil {
			b.Fatal(err)
		}
		opened := time.Since(began)
		if _, err := store.Restore(b.Context(), newCounters()); err != nil {
			b.Fatal(err)
		}
		restored := time.Since(began)
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(blocksSize(b, dir))/days*396/1e9, "GB/13months")
		b.ReportMetric(slowest.Seconds()*1e3, "ms/slowest-tick")
		b.ReportMetric(opened.Seconds()*1e3, "ms/open")
		b.ReportMetric(restored.Seconds()*1e3, "ms/open+restore")
	}
}

// TestTwoYearsOfAProvinceFitOnADisk writes what the real recorder keeps, a tick each
// quarter of an hour, until the oldest has to go, thinned as it gets old.
//
// TEST_PROOF=1 takes 1,000 schools for 800 days, which may take 1 GB, instead of 40 for 4.
func TestTwoYearsOfAProvinceFitOnADisk(t *testing.T) {
	schools, days, most := 40, 4, int64(8<<20)
	if os.Getenv("TEST_PROOF") != "" {
		schools, days, most = 1000, 800, 1e9
	}
	dir := t.TempDir()
	store, err := history.Open(dir, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	counters := newCounters()
	p := newProvince(counters, schools)
	began := time.Now()
	end := start.Add(time.Duration(days) * 24 * time.Hour)
	for at := start; !at.After(end); at = at.Add(history.Step) {
		if local := at.In(hanoi); local.Weekday() != time.Sunday && local.Hour() >= 7 && local.Hour() < 17 {
			p.teach()
		}
		counters.Protect(history.Step)
		if _, err := store.Tick(t.Context(), at, counters.Totals()); err != nil {
			t.Fatal(err)
		}
		if at.Sub(start)%(24*time.Hour) == 0 {
			if err := store.Compact(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	size := blocksSize(t, dir)
	t.Logf("%d schools for %d days, a tick each quarter of an hour: %.0f MB in blocks, written in %s",
		schools, days, float64(size)/1e6, time.Since(began).Round(time.Second))
	if size > most {
		t.Errorf("%d bytes are more than %d", size, most)
	}
	// What was counted first is still there, thinned or not.
	if store, err = history.Open(dir, history.Options{}); err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	q, err := store.Querier(start.UnixMilli(), start.Add(48*time.Hour).UnixMilli())
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	series := 0
	for set := q.Select(t.Context(), false, nil, labels.MustNewMatcher(labels.MatchRegexp, model.MetricNameLabel, ".+")); set.Next(); {
		series++
	}
	if series < schools*10 {
		t.Errorf("of the first days of %d schools there are %d series", schools, series)
	}
}

// blocksSize is what the blocks of a store take on the disk.
func blocksSize(b testing.TB, dir string) (size int64) {
	b.Helper()
	blocks, err := filepath.Glob(filepath.Join(dir, "0*"))
	if err != nil || len(blocks) == 0 {
		b.Fatalf("no blocks: %v", err)
	}
	for _, block := range blocks {
		err := filepath.WalkDir(block, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := os.Stat(name)
			if err != nil {
				return err
			}
			size += info.Size()
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return size
}
