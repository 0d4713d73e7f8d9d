package report_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"lachan/metrics/report"
	"lachan/metrics/report/chart"
	"lachan/metrics/report/docx"
	"lachan/metrics/report/pdf"
	"lachan/metrics/report/xlsx"
)

// kept is a report that TestEachRankReportsInItsOwnForm holds, with a few rows of each
// table: what is drawn of the others is alike.
func kept(t *testing.T, name string) *report.Model {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	m := new(report.Model)
	if err := json.Unmarshal(text, m); err != nil {
		t.Fatal(err)
	}
	if name == "province-order" { // what the others have not
		m.Provisional, m.To, m.Head.Parent = []string{"Một nút chưa gửi.", "Một nút đếm lại."}, []string{"Phòng A", "Phòng B"}, ""
	}
	for _, a := range m.Annexes {
		for _, b := range a.Blocks {
			if b.Table != nil && len(b.Table.Rows) > 12 {
				b.Table.Rows = append(b.Table.Rows[:4:4], b.Table.Rows[len(b.Table.Rows)-2:]...)
			}
		}
	}
	return m
}

// TestWhatIsDrawnAndWhere holds every line, letter and place of what is printed: what
// decree 30/2020 asks of margins, sizes and weights is seen there.
func TestWhatIsDrawnAndWhere(t *testing.T) {
	for _, name := range []string{"school-month", "province-order", "province-year"} {
		var b bytes.Buffer
		if err := pdf.Write(&b, kept(t, name)); err != nil {
			t.Fatal(err)
		}
		golden(t, "drawn/"+name+".pdf.txt", []byte(drawing(t, b.Bytes())))
	}
}

// TestWhatIsWrittenInEachPart holds what offices go on with: sizes and weights, widths
// that hold the numbers of their columns, sums, and what a printer repeats.
func TestWhatIsWrittenInEachPart(t *testing.T) {
	for _, name := range []string{"school-month", "province-order"} {
		var b bytes.Buffer
		if err := docx.Write(&b, kept(t, name)); err != nil {
			t.Fatal(err)
		}
		golden(t, "drawn/"+name+".docx.txt", []byte(parts(t, b.Bytes())))
		b.Reset()
		if err := xlsx.Write(&b, kept(t, name)); err != nil {
			t.Fatal(err)
		}
		golden(t, "drawn/"+name+".xlsx.txt", []byte(parts(t, b.Bytes())))
	}
}

// TestChartsAreDrawnToScale holds each shape of charts of both kinds: a bar is as long
// as its value, a label stands at its bar, and no two labels meet.
func TestChartsAreDrawnToScale(t *testing.T) {
	months := []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}
	days := []string{"01/11", "02/11", "03/11", "04/11", "05/11", "06/11", "07/11", "08/11", "09/11", "10/11", "11/11", "12/11", "13/11", "14/11", "15/11", "16/11", "17/11", "18/11", "19/11", "20/11"}
	values := func(n int, first, step int64) (list []int64) {
		for i := range n {
			list = append(list, first+int64(i)*step)
		}
		return list
	}
	for name, c := range map[string]*report.Chart{
		"horizontal": {Title: "Nội dung bị chặn <&>", Horizontal: true, Labels: []string{"Cờ bạc", "Ma túy, chất cấm, thuốc lá điện tử, rượu bia và những thứ khác nữa", "Không"}, Series: []report.ChartSeries{{Name: "một", Values: []int64{12345, 678, 0}}}},
		"months":     {Title: "Theo tháng", Labels: months, Series: []report.ChartSeries{{Name: "Kỳ này", Values: values(12, 100, 37)}, {Name: "Kỳ trước", Values: values(12, 50, 20)}, {Name: "Ba", Values: values(12, 0, 1)}, {Name: "Bốn", Values: values(12, 7, 0)}}},
		"days":       {Title: "Theo ngày", Labels: days, Series: []report.ChartSeries{{Name: "Lượt", Values: values(20, 3, 2)}}},
	} {
		svg := chart.Draw(c, 160).SVG()
		golden(t, "drawn/"+name+".svg", []byte(lines.Replace(svg)+"\n"))
	}
}

// lines puts an element on a line of its own, where a difference would else be a page.
var lines = strings.NewReplacer("<rect", "\n<rect", "<text", "\n<text", "<w:p>", "\n<w:p>", "<w:t", "\n<w:t", "<c:", "\n<c:",
	"<row", "\n<row", "<c ", "\n<c ", "<font>", "\n<font>", "<xf ", "\n<xf ", "<border>", "\n<border>", "<si>", "\n<si>", "<col ", "\n<col ")

// parts are those of a document that is a ZIP archive, in the order of the file.
func parts(t *testing.T, data []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range z.File {
		all.WriteString("= " + f.Name + "\n")
		if strings.Contains(f.Name, "theme") {
			continue // of the library
		}
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(lines.Replace(string(text)) + "\n")
	}
	return all.String()
}

var stream = regexp.MustCompile(`>>\nstream\n`)

// drawing is what the pages of a document are drawn by, with readable texts.
func drawing(t *testing.T, document []byte) string {
	t.Helper()
	var all strings.Builder
	for _, at := range stream.FindAllIndex(document, -1) {
		unpacked, err := zlib.NewReader(bytes.NewReader(document[at[1]:]))
		if err != nil {
			continue
		}
		text, err := io.ReadAll(unpacked)
		if err != nil || !bytes.Contains(text, []byte(" Tj ET")) {
			continue
		}
		all.WriteString("page\n")
		all.Write(text)
	}
	if all.Len() == 0 {
		t.Fatal("nothing is drawn")
	}
	return readable(all.String())
}

// readable has each text as letters, in place of the pairs of bytes of UTF-16.
func readable(drawn string) string {
	var out strings.Builder
	for {
		before, after, ok := strings.Cut(drawn, " Td (")
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		text, rest, _ := strings.Cut(after, ") Tj ET")
		text = strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r").Replace(text)
		var letters []uint16
		for i := 0; i+1 < len(text); i += 2 {
			letters = append(letters, uint16(text[i])<<8|uint16(text[i+1]))
		}
		fmt.Fprintf(&out, " %q", string(utf16.Decode(letters)))
		drawn = rest
	}
}
