package report

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/metrics/report/figures"
)

var hanoi = time.FixedZone("+07", 7*60*60)

func moment(day string, hour int) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, hanoi)
	if err != nil {
		panic(err)
	}
	return t.Add(time.Duration(hour) * time.Hour)
}

func counts(queries, harmful, managed, technical, excepted int64) figures.Counts {
	n := figures.Number
	return figures.Counts{
		Queries: n(queries), Blocked: n(harmful + managed + technical), Harmful: n(harmful), Managed: n(managed), Technical: n(technical), Excepted: n(excepted),
	}
}

// row is a school of a number that has its figures, and pupils unless there are none.
func row(i int, pupils int64) figures.Row {
	r := figures.Row{ID: fmt.Sprint("s", i), Name: fmt.Sprint("Trường ", i), Commune: "xa-1", Schools: figures.Number(1), Coverage: figures.Ratio{PerMille: 970}}
	if r.Students = figures.Number(pupils); pupils == 0 {
		r.Students = figures.Figure{Sign: figures.NoData}
	}
	r.Counts = counts(1000, int64(10+i), 5, 3, 1)
	return r
}

// provinceYear is a year of a province with one of everything, as the figures have it.
func provinceYear(t *testing.T) *figures.Result {
	t.Helper()
	p := period(t, "2026")
	r := &figures.Result{Units: map[string]figures.Unit{}, Beside: &figures.Beside{}}
	for _, u := range []figures.Unit{
		{ID: "tinh", Name: "Tỉnh Ví Dụ", Rank: figures.Province}, {ID: "xa-1", Name: "Xã Một", Rank: figures.Commune, Province: "tinh"},
		{ID: "s1", Name: "Trường Tiểu học Một", Rank: figures.School, Province: "tinh", Commune: "xa-1", Level: "primary", Type: "cong-lap"},
		{ID: "s2", Name: "Trường Hai", Rank: figures.School, Province: "tinh", Commune: "xa-1", Level: "upper-secondary", Type: "ngoai-cong-lap"},
		{ID: "s3", Name: "Trường Ba", Rank: figures.School, Type: "quoc-te"},
	} {
		r.Units[u.ID] = u
	}
	r.Unit = r.Units["tinh"]
	r.Spec = figures.Spec{Unit: "tinh", Period: p, Now: moment("2027-01-05", 9), Hours: figures.Hours{From: 7 * time.Hour, To: 17*time.Hour + 15*time.Minute}}
	r.Spec.Typed.Number, r.Spec.Typed.Date = "12", "2027-01-05"
	r.Spec.Keeping.Retention = 400 * 24 * time.Hour
	r.Spec.Feeds = []figures.Feed{{Name: "co-bac", Category: "gambling", Entries: 1234, Updated: moment("2027-01-04", 9), Holds: []time.Time{p.Start, p.End.Add(-1)}}}
	d := &figures.Data{Unit: "tinh", Rank: "province", Period: p, AsOf: p.End, Total: counts(5000, 70, 30, 20, 6)}
	d.Categories = []figures.CategoryCount{
		{Code: "gambling", Label: "Cờ bạc", Class: figures.Harmful, Blocked: figures.Number(70)},
		{Code: "games", Label: "Trò chơi", Class: figures.Managed, Blocked: figures.Number(30)},
		{Code: "circumvention", Label: "Vượt lọc", Class: figures.Technical, Blocked: figures.Number(20)},
		{Code: "social", Label: "Mạng xã hội", Class: figures.Managed, Blocked: figures.Number(0)},
	}
	d.Schools = []figures.Row{row(1, 300), row(2, 200), row(3, 100)}
	d.Levels, d.Communes, d.Provinces = []figures.Row{row(7, 600)}, []figures.Row{row(8, 600)}, []figures.Row{row(9, 600)}
	d.Months = []figures.MonthCount{{Label: "01/2026", Counts: counts(100, 3, 2, 1, 0)}, {Label: "02/2026", Counts: counts(200, 6, 4, 2, 0)}}
	d.Hours = &figures.HourCounts{From: p.Start, To: p.End, Lessons: figures.Number(60), Outside: figures.Number(40), Unknown: figures.Number(2)}
	d.Hours.Counts[7] = figures.HourCount{Content: figures.Number(60), Technical: figures.Number(5)}
	d.Hours.Counts[20].Content = figures.Number(40)
	d.Visits = figures.Number(77)
	d.Compared = []figures.Comparison{{With: "2025", Label: "Kỳ trước (năm 2025)", Counts: counts(4000, 50, 20, 10, 1), Queries: figures.Change{Ratio: figures.Ratio{PerMille: 250}}, Blocked: figures.Change{Ratio: figures.Ratio{PerMille: -10}}}}
	d.Coverage = figures.Coverage{
		Schools: figures.Number(3), Full: figures.Number(3), Asked: figures.Number(3), Time: figures.Ratio{PerMille: 970}, Measure: "lessons", Up: figures.Ratio{PerMille: 990},
		Answers: figures.Answers{Count: figures.Number(1000), P50: "5ms", P95: "1.5s"}, Nodes: []figures.NodeState{{Node: "n1", Until: "x", Up: figures.Ratio{PerMille: 990}, Answers: figures.Answers{Count: figures.Number(1000), P50: "1s", P95: "any"}}},
	}
	d.Checks = figures.CheckCounts{All: figures.Number(9), Passed: figures.Number(5), Failed: figures.Number(1), Allowed: figures.Number(3), Categories: []figures.CheckCount{{Code: "gambling", Label: "Cờ bạc", Passed: figures.Number(5)}}}
	d.Orders = figures.OrderCounts{Orders: 2, Urgent: 1, InLimit: 2, In24: 2, In6: 1, Median: time.Hour, Worst: 2 * time.Hour}
	r.Spec.Orders = []figures.Order{
		{Feed: "a05", Document: "1/A05", Authority: "A05", Node: "n1", Entries: 1200, Version: 3, Digest: "0123456789abcdef", Received: p.Start, InForce: p.Start, Took: time.Hour},
		{Feed: "a06", Urgent: true, Node: "n1", InForce: p.End.Add(-1), Published: p.Start, Took: 2 * time.Hour},
		{Feed: "next year", InForce: p.End},
	}
	r.Beside.Policy = figures.PolicyCounts{SafeSearch: figures.Number(3), YouTube: figures.Number(2), Circumvention: figures.Number(1), Exceptions: figures.Number(4), Expired: figures.Number(1)}
	r.Beside.Days = figures.DayCounts{Days: 300, Nodes: []string{"n1"}, Missing: []string{}, Names: []figures.NameCount{{Name: "bet.example", Category: "Cờ bạc", Blocked: figures.Number(30)}}}
	r.Beside.Days.Clients = figures.Daily{Median: figures.Number(50), Most: figures.Number(60), On: "2026-09-05", Sum: figures.Number(900)}
	r.Beside.Days.Blocked = figures.Daily{Median: figures.Number(5), Most: figures.Number(6), Sum: figures.Number(90)}
	r.Beside.Requests = figures.RequestCounts{Came: figures.Number(4), Answered: figures.Number(3), Open: figures.Number(1), Opened: figures.Number(2), Refused: figures.Number(1), Late: figures.Number(1), Median: "1 giờ", P90: "2 giờ"}
	r.Data = d
	return r
}

