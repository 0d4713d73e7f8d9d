package pdf_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lachan/metrics/report"
	"lachan/metrics/report/figures"
	"lachan/metrics/report/pdf"
)

func model(t *testing.T, name string) *report.Model {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	m := new(report.Model)
	if err := json.NewDecoder(file).Decode(m); err != nil {
		t.Fatal(err)
	}
	return m
}

func write(t *testing.T, m *report.Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pdf.Write(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pages are the texts of the pages, as pdftotext reads them.
func pages(t *testing.T, document []byte) []string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed: run make tools")
	}
	file := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(file, document, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
}

func TestTheSameModelGivesTheSameOctets(t *testing.T) {
	for _, name := range []string{"school-month", "province-year"} {
		if m := model(t, name); !bytes.Equal(write(t, m), write(t, m)) {
			t.Errorf("%s: two documents of one model differ", name)
		}
	}
}

func TestAMonthIsOnePageAndADraftUntilItHasANumber(t *testing.T) {
	all := pages(t, write(t, model(t, "school-month")))
	if want := 1 + len(model(t, "school-month").Annexes); len(all) != want || !strings.Contains(all[1], "Phụ lục") {
		t.Errorf("a report on a month has %d pages, want one and one for each annex, %d", len(all), want)
	}
	for _, want := range []string{report.Nation, report.Motto, "TRƯỜNG THPT SỐ 1 SA PA", "DỰ THẢO", "Mã băm số liệu: ", "HIỆU TRƯỞNG"} {
		if !strings.Contains(all[0], want) {
			t.Errorf("the first page lacks %q:\n%s", want, all[0])
		}
	}
	signed := pages(t, write(t, model(t, "province-year")))
	whole := strings.Join(signed, "")
	if strings.Contains(whole, "DỰ THẢO") || !strings.Contains(whole, "KT. GIÁM ĐỐC") || !strings.Contains(whole, "Nguyễn Văn A") {
		t.Error("a report with a number is a draft, or has no signature")
	}
	if first := strings.TrimSpace(strings.SplitN(signed[1], "\n", 2)[0]); first != "2" {
		t.Errorf("the second page begins with %q, not with its number", first)
	}
}

// TestTablesOverPagesRepeatTheirHeads: 200 schools are several pages, no row is
// lost, and the sum does not stand alone.
func TestTablesOverPagesRepeatTheirHeads(t *testing.T) {
	m := model(t, "province-year")
	for i := range m.Annexes {
		table := m.Annexes[i].Blocks[0].Table
		if table == nil || len(table.Rows) < 6 {
			continue
		}
		last := table.Rows[len(table.Rows)-1]
		row := table.Rows[0]
		table.Rows = nil
		for range 200 {
			table.Rows = append(table.Rows, row)
		}
		table.Rows = append(table.Rows, last)
	}
	rows := 0
	for n, page := range pages(t, write(t, m)) {
		here := strings.Count(page, "Trường THCS Sa Pa")
		if here == 0 {
			continue
		}
		rows += here
		if !strings.Contains(page, "Ghi chú") {
			t.Errorf("page %d has rows without heads:\n%s", n+1, page)
		}
	}
	if rows < 200 {
		t.Errorf("%d of 200 rows are there", rows)
	}
}

// TestNoNumberIsBroken: a number in two lines could be read as two.
func TestNoNumberIsBroken(t *testing.T) {
	m := model(t, "province-year")
	whole := strings.Join(pages(t, write(t, m)), "")
	for _, c := range []figures.Figure{m.Data.Total.Queries, m.Data.Total.Blocked, m.Data.Total.Harmful, m.Data.Total.Technical} {
		if !strings.Contains(whole, c.String()) {
			t.Errorf("%s is not in one piece", c)
		}
	}
}
