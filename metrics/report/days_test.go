package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"lachan/metrics/report"
	"lachan/metrics/report/figures"
	"lachan/metrics/tally"
)

// noticed are days of two nodes: of schools 1 to 6, one of which has too few
// clients, and of a school and a province that are in no report here.
func noticed(from, to time.Time) (days []tally.Day) {
	for at := from; at.Before(to); at = at.AddDate(0, 0, 1) {
		n := uint64(at.Day())
		first := tally.Day{Day: at.Format(time.DateOnly), Node: "nut-1", Clients: []tally.ClientsOfDay{
			{School: "truong-1", Clients: 100 + n}, {School: "truong-2", Clients: 50}, {School: "truong-9", Clients: 999},
		}}
		for i, name := range []string{"bet.example", "secret.example", "advert.example", "clip.example"} {
			category := []string{"gambling", "csam", "ads", "social"}[i]
			first.Names = append(first.Names,
				tally.NameOfDay{Province: "lao-cai", Level: "primary", Category: category, Name: name, Count: 20, Over: 3},
				tally.NameOfDay{Province: "other", Level: "primary", Category: category, Name: "other-" + name, Count: 1000})
		}
		first.Blocked = []tally.BlockedOfDay{{Unit: tally.Everywhere, Names: 90}, {Unit: "lao-cai", Names: 40 + n}, {Unit: "sa-pa", Names: 30}}
		second := tally.Day{Day: first.Day, Node: "nut-2", Clients: []tally.ClientsOfDay{{School: "truong-1", Clients: 90}, {School: "truong-4", Clients: 20}}}
		second.Names = []tally.NameOfDay{{Province: "lao-cai", Level: "lower-secondary", Category: "gambling", Name: "bet.example", Count: 10}}
		second.Blocked = []tally.BlockedOfDay{{Unit: "lao-cai", Names: 20}}
		days = append(days, first)
		if at.Day()%2 == 0 {
			days = append(days, second)
		}
	}
	return days
}

// TestTodayIsTheDayOfTheSchools: at three in the morning, on a machine that
// keeps UTC, what was noticed since midnight is of the day before there.
func TestTodayIsTheDayOfTheSchools(t *testing.T) {
	w := small(t, day("2026-08-30"), 6*time.Hour)
	w.run(day("2026-09-03").Add(3 * time.Hour))
	spec := w.spec("lao-cai", "2026-09-01..2026-09-03")
	spec.Now = day("2026-09-03").Add(3 * time.Hour).UTC()
	spec.Days = noticed(day("2026-09-01"), day("2026-09-04"))
	if got := w.build(spec).Beside.Days; got.Days != 3 {
		t.Errorf("%d days, want 3: %+v", got.Days, got)
	}
}

// TestDaysAreSummedUpWithoutCountingTwice: clients of a school on two nodes,
// names over nodes, levels and days; and none of others.
func TestDaysAreSummedUpWithoutCountingTwice(t *testing.T) {
	w := small(t, day("2026-08-30"), 6*time.Hour)
	w.run(day("2026-10-02"))
	build := func(unit string) *report.Model {
		spec := w.spec(unit, "2026-09")
		spec.Days = noticed(day("2026-08-20"), day("2026-10-01"))
		return w.build(spec)
	}
	province := build("lao-cai")
	got := province.Beside.Days
	// On even days 100+n, 50 and 20; on odd ones 100+n and 50. The 30th is a Wednesday.
	sum := int64(30*150 + 30*31/2 + 15*20)
	if got.Days != 30 || got.Clients.Most != figures.Number(200) || got.Clients.On != "2026-09-30" || got.Clients.Sum != figures.Number(sum) {
		t.Errorf("clients: %+v", got)
	}
	if got.Blocked.Most != figures.Number(70) {
		t.Errorf("names of the province: %+v", got.Blocked)
	}
	want := []figures.NameCount{
		{Name: "bet.example", Category: "Cờ bạc, cá cược, đánh bài đổi thưởng", Blocked: figures.Number(30*17 + 15*10)},
		{Name: "clip.example", Category: "Mạng xã hội", Blocked: figures.Number(30 * 17)},
	}
	if fmt.Sprint(got.Names) != fmt.Sprint(want) {
		t.Errorf("names %v, want %v", got.Names, want)
	}
	for _, unit := range []string{"", "lao-cai", "sa-pa", "truong-1"} {
		var text bytes.Buffer
		if err := build(unit).WriteJSON(&text); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text.String(), "secret.example") || strings.Contains(text.String(), "advert.example") {
			t.Errorf("%q tells a name that nobody may know", unit)
		}
	}
	if school := build("truong-1").Beside.Days; school.Names != nil || school.Clients.Most != figures.Number(130) || school.Blocked.Most.Sign != figures.Suppressed {
		t.Errorf("of a school: %+v", school)
	}
	if few := build("truong-6").Beside.Days; few.Clients.Most.Sign != figures.Suppressed || few.Clients.Median.Sign != figures.Suppressed {
		t.Errorf("of a school with few clients: %+v", few)
	}
	if none := w.build(w.spec("lao-cai", "2026-09")).Beside.Days; none.Clients.Most.Sign != figures.NoData || none.Days != 0 || len(none.Missing) != 2 {
		t.Errorf("without days: %+v", none)
	}
}
