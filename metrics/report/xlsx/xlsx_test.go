package xlsx_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"lachan/metrics/report"
	"lachan/metrics/report/xlsx"
)

func workbook(t *testing.T) (*excelize.File, []byte) {
	t.Helper()
	file, err := os.Open("../testdata/province-year.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	m := new(report.Model)
	if err := json.NewDecoder(file).Decode(m); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := xlsx.Write(&b, m); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return book, b.Bytes()
}

// TestSumsAreFormulasWhoseValueIsPrinted: what a spreadsheet calculates is what
// the report says.
func TestSumsAreFormulasWhoseValueIsPrinted(t *testing.T) {
	book, _ := workbook(t)
	sums := 0
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, said := range row {
				cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
				formula, err := book.GetCellFormula(sheet, cell)
				if err != nil {
					t.Fatal(err)
				}
				if formula == "" {
					continue
				}
				sums++
				calculated, err := book.CalcCellValue(sheet, cell, excelize.Options{RawCellValue: true})
				if err != nil {
					t.Errorf("%s!%s = %s: %v", sheet, cell, formula, err)
				}
				a, _ := strconv.ParseFloat(said, 64)
				b, _ := strconv.ParseFloat(calculated, 64)
				if math.Abs(a-b) > 0.5 || a == 0 {
					t.Errorf("%s!%s says %s, but %s is %s", sheet, cell, said, formula, calculated)
				}
			}
		}
	}
	if sums < 20 {
		t.Errorf("the workbook has %d sums", sums)
	}
}

func TestTheSameModelGivesTheSameOctets(t *testing.T) {
	_, one := workbook(t)
	_, two := workbook(t)
	if !bytes.Equal(one, two) {
		t.Error("two workbooks of one model differ")
	}
}

// TestASheetThatCannotBeWrittenIsAnError: a workbook without it is none.
func TestASheetThatCannotBeWrittenIsAnError(t *testing.T) {
	table := &report.Table{Name: "a/b", Columns: []report.Column{{Head: "Cơ sở"}}}
	m := &report.Model{Sections: []report.Section{{Title: "I", Blocks: []report.Block{{Table: table}}}}}
	if err := xlsx.Write(io.Discard, m); err == nil || !strings.Contains(err.Error(), "write sheet a/b") {
		t.Errorf("%v", err)
	}
}
