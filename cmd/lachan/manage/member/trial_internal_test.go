package member

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/fleet"
	"lachan/metrics"
)

func reading(queries, blocked, servFail, crashes uint64) Reading {
	return Reading{metrics.Outcomes{Queries: queries, Blocked: blocked, ServFail: servFail}, crashes}
}

// TestWhatAReleaseMayNotDo has an hour with 10 % blocked and 1 % SERVFAIL before it.
func TestWhatAReleaseMayNotDo(t *testing.T) {
	before := &shares{ServFail: 0.01, Blocked: 0.10}
	from := reading(1000, 100, 10, 3)
	f := func(before *shares, earlier uint64, now Reading, want string) {
		t.Helper()
		got := (&onTrial{Before: before, Crashes: earlier, from: from}).fails(now)
		if (want == "") != (got.EN == "") || !strings.Contains(got.EN, want) || (got.VI == "") != (got.EN == "") {
			t.Errorf("%+v: %q, want %q", now, got.EN, want)
		}
	}
	f(before, 0, reading(2000, 200, 20, 3), "")
	f(before, 0, reading(2000, 200, 35, 3), "") // twice as much and half a percent more
	f(before, 0, reading(2000, 200, 36, 3), "answers of SERVFAIL are 2.6%, in the hour before 1.0%")
	f(before, 0, reading(2000, 400, 20, 3), "")
	f(before, 0, reading(2000, 401, 20, 3), "blocked queries are 30%, in the hour before 10%")
	f(&shares{Blocked: 0.5}, 0, reading(2000, 399, 10, 3), "blocked queries are 30%, in the hour before 50%")
	f(before, 0, reading(1299, 399, 309, 3), "") // too few to say
	f(before, 0, reading(1300, 400, 310, 3), "SERVFAIL")
	f(nil, 0, reading(2000, 1100, 1010, 3), "") // nothing to compare with
	f(nil, 0, reading(1000, 100, 10, 4), "")
	f(nil, 0, reading(1000, 100, 10, 5), "ended by itself 2 times")
	f(nil, 1, reading(1000, 100, 10, 4), "ended by itself 2 times")
	f(nil, 0, reading(0, 0, 0, 0), "") // counted anew
}

// TestAnHourIsKept a reading a minute.
func TestAnHourIsKept(t *testing.T) {
	var h hour
	at := time.Date(2026, 9, 7, 7, 0, 0, 0, time.UTC)
	for range 3 * 60 * 30 {
		h.add(at, Reading{})
		at = at.Add(2 * time.Second)
	}
	if first := at.Sub(h[0].at); len(h) != 61 || first < 59*time.Minute || first > 62*time.Minute {
		t.Errorf("%d readings, the oldest of %s ago", len(h), first)
	}
}

// TestAServerThatEndsTwiceHasItsFormerFiles: before it reads any.
func TestAServerThatEndsTwiceHasItsFormerFiles(t *testing.T) {
	dir := t.TempDir()
	old, next := fleet.Release{N: 1, SHA256: "a"}, fleet.Release{N: 2, SHA256: "b", Trial: 600}
	start := func(crashed bool) kept {
		t.Helper()
		m := &Member{dir: dir, src: Sources{Crashed: crashed, Log: slog.New(slog.DiscardHandler)}, kept: readKept(dir)}
		if err := m.crashed(); err != nil {
			t.Fatal(err)
		}
		return readKept(dir)
	}
	m := &Member{dir: dir}
	if _, err := m.link(prefix + "b"); err != nil {
		t.Fatal(err)
	}
	if err := (kept{Release: next, Trial: &onTrial{Release: next, Former: old}}).write(dir); err != nil {
		t.Fatal(err)
	}
	for _, crashed := range []bool{false, true, false} {
		if k := start(crashed); k.Trial == nil || k.Failed != nil {
			t.Fatalf("after a crash (%v): %+v", crashed, k)
		}
	}
	k := start(true)
	if k.Trial != nil || k.Failed == nil || k.Failed.N != 2 || k.Failed.VI == "" || k.Release.N != 1 {
		t.Errorf("after two crashes: %+v", k)
	}
	if folder, err := os.Readlink(filepath.Join(dir, current)); err != nil || folder != prefix+"a" {
		t.Errorf("in force is %s, %v", folder, err)
	}
}
