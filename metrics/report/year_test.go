package report_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/index"

	"lachan/metrics/history"
	"lachan/metrics/report/figures"
)

const (
	yearBlock    = 486 * time.Hour // what history merges its blocks to
	chunkSamples = 240             // as history packs them
)

// A year is the history of many schools, written as blocks at once: what a
// node has when it has run for so long, without the time that this takes.
type year struct {
	dir     string
	store   *history.Store
	units   []figures.Unit
	now     time.Time
	samples int
	octets  int64
	truth   map[int][]int64 // by day: what was counted of each kind
}

// A track is one series of a year.
type track struct {
	labels labels.Labels
	value  float64
	step   float64 // what it counts in an hour of lessons, on average
	always bool    // it counts at night too, and evenly
	kind   int     // of yearKinds; -1: none
}

// yearKinds are what the queries of a year come to: decision and category.
var yearKinds = func() (kinds [][2]string) {
	kinds = [][2]string{{"allowed", "none"}, {"excepted", "social"}}
	for _, c := range categories {
		kinds = append(kinds, [2]string{"blocked", c.Code})
	}
	return append(kinds, [2]string{"blocked", "nhom-8"}, [2]string{"blocked", "nhom-9"})
}()

// newYear writes the samples of so many schools, one of each series every so
// often. Schools ask when they are open, and a little at night.
func newYear(t testing.TB, schools int, every time.Duration, from, to time.Time) *year {
	t.Helper()
	y := writeYear(t, schools, every, from, to)
	y.open(t, history.Options{Quiet: func() bool { return false }})
	return y
}

// open opens what was written.
func (y *year) open(t testing.TB, o history.Options) {
	t.Helper()
	store, err := history.Open(y.dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() }) // nothing was written
	y.store = store
	debug.FreeOSMemory()
}

// writeYear writes the blocks of a year, which nobody has open yet.
func writeYear(t testing.TB, schools int, every time.Duration, from, to time.Time) *year {
	t.Helper()
	y := &year{now: to, dir: t.TempDir(), truth: map[int][]int64{}}
	var tracks []track
	add := func(step float64, always bool, pairs ...string) {
		tracks = append(tracks, track{labels: labels.FromStrings(pairs...), step: step, always: always, kind: -1})
	}
	for i := range schools {
		id, node, commune := fmt.Sprintf("truong-%05d", i), fmt.Sprintf("nut-%03d", i/200), fmt.Sprintf("xa-%04d", i*99/1000)
		y.units = append(y.units, figures.Unit{
			ID: id, Name: "Trường Tiểu học số " + strconv.Itoa(i), Rank: figures.School,
			Province: "lao-cai", Commune: commune, Level: "primary", Students: 300,
		})
		query := func(step float64, decision, category string) {
			add(step, false, "__name__", "lachan_school_queries_total", "node", node, "school", id, "decision", decision, "category", category)
			tracks[len(tracks)-1].kind = slices.Index(yearKinds, [2]string{decision, category})
		}
		query(900, "allowed", "none")
		query(1, "excepted", "social")
		for j, c := range categories {
			query(float64(j*j), "blocked", c.Code)
		}
		query(2, "blocked", "nhom-8")
		query(3, "blocked", "nhom-9")
		add(300, false, "__name__", "lachan_school_visits_total", "node", node, "school", id)
		add(3600, true, "__name__", "lachan_school_protected_seconds_total", "node", node, "school", id)
		add(0, true, "__name__", "lachan_school_info", "node", node, "school", id, "province", "lao-cai", "commune", commune, "level", "primary")
	}
	slices.SortFunc(tracks, func(a, b track) int { return labels.Compare(a.labels, b.labels) })
	width := yearBlock.Milliseconds()
	for mint := from.UnixMilli() / width * width; mint < to.UnixMilli(); mint += width {
		y.block(t, y.dir, tracks, every, max(mint, from.UnixMilli()), min(mint+width, to.UnixMilli()+1))
	}
	return y
}

