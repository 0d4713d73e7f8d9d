package report_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"

	"lachan/metrics/engine"
	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

var hanoi = time.FixedZone("+07", 7*60*60)

func day(text string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, text, hanoi)
	if err != nil {
		panic(err)
	}
	return t
}

// A world is schools whose counters go on in simulated time, into a real store,
// with a truth of its own beside it.
type world struct {
	t     testing.TB
	db    *tsdb.DB
	rand  *rand.Rand
	every time.Duration // between ticks

	schools []*pupil
	silent  map[string]bool // nodes that are off
	lost    map[string]bool // nodes that count on but tell nothing
	shipped map[string]time.Time

	truth map[string]map[string]int64 // by day, by "school category"
	now   time.Time
}

// A pupil is one school as its node sees it.
type pupil struct {
	figures.Unit
	node    string
	counts  []count
	seconds int64
	refs    map[string]storage.SeriesRef
}

// A count is one odometer; per is how many a tick has on average.
type count struct {
	labels labels.Labels
	what   string
	value  int64
	per    float64
}

// categories of the worlds of tests.
var categories = []figures.Category{
	{Code: "csam", Label: "Xâm hại tình dục trẻ em", Class: figures.Harmful},
	{Code: "phishing", Label: "Lừa đảo trực tuyến, giả mạo", Class: figures.Harmful},
	{Code: "gambling", Label: "Cờ bạc, cá cược, đánh bài đổi thưởng", Class: figures.Harmful},
	{Code: "circumvention", Label: "Proxy, VPN, Tor, DoH, relay", Class: figures.Technical},
	{Code: "games", Label: "Trò chơi trực tuyến", Class: figures.Managed},
	{Code: "social", Label: "Mạng xã hội", Class: figures.Managed},
	{Code: "ads", Label: "Quảng cáo, theo dõi", Class: figures.Technical},
}

var levels = [][2]string{{"primary", "Tiểu học"}, {"lower-secondary", "Trung học cơ sở"}, {"upper-secondary", "Trung học phổ thông"}}

func newWorld(t testing.TB, start time.Time, every time.Duration) *world {
	t.Helper()
	options := tsdb.DefaultOptions()
	options.StripeSize = 1 << 10
	options.WALSegmentSize = -1 // none: nothing is killed here
	options.MinBlockDuration = (24 * time.Hour).Milliseconds()
	options.MaxBlockDuration = (31 * 24 * time.Hour).Milliseconds()
	options.RetentionDuration = (1000 * 24 * time.Hour).Milliseconds()
	db, err := tsdb.Open(t.TempDir(), nil, nil, options, nil)
	if err != nil {
		t.Fatal(err)
	}
	db.DisableCompactions()
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &world{
		t: t, db: db, rand: rand.New(rand.NewPCG(1, 2)), every: every, now: start,
		silent: map[string]bool{}, lost: map[string]bool{}, shipped: map[string]time.Time{}, truth: map[string]map[string]int64{},
	}
}

// add puts a school into the world; busy scales what it asks.
func (w *world) add(u figures.Unit, node string, busy float64) {
	u.Rank = figures.School
	s := &pupil{Unit: u, node: node, refs: map[string]storage.SeriesRef{}}
	series := func(decision, category string, per float64) {
		s.counts = append(s.counts, count{
			labels: labels.FromStrings("__name__", "lachan_school_queries_total", "node", node, "school", u.ID, "group", "",
				"decision", decision, "category", category),
			what: decision + " " + category, per: per * busy,
		})
	}
	series("allowed", "none", 900)
	series("excepted", "social", 2)
	for i, c := range categories {
		series("blocked", c.Code, float64(40/(i+1)+i*i))
	}
	w.schools = append(w.schools, s)
}

// group gives a school a group that asks half as much as the school itself.
func (w *world) group(school, group string) {
	for _, s := range w.schools {
		if s.ID != school {
			continue
		}
		for _, c := range slices.Clone(s.counts) {
			b := labels.NewBuilder(c.labels)
			c.labels = b.Set("group", group).Labels()
			c.per /= 2
			s.counts = append(s.counts, c)
		}
	}
}

// run lets time pass up to a moment.
func (w *world) run(until time.Time) {
	w.t.Helper()
	app := w.db.Appender(w.t.Context())
	commit := func() {
		if err := app.Commit(); err != nil {
			w.t.Fatal(err)
		}
	}
	for w.now.Before(until) {
		began := w.now
		w.now = w.now.Add(w.every)
		if w.now.After(until) {
			w.now = until
		}
		for _, s := range w.schools {
			w.count(s, began)
			w.tick(app, s)
		}
		if w.now.Sub(midnight(w.now)) < w.every {
			commit()
			w.compact()
			app = w.db.Appender(w.t.Context())
		}
	}
	commit()
}

