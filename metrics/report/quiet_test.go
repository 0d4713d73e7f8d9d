package report_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lachan/metrics/report"
	"lachan/metrics/report/figures"
	"lachan/metrics/report/xlsx"
)

// sheets are the names of the sheets of a report's workbook, and the rows of one.
func sheets(t *testing.T, m *report.Model, of string) (names []string, rows [][]string) {
	t.Helper()
	var file bytes.Buffer
	if err := xlsx.Write(&file, m); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	names = book.GetSheetList()
	if slices.Contains(names, of) {
		if rows, err = book.GetRows(of); err != nil {
			t.Fatal(err)
		}
	}
	return names, rows
}

// TestSilentSchoolsAreAllNamed: in an annex and a sheet, in every period, and none of them
// counts as connected.
func TestSilentSchoolsAreAllNamed(t *testing.T) {
	w := small(t, day("2026-09-28"), 6*time.Hour)
	w.run(day("2026-11-20"))
	for _, period := range []string{"2026-10", "2026-Q4"} {
		spec := w.spec("lao-cai", period)
		for i := range 25 {
			spec.Units = append(spec.Units, figures.Unit{
				ID: fmt.Sprintf("im-%02d", i), Name: fmt.Sprintf("Trường im lặng %02d", i), Rank: figures.School,
				Province: "lao-cai", Commune: "bac-ha", Level: "primary",
			})
		}
		spec.Nodes = []string{"nut-1", "nut-2", "nut-7"}
		m := w.build(spec)
		if got := m.Data.Coverage.Asked; got != figures.Number(6) {
			t.Errorf("%s: %s schools are connected, 6 asked", period, got)
		}
		var text bytes.Buffer
		if err := m.WriteText(&text); err != nil {
			t.Fatal(err)
		}
		_, rows := sheets(t, m, "Không có lượt truy vấn")
		named := fmt.Sprint(rows)
		for i := range 25 {
			name := fmt.Sprintf("Trường im lặng %02d", i)
			if !strings.Contains(named, name) || !strings.Contains(text.String(), name) {
				t.Errorf("%s: %s has no data and is not named", period, name)
			}
		}
		if said := strings.Join(m.Provisional, " "); !strings.Contains(said, "nut-7") || strings.Contains(said, "nut-1") {
			t.Errorf("%s: provisional: %q, want nut-7 alone, which never sent anything", period, said)
		}
	}
}

// TestSheetsSayWhatTheyHold: by name, not by the number of a section.
func TestSheetsSayWhatTheyHold(t *testing.T) {
	w := small(t, day("2026-09-28"), 6*time.Hour)
	w.run(day("2026-11-20"))
	names, rows := sheets(t, w.build(w.spec("lao-cai", "2026-10-01..2026-11-15")), "Theo cấp học")
	for _, want := range []string{"Theo nhóm nội dung", "Theo cấp học", "Theo xã, phường", "Theo tháng", "So sánh", "Từng trường"} {
		if !slices.Contains(names, want) {
			t.Errorf("there is no sheet %q among %q", want, names)
		}
	}
	if !strings.Contains(fmt.Sprint(rows), "Tiểu học") {
		t.Errorf("the sheet of levels holds %v", rows)
	}
}

// TestASchoolsReportHasItsDaysHoursAndGroups: and they add up to the total.
func TestASchoolsReportHasItsDaysHoursAndGroups(t *testing.T) {
	w := small(t, day("2026-09-28"), time.Hour)
	w.group("truong-2", "gv")
	w.run(day("2026-11-20"))
	for _, period := range []string{"2026-10", "2026-Q4"} {
		spec := w.spec("truong-2", period)
		spec.Groups = map[string]string{"truong-2/gv": "Giáo viên"}
		m := w.build(spec)
		var days, groups figures.Counts
		for _, d := range m.Data.Days {
			days.Add(d.Counts)
		}
		for _, g := range m.Data.Groups {
			groups.Add(g.Counts)
		}
		if days != m.Data.Total || groups != m.Data.Total || m.Data.Total.Queries.Value == 0 {
			t.Errorf("%s: days have %+v, groups %+v, the total is %+v", period, days, groups, m.Data.Total)
		}
		if got, want := m.Data.Days[6].Queries.Value, w.happened(day("2026-10-07"), day("2026-10-08"), "", "", "truong-2"); got != want {
			t.Errorf("%s: 7 October has %d queries, want %d", period, got, want)
		}
		names, rows := sheets(t, m, "Theo nhóm người dùng")
		if !strings.Contains(fmt.Sprint(rows), "Giáo viên") || !slices.Contains(names, "Từng ngày") || !slices.Contains(names, "Theo giờ") {
			t.Errorf("%s: sheets %q; the one of groups has %v", period, names, rows)
		}
	}
}
