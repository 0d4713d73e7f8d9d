package html_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"lachan/metrics/report"
	"lachan/metrics/report/html"
)

func page(t *testing.T) string {
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
	m.Sections[8].Blocks = append(m.Sections[8].Blocks, report.Block{Kind: report.Item, Text: `<script>alert("x")</script>`})
	var b bytes.Buffer
	if err := html.Write(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestThePageNeedsNothingElse(t *testing.T) {
	text := page(t)
	for _, never := range []string{"<script", "<link", "<img", "@import", "url(", "src="} {
		if strings.Contains(text, never) {
			t.Errorf("the page has %s", never)
		}
	}
	if n := strings.Count(text, "<svg"); n != 3 {
		t.Errorf("%d charts, want 3", n)
	}
	for _, want := range []string{`lang="vi"`, report.Nation, "&lt;script&gt;", "10.693.422", `class="total"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestTheSameModelGivesTheSameOctets(t *testing.T) {
	if first, again := page(t), page(t); again != first {
		t.Error("two pages of one model differ")
	}
}