// block writes the samples from mint to before maxt.
func (y *year) block(t testing.TB, dir string, tracks []track, every time.Duration, mint, maxt int64) {
	t.Helper()
	meta := tsdb.BlockMeta{ULID: ulid.MustNew(uint64(mint), ulid.DefaultEntropy()), MinTime: mint, MaxTime: maxt, Version: 1}
	meta.Compaction.Level, meta.Compaction.Sources = 4, []ulid.ULID{meta.ULID}
	dir = filepath.Join(dir, meta.ULID.String())
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	data, err := chunks.NewWriter(filepath.Join(dir, "chunks"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := index.NewWriter(t.Context(), filepath.Join(dir, "index"))
	if err != nil {
		t.Fatal(err)
	}
	for _, symbol := range symbols(tracks) {
		if err := list.AddSymbol(symbol); err != nil {
			t.Fatal(err)
		}
	}
	times := ticks(mint, maxt, every)
	for i := range tracks {
		packed := tracks[i].pack(t, times, uint64(i), every, y.truth)
		if err := data.WriteChunks(packed...); err != nil {
			t.Fatal(err)
		}
		if err := list.AddSeries(storage.SeriesRef(i), tracks[i].labels, packed...); err != nil {
			t.Fatal(err)
		}
		y.samples += len(times)
		meta.Stats.NumChunks += uint64(len(packed))
	}
	meta.Stats.NumSeries, meta.Stats.NumSamples = uint64(len(tracks)), uint64(len(tracks)*len(times))
	text, err := json.Marshal(meta)
	for _, err := range []error{err, data.Close(), list.Close(), os.WriteFile(filepath.Join(dir, "meta.json"), text, 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	y.octets += folder(t, dir)
}

// folder is what the files below a directory hold.
func folder(t testing.TB, dir string) (octets int64) {
	t.Helper()
	err := filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			octets += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

// symbols are all names and values of labels, sorted.
func symbols(tracks []track) []string {
	all := map[string]bool{}
	for _, s := range tracks {
		s.labels.Range(func(l labels.Label) { all[l.Name], all[l.Value] = true, true })
	}
	return slices.Sorted(maps.Keys(all))
}

// A moment is when a sample is written, and the day and whether schools were open before
// it.
type moment struct {
	at   int64
	open bool
	day  int
}

// dayOf numbers the days here.
func dayOf(at time.Time) int { return int(at.Add(7*time.Hour).Unix() / (24 * 60 * 60)) }

func ticks(mint, maxt int64, every time.Duration) (all []moment) {
	step := every.Milliseconds()
	for at := (mint + step - 1) / step * step; at < maxt; at += step {
		began := time.UnixMilli(at - step).In(hanoi)
		open := began.Weekday() != time.Sunday && began.Hour() >= 7 && began.Hour() < 17
		all = append(all, moment{at, open, dayOf(began)})
	}
	return all
}

// pack goes on counting and makes chunks of what it shows at each moment.
func (s *track) pack(
	t testing.TB, times []moment, seed uint64, every time.Duration, truth map[int][]int64,
) (packed []chunks.Meta) {
	t.Helper()
	counted, on := []int64(nil), 0
	dice := seed*0x9E3779B97F4A7C15 + uint64(times[0].at) | 1
	for part := range slices.Chunk(times, chunkSamples) {
		chunk := chunkenc.NewXORChunk()
		app, err := chunk.Appender()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range part {
			switch {
			case s.step == 0:
				s.value = 1
			case s.always:
				s.value += s.step * every.Hours()
			default:
				dice ^= dice << 13
				dice ^= dice >> 7
				dice ^= dice << 17
				n := 2 * s.step * every.Hours() * float64(dice>>11) / (1 << 53)
				if !m.open {
					n /= 50
				}
				s.value += float64(int64(n))
				if s.kind >= 0 {
					if counted == nil || on != m.day {
						if counted, on = truth[m.day], m.day; counted == nil {
							counted = make([]int64, len(yearKinds))
							truth[on] = counted
						}
					}
					counted[s.kind] += int64(n)
				}
			}
			app.Append(0, m.at, s.value)
		}
		chunk.Compact()
		packed = append(packed, chunks.Meta{Chunk: chunk, MinTime: part[0].at, MaxTime: part[len(part)-1].at})
	}
	return packed
}

// spec is that of a report on all schools.
func (y *year) spec(t testing.TB, period string) figures.Spec {
	t.Helper()
	p, err := figures.ParsePeriod(period, figures.Calendar{Zone: hanoi})
	if err != nil {
		t.Fatal(err)
	}
	return figures.Spec{
		Unit: "lao-cai", Period: p, Now: y.now, Categories: categories, Levels: levels,
		Units: append([]figures.Unit{{ID: "lao-cai", Name: "Tỉnh Lào Cai", Rank: figures.Province}}, y.units...),
	}
}

// happened is what was counted of a decision, and of one category unless that is "", in
// the days of a period: a plain sum beside what was written.
func (y *year) happened(p figures.Period, decision, category string) (sum int64) {
	for d := dayOf(p.Start); d < dayOf(p.End); d++ {
		for kind, n := range y.truth[d] {
			if is := yearKinds[kind]; (decision == "" || is[0] == decision) && (category == "" || is[1] == category) {
				sum += n
			}
		}
	}
	return sum
}
