package ledger_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lachan/admin/ledger"
)

// What these tests kill, or take the disk from, is this test itself as a child.
const childEnv = "LEDGER_CHILD"

// child starts this test program so that it runs one test only, on a ledger.
func child(t *testing.T, test, dir string, more ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+test+"$")
	c.Env = append(append(os.Environ(), childEnv+"="+dir), more...)
	c.Stderr = os.Stderr
	return c
}

// decideUntilKilled decides 200 times a second and says what it asks and what is confirmed.
func decideUntilKilled(t *testing.T, dir, round string) {
	l, err := ledger.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if damage := l.Damage(); len(damage) > 0 {
		t.Fatal(damage)
	}
	var out sync.Mutex
	say := func(what, object string, n int) {
		out.Lock()
		defer out.Unlock()
		fmt.Println(what, object, n)
	}
	tick := time.NewTicker(5 * time.Millisecond)
	for i := 0; ; i++ {
		<-tick.C
		go func() {
			object := fmt.Sprintf("allow/%s-%d.test", round, i)
			drafts := make([]ledger.Draft, 1+i%3)
			for n := range drafts {
				drafts[n] = ledger.Draft{
					Unit: fmt.Sprintf("school-%d", n), Object: object, What: "except", By: "acc_1",
					New: json.RawMessage(`{"until":"2026-12-31"}`), Words: "vì sao " + object,
				}
			}
			say("asked", object, len(drafts))
			if _, err := l.Append(t.Context(), drafts...); err == nil {
				say("confirmed", object, len(drafts))
			}
		}()
	}
}

// TestWhatIsConfirmedOutlivesTheProcess kills a process that decides 200 times a second,
// again and again on the same ledger: what was confirmed is there, and nothing that was
// not asked; groups are whole, and the ledger is good.
func TestWhatIsConfirmedOutlivesTheProcess(t *testing.T) {
	if dir := os.Getenv(childEnv); dir != "" {
		decideUntilKilled(t, dir, os.Getenv("LEDGER_ROUND"))
	}
	kills := 25
	if os.Getenv("TEST_PROOF") != "" {
		kills = 200
	}
	dir := t.TempDir()
	asked, confirmed := map[string]int{}, map[string]int{}
	for round := range kills {
		c := child(t, t.Name(), dir, fmt.Sprintf("LEDGER_ROUND=%d", round))
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines, left := bufio.NewScanner(out), 1+rand.IntN(60)
		for lines.Scan() {
			var what, object string
			var n int
			if _, err := fmt.Sscan(lines.Text(), &what, &object, &n); err != nil {
				continue // of the test program
			}
			if what == "asked" {
				asked[object] = n
			} else if what == "confirmed" {
				confirmed[object] = n
			}
			if left--; left == 0 {
				_ = c.Process.Kill() // what it said before is still read
			}
		}
		if err := c.Wait(); err == nil || left > 0 {
			t.Fatalf("the child of round %d was not killed: %v, %d lines left", round, err, left)
		}
	}
	checkDecided(t, dir, asked, confirmed)
	t.Logf("%d kills, %d decisions asked, %d of them confirmed", kills, len(asked), len(confirmed))
}

func checkDecided(t *testing.T, dir string, asked, confirmed map[string]int) {
	t.Helper()
	l := open(t, dir)
	if damage := l.Damage(); len(damage) > 0 {
		t.Error(damage)
	}
	found := map[string]int{}
	for v := range l.State().Kind("allow/") {
		found[v.Object]++
		if why, ok := l.Words(v.Why); !ok || why != "vì sao "+v.Object {
			t.Errorf("words of %s: %q, %v", v.Object, why, ok)
		}
	}
	for object, n := range confirmed {
		if found[object] != n {
			t.Errorf("%s: %d of %d confirmed records are there", object, found[object], n)
		}
	}
	for object, n := range found {
		if asked[object] != n {
			t.Errorf("%s: %d records are there, %d were asked", object, n, asked[object])
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if rep := verify(t, dir); rep.Bad != nil || !rep.Console || rep.Erased > 0 {
		t.Errorf("%+v", rep)
	}
}

// TestAFullDiskIsNotTheEnd: nothing is half written, what is there can be read, and when
// there is room again decisions go on.
func TestAFullDiskIsNotTheEnd(t *testing.T) {
	if dir := os.Getenv(childEnv); dir != "" {
		fillTheDisk(t, dir)
		return
	}
	dir := t.TempDir()
	out, err := child(t, t.Name(), dir).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if rep := verify(t, dir); rep.Bad != nil || !rep.Console || rep.Records != 60 {
		t.Errorf("%+v", rep)
	}
}

// fillTheDisk lets files grow no larger than they are and some bytes, which is what a
// full disk does to a write.
func fillTheDisk(t *testing.T, dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	l := open(t, dir)
	for i := range 30 {
		set(t, l, "a", fmt.Sprintf("allow/%d.test", i), `{}`, "trước")
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	segment := filepath.Join(dir, "00000001.jsonl")
	info, err := os.Stat(segment)
	if err != nil {
		t.Fatal(err)
	}
	full := syscall.Rlimit{Cur: uint64(info.Size()) + 100, Max: before.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		_, err := l.Append(t.Context(), ledger.Draft{
			Unit: "a", Object: fmt.Sprintf("allow/full-%d.test", i), New: json.RawMessage(`{}`), Words: "đầy",
		})
		if !errors.Is(err, syscall.EFBIG) || !strings.HasPrefix(err.Error(), "append to ledger: ") {
			t.Errorf("on a full disk: %v", err)
		}
		if now, err := os.Stat(segment); err != nil || now.Size() != info.Size() {
			t.Errorf("%d bytes, %v, want %d: something is half written", now.Size(), err, info.Size())
		}
	}
	if v, ok := l.State().Get("a", "allow/29.test"); !ok || v.Seq != 30 || l.State().Seq() != 30 {
		t.Errorf("what was there: %+v", v)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		set(t, l, "a", fmt.Sprintf("allow/after-%d.test", i), `{}`, "sau")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	words, err := os.ReadDir(filepath.Join(dir, "words"))
	if err != nil || len(words) != 60 {
		t.Errorf("%d words, %v: those of records that are none have to be gone", len(words), err)
	}
}
