package ledger_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"lachan/admin/ledger"
)

func open(t *testing.T, dir string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // where the test has not
	return l
}

// set appends a record that sets an object, whatever it was.
func set(t *testing.T, l *ledger.Ledger, unit, object, value, why string) ledger.Record {
	t.Helper()
	before, _ := l.State().Get(unit, object)
	d := ledger.Draft{
		Area: "tinh", Unit: unit, Object: object, By: "acc_1", Role: "school", Via: "api", What: "except",
		Old: before.New, New: json.RawMessage(value), Words: why, Expect: before.Seq,
	}
	r, err := l.Append(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// some appends records of several kinds.
func some(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	set(t, l, "kim-dong", "allow/olm.vn", `{"from":"2026-11-28T09:40:11+07:00","until":"2026-12-31"}`, "cho lớp 5A <&>")
	set(t, l, "kim-dong", "block/game.example", `{"from":"2026-11-28T09:40:11+07:00"}`, "")
	set(t, l, "", "profile/thi", `{"block": ["games"]}`, "thi")
	set(t, l, "moi", "unit/moi", `{"parent":"xa","id":"moi"}`, "trường mới")
	set(t, l, "kim-dong", "allow/olm.vn", `{"from":"2026-11-28T09:40:11+07:00","until":"2027-01-31"}`, "thêm một tháng")
	set(t, l, "kim-dong", "block/game.example", "", "hết")
}

func verify(t *testing.T, dir string) ledger.Report {
	t.Helper()
	rep, err := ledger.Verify(dir)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func TestTheStateIsTheFoldOfTheRecords(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	some(t, l)
	for range 2 {
		v, ok := l.State().Get("kim-dong", "allow/olm.vn")
		if !ok || v.Seq != 5 || string(v.New) != `{"from":"2026-11-28T09:40:11+07:00","until":"2027-01-31"}` {
			t.Errorf("%+v %s", v, v.New)
		}
		if why, ok := l.Words(v.Why); !ok || why != "thêm một tháng" {
			t.Errorf("why: %q %v", why, ok)
		}
		if v, ok := l.State().Get("kim-dong", "block/game.example"); !ok || v.New != nil || v.Seq != 6 {
			t.Errorf("what was taken back: %+v", v)
		}
		n := uint64(0)
		for r, err := range l.Records(2) {
			if n++; err != nil || r.Seq != n+2 {
				t.Fatal(r, err)
			}
		}
		if n != 4 {
			t.Errorf("%d records after the second, want 4", n)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l = open(t, dir)
	}
	want := `profiles:
  "thi": {"block":["games"]}
units:
- {"id":"moi","parent":"xa"}
decisions:
- {"unit":"kim-dong","allow":"olm.vn","from":"2026-11-28T09:40:11+07:00","until":"2027-01-31","who":"acc_1","why":"thêm một tháng","document":"","number":5}
`
	text, err := os.ReadFile(filepath.Join(dir, "console.yaml"))
	if err != nil || !strings.HasSuffix(string(text), "\n"+want) {
		t.Errorf("%v\n%s\nwant\n%s", err, text, want)
	}
	if rep := verify(t, dir); rep.Bad != nil || !rep.Console || rep.Records != 6 {
		t.Errorf("%+v", rep)
	}
}

// TestWhatWasChangedIsNamed: one byte, a line removed, two swapped, the tail of a line cut,
// a line of another node.
func TestWhatWasChangedIsNamed(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	l := open(t, dir)
	some(t, l)
	stranger := open(t, other)
	some(t, stranger)
	for _, l := range []*ledger.Ledger{l, stranger} {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "00000001.jsonl")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile(filepath.Join(other, "00000001.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	list, foreign := bytes.SplitAfter(good, []byte("\n")), bytes.SplitAfter(theirs, []byte("\n"))
	f := func(what string, seq uint64, lines ...[]byte) {
		t.Helper()
		if err := os.WriteFile(path, bytes.Join(lines, nil), 0o600); err != nil {
			t.Fatal(err)
		}
		if rep := verify(t, dir); rep.Bad == nil || rep.Bad.Seq != seq {
			t.Errorf("%s: %+v, want record %d to be bad", what, rep.Bad, seq)
		} else {
			t.Logf("%s: %v", what, rep.Bad)
		}
	}
	f("one byte", 2, list[0], bytes.Replace(list[1], []byte("game"), []byte("gome"), 1), list[2], list[3])
	f("a line removed", 3, list[0], list[1], list[3], list[4])
	f("two swapped", 3, list[0], list[1], list[3], list[2], list[4])
	f("a line that is cut", 3, list[0], list[1], list[2][:40])
	f("a line of another node", 1, foreign[0])
	f("all of another node", 1, foreign...)
	for i := range 500 {
		text := bytes.Clone(good)
		at := rand.IntN(len(text))
		if text[at] ^= byte(1 << rand.IntN(8)); bytes.Equal(text, good) {
			continue
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if rep := verify(t, dir); rep.Bad == nil {
			t.Fatalf("try %d: byte %d changed to %q, and nothing is bad", i, at, text[at])
		}
	}
}

// TestAGroupIsWholeOrNotThere: wherever the machine stopped while it was written.
func TestAGroupIsWholeOrNotThere(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	some(t, l)
	path := filepath.Join(dir, "00000001.jsonl")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	group := []ledger.Draft{
		{Unit: "a", Object: "allow/a.example", New: json.RawMessage(`{}`)},
		{Unit: "a", Object: "request/1", New: json.RawMessage(`{"answer":"open"}`)},
	}
	if _, err := l.Append(t.Context(), group...); err != nil {
		t.Fatal(err)
	}
	group[0].Expect = 7
	if _, err := l.Append(t.Context(), group...); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("a group of which one is late: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for size := len(before); size <= len(text); size += 7 {
		if err := os.WriteFile(path, text[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		for _, later := range []string{"head", "checkpoint"} { // they know only what is confirmed
			if err := os.RemoveAll(filepath.Join(dir, later)); err != nil {
				t.Fatal(err)
			}
		}
		l := open(t, dir)
		_, one := l.State().Get("a", "allow/a.example")
		_, other := l.State().Get("a", "request/1")
		if size < len(text) && (one || other) || len(l.Damage()) > 0 {
			t.Errorf("of a group with %d bytes there is %v and %v; damage %v", size-len(before), one, other, l.Damage())
		}
		set(t, l, "b", "allow/b.example", `{}`, "")
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if rep := verify(t, dir); rep.Bad != nil || !rep.Console {
			t.Errorf("after a cut at %d and another record: %+v", size, rep)
		}
	}
}

func TestOnlyOneOfThoseWhoSawTheSameDecides(t *testing.T) {
	l := open(t, t.TempDir())
	var all sync.WaitGroup
	done := make(chan error, 50)
	for i := range 50 {
		all.Go(func() {
			_, err := l.Append(context.Background(), ledger.Draft{
				Unit: "a", Object: "allow/a.example", New: json.RawMessage(fmt.Sprintf(`{"document":"%d"}`, i)),
			})
			done <- err
		})
	}
	all.Wait()
	won := 0
	for range 50 {
		if err := <-done; err == nil {
			won++
		} else if !errors.Is(err, ledger.ErrConflict) {
			t.Error(err)
		}
	}
	if won != 1 || l.State().Seq() != 1 {
		t.Errorf("%d have won", won)
	}
}

func TestErasedWordsLeaveTheChainWhole(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	some(t, l)
	v, _ := l.State().Get("kim-dong", "allow/olm.vn")
	if err := l.Erase(v.Why); err != nil {
		t.Fatal(err)
	}
	if text, ok := l.Words(v.Why); ok {
		t.Errorf("they are there: %q", text)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if rep := verify(t, dir); rep.Bad != nil || !rep.Console || rep.Erased != 1 {
		t.Errorf("%+v", rep)
	}
}

func TestValuesThatProgramsWriteInDifferentWaysAreRefused(t *testing.T) {
	l := open(t, t.TempDir())
	for _, value := range []string{`{"a":1.5}`, `{"a":[1e3]}`, `{`, `nonsense`} {
		if _, err := l.Append(t.Context(), ledger.Draft{Unit: "a", Object: "b", New: json.RawMessage(value)}); !errors.Is(err, ledger.ErrValue) {
			t.Errorf("%s: %v", value, err)
		}
	}
	set(t, l, "a", "b", "{\"b\": 2,\n \"a\": \"\\u00e9<\"}", "")
	if v, _ := l.State().Get("a", "b"); string(v.New) != `{"a":"é<","b":2}` {
		t.Errorf("%s", v.New)
	}
}

// pythonWithKeys is a Python that can check signatures: the first in the path, or the
// system's, which has the package that `make tools` installs.
func pythonWithKeys(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), python, "-c", "import cryptography").Run() == nil {
			return python
		}
	}
	t.Skip("no python3 with python3-cryptography")
	return ""
}

// TestThePythonOfTheFormatVerifies: the lines of FORMAT.md find what Verify finds.
func TestThePythonOfTheFormatVerifies(t *testing.T) {
	python := pythonWithKeys(t)
	format, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	program := regexp.MustCompile("(?s)```python\n(.*?)```").FindSubmatch(format)
	dir := t.TempDir()
	l := open(t, dir)
	some(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	run := func() string {
		out, err := exec.CommandContext(t.Context(), python, "-c", string(program[1]), dir).CombinedOutput()
		return fmt.Sprint(string(out), err)
	}
	if got, want := run(), "6 "+verify(t, dir).Head.Hash+"\n<nil>"; got != want {
		t.Errorf("python says %s, want %s", got, want)
	}
	path := filepath.Join(dir, "00000001.jsonl")
	text, _ := os.ReadFile(path)
	if err := os.WriteFile(path, bytes.Replace(text, []byte("game"), []byte("gome"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := run(); !strings.Contains(got, "InvalidSignature") {
		t.Errorf("python says %s", got)
	}
}
