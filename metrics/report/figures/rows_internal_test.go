package figures

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/metrics/tally"
)

// rowsOf are schools with so many pupils; -1 is not known, and each asked 1000.
func rowsOf(pupils ...int64) (rows []Row) {
	for _, n := range pupils {
		r := Row{Students: Number(n)}
		if n < 0 {
			r.Students = Figure{Sign: NoData}
		}
		r.Queries, r.Blocked = Number(1000), Number(10)
		rows = append(rows, r)
	}
	return rows
}

// TestSmallRowsAreHiddenTogether: ten pupils are enough, and one hidden row alone would
// be found by subtraction, so the next in size are hidden with it.
func TestSmallRowsAreHiddenTogether(t *testing.T) {
	f := func(what string, rows []Row, hidden ...int) {
		t.Helper()
		hideSmall(rows)
		var got []int
		for i := range rows {
			if rows[i].Queries.Sign == Suppressed {
				got = append(got, i)
				if rows[i].Hidden().Queries != Number(1000) || rows[i].Blocked.Sign != Suppressed || rows[i].Excepted.Sign != Suppressed {
					t.Errorf("%s: row %d is half hidden: %+v", what, i, rows[i])
				}
			}
		}
		if !slices.Equal(got, hidden) {
			t.Errorf("%s: hidden are %v, want %v", what, got, hidden)
		}
	}
	f("all have enough", rowsOf(10, 11, 500))
	f("one too small hides the next", rowsOf(500, 9, 20, 30), 1, 2)
	f("the first of two that are equal", rowsOf(500, 9, 20, 20), 1, 2)
	f("two that are enough together", rowsOf(5, 5, 500), 0, 1)
	f("two that are not", rowsOf(4, 5, 500, 20), 0, 1, 3)
	f("all of them", rowsOf(1, 2, 3), 0, 1, 2)
	f("alone", rowsOf(3), 0)
	f("one of unknown size is large", rowsOf(-1, 9, 900), 1, 2)
	f("but hidden if there is no other", rowsOf(-1, 9), 0, 1)
	silent := rowsOf(3, 500, 600)
	silent[0].Queries = Figure{Sign: NoData}
	f("without figures nothing is hidden", silent)
	silent = rowsOf(3, 5, 600)
	silent[1].Queries = Figure{Sign: NoData}
	f("nor stands for others", silent, 0, 2)
}

// TestAUnitThatIsTooSmallTellsNothing: not one of its figures is left.
func TestAUnitThatIsTooSmallTellsNothing(t *testing.T) {
	of := func(pupils int64) *Data { return &Data{Schools: rowsOf(pupils)} }
	if !of(9).tooSmall() || of(10).tooSmall() || (&Data{Schools: rowsOf(-1)}).tooSmall() {
		t.Error("ten pupils are enough, and a number that is not known")
	}
	d := of(9)
	d.Total = d.Schools[0].Counts
	d.Levels, d.Communes, d.Provinces = rowsOf(9), rowsOf(9), rowsOf(9)
	d.Categories = []CategoryCount{{Code: "ads", Blocked: Number(3)}}
	d.Months = []MonthCount{{Label: "01/2026", Counts: d.Total}}
	d.Days, d.Groups, d.Hours, d.Visits = []DayCount{{Day: "x"}}, []GroupCount{{Group: "x"}}, &HourCounts{}, Number(5)
	d.Checks = CheckCounts{All: Number(7), Categories: []CheckCount{{Code: "ads"}}}
	d.hideAll()
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if d.Hours != nil || d.Days != nil || d.Groups != nil || len(d.Checks.Categories) > 0 || strings.Contains(string(text), "1000") {
		t.Errorf("%s", text)
	}
	for what, c := range map[string]Figure{
		"total": d.Total.Queries, "category": d.Categories[0].Blocked, "month": d.Months[0].Queries, "visits": d.Visits, "checks": d.Checks.All,
		"level": d.Levels[0].Queries, "commune": d.Communes[0].Queries, "province": d.Provinces[0].Queries, "school": d.Schools[0].hiddenCounts.Queries,
		"unchecked": d.Checks.Unchecked,
	} {
		if c.Sign != Suppressed {
			t.Errorf("%s: %v", what, c)
		}
	}
	var days DayCounts
	days.Names = []NameCount{{Name: "a.example"}}
	days.hide()
	if days.Names != nil || days.Clients.Sum.Sign != Suppressed || days.Blocked.Most.Sign != Suppressed || days.Clients.Median.Sign != Suppressed {
		t.Errorf("%+v", days)
	}
}

