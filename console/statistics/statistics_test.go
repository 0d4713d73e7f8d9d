package statistics_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"lachan/console/statistics"
	"lachan/internal/wording"
	"lachan/metrics/report/figures"
)

// country is a day of schools, twelve in a commune and a hundred communes in a province.
func country(schools int) (*figures.Data, []figures.DayCount) {
	start := time.Date(2026, 11, 27, 0, 0, 0, 0, time.FixedZone("+07", 7*60*60))
	counts := figures.Counts{Queries: figures.Number(84_310), Blocked: figures.Number(1204), Harmful: figures.Number(4)}
	d := &figures.Data{
		Rank: "operator", Period: figures.Period{Start: start, End: start.AddDate(0, 0, 1)}, Total: counts,
		Hours: &figures.HourCounts{}, Compared: []figures.Comparison{{Counts: counts}},
	}
	for i := range d.Hours.Counts {
		d.Hours.Counts[i].Content = figures.Number(int64(i * 1000))
	}
	for i := range 40 {
		d.Categories = append(d.Categories, figures.CategoryCount{Code: fmt.Sprint(i), Label: "Nhóm", Blocked: figures.Number(int64(i))})
	}
	for i := range schools {
		row := figures.Row{ID: fmt.Sprint("truong-", i), Name: "Trường", Commune: fmt.Sprint("xa-", i/12), Schools: figures.Number(1), Counts: counts, Coverage: figures.Ratio{PerMille: 990}}
		if i%40 == 0 {
			row.Counts.Queries = figures.Figure{Sign: figures.NoData}
		}
		d.Schools = append(d.Schools, row)
		if i%12 == 0 {
			d.Communes = append(d.Communes, figures.Row{ID: row.Commune, Name: "Xã", Schools: figures.Number(12), Counts: counts, Coverage: figures.Ratio{PerMille: int64(i % 1001)}})
		}
		if i%1200 == 0 {
			d.Provinces = append(d.Provinces, figures.Row{ID: fmt.Sprint("tinh-", i/1200), Name: "Tỉnh", Schools: figures.Number(1200), Counts: counts})
		}
	}
	return d, []figures.DayCount{{Day: "2026-11-27", Counts: counts}}
}

func label(_, vietnamese string) wording.Text { return wording.Text{VI: vietnamese, EN: "Category"} }

// A day of 40,000 schools is made small and drawn within 300 ms, and is small enough for a
// page; so is one province of them with each of its communes.
//
// TEST_PROOF=1 takes all of them instead of 2,000.
func TestADayOfACountryIsDrawnAtOnce(t *testing.T) {
	schools := 2000
	if os.Getenv("TEST_PROOF") != "" {
		schools = 40_000
	}
	d, days := country(schools)
	for _, rank := range []string{"operator", "province", "commune"} {
		d.Rank = rank
		began := time.Now()
		f := statistics.Of(d, days, label, began)
		size := 0
		for _, drawing := range []string{f.DaysChart(wording.Both), f.HoursChart(wording.Both), f.CategoriesChart(wording.Both), f.CoverageGrid(wording.Both)} {
			if !strings.HasPrefix(drawing, "<svg") {
				t.Errorf("%s: a chart is missing", rank)
			}
			size += len(drawing)
		}
		took := time.Since(began)
		t.Logf("%s of %d schools: %s, %d parts, %d bytes of charts", rank, schools, took, len(f.Parts), size)
		if took > 300*time.Millisecond || len(f.Parts) > 400 || size > 100_000 {
			t.Errorf("%s of %d schools: %s, %d parts, %d bytes", rank, schools, took, len(f.Parts), size)
		}
	}
}

// What may not be told is not drawn either, and what is not known is not zero.
func TestWhatMayNotBeToldIsNotDrawn(t *testing.T) {
	d, days := country(24)
	star := figures.Figure{Sign: figures.Suppressed}
	d.Total = figures.Counts{Queries: star, Blocked: star}
	days[0].Counts = d.Total
	d.Hours = nil
	for i := range d.Categories {
		d.Categories[i].Blocked = star
	}
	f := statistics.Of(d, days, label, time.Now())
	if !f.Hidden || f.DaysChart(wording.Both)+f.HoursChart(wording.Both)+f.CategoriesChart(wording.Both) != "" {
		t.Errorf("hidden: %v, yet there are charts", f.Hidden)
	}
	if f.Days[0].Allowed != star {
		t.Errorf("a day that may not be told has %s", f.Days[0].Allowed)
	}
	d.Rank = "province"
	if p := statistics.Of(d, days, label, time.Now()).Parts[0]; p.Silent != figures.Number(1) {
		t.Errorf("schools without figures: %s, want 1", p.Silent)
	}
}

// The signs of a grid are there for those who see no colours.
func TestAGridHasSigns(t *testing.T) {
	f := &statistics.Figures{Parts: []statistics.Part{
		{Name: "đủ", Coverage: statistics.Share{PerMille: 1000}}, {Name: "thiếu", Coverage: statistics.Share{PerMille: 400}},
		{Name: "không <có>", Coverage: statistics.Share{Sign: figures.NoData}},
	}}
	grid := f.CoverageGrid(wording.English)
	for _, want := range []string{`class="covered"`, `class="partly"`, `class="unheard"`, ">!<", ">–<", "thiếu: 40.0%", "không &lt;có&gt;"} {
		if !strings.Contains(grid, want) {
			t.Errorf("no %s in %s", want, grid)
		}
	}
}
