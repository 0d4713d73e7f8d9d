package attendance_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/cmd/lachan/manage/attendance"
	"lachan/metrics"
	"lachan/metrics/engine"
	"lachan/metrics/history"
	"lachan/metrics/lull"
	"lachan/policy"
)

// first is the first day of the figures, a Monday.
var first = time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)

const (
	schools = 6
	weeks   = 9
)

// policyOf has schools in one commune, a holiday on the last Wednesday but one.
func policyOf(t *testing.T) *policy.Policy {
	t.Helper()
	var text strings.Builder
	text.WriteString("timetables: {gio-hoc: {days: mon-sat, from: \"07:00\", to: \"17:00\"}}\n")
	text.WriteString("calendar: {holidays: [{name: Nghỉ, from: 2026-10-28}]}\nunits:\n- {id: p, kind: province}\n- {id: c, kind: commune, parent: p}\n")
	for i := range schools {
		fmt.Fprintf(&text, "- {id: s%d, kind: school, parent: c, networks: [10.%d.0.0/16]}\n", i, i+1)
	}
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p, problems := policy.Load(path, nil, time.UTC, policy.Unknown{})
	if p == nil {
		t.Fatal(problems)
	}
	return p
}

// historyOf is what schools have asked; asks says how much a school does on a day.
func historyOf(t *testing.T, asks func(school, day int) int) *engine.Local {
	t.Helper()
	store, err := history.Open(t.TempDir(), history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	counters := metrics.New("nut-1")
	var inForce []metrics.School
	var groups []*metrics.GroupCounters
	for i := range schools {
		id := fmt.Sprint("s", i)
		inForce, groups = append(inForce, metrics.School{ID: id}), append(groups, counters.Group(id, ""))
	}
	counters.SetSchools(inForce)
	shard := counters.Shard()
	const step = 6 * time.Hour
	for day := range weeks * 7 {
		for at := range 4 {
			if _, err := store.Tick(t.Context(), first.AddDate(0, 0, day).Add(time.Duration(at)*step), counters.Totals()); err != nil {
				t.Fatal(err)
			}
			counters.Protect(step)
			for i, g := range groups {
				for range asks(i, day) / 4 {
					shard.Record(&metrics.Event{Group: g})
				}
			}
		}
	}
	if _, err := store.Tick(t.Context(), first.AddDate(0, 0, weeks*7), counters.Totals()); err != nil {
		t.Fatal(err)
	}
	return engine.NewLocal(store, engine.Limits{})
}

// usual is a school that asks the same each day, and nothing on the holiday and on Sundays.
func usual(school, day int) int {
	at := first.AddDate(0, 0, day)
	if at.Weekday() == time.Sunday || at.Format(time.DateOnly) == "2026-10-28" {
		return 0
	}
	return 400 + 40*school + 20*(day%5)
}

// TestASchoolThatWentQuietIsFoundFromHistory: each day is judged in the night after it, from
// the history that is there; a school that is away is told from its second day on, and that
// of a holiday is not.
func TestASchoolThatWentQuietIsFoundFromHistory(t *testing.T) {
	const left = weeks*7 - 5 // a Wednesday of the last week
	local := historyOf(t, func(school, day int) int {
		if school == 3 && day >= left {
			return 8
		}
		return usual(school, day)
	})
	p, conditions := policyOf(t), &metrics.Conditions{}
	checks := map[string]uint64{}
	src := attendance.Sources{
		Policy: func() *policy.Policy { return p }, History: func() attendance.Engine { return local },
		Connectivity: func() map[string]uint64 { return checks },
		Dir:          t.TempDir(), Conditions: conditions, Log: slog.New(slog.DiscardHandler),
	}
	r := attendance.New(src)
	night := func(after int) lull.Judgement {
		t.Helper()
		if err := r.Look(t.Context(), first.AddDate(0, 0, after+1).Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		return r.Last()
	}
	wants := func(day int, want string) {
		t.Helper()
		j := night(day)
		var found []string
		for _, f := range j.Found {
			found = append(found, f.School+" "+f.Sure)
		}
		if got := strings.Join(found, ", "); got != want || j.Day != first.AddDate(0, 0, day).Format(time.DateOnly) {
			t.Errorf("%s: %q, want %q", j.Day, got, want)
		}
	}
	holiday := 51 // 2026-10-28
	wants(holiday, "")
	if days, err := lull.Days(src.Dir); err != nil || len(days) < holiday {
		t.Errorf("%d days are filled in, %v", len(days), err)
	}
	wants(left-1, "")
	wants(left, "s3 possible")
	if list := conditions.List(); len(list) != 0 {
		t.Errorf("one day, and there is %v", list)
	}
	wants(left+1, "s3 likely")
	if list := conditions.List(); len(list) != 1 || list[0].Name != "schools-quiet" || !strings.Contains(list[0].Text, "s3") {
		t.Errorf("the conditions are %v", list)
	}
	if got := r.Reading(); got.Schools["likely"] != 1 || got.Judged != schools {
		t.Errorf("figures: %v", got)
	}
	wants(left+2, "s3 almost-sure")
	if again := attendance.New(src); again.Last().Day != r.Last().Day {
		t.Errorf("after a start the last day is %q", again.Last().Day)
	}
	all, err := lull.ReadJudgements(src.Dir, "2026-01-01", "2026-12-31")
	if err != nil || len(all) != 5 {
		t.Errorf("%d days are kept, %v", len(all), err)
	}
	wants(left+4, "") // a Sunday
	if list := conditions.List(); len(list) != 0 {
		t.Errorf("a Sunday, and there is %v", list)
	}
}

// TestAFewDevicesThatAskForAllAreTold: as many questions as usual hide nothing, where devices have
// addresses of their own; it may be a router too, so that no alert tells of it.
func TestAFewDevicesThatAskForAllAreTold(t *testing.T) {
	const left = weeks*7 - 5
	local := historyOf(t, usual)
	p, conditions, days := policyOf(t), &metrics.Conditions{}, t.TempDir()
	for day := range left + 1 {
		clients := `{"school": "s1", "clients": 140}, {"school": "s4", "clients": 12}`
		if day < left {
			clients += `, {"school": "s2", "clients": 150}`
		}
		name := first.AddDate(0, 0, day).Format(time.DateOnly)
		text := fmt.Sprintf(`{"day": %q, "node": "nut-1", "lost": 0, "clients": [%s], "blocked": [], "names": []}`, name, clients)
		if err := os.WriteFile(filepath.Join(days, name+".json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := attendance.New(attendance.Sources{
		Policy: func() *policy.Policy { return p }, History: func() attendance.Engine { return local },
		Connectivity: func() map[string]uint64 { return nil },
		Dir:          t.TempDir(), Days: days, Conditions: conditions, Log: slog.New(slog.DiscardHandler),
	})
	if err := r.Look(t.Context(), first.AddDate(0, 0, left+1).Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	j := r.Last()
	if len(j.Found) != 1 || j.Found[0].School != "s2" || !j.Found[0].Few || j.Found[0].Sure != "possible" || len(conditions.List()) != 0 {
		t.Errorf("%+v, %v", j, conditions.List())
	}
}

// TestDevicesThatOnlyLookForANetworkAreToldAtOnce: their checks are counted by this process,
// from one midnight to the next.
func TestDevicesThatOnlyLookForANetworkAreToldAtOnce(t *testing.T) {
	const left = weeks*7 - 5
	local := historyOf(t, func(school, day int) int {
		if school == 2 && day == left {
			return 60
		}
		return usual(school, day)
	})
	p := policyOf(t)
	f := func(begins time.Duration, checked uint64) {
		t.Helper()
		tellsOfChecks(t, p, local, first.AddDate(0, 0, left), begins, checked)
	}
	f(time.Minute, 50)
	f(6*time.Hour+10*time.Minute, 36) // the server was started then: of 45 questions
}

// tellsOfChecks has a server see a day from some time of it on, and checks that what is told of it is
// right.
func tellsOfChecks(t *testing.T, p *policy.Policy, local *engine.Local, day time.Time, begins time.Duration, checked uint64) {
	t.Helper()
	checks := map[string]uint64{"s2": 7}
	r := attendance.New(attendance.Sources{
		Policy: func() *policy.Policy { return p }, History: func() attendance.Engine { return local },
		Connectivity: func() map[string]uint64 { return checks },
		Dir:          t.TempDir(), Conditions: &metrics.Conditions{}, Log: slog.New(slog.DiscardHandler),
	})
	if err := r.Look(t.Context(), day.Add(begins)); err != nil { // it sees the day for the first time
		t.Fatal(err)
	}
	checks = map[string]uint64{"s2": 7 + checked}
	for _, minutes := range []int{0, 1, 60} {
		if err := r.Look(t.Context(), day.AddDate(0, 0, 1).Add(time.Duration(minutes)*time.Minute)); err != nil {
			t.Fatal(err)
		}
		checks = map[string]uint64{"s2": 900} // of the next day
	}
	j := r.Last()
	if len(j.Found) != 1 || j.Found[0].Sure != "almost-sure" || !j.Found[0].Checks || j.Found[0].Asked > 13 {
		t.Fatalf("seen from %s on: %+v", begins, j)
	}
	if text := attendance.Sure(&j.Found[0]).String(); !strings.Contains(text, "almost sure") || !strings.Contains(text, "90%") {
		t.Errorf("how sure: %s", text)
	}
}