func period(t *testing.T, code string) figures.Period {
	t.Helper()
	p, err := figures.ParsePeriod(code, figures.Calendar{Zone: hanoi})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A variant is a report that differs from provinceYear in one thing.
type variant struct {
	name   string
	change func(r *figures.Result)
}

func variants(t *testing.T) []variant {
	short := func(code string) func(*figures.Result) {
		return func(r *figures.Result) { r.Spec.Period = period(t, code) }
	}
	unit := func(id string) func(*figures.Result) {
		return func(r *figures.Result) { r.Unit, r.Spec.Unit = r.Units[id], id }
	}
	both := func(changes ...func(*figures.Result)) func(*figures.Result) {
		return func(r *figures.Result) {
			for _, c := range changes {
				c(r)
			}
		}
	}
	schools := func(n int, change func(*figures.Row)) func(*figures.Result) {
		return func(r *figures.Result) {
			for i := len(r.Data.Schools) + 1; i <= n; i++ {
				r.Data.Schools = append(r.Data.Schools, row(i, 100))
			}
			for i := range n {
				change(&r.Data.Schools[i])
			}
		}
	}
	silent := func(s *figures.Row) { s.Queries.Sign = figures.NoData }
	idle := func(s *figures.Row) { s.Queries, s.Suspicion = figures.Number(0), figures.AskedNone }
	one := func(r *figures.Result) { r.Data.Schools = r.Data.Schools[:1] }
	typed := func(change func(*figures.Typed)) func(*figures.Result) {
		return func(r *figures.Result) { change(&r.Spec.Typed) }
	}
	groups := func(r *figures.Result) {
		r.Data.Groups = []figures.GroupCount{{Name: "Chung", Counts: counts(10, 1, 1, 1, 0)}, {Group: "gv", Name: "Giáo viên", Counts: counts(20, 2, 2, 2, 0)}}
	}
	return []variant{
		{"a month", short("2026-09")}, {"two months", short("2026-09-10..2026-10-09")}, {"half a year", short("2026-H1")}, {"seven months", short("2026-01-01..2026-07-31")},
		{"a month of a school with groups", both(short("2026-09"), unit("s1"), one, groups)},
		{"a month with one group", both(short("2026-09"), func(r *figures.Result) { groups(r); r.Data.Groups = r.Data.Groups[:1] })},
		{"a month with a contact and requests", both(short("2026-09"), typed(func(t *figures.Typed) { t.Contact, t.Requests = "Ông A", []string{"mười"} }))},
		{"a month with schools that asked nothing", both(short("2026-09"), schools(1, idle))},
		{"a school", both(unit("s1"), one)}, {"an upper secondary school that is suspect", both(unit("s2"), one, schools(1, idle))},
		{"a school of no commune, partial", both(unit("s3"), one, func(r *figures.Result) {
			r.Data.Coverage.Full, r.Data.Coverage.Partial = figures.Number(0), figures.Number(1)
		})},
		{"a silent school", both(unit("s3"), one, func(r *figures.Result) {
			r.Data.Coverage.Full, r.Data.Coverage.Silent = figures.Number(0), figures.Number(1)
		})},
		{"a school with days and groups", both(unit("s1"), one, groups, func(r *figures.Result) {
			r.Data.Days = []figures.DayCount{{Day: "2026-09-01", Counts: counts(9, 1, 1, 1, 0)}, {Day: "?", Counts: counts(9, 1, 1, 1, 0)}}
		})},
		{"a school without hours", both(unit("s1"), one, func(r *figures.Result) { r.Data.Hours = nil })},
		{"a commune", unit("xa-1")}, {"the operator", func(r *figures.Result) { r.Unit, r.Spec.Unit = figures.Unit{}, "" }},
		{"a number of one digit, typed otherwise", typed(func(t *figures.Typed) {
			*t = figures.Typed{Number: "7", Date: "2027-03-15", Place: "Ví Dụ", Parent: "Trên", Office: "Phòng", Symbol: "X", Capacity: "KT.", Position: "PHÓ", Signer: "B", To: []string{"C"}, Recipients: []string{"D"}, Basis: []string{"Luật"}, Contact: "E", Students: 1}
		})},
		{"a day of February", typed(func(t *figures.Typed) { t.Date = "2027-02-28" })},
		{"everything typed", typed(func(t *figures.Typed) {
			t.Incidents, t.Requests, t.Checks, t.Privacy, t.Shortcomings, t.Plans, t.Proposals = []string{"1"}, []string{"2"}, []string{"3"}, []string{"4"}, []string{"5"}, []string{"6"}, []string{"7"}
		})},
		{"no number yet", typed(func(t *figures.Typed) { *t = figures.Typed{} })},
		{"an order", func(r *figures.Result) { r.Spec.Document = "1/A05" }},
		{"an order, typed", both(func(r *figures.Result) { r.Spec.Document = "1/A05" }, typed(func(t *figures.Typed) { t.Contact, t.Students, t.Checks = "E", 2000, []string{"3"} }))},
		{"an order in a month", both(short("2026-01"), func(r *figures.Result) { r.Spec.Document = "1/A05" })},
		{"no orders", func(r *figures.Result) { r.Data.Orders = figures.OrderCounts{} }},
		{"a late order", func(r *figures.Result) { r.Data.Orders.InLimit = 1 }},
		{"orders of other nodes", func(r *figures.Result) {
			r.Spec.Orders[0].Node, r.Spec.Orders[1].Node = "n0", ""
			r.Spec.Orders[0].Version, r.Spec.Orders[0].Digest = 0, "0123"
		}},
		{"orders of no nodes", func(r *figures.Result) { r.Spec.Orders[0].Node, r.Spec.Orders[1].Node = "", "" }},
		{"holds at other times", func(r *figures.Result) {
			r.Spec.Feeds[0].Holds = []time.Time{r.Spec.Period.Start.Add(-1), r.Spec.Period.End}
		}},
		{"lists of all ages", func(r *figures.Result) {
			f := r.Spec.Feeds[0]
			r.Spec.Feeds = nil
			for i, age := range []time.Duration{-time.Hour, 0, 23 * time.Hour, 47*time.Hour + 59*time.Minute, 48 * time.Hour, 240 * time.Hour} {
				f.Name, f.Updated, f.Late, f.Category = fmt.Sprint("f", 9-i), r.Spec.Now.Add(-age), i > 3, "?"
				r.Spec.Feeds = append(r.Spec.Feeds, f)
			}
			r.Spec.Feeds = append(r.Spec.Feeds, figures.Feed{Name: "never", Authority: "A05"}, figures.Feed{Name: "by", Document: "1/A"})
		}},
		{"no lists", func(r *figures.Result) { r.Spec.Feeds = nil }},
		{"ten that asked nothing", schools(10, idle)}, {"eleven that asked nothing", schools(11, idle)},
		{"ten silent", schools(10, silent)}, {"eleven silent", schools(11, silent)}, {"one silent", schools(1, silent)},
		{"two that asked few", schools(2, func(s *figures.Row) { s.Suspicion = figures.AskedFew })},
		{"partial and silent schools", func(r *figures.Result) {
			r.Data.Coverage.Partial, r.Data.Coverage.Silent = figures.Number(1), figures.Number(1)
		}},
		{"a partial school", func(r *figures.Result) { r.Data.Coverage.Partial = figures.Number(1) }},
		{"hidden schools", schools(2, func(s *figures.Row) { s.Counts = figures.Counts{Queries: figures.Figure{Sign: figures.Suppressed}} })},
		{"a hidden school", schools(1, func(s *figures.Row) { s.Counts = figures.Counts{Queries: figures.Figure{Sign: figures.Suppressed}} })},
		{"one hidden level", func(r *figures.Result) { r.Data.Levels[0].Queries.Sign = figures.Suppressed }},
		{"ten communes", func(r *figures.Result) { r.Data.Communes = slices.Repeat([]figures.Row{row(1, 5)}, 10) }},
		{"eleven communes", func(r *figures.Result) {
			for i := range 10 {
				r.Data.Communes = append(r.Data.Communes, row(i*7%11, 5))
			}
		}},
		{"no levels", func(r *figures.Result) { r.Data.Levels = nil }},
		{"twenty nodes", func(r *figures.Result) { r.Data.Coverage.Nodes = slices.Repeat(r.Data.Coverage.Nodes, 20) }},
		{"21 nodes", func(r *figures.Result) { r.Data.Coverage.Nodes = slices.Repeat(r.Data.Coverage.Nodes, 21) }},
		{"no nodes, no answers", func(r *figures.Result) {
			r.Data.Coverage.Nodes, r.Data.Coverage.Answers = nil, figures.Answers{Count: figures.Figure{Sign: figures.NoData}}
		}},
		{"nodes that are short", func(r *figures.Result) {
			n := r.Data.Coverage.Nodes[0]
			n.Short = true
			retired, never := n, n
			retired.Node, retired.Retired, never.Node, never.Never = "n2", true, "n3", true
			r.Data.Coverage.Nodes = append(r.Data.Coverage.Nodes, n, retired, never)
		}},
		{"all hours", func(r *figures.Result) {
			r.Data.Coverage.Measure, r.Data.Coverage.Up = "all hours", figures.Ratio{Sign: figures.NoData}
		}},
		{"provisional", func(r *figures.Result) { r.Data.Provisional = []string{"Một.", "Hai."} }},
		{"visits that are not known", func(r *figures.Result) { r.Data.Visits = figures.Figure{Sign: figures.NoData} }},
		{"visits that are hidden", func(r *figures.Result) { r.Data.Visits = figures.Figure{Sign: figures.Suppressed} }},
		{"no days", func(r *figures.Result) { r.Beside.Days.Days, r.Beside.Days.Nodes = 0, nil }},
		{"days that are missing", func(r *figures.Result) { r.Beside.Days.Missing = []string{"n2", "n3"} }},
		{"no names", func(r *figures.Result) { r.Beside.Days.Names = []figures.NameCount{} }},
		{"names that are hidden", func(r *figures.Result) { r.Beside.Days.Names = nil }},
		{"no hours", func(r *figures.Result) { r.Data.Hours = nil }},
		{"one month of figures", func(r *figures.Result) { r.Data.Months = r.Data.Months[:1] }},
		{"no content", func(r *figures.Result) { r.Data.Categories = r.Data.Categories[2:] }},
		{"eleven categories", func(r *figures.Result) {
			for i := range 9 {
				r.Data.Categories = append(r.Data.Categories, figures.CategoryCount{Code: fmt.Sprint(i), Label: fmt.Sprint("Nhóm ", i), Class: figures.Harmful, Blocked: figures.Number(int64(1 + i*10%7))})
			}
		}},
		{"a category that is hidden, in a month", both(short("2026-09"), func(r *figures.Result) { r.Data.Categories[3].Blocked.Sign = figures.Suppressed })},
		{"no pupils", schools(3, func(s *figures.Row) { s.Students = figures.Figure{Sign: figures.NoData} })},
		{"pupils that are none", schools(3, func(s *figures.Row) { s.Students = figures.Number(0) })},
		{"figures that are hidden", func(r *figures.Result) {
			star := figures.Figure{Sign: figures.Suppressed}
			r.Data.Total = figures.Counts{Queries: star, Blocked: star, Harmful: star, Managed: star, Technical: star, Excepted: star}
		}},
		{"nothing to compare with", func(r *figures.Result) {
			c := &r.Data.Compared[0]
			none := figures.Change{Ratio: figures.Ratio{Sign: figures.NoData}, Why: "quá nhỏ"}
			c.Blocked, c.Harmful, c.Cited = none, none, "abc"
		}},
		{"nothing at all to compare with", func(r *figures.Result) {
			c := &r.Data.Compared[0]
			none := figures.Change{Ratio: figures.Ratio{Sign: figures.NoData}, Why: "không có"}
			c.Queries, c.Blocked, c.Harmful = none, none, none
		}},
		{"no settings", func(r *figures.Result) {
			r.Beside.Policy = figures.PolicyCounts{SafeSearch: figures.Figure{Sign: figures.NoData}}
		}},
		{"no checks", func(r *figures.Result) { r.Data.Checks.Categories = nil }},
		{"with a log, kept for an unknown time", func(r *figures.Result) { r.Spec.Keeping = figures.Keeping{QueryLog: true} }},
		{"timetables of its own", func(r *figures.Result) { r.Spec.Hours.Own = true }},
		{"decisions of nodes that came late", decided(1)},
		{"decisions of nodes that came late, in a month", both(short("2026-09"), decided(2))},
		{"as many as the table has", decided(200)},
		{"more than the table has", decided(201)},
		{"with a ledger", func(r *figures.Result) { r.Spec.Ledger = figures.LedgerHead{Seq: 1, Hash: "aa", Key: "bb", Sig: "cc"} }},
	}
}

// decided has so many decisions of nodes come late, of every outcome.
func decided(n int) func(*figures.Result) {
	return func(r *figures.Result) {
		made := time.Date(2026, 9, 7, 8, 0, 0, 0, time.UTC)
		for i := range n {
			r.Beside.Late = append(r.Beside.Late, figures.NodeDecision{
				Node: fmt.Sprint("nut-", i%3), Unit: r.Data.Schools[0].ID + []string{"", "/hoc-sinh"}[i%2], What: []string{"allow", "block", "end"}[i%3],
				Made: made.Add(time.Duration(i) * time.Minute), Came: made.Add(time.Duration(7+i%5) * time.Hour), Seq: uint64(i),
				Outcome: []figures.NodeOutcome{figures.NodeTaken, figures.NodeRefused, figures.NodeOver}[i%3],
			})
		}
	}
}

// printed is a report as text, and its charts, which texts do not show.
func printed(t *testing.T, r *figures.Result) []string {
	t.Helper()
	m := write(r)
	var b bytes.Buffer
	if err := m.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, s := range slices.Concat(m.Sections, m.Annexes) {
		fmt.Fprintln(&b, "section", s.Number, s.Title, s.Landscape)
		for _, block := range s.Blocks {
			if block.Chart != nil {
				fmt.Fprintf(&b, "chart %+v\n", *block.Chart)
			}
			if block.Table != nil {
				fmt.Fprintf(&b, "table %q %q of %d rows\n", block.Table.Name, block.Table.Title, len(block.Table.Rows))
			}
		}
	}
	fmt.Fprintf(&b, "%+v %+v %q %q %q %v %q\n", m.Head, m.Signature, m.Opening, m.Recipients, m.Enclosed, m.Draft, m.To)
	var lines []string
	for line := range strings.Lines(b.String()) {
		if line = strings.TrimRight(line, " \n"); !strings.Contains(line, m.Hash) && line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// TestEachThingThatCanBeOtherwiseIsSaid holds a report in which there is one of
// everything, and what is said otherwise if one thing is: at each bound, on both sides.
func TestEachThingThatCanBeOtherwiseIsSaid(t *testing.T) {
	base := printed(t, provinceYear(t))
	var all strings.Builder
	for _, line := range base {
		fmt.Fprintln(&all, line)
	}
	for _, v := range variants(t) {
		r := provinceYear(t)
		v.change(r)
		fmt.Fprintf(&all, "\n= %s\n", v.name)
		lines := printed(t, r)
		gone := slices.DeleteFunc(slices.Clone(base), func(line string) bool { return slices.Contains(lines, line) })
		if len(gone) > 25 { // another form, which stands below
			gone = []string{fmt.Sprint(len(gone), " lines")}
		}
		for _, line := range gone {
			fmt.Fprintln(&all, "- "+line)
		}
		for _, line := range lines {
			if !slices.Contains(base, line) {
				fmt.Fprintln(&all, "+ "+line)
			}
		}
	}
	const file = "testdata/variants.txt"
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(file, []byte(all.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, of := strings.Split(all.String(), "\n"), strings.Split(string(want), "\n")
	name := ""
	for i := range max(len(got), len(of)) {
		if i >= len(got) || i >= len(of) || got[i] != of[i] {
			t.Fatalf("%s differs at line %d, in%s; run go test -update and look at the difference\ngot  %q\nwant %q",
				file, i+1, name, got[min(i, len(got)):min(i+1, len(got))], of[min(i, len(of)):min(i+1, len(of))])
		}
		if strings.HasPrefix(of[i], "= ") {
			name = of[i][1:]
		}
	}
}