// compact writes closed blocks when the head has grown long. A small world
// stays in memory.
func (w *world) compact() {
	if head := w.db.Head(); len(w.schools) > 100 && head.MaxTime()-head.MinTime() > (48*time.Hour).Milliseconds() {
		if err := w.db.Compact(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
}

// count is what happens in a school in one step. Nobody asks at night.
func (w *world) count(s *pupil, began time.Time) {
	if w.silent[s.node] {
		return
	}
	s.seconds += int64(w.now.Sub(began) / time.Second)
	share := 0.02
	if h := began.Hour(); h >= 7 && h < 17 && began.Weekday() != time.Sunday {
		share = 1
	}
	truth := w.truth[began.Format(time.DateOnly)]
	if truth == nil {
		truth = map[string]int64{}
		w.truth[began.Format(time.DateOnly)] = truth
	}
	for i := range s.counts {
		c := &s.counts[i]
		n := int64(w.rand.Float64() * 2 * c.per * share * w.every.Hours())
		c.value += n
		truth[s.ID+" "+c.what] += n
	}
}

// tick writes the counters as a node does.
func (w *world) tick(app storage.Appender, s *pupil) {
	if w.silent[s.node] || w.lost[s.node] {
		return
	}
	for i := range s.counts {
		w.append(app, s, s.counts[i].what+s.counts[i].labels.Get("group"), s.counts[i].labels, s.counts[i].value)
	}
	w.append(app, s, "seconds", labels.FromStrings("__name__", "lachan_school_protected_seconds_total", "node", s.node, "school", s.ID), s.seconds)
	w.append(app, s, "visits", labels.FromStrings("__name__", "lachan_school_visits_total", "node", s.node, "school", s.ID, "group", ""), s.counts[0].value/128*64)
	if days := s.seconds / 86400; w.isFirst(s) {
		w.append(app, s, "passed", labels.FromStrings("__name__", "lachan_school_checks_total", "node", s.node, "school", s.ID, "group", "", "category", "gambling", "result", "passed"), days)
		w.append(app, s, "failed", labels.FromStrings("__name__", "lachan_school_checks_total", "node", s.node, "school", s.ID, "group", "", "category", "social", "result", "failed"), days/30)
		w.append(app, s, "reached", labels.FromStrings("__name__", "lachan_school_checks_total", "node", s.node, "school", s.ID, "group", "", "category", "none", "result", "passed"), days/7)
	}
	info := labels.FromStrings("__name__", "lachan_school_info", "node", s.node, "school", s.ID, "province", s.Province, "commune", s.Commune, "level", s.Level)
	w.append(app, s, "info "+s.Commune, info, 1)
	for within, share := range map[string]int64{"5ms": 60, "25ms": 97, "any": 100} {
		if w.isFirst(s) {
			w.append(app, s, within, labels.FromStrings("__name__", "lachan_node_answers_total", "node", s.node, "within", within), s.seconds*share)
		}
	}
	if mark, ships := w.shipped[s.node]; ships {
		w.append(app, s, "shipped", labels.FromStrings("__name__", "lachan_history_shipped_timestamp_seconds", "node", s.node), mark.Unix())
	}
}

// isFirst tells whether a school is the first one of its node.
func (w *world) isFirst(s *pupil) bool {
	for _, other := range w.schools {
		if other.node == s.node {
			return other == s
		}
	}
	return false
}

func (w *world) append(app storage.Appender, s *pupil, what string, l labels.Labels, value int64) {
	ref, err := app.Append(s.refs[what], l, w.now.UnixMilli(), float64(value))
	if err != nil {
		w.t.Fatal(err)
	}
	s.refs[what] = ref
}

// spec is that of a report of this world.
func (w *world) spec(unit, period string) figures.Spec {
	w.t.Helper()
	p, err := figures.ParsePeriod(period, figures.Calendar{Zone: hanoi})
	if err != nil {
		w.t.Fatal(err)
	}
	spec := figures.Spec{Unit: unit, Period: p, Now: w.now, Categories: categories, Levels: levels}
	spec.Units = []figures.Unit{
		{ID: "lao-cai", Name: "Tỉnh Lào Cai", Rank: figures.Province},
		{ID: "sa-pa", Name: "Phường Sa Pa", Rank: figures.Commune, Province: "lao-cai"},
		{ID: "ta-van", Name: "Xã Tả Van", Rank: figures.Commune, Province: "lao-cai"},
		{ID: "bac-ha", Name: "Xã Bắc Hà", Rank: figures.Commune, Province: "lao-cai"},
	}
	for _, s := range w.schools {
		spec.Units = append(spec.Units, s.Unit)
	}
	return spec
}

func (w *world) build(spec figures.Spec) *report.Model {
	w.t.Helper()
	m, err := report.Build(context.Background(), engine.NewLocal(w.db, engine.Limits{}), spec)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// happened is the truth of some schools between two days, the last one not in
// it: of one decision, and of one category unless that is "".
func (w *world) happened(from, to time.Time, decision, category string, schools ...string) (sum int64) {
	for d := from; d.Before(to); d = d.AddDate(0, 0, 1) {
		for what, n := range w.truth[d.Format(time.DateOnly)] {
			var id, said, of string
			if _, err := fmt.Sscan(what, &id, &said, &of); err != nil {
				w.t.Fatal(err)
			}
			if (decision == "" || said == decision) && (category == "" || of == category) && (len(schools) == 0 || contains(schools, id)) {
				sum += n
			}
		}
	}
	return sum
}

func contains(list []string, id string) bool {
	for _, s := range list {
		if s == id {
			return true
		}
	}
	return false
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// small is a province of two communes and six schools on two nodes.
func small(t testing.TB, start time.Time, every time.Duration) *world {
	w := newWorld(t, start, every)
	for i, name := range []string{"Trường Tiểu học Kim Đồng", "Trường THCS Sa Pa", "Trường THPT Số 1 Sa Pa", "Trường Tiểu học Tả Van", "Trường THCS Tả Van", "Trường Tiểu học Bản Phùng"} {
		u := figures.Unit{ID: fmt.Sprintf("truong-%d", i+1), Name: name, Province: "lao-cai", Commune: "sa-pa", Students: 300 + 50*i}
		u.Level = []string{"primary", "lower-secondary", "upper-secondary", "primary", "lower-secondary", "primary"}[i]
		node := "nut-1"
		if i > 2 {
			u.Commune, node = "ta-van", "nut-2"
		}
		w.add(u, node, float64(i+1)/4)
	}
	return w
}
