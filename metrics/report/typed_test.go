package report_test

import (
	"archive/zip"
	"bytes"
	stdhtml "html"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"lachan/internal/yamlfile"
	"lachan/metrics/report"
	"lachan/metrics/report/docx"
	"lachan/metrics/report/figures"
	"lachan/metrics/report/html"
	"lachan/metrics/report/xlsx"
)

// TestNothingThatWasTypedVanishes: each key of the officer's file comes out in a report on
// every sort of period and on a single order, and sections are numbered as they stand.
func TestNothingThatWasTypedVanishes(t *testing.T) {
	w := small(t, day("2026-09-01"), 6*time.Hour)
	w.run(day("2026-11-20"))
	var keys figures.Typed
	if problems := yamlfile.Decode("template.yaml", []byte(figures.TypedTemplate), &keys); len(problems) > 0 {
		t.Fatal(problems)
	}
	typed := figures.Typed{Date: "2026-11-25", Students: 4321}
	value := reflect.ValueOf(&typed).Elem()
	var marks []string
	for i := range value.NumField() {
		name := value.Type().Field(i).Name
		mark := "Zq" + name
		switch f := value.Field(i); {
		case name == "RetiredNodes": // it marks a node, and is no text
			continue
		case f.Kind() == reflect.Slice:
			f.Set(reflect.ValueOf([]string{mark + "1", mark + "2"}))
			marks = append(marks, mark+"1", mark+"2")
		case f.Kind() == reflect.String && name != "Date":
			f.SetString(mark)
			marks = append(marks, mark)
		}
	}
	marks = append(marks, "4.321", "ngày 25 tháng 11 năm 2026")
	typed.Date = "25/11/2026" // as people write it
	for _, c := range [][2]string{{"2026-10", ""}, {"2026-Q3", ""}, {"2026-H2", ""}, {"2026", ""}, {"2026-09-10..2026-09-12", ""}, {"2026-10", "15/A05"}} {
		spec := w.spec("lao-cai", c[0])
		spec.Typed, spec.Document = typed, c[1]
		spec.Orders = []figures.Order{{Node: "nut-1", Feed: "a05", Document: "15/A05", Received: day("2026-10-05"), InForce: day("2026-10-05")}}
		m := w.build(spec)
		var text bytes.Buffer
		if err := m.WriteText(&text); err != nil {
			t.Fatal(err)
		}
		for _, mark := range marks {
			if !strings.Contains(text.String(), mark) {
				t.Errorf("%s %s: %s was typed and is not printed", c[0], c[1], mark)
			}
		}
		for format, write := range map[string]func(io.Writer, *report.Model) error{"docx": docx.Write, "xlsx": xlsx.Write, "html": html.Write} {
			var b bytes.Buffer
			if err := write(&b, m); err != nil {
				t.Fatal(err)
			}
			drawn := drawnText(t, b.Bytes())
			for _, mark := range marks {
				// The head has capitals.
				if !strings.Contains(drawn, mark) && !strings.Contains(drawn, strings.ToUpper(mark)) && !(format == "xlsx" && mark == "4.321") {
					t.Errorf("%s %s: %s was typed and is not in %s", c[0], c[1], mark, format)
				}
			}
		}
		for i, s := range m.Sections {
			if want := []string{"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"}[i]; s.Number != want {
				t.Errorf("%s %s: section %d is numbered %s", c[0], c[1], i+1, s.Number)
			}
		}
		t.Logf("%s %s: %d sections, %d typed texts printed", c[0], c[1], len(m.Sections), len(marks))
	}
}

// drawnText is what a document says: a page of HTML, or the parts of a zip file.
func drawnText(t *testing.T, document []byte) string {
	t.Helper()
	tags := regexp.MustCompile(`<[^>]+>`)
	archive, err := zip.NewReader(bytes.NewReader(document), int64(len(document)))
	if err != nil {
		return stdhtml.UnescapeString(tags.ReplaceAllString(string(document), ""))
	}
	var text strings.Builder
	for _, f := range archive.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(stdhtml.UnescapeString(tags.ReplaceAllString(string(all), "")))
	}
	return text.String()
}
