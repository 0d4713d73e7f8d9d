package tested_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/cmd/lachan/tested"
)

// TestTestsAreKeptByTheDay: those of the days that are asked for, without what a crash has
// cut.
func TestTestsAreKeptByTheDay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "selftest.jsonl")
	if list, err := tested.Read(path, "2026-01-01", "2026-12-31"); err != nil || list != nil {
		t.Fatal(list, err)
	}
	at := time.Date(2026, 9, 7, 5, 0, 0, 0, time.UTC)
	for i := range 5 {
		day := at.AddDate(0, 0, i)
		r := tested.Run{Day: day.Format(time.DateOnly), Began: day, Ended: day.Add(time.Minute), Questions: i}
		if err := tested.Add(path, r); err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			cut(t, path)
		}
	}
	list, err := tested.Read(path, "2026-09-08", "2026-09-10")
	if err != nil || len(list) != 2 || list[0].Questions != 1 || list[1].Questions != 3 {
		t.Errorf("%v, %v", list, err)
	}
}

// cut takes the end of the last line away.
func cut(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err == nil {
		err = os.Truncate(path, info.Size()-5)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestTheFileOfTestsIsBounded: whatever fails in each, and however long the ids are.
func TestTheFileOfTestsIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "selftest.jsonl")
	r := tested.Run{Began: time.Now(), Ended: time.Now()}
	for range tested.MostFailures {
		r.Failures = append(r.Failures, tested.Failure{Kind: tested.LetPast, Unit: strings.Repeat("x", 2000)})
	}
	for i := range 60 {
		r.Day = time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		if err := tested.Add(path, r); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > 4<<20 || info.Size() < 3<<20 {
		t.Errorf("%v, %v", info.Size(), err)
	}
	list, err := tested.Read(path, "2026-01-01", "2026-12-31")
	if err != nil || len(list) == 0 || list[len(list)-1].Day != r.Day || list[0].Day == "2026-01-01" {
		t.Errorf("%d runs, %v", len(list), err)
	}
}

// TestAFailureIsToldInWords: whose it is, and what is wrong; a certificate is everybody's.
func TestAFailureIsToldInWords(t *testing.T) {
	s := tested.State{Last: &tested.Run{Day: "2026-11-30", Questions: 9, Failed: 2, Failures: []tested.Failure{
		{Kind: tested.Untrusted, Door: "dot 127.0.0.1:853", Times: 1},
		{Kind: tested.LetPast, Door: "udp 127.0.0.1:53", Category: "games", Name: "choi.example", Times: 1},
	}}}
	s.Say()
	if !strings.Contains(s.EN, "30/11/2026: 2 of 9") || !strings.Contains(s.EN, "choi.example of category games") {
		t.Errorf("the worst is not told first: %s", s.EN)
	}
	if len(s.Wrong) != 2 || !strings.Contains(s.Wrong[0].EN, "unit any: its certificate") || !strings.Contains(s.Wrong[1].VI, "không thuộc đơn vị nào") {
		t.Errorf("%+v", s.Wrong)
	}
	none := tested.State{}
	if none.Say(); none.VI != "" {
		t.Errorf("%+v", none)
	}
}
