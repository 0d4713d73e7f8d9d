package ledger_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/admin/ledger"
)

// decided makes a ledger of n decisions, one object each, and closes it.
func decided(t *testing.T, n int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	l := open(t, dir)
	for i := range n {
		set(t, l, "a", fmt.Sprintf("allow/%d.test", i+1), `{}`, "")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func remove(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func split(t *testing.T, dir string) (path string, list [][]byte) {
	t.Helper()
	path = filepath.Join(dir, "00000001.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	list = bytes.SplitAfter(text, []byte("\n"))
	return path, list[:len(list)-1]
}

// TestDamageIsToldAndWhatIsProvenStays: whatever becomes of the file, the ledger opens,
// says what is missing, keeps what it can prove, goes on, and is never called good again.
func TestDamageIsToldAndWhatIsProvenStays(t *testing.T) {
	foreign := decided(t, 3)
	_, theirs := split(t, foreign)
	garbage := []byte("\x00\x00 no record \x00\n")
	join := func(lists ...[][]byte) (all [][]byte) {
		for _, l := range lists {
			all = append(all, l...)
		}
		return all
	}
	f := func(what string, kept int, told string, change func(list [][]byte) [][]byte) {
		t.Helper()
		dir := decided(t, 12)
		remove(t, dir, "checkpoint", "head")
		path, list := split(t, dir)
		before := bytes.Join(list, nil)
		damaged := bytes.Join(change(list), nil)
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		l := open(t, dir)
		text := fmt.Sprint(l.Damage())
		if n := l.State().Size(); n != kept || !strings.Contains(text, told) {
			t.Errorf("%s: %d of 12 are in force, want %d; told is %s, want %s", what, n, kept, text, told)
		}
		t.Logf("%s: %s", what, text)
		next := set(t, l, "b", "block/after.test", `{}`, "")
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l = open(t, dir)
		if v, ok := l.State().Get("b", "block/after.test"); !ok || v.Seq != next.Seq || l.State().Size() != kept+1 {
			t.Errorf("%s: after another start there is %+v of %d", what, v, l.State().Size())
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		rep := verify(t, dir)
		if whole := kept == 12; whole != (rep.Bad == nil) || !whole && next.Seq != 13 {
			t.Errorf("%s: verify says %+v; the next record has number %d", what, rep, next.Seq)
		}
		if aside, err := os.ReadFile(path + ".damaged"); err == nil && !bytes.Equal(aside, damaged) || err != nil && kept == 12 && !bytes.Equal(damaged, before) {
			t.Errorf("%s: what was set aside is not what was found: %v", what, err)
		}
	}
	f("a line that cannot be read", 11, "records 5 to 5 are missing, and what they decided is not in force", func(l [][]byte) [][]byte {
		return join(l[:4], [][]byte{garbage}, l[5:])
	})
	f("a bit of a record", 11, "records 7 to 7 are missing", func(l [][]byte) [][]byte {
		l[6] = bytes.Replace(l[6], []byte("allow/7"), []byte("allow/6"), 1)
		return l
	})
	f("lines removed", 9, "records 3 to 5 are missing", func(l [][]byte) [][]byte { return join(l[:2], l[5:]) })
	f("two swapped", 12, "is damaged", func(l [][]byte) [][]byte { return join(l[:3], l[4:5], l[3:4], l[5:]) })
	f("lines of another node between", 12, "is damaged", func(l [][]byte) [][]byte { return join(l[:6], theirs, l[6:]) })
	f("a line twice", 12, "is damaged", func(l [][]byte) [][]byte { return join(l[:6], l[5:6], l[6:]) })
}

// TestACutTailIsKnown: the head, or a checkpoint, says that there was more. With the
// checkpoint nothing of it is lost.
func TestACutTailIsKnown(t *testing.T) {
	for _, kept := range []string{"head", "checkpoint"} {
		dir := decided(t, 12)
		path, list := split(t, dir)
		remove(t, dir, map[string]string{"head": "checkpoint", "checkpoint": "head"}[kept])
		if err := os.WriteFile(path, bytes.Join(list[:8], nil), 0o600); err != nil {
			t.Fatal(err)
		}
		if rep := verify(t, dir); kept == "head" && (rep.Bad == nil || rep.Bad.Seq != 9) {
			t.Errorf("verify says %+v", rep)
		}
		l := open(t, dir)
		want := map[string]int{"head": 8, "checkpoint": 12}[kept]
		if text := fmt.Sprint(l.Damage()); l.State().Size() != want || !strings.Contains(text, "records 9 to 12 are missing") {
			t.Errorf("with the %s %d are in force, want %d; told is %s", kept, l.State().Size(), want, text)
		}
		if r := set(t, l, "a", "allow/after.test", `{}`, ""); r.Seq != 13 {
			t.Errorf("a number is used twice: %d", r.Seq)
		}
	}
}

// TestAllThatIsGoneIsTold: without any record the checkpoint is what is in force.
func TestAllThatIsGoneIsTold(t *testing.T) {
	dir := decided(t, 5)
	remove(t, dir, "00000001.jsonl")
	l := open(t, dir)
	if l.State().Size() != 5 || len(l.Damage()) == 0 {
		t.Errorf("%d are in force; told is %v", l.State().Size(), l.Damage())
	}
}

// TestACheckpointOfAnotherHistoryIsNotUsed, nor one that was changed.
func TestACheckpointOfAnotherHistoryIsNotUsed(t *testing.T) {
	dir := decided(t, 3)
	earlier, _ := os.ReadFile(filepath.Join(dir, "00000001.jsonl"))
	l := open(t, dir)
	set(t, l, "a", "allow/4.test", `{"document":"one"}`, "")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "00000001.jsonl"), earlier, 0o600); err != nil {
		t.Fatal(err)
	}
	point, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	remove(t, dir, "checkpoint", "head")
	l = open(t, dir)
	set(t, l, "a", "allow/4.test", `{"document":"other"}`, "")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{point, bytes.Replace(point, []byte("allow/1"), []byte("allow/9"), 1), []byte("{}"), nil} {
		if err := os.WriteFile(filepath.Join(dir, "checkpoint"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		l = open(t, dir)
		if v, _ := l.State().Get("a", "allow/4.test"); string(v.New) != `{"document":"other"}` || l.State().Size() != 4 {
			t.Errorf("%+v", v)
		}
		if told := fmt.Sprint(l.Damage()); bytes.Equal(text, point) != strings.Contains(told, "another history") {
			t.Errorf("told is %s", told)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAnotherKeyIsTold: without its key a node goes on with another, and all can be
// verified with both.
func TestAnotherKeyIsTold(t *testing.T) {
	dir := decided(t, 3)
	remove(t, dir, "key")
	l := open(t, dir)
	if told := fmt.Sprint(l.Damage()); !strings.Contains(told, "records after 3 are signed by another one") {
		t.Errorf("told is %s", told)
	}
	set(t, l, "a", "allow/4.test", `{}`, "")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if rep := verify(t, dir); rep.Bad != nil || rep.Records != 4 {
		t.Errorf("%+v", rep)
	}
	if l = open(t, dir); l.State().Size() != 4 || len(l.Damage()) > 0 {
		t.Errorf("%d are in force; %v", l.State().Size(), l.Damage())
	}
}

// TestKeptHeadsKnowWhatWasWritten: a head of a report, or of another node, contradicts a
// ledger that was cut off or written anew.
func TestKeptHeadsKnowWhatWasWritten(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	for i := range 5 {
		set(t, l, "a", fmt.Sprintf("allow/%d.test", i), `{}`, "")
	}
	kept, err := ledger.ParseHead(l.Head().String())
	if err != nil || kept.Seq != 5 {
		t.Fatal(kept, err)
	}
	if rep, err := l.Verify(kept); err != nil || rep.Bad != nil || rep.Head != kept || !rep.Console {
		t.Errorf("%+v, %v", rep, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"", "{}", strings.Replace(kept.String(), `"seq":5`, `"seq":6`, 1)} {
		if _, err := ledger.ParseHead(wrong); !errors.Is(err, ledger.ErrHead) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	path, list := split(t, dir)
	remove(t, dir, "checkpoint", "head")
	if err := os.WriteFile(path, bytes.Join(list[:3], nil), 0o600); err != nil {
		t.Fatal(err)
	}
	f := func(what string, seq uint64) {
		t.Helper()
		rep, err := ledger.Verify(dir, kept)
		if err != nil || rep.Bad == nil || rep.Bad.Seq != seq {
			t.Errorf("%s: %+v, %v, want record %d", what, rep, err, seq)
		} else {
			t.Logf("%s: %v", what, rep.Bad)
		}
	}
	f("the tail cut off", 4)
	l = open(t, dir)
	for i := range 4 {
		set(t, l, "a", fmt.Sprintf("allow/new-%d.test", i), `{}`, "")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	f("the tail written anew", 5)
}

// TestWhatIsExportedVerifiesElsewhere, also while others decide.
func TestWhatIsExportedVerifiesElsewhere(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	some(t, l)
	head := l.Head()
	var out bytes.Buffer
	if err := l.Export(&out); err != nil {
		t.Fatal(err)
	}
	set(t, l, "a", "allow/later.test", `{}`, "sau đó")
	elsewhere := t.TempDir()
	if err := ledger.Unpack(&out, elsewhere); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(elsewhere, "key")); err == nil {
		t.Error("the key was exported")
	}
	if rep := verify(t, elsewhere); rep.Bad != nil || !rep.Console || rep.Head != head || rep.Erased > 0 {
		t.Errorf("%+v", rep)
	}
}

// TestKindsOfANewerVersionAreKeptAndTold.
func TestKindsOfANewerVersionAreKeptAndTold(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	some(t, l)
	set(t, l, "a", "weather/today", `{"rain":true}`, "")
	set(t, l, "", "moon", `{"full":true}`, "")
	for range 2 {
		if got := fmt.Sprint(l.State().Unknown()); got != "[weather/ moon]" {
			t.Errorf("unknown are %s", got)
		}
		if v, ok := l.State().Get("a", "weather/today"); !ok || string(v.New) != `{"rain":true}` {
			t.Errorf("%+v", v)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if rep := verify(t, dir); rep.Bad != nil || !rep.Console || len(rep.Unknown) != 2 {
			t.Errorf("%+v", rep)
		}
		l = open(t, dir)
	}
}

// TestBoundsOfARecord: what is too large is refused, and nothing of it is left.
func TestBoundsOfARecord(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	large := json.RawMessage(`"` + strings.Repeat("x", 1<<20) + `"`)
	many := make([]ledger.Draft, 20)
	for i := range many {
		many[i] = ledger.Draft{Unit: "a", Object: fmt.Sprint("b/", i), New: large[:len(large)/2], Words: "vì"}
		many[i].New = append(append(json.RawMessage{}, many[i].New...), '"')
	}
	f := func(what string, drafts ...ledger.Draft) {
		t.Helper()
		if _, err := l.Append(t.Context(), drafts...); !errors.Is(err, ledger.ErrValue) {
			t.Errorf("%s: %v", what, err)
		} else {
			t.Logf("%s: %v", what, err)
		}
	}
	f("nothing")
	f("no object", ledger.Draft{Unit: "a"})
	f("a value", ledger.Draft{Unit: "a", Object: "b", New: large, Words: "vì"})
	f("two values", ledger.Draft{Unit: "a", Object: "b", New: json.RawMessage(`{}{}`)})
	f("words", ledger.Draft{Unit: "a", Object: "b", Words: strings.Repeat("x", 64<<10+1)})
	f("a line", ledger.Draft{Unit: "a", Object: "b", Request: strings.Repeat("x", 1<<20), Words: "vì"})
	f("a group", many...)
	words, err := os.ReadDir(filepath.Join(dir, "words"))
	if info, failed := os.Stat(filepath.Join(dir, "00000001.jsonl")); err != nil || failed != nil || len(words) > 0 || info.Size() > 0 {
		t.Errorf("%d words and %d bytes are left", len(words), info.Size())
	}
}

// TestALedgerIsVerifiedWhileOthersDecide: what comes meanwhile is not called damage.
func TestALedgerIsVerifiedWhileOthersDecide(t *testing.T) {
	l := open(t, t.TempDir())
	some(t, l)
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			d := ledger.Draft{Unit: "b", Object: fmt.Sprintf("allow/%d.test", i), New: json.RawMessage(`{}`), Words: "vì"}
			if _, err := l.Append(t.Context(), d); err != nil {
				stopped <- err
				return
			}
		}
	}()
	for range 20 {
		if rep, err := l.Verify(); err != nil || rep.Bad != nil || !rep.Console || rep.Head.Check() != nil {
			t.Errorf("%+v, %v", rep, err)
		}
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestWhatIsNoExportWritesNothingElsewhere: a tar comes from strangers.
func TestWhatIsNoExportWritesNothingElsewhere(t *testing.T) {
	for _, name := range []string{
		"../key", "/etc/passwd", "words/../../x", "words/x", "key", "00000001.jsonl/x", "1.jsonl", "0000000x.head", "words",
	} {
		var out bytes.Buffer
		w := tar.NewWriter(&out)
		if err := errors.Join(w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: 1}), func() error { _, err := w.Write([]byte("x")); return err }(), w.Close()); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "a")
		if err := ledger.Unpack(&out, dir); !errors.Is(err, ledger.ErrExport) {
			t.Errorf("%q: %v", name, err)
		}
		for _, folder := range []string{filepath.Dir(dir), dir, filepath.Join(dir, "words")} {
			entries, _ := os.ReadDir(folder)
			for _, e := range entries {
				if !e.IsDir() {
					t.Errorf("%q writes %s", name, e.Name())
				}
			}
		}
	}
	var link bytes.Buffer
	w := tar.NewWriter(&link)
	if err := errors.Join(w.WriteHeader(&tar.Header{Name: "head", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}), w.Close()); err != nil {
		t.Fatal(err)
	}
	if err := ledger.Unpack(&link, t.TempDir()); !errors.Is(err, ledger.ErrExport) {
		t.Errorf("a link: %v", err)
	}
}

// TestALedgerIsVerifiedFromARecordOn: what is before is not read, so what is wrong there is
// not found, and what is wrong after is.
func TestALedgerIsVerifiedFromARecordOn(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	long := strings.Repeat("x", 70_000)
	for group := range 6 { // the last one in a second segment
		var drafts []ledger.Draft
		for i := range 48 {
			object := fmt.Sprint("allow/long.test", group, i)
			drafts = append(drafts, ledger.Draft{Unit: "a", What: "except", Object: object, New: json.RawMessage(`{"document":"` + long + `"}`)})
		}
		if _, err := l.Append(t.Context(), drafts...); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, since := range []ledger.Since{{Seq: 287}, {At: time.Now().Add(time.Hour)}} {
		rep, err := ledger.VerifySince(dir, since)
		if err != nil || rep.Bad != nil || rep.From != 241 || rep.Records != 288 || !rep.Console {
			t.Errorf("%+v: %+v, %v", since, rep, err)
		}
	}
	if rep, err := ledger.VerifySince(dir, ledger.Since{Seq: 2}); err != nil || rep.From != 1 || rep.Bad != nil {
		t.Errorf("%+v, %v", rep, err)
	}
	for i, name := range []string{"00000001.jsonl", "00000002.jsonl"} {
		path, want := filepath.Join(dir, name), i == 1
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		changed := bytes.Replace(text, []byte("long.test"), []byte("evil.test"), 1)
		if err := os.WriteFile(path, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		rep, err := ledger.VerifySince(dir, ledger.Since{Seq: 287})
		if err != nil || (rep.Bad != nil) != want {
			t.Errorf("%s changed: %+v, %v", name, rep, err)
		}
	}
}
