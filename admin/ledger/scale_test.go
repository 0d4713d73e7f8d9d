package ledger_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"lachan/admin/ledger"
)

// many appends n decisions about some objects, in groups of 1,000 that have the same words.
func many(t *testing.T, l *ledger.Ledger, n, objects int) {
	t.Helper()
	for i := 0; i < n; i += 1000 {
		group := make([]ledger.Draft, 1000)
		for j := range group {
			k := (i + j) % objects
			group[j] = ledger.Draft{
				Area: "lao-cai", Unit: fmt.Sprintf("th-%d", k%40_000), By: fmt.Sprintf("acc_%d", k%5000), Role: "school", Via: "console",
				What: "except", Object: fmt.Sprintf("allow/site-%d.test", k), Words: fmt.Sprintf("học bài %d", i),
				New: json.RawMessage(`{"document":"","from":"2026-11-28T09:40:11+07:00","until":"2026-12-31"}`),
			}
			if v, ok := l.State().Get(group[j].Unit, group[j].Object); ok {
				group[j].Expect, group[j].Old = v.Seq, v.New
			}
		}
		if _, err := l.Append(t.Context(), group...); err != nil {
			t.Fatal(err)
		}
	}
}

// TestALongLedgerIsReadInSeconds: a million records are folded in 10 seconds and verified in
// 30, on two cores; a short form is part of every run.
func TestALongLedgerIsReadInSeconds(t *testing.T) {
	n := 10_000
	if os.Getenv("TEST_PROOF") != "" {
		n = 1_000_000
	}
	dir := t.TempDir()
	l := open(t, dir)
	began := time.Now()
	many(t, l, n, n/10)
	t.Logf("%d records are appended in %v", n, time.Since(began))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	within := func(what string, bound time.Duration, do func()) {
		t.Helper()
		began, before := time.Now(), processorTime(t)
		do()
		took := processorTime(t) - before // others may have the machine
		if t.Logf("%s: %v of one core, %v on the wall", what, took, time.Since(began)); took > bound {
			t.Errorf("%s takes %v, more than %v", what, took, bound)
		}
	}
	within("verify", 30*time.Second, func() {
		if rep := verify(t, dir); rep.Bad != nil || !rep.Console || rep.Records != uint64(n) {
			t.Errorf("%+v", rep)
		}
	})
	opened := func() {
		if l = open(t, dir); l.State().Size() != n/10 || len(l.Damage()) > 0 || l.State().Seq() != uint64(n) {
			t.Errorf("%d objects, %v", l.State().Size(), l.Damage())
		}
	}
	within("open with a checkpoint", 10*time.Second, opened)
	within("a page of records from the middle", time.Second, func() {
		want := uint64(n / 2)
		for r, err := range l.Records(want) {
			if want++; err != nil || r.Seq != want {
				t.Fatal(r, err)
			}
			if want == uint64(n/2+100) {
				break
			}
		}
	})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	remove(t, dir, "checkpoint")
	within("open without one", 10*time.Second, opened)
	segments, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil || len(segments) < n/50_000 {
		t.Errorf("%d segments, %v", len(segments), err)
	}
}

// processorTime is what this process has had.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// TestAfterAnyRunConsoleYamlIsTheFold: 10,000 decisions at random; what is on disk is what
// the records say, byte for byte, at every start and after any of them.
func TestAfterAnyRunConsoleYamlIsTheFold(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	random := rand.New(rand.NewPCG(18, 1))
	kinds := []string{"allow/", "block/", "unit/", "profile/", "timetable/", "request/", "grant/", "list/", "other/"}
	values := []string{`{}`, `{"until":"2026-12-31"}`, `{"id":"x","name":"Trường \"A\" <&>\u2028"}`, ``, `{"b":[1,2],"a":null}`}
	for n := 0; n < 10_000; {
		group := make([]ledger.Draft, 1+random.IntN(100))
		for i := range group {
			d := &group[i]
			d.Unit, d.By, d.What = fmt.Sprintf("unit-%d", random.IntN(50)), "acc_1", "except"
			d.Object = fmt.Sprintf("%s%d.%d.test", kinds[random.IntN(len(kinds))], n, i%7)
			d.New = json.RawMessage(values[random.IntN(len(values))])
			d.Words = []string{"", "vì <sao>\n\"&\x00\xff", "bài tập"}[random.IntN(3)]
			v, _ := l.State().Get(d.Unit, d.Object)
			d.Expect, d.Old = v.Seq, v.New
		}
		first, err := l.Append(t.Context(), group...)
		if err != nil {
			t.Fatal(err)
		}
		if n += len(group); random.IntN(20) == 0 {
			v, _ := l.State().Get(group[0].Unit, group[0].Object)
			if err := l.Erase(v.Why); v.Why != "" && err != nil {
				t.Fatal(err)
			}
		}
		if random.IntN(20) == 0 {
			sameConsole(t, l, dir)
		}
		if random.IntN(40) == 0 {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if rep := verify(t, dir); rep.Bad != nil || !rep.Console {
				t.Fatalf("after record %d: %+v", first.Seq, rep)
			}
			remove(t, dir, []string{"checkpoint", "console.yaml", "head"}[random.IntN(3)])
			l = open(t, dir)
		}
	}
	sameConsole(t, l, dir)
}

// sameConsole has the records folded anew, and what they say compared with the file.
func sameConsole(t *testing.T, l *ledger.Ledger, dir string) {
	t.Helper()
	rep, err := l.Verify()
	text, failed := os.ReadFile(filepath.Join(dir, "console.yaml"))
	if err != nil || failed != nil || rep.Bad != nil || !rep.Console || string(text) != string(l.State().Console(l.Words)) {
		t.Fatalf("%+v, %v, %v; console.yaml has %d bytes", rep, err, failed, len(text))
	}
}