// TestWhatIsCompared: less than a hundred queries are chance.
func TestWhatIsCompared(t *testing.T) {
	f := func(now, then Figure, why string, perMille int64, says string) {
		t.Helper()
		c := change(now, then, why)
		if c.Why != says || says == "" && c.Ratio != (Ratio{PerMille: perMille}) || says != "" && c.Ratio != (Ratio{Sign: NoData}) {
			t.Errorf("%v after %v: %+v", now, then, c)
		}
	}
	const small = "số lượt của kỳ so sánh quá nhỏ"
	f(Number(150), Number(100), "", 500, "")
	f(Number(50), Number(200), "", -750, "")
	f(Number(150), Number(99), "", 0, small)
	f(Number(150), Figure{Sign: NoData}, "", 0, small)
	f(Number(150), Number(200), "vì", 0, "vì")
	f(Number(150), Number(9), "vì", 0, "vì")
	f(Figure{Sign: Suppressed}, Number(200), "", 0, "số liệu được ẩn")

	month := func(code string) Period {
		p, err := ParsePeriod(code, Calendar{Zone: time.UTC})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	now, before := month("2026-10"), month("2026-09")
	compared := func(until time.Time, up, upBefore time.Duration, counted int64, kept ...Kept) Comparison {
		t.Helper()
		census := func(up time.Duration, n int64) *census {
			c := newCensus(nil, []string{"a"})
			c.schools["a"].heard = n > 0
			c.schools["a"].allowed = n
			c.schools["a"].protected = []time.Duration{up}
			return c
		}
		g := &gathered{scope: scope{spec: Spec{Unit: "a", Period: now, Kept: kept}, until: until, schools: []schoolAt{{Unit: Unit{ID: "a"}}}}}
		g.census = census(up, 1000)
		g.others = []otherPeriod{{Period: before, label: "Kỳ trước", census: census(upBefore, counted)}}
		list := (&builder{g}).compare(Counts{Queries: Number(1000), Blocked: Number(200), Harmful: Number(100)})
		if len(list) != 1 || list[0].With != "2026-09" || list[0].Label != "Kỳ trước (tháng 9 năm 2026)" {
			t.Fatalf("%+v", list)
		}
		return list[0]
	}
	whole, part := 31*24*time.Hour, func(d time.Duration, tenths int64) time.Duration { return d * time.Duration(tenths) / 1000 }
	september := 30 * 24 * time.Hour
	if c := compared(now.End, whole, september, 500); c.Queries.Ratio.PerMille != 1000 || c.Queries.Why != "" || c.Blocked.Why != small {
		t.Errorf("two whole months: %+v", c)
	}
	if c := compared(now.End, whole, part(september, 950), 500); c.Queries.Why != "" {
		t.Errorf("five points less: %+v", c)
	}
	if c := compared(now.End, whole, part(september, 949), 500); c.Queries.Why != "độ đầy đủ số liệu của hai kỳ chênh nhau quá 5 điểm phần trăm" {
		t.Errorf("more than five points less: %+v", c)
	}
	if c := compared(now.End.Add(-time.Second), whole, september, 500); c.Queries.Why != "kỳ báo cáo chưa kết thúc" {
		t.Errorf("a period that is not over: %+v", c)
	}
	if c := compared(now.End, whole, september, 0); c.Queries.Why != "không có số liệu của kỳ so sánh" || c.Counts.Queries.Known() {
		t.Errorf("nothing of the month before: %+v", c)
	}
	of := func(hash, unit, period string, provisional ...string) Kept {
		d := &Data{Unit: unit, Period: month(period), Provisional: provisional, Total: Counts{Queries: Number(400), Blocked: Number(100), Harmful: Number(100)}}
		d.Coverage.Up = Ratio{PerMille: 1000}
		return Kept{Hash: hash, Data: d}
	}
	c := compared(now.End, whole, 0, 0, Kept{Hash: "none"}, of("old", "a", "2026-09"), of("kept", "a", "2026-09"),
		of("of another", "b", "2026-09"), of("on another", "a", "2026-08"), of("not final", "a", "2026-09", "vì"))
	if c.Cited != "kept" || c.Queries.Ratio.PerMille != 1500 || c.Blocked.Ratio.PerMille != 1000 || c.Harmful.Ratio.PerMille != 0 {
		t.Errorf("with a report that was kept: %+v", c)
	}
}

// TestHowFiguresAreWritten holds figures and shares as documents and as JSON have them,
// and back.
func TestHowFiguresAreWritten(t *testing.T) {
	f := func(n int64, want string) {
		t.Helper()
		if got := Number(n).String(); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	f(0, "0")
	f(999, "999")
	f(1000, "1.000")
	f(-1000, "-1.000")
	f(-999, "-999")
	f(123456, "123.456")
	f(1234567, "1.234.567")
	for _, x := range []Figure{Number(0), Number(-1234567), {Sign: NoData}, {Sign: Suppressed}} {
		text, err := json.Marshal(x)
		var back Figure
		if err != nil || json.Unmarshal(text, &back) != nil || back != x {
			t.Errorf("%v is %s, and that %v", x, text, back)
		}
	}
	for _, r := range []Ratio{{PerMille: 0}, {PerMille: 34}, {PerMille: -5}, {PerMille: 12345678}, {Sign: NoData}, {Sign: Suppressed}} {
		text, err := json.Marshal(r)
		var back Ratio
		if err != nil || json.Unmarshal(text, &back) != nil || back != r {
			t.Errorf("%v is %s, and that %v", r, text, back)
		}
	}
	share := func(part, whole Figure, want string) {
		t.Helper()
		if got := Share(part, whole).String(); got != want {
			t.Errorf("%v of %v: %s, want %s", part, whole, got, want)
		}
	}
	share(Number(34), Number(1000), "3,4%")
	share(Number(-1), Number(3), "-33,3%")
	share(Number(1), Number(2000), "0,1%")
	share(Number(5), Number(0), "–")
	share(Figure{Sign: Suppressed}, Number(1), "*")
	share(Number(1), Figure{Sign: NoData}, "–")
	for tenths, want := range map[int64]string{0: "0,0", 9: "0,9", 10: "1,0", -15: "-1,5", 12345: "1.234,5"} {
		if got := Decimal(tenths); got != want {
			t.Errorf("%d tenths: %s, want %s", tenths, got, want)
		}
	}
	for d, want := range map[time.Duration]string{0: "0 phút", 29 * time.Second: "0 phút", 30 * time.Second: "1 phút", 59 * time.Minute: "59 phút", time.Hour: "1 giờ", 61 * time.Minute: "1 giờ 1 phút", 50 * time.Hour: "50 giờ"} {
		if got := InWords(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
	none, star := Figure{Sign: NoData}, Figure{Sign: Suppressed}
	for _, c := range [][3]Figure{{Number(2), Number(3), Number(5)}, {none, Number(3), Number(3)}, {Number(2), none, Number(2)}, {none, none, none}, {star, Number(1), star}, {none, star, star}} {
		if got := Plus(c[0], c[1]); got != c[2] {
			t.Errorf("%v and %v: %v, want %v", c[0], c[1], got, c[2])
		}
	}
	a, b := Counts{Number(1), Number(2), Number(3), Number(4), Number(5), Number(6)}, Counts{Number(10), Number(20), Number(30), Number(40), Number(50), Number(60)}
	if a.Add(b); a != (Counts{Number(11), Number(22), Number(33), Number(44), Number(55), Number(66)}) || a.Content() != Number(77) {
		t.Errorf("%+v", a)
	}
}

// TestTheMiddleAndTheWorst holds the median of odd and even numbers, and requests at the
// bounds of their period.
func TestTheMiddleAndTheWorst(t *testing.T) {
	f := func(middle, most time.Duration, all ...time.Duration) {
		t.Helper()
		if a, b := median(all); a != middle || b != most {
			t.Errorf("%v: %v and %v, want %v and %v", all, a, b, middle, most)
		}
	}
	f(0, 0)
	f(5, 5, 5)
	f(4, 7, 7, 1)
	f(3, 9, 9, 1, 3)
	f(4, 9, 9, 1, 3, 5)

	p := Period{Start: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)}
	of := func(requests []Request) RequestCounts {
		return (&besideBuilder{&gathered{scope: scope{spec: Spec{Period: p, Requests: requests}, schools: []schoolAt{{Unit: Unit{ID: "a"}}}}}}).requestCounts()
	}
	if c := of(nil); c.Came.Known() || c.Late.Known() || c.Median != "–" || c.P90 != "–" {
		t.Errorf("without a record of them: %+v", c)
	}
	if c := of([]Request{}); c.Came != Number(0) || c.Median != "–" {
		t.Errorf("without any: %+v", c)
	}
	in := p.Start.Add(time.Hour)
	var all []Request
	for i := range 10 {
		all = append(all, Request{School: "a", Came: p.Start, Answered: in, Outcome: "open", Spent: time.Duration(10-i) * time.Hour})
	}
	all = append(all,
		Request{School: "a", Came: p.End.Add(-1), Answered: p.End.Add(-1), Outcome: "refuse", Spent: 11 * time.Hour, Late: true},
		Request{School: "a", Came: in, Answered: p.End, Spent: 99 * time.Hour, Late: true}, // not yet at the end
		Request{School: "a", Came: in},
		Request{School: "a", Came: in, Answered: in, Spent: 12 * time.Hour}, // neither
		Request{School: "b", Came: in}, Request{School: "a", Came: p.Start.Add(-1)}, Request{School: "a", Came: p.End},
	)
	want := RequestCounts{Came: Number(14), Answered: Number(12), Open: Number(2), Opened: Number(10), Refused: Number(1), Late: Number(2), Median: "6 giờ 30 phút", P90: "11 giờ"}
	if got := of(all); got != want {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	if got := of(all[:10]); got.P90 != "9 giờ" {
		t.Errorf("nine of ten were answered within %s", got.P90)
	}
}

// TestTheSettingsOfSchools: what the policy does not know has no data, and of units above
// schools those in the report count with their exceptions.
func TestTheSettingsOfSchools(t *testing.T) {
	of := func(unit string, rank Rank, schools []schoolAt, units ...Unit) PolicyCounts {
		return (&besideBuilder{&gathered{scope: scope{spec: Spec{Unit: unit, Units: units}, unit: Unit{ID: unit, Rank: rank}, schools: schools}}}).policyCounts()
	}
	set := func(id string, s *Settings) schoolAt { return schoolAt{Unit: Unit{ID: id, Settings: s}} }
	none := Figure{Sign: NoData}
	if got := of("a", School, []schoolAt{set("a", nil)}); got != (PolicyCounts{none, none, none, none, none}) {
		t.Errorf("of a school that is not known: %+v", got)
	}
	schools := []schoolAt{set("a", &Settings{SafeSearch: true, Exceptions: 2, Expired: 1}), set("b", &Settings{YouTube: true, Circumvention: true, Exceptions: 3})}
	units := []Unit{
		{ID: "a", Rank: School, Settings: &Settings{Exceptions: 100}},
		{ID: "tinh", Rank: Province, Settings: &Settings{Exceptions: 10, Expired: 10}},
		{ID: "xa", Rank: Commune, Province: "tinh", Settings: &Settings{Exceptions: 1000}},
		{ID: "xa-2", Rank: Commune, Province: "other", Settings: &Settings{Exceptions: 10000}},
		{ID: "other", Rank: Province},
	}
	f := func(unit string, rank Rank, exceptions, expired int64) {
		t.Helper()
		want := PolicyCounts{Number(1), Number(1), Number(1), Number(exceptions), Number(expired)}
		if got := of(unit, rank, schools, units...); got != want {
			t.Errorf("%q: %+v, want %+v", unit, got, want)
		}
	}
	f("", Operator, 11015, 11)
	f("tinh", Province, 1015, 11)
	f("xa", Commune, 1005, 1)
	f("other", Province, 10005, 1)
}

// TestWhatIsCountedByDay: the days of the period alone, of two nodes the larger, and of
// several days the median of those with lessons.
func TestWhatIsCountedByDay(t *testing.T) {
	start := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC) // a Tuesday
	g := &gathered{scope: scope{until: start.AddDate(0, 0, 7), schools: []schoolAt{{Unit: Unit{ID: "a"}}}}, lessonOf: map[int]time.Duration{0: 1}}
	g.spec.Period = Period{Start: start, End: start.AddDate(0, 0, 7)}
	g.spec.Unit, g.unit.Rank = "tinh", Province
	g.spec.Hours = Hours{}.orDefault()
	g.nodes = []NodeState{{Node: "n1"}, {Node: "n3"}}
	g.census = newCensus([]Category{{Code: "games", Label: "Trò chơi", Class: Managed}, {Code: "csam", Class: Harmful}}, []string{"a", "b"})
	day := func(d, node string, a, b, names uint64) tally.Day {
		x := tally.Day{Day: d, Node: node, Blocked: []tally.BlockedOfDay{{Unit: "tinh", Names: names}, {Unit: "*", Names: 999}}}
		for id, n := range map[string]uint64{"a": a, "b": b, "c": 500} {
			if n > 0 {
				x.Clients = append(x.Clients, tally.ClientsOfDay{School: id, Clients: n})
			}
		}
		x.Names = []tally.NameOfDay{{Province: "tinh", Category: "games", Name: "g.example", Count: 5, Over: 1}, {Province: "tinh", Category: "csam", Name: "never.example", Count: 50}}
		return x
	}
	g.spec.Days = []tally.Day{
		day("2026-08-31", "n0", 900, 900, 900), day("2026-09-08", "n0", 900, 900, 900), day("nonsense", "n0", 900, 900, 900),
		day("2026-09-01", "n2", 10, 20, 7), day("2026-09-01", "n1", 15, 5, 9), // 15 and 20
		day("2026-09-02", "n1", 50, 0, 30), day("2026-09-03", "n1", 41, 0, 31), day("2026-09-04", "n1", 50, 0, 31),
		day("2026-09-06", "n1", 1, 1, 1), // a Sunday
	}
	c := (&besideBuilder{g}).dayCounts()
	want := DayCounts{
		Days: 5, Nodes: []string{"n1", "n2"}, Missing: []string{"n3"},
		Clients: Daily{Median: Number(45), Most: Number(50), On: "2026-09-02", Sum: Number(178)},
		Blocked: Daily{Median: Number(30), Most: Number(31), On: "2026-09-03", Sum: Number(102)},
		Names:   []NameCount{{"g.example", "Trò chơi", Number(24)}},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("%+v\nwant %+v", c, want)
	}
	b := &besideBuilder{g}
	if d := b.daily(nil, b.clientsOf); d.Sum.Sign != NoData || d.Median.Sign != NoData || d.Most.Sign != NoData {
		t.Errorf("without days: %+v", d)
	}
	if d := b.daily(map[string][]tally.Day{"2026-09-01": {{}}}, b.clientsOf); d.Sum.Sign != Suppressed || d.Most.Sign != Suppressed {
		t.Errorf("with too few clients: %+v", d)
	}
	sunday := map[string][]tally.Day{"2026-09-06": {day("2026-09-06", "n1", 8, 0, 1)}}
	if d := b.daily(sunday, b.clientsOf); d.Median != Number(8) {
		t.Errorf("without days of lessons: %+v", d)
	}
	many := map[string][]tally.Day{"2026-09-01": {{}}}
	for i := range 25 {
		many["2026-09-01"][0].Names = append(many["2026-09-01"][0].Names, tally.NameOfDay{Province: "tinh", Category: "games", Name: string(rune('a' + i)), Count: 7})
	}
	if names := b.names(many); len(names) != topNames || names[0].Name != "a" || names[19].Name != "t" {
		t.Errorf("of 25 names that are equal: %+v", names)
	}
}
