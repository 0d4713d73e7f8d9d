package report_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lachan/metrics/report/figures"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares with a file of testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run go test -update and look at the difference\n%s", name, firstDifference(got, want))
	}
}

func firstDifference(got, want []byte) string {
	a, b := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(a), len(b)) {
		if !bytes.Equal(a[i], b[i]) {
			return "got  " + string(a[i]) + "\nwant " + string(b[i])
		}
	}
	return "one is longer"
}

// TestEachRankReportsInItsOwnForm holds the text and the JSON of a report of
// each rank and of each sort of period.
func TestEachRankReportsInItsOwnForm(t *testing.T) {
	w := small(t, day("2026-04-20"), time.Hour)
	w.run(day("2026-06-30").Add(9 * time.Hour))
	for _, s := range w.schools[4:] {
		s.Commune = "bac-ha" // from now on
	}
	w.silent["nut-2"] = true
	w.run(day("2026-07-04"))
	w.silent["nut-2"] = false
	w.run(day("2026-12-02"))
	f := func(name, unit, period, document string, typed figures.Typed) {
		t.Helper()
		spec := w.spec(unit, period)
		spec.Typed = typed
		spec.Document = document
		spec.Orders = []figures.Order{
			{Feed: "a05", Digest: "3fa2b1c04d5e6f70", Document: "15/A05", Authority: "Cục A05", Entries: 120, Node: "nut-1", Version: 12, Published: day("2026-09-03").Add(7 * time.Hour), Took: 140 * time.Minute, Received: day("2026-09-03").Add(8 * time.Hour), InForce: day("2026-09-03").Add(9*time.Hour + 20*time.Minute)},
			{Feed: "a05", Document: "16/A05", Authority: "Cục A05", Entries: 3, Urgent: true, Node: "nut-1", Took: 7 * time.Hour, Received: day("2026-10-10").Add(8 * time.Hour), InForce: day("2026-10-10").Add(15 * time.Hour)},
		}
		spec.Feeds = []figures.Feed{{Name: "co-bac", Category: "gambling", Entries: 12345, Holds: []time.Time{day("2026-04-01"), day("2026-09-01")}, Updated: day("2026-11-29").Add(3 * time.Hour)}, {Name: "a05", Category: "phishing", Authority: "Cục A05", Document: "16/A05", Entries: 3, Updated: day("2026-10-10"), Late: true}}
		spec.Days = noticed(day("2026-05-01"), day("2026-12-01"))
		spec.Requests = []figures.Request{
			{School: "truong-3", Came: day("2026-10-05").Add(8 * time.Hour), Answered: day("2026-10-05").Add(9 * time.Hour), Outcome: "open", Spent: time.Hour},
			{School: "truong-3", Came: day("2026-10-06").Add(8 * time.Hour), Answered: day("2026-10-06").Add(11 * time.Hour), Outcome: "refuse", Spent: 3 * time.Hour},
			{School: "truong-3", Came: day("2026-10-07"), Answered: day("2027-03-01"), Spent: 90 * time.Hour, Late: true},
			{School: "truong-4", Came: day("2026-08-20")},
			{School: "another", Came: day("2026-10-05")},
		}
		spec.Decisions = []figures.NodeDecision{
			{Node: "nut-2", Unit: "truong-5", What: "block", Made: day("2026-10-07").Add(8 * time.Hour), Came: day("2026-10-20"), Outcome: figures.NodeTaken, Seq: 12},
			{Node: "nut-2", Unit: "truong-3", What: "allow", Made: day("2026-10-06").Add(9 * time.Hour), Came: day("2026-10-06").Add(16 * time.Hour), Outcome: figures.NodeRefused},
		}
		spec.Keeping = figures.Keeping{Retention: 400 * 24 * time.Hour}
		for i := range spec.Units {
			spec.Units[i].Type = []string{"cong-lap", "ngoai-cong-lap", ""}[min(i%5, 2)]
			spec.Units[i].Settings = &figures.Settings{SafeSearch: true, YouTube: i%3 > 0, Exceptions: i % 2, Expired: i % 4 / 3}
		}
		m := w.build(spec)
		var text, asJSON bytes.Buffer
		if err := m.WriteText(&text); err != nil {
			t.Fatal(err)
		}
		if err := m.WriteJSON(&asJSON); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".txt", text.Bytes())
		golden(t, name+".json", asJSON.Bytes())
	}
	f("school-month", "truong-3", "2026-10", "", figures.Typed{})
	f("commune-quarter", "bac-ha", "hc-2026-Q3", "", figures.Typed{})
	f("province-year", "lao-cai", "2026-05-01..2026-11-30", "", figures.Typed{
		Number: "5", Date: "2026-12-05", Place: "Lào Cai", Capacity: "KT. GIÁM ĐỐC", Position: "PHÓ GIÁM ĐỐC", Signer: "Nguyễn Văn A",
		To: []string{"Ủy ban nhân dân tỉnh Lào Cai"}, Shortcomings: []string{"Đường truyền của các xã vùng cao chưa ổn định."}, RetiredNodes: []string{"nut-9"},
	})
	f("operator-half", "", "2026-H1", "", figures.Typed{})
	f("province-order", "lao-cai", "2026-10-10..2026-11-30", "16/A05", figures.Typed{})
}
