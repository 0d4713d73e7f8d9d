package ledger_test

import (
	"bytes"
	"crypto/ed25519"
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

// A lost is a hub's ledger in many copies: of a backup, and of the chains that nodes of its areas
// have.
type lost struct {
	t       *testing.T
	dir     string
	book    *ledger.Ledger
	chains  map[string]*ledger.Chain
	lao, ha string // folders of copies
	copies  map[string]*ledger.Copy
}

func newLost(t *testing.T) *lost {
	t.Helper()
	l := &lost{t: t, dir: t.TempDir(), lao: filepath.Join(t.TempDir(), "LEDGER_lao-cai"), ha: filepath.Join(t.TempDir(), "LEDGER_ha-giang")}
	l.book = open(t, l.dir)
	key := keyOf(t, l.dir)
	l.chains = map[string]*ledger.Chain{"lao-cai": ledger.Continue(l.book, 0, ""), "ha-giang": ledger.Continue(l.book, 0, "")}
	l.copies = map[string]*ledger.Copy{"lao-cai": openCopy(t, l.lao, key), "ha-giang": openCopy(t, l.ha, key)}
	return l
}

// decide decides names in an area, as one group, and carries them to its node.
func (l *lost) decide(area string, names ...string) {
	l.t.Helper()
	var drafts []ledger.Draft
	for _, name := range names {
		drafts = append(drafts, ledger.Draft{
			Area: area, Unit: area, By: "lan", What: "except", Object: "block/" + name, New: json.RawMessage(`{"n":1}`), Words: "because of " + name,
		})
	}
	first, err := l.book.Append(l.t.Context(), drafts...)
	if err != nil {
		l.t.Fatal(err)
	}
	if l.chains[area] == nil {
		return // nodes do not get it
	}
	var group []ledger.Record
	for r, err := range l.book.Records(first.Seq - 1) {
		if err != nil {
			l.t.Fatal(err)
		}
		group = append(group, r)
	}
	lines, err := l.chains[area].Link(group...)
	if err == nil {
		_, err = l.copies[area].Take(lines...)
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

// backup is the ledger as it is now.
func (l *lost) backup() string {
	l.t.Helper()
	dir := filepath.Join(l.t.TempDir(), "ledger")
	if err := os.CopyFS(dir, os.DirFS(l.dir)); err != nil {
		l.t.Fatal(err)
	}
	return dir
}

// close has all folders be as they are left.
func (l *lost) close() {
	l.t.Helper()
	err := l.book.Close()
	for _, c := range l.copies {
		err = errors.Join(err, c.Close())
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

// rebuilt puts together what a folder and copies have, and verifies it.
func (l *lost) rebuilt(dir string, copies ...string) (*ledger.Ledger, string) {
	l.t.Helper()
	g, _, err := ledger.Gather(dir, []ed25519.PublicKey{keyOf(l.t, l.dir)}, copies...)
	if err != nil {
		l.t.Fatal(err)
	}
	to := filepath.Join(l.t.TempDir(), "ledger")
	if _, err := g.Rebuild(to, dir, nil); err != nil {
		l.t.Fatal(err)
	}
	report, err := ledger.Verify(to)
	if err != nil || report.Bad != nil || !report.Console {
		l.t.Fatalf("%+v, %v", report, err)
	}
	return open(l.t, to), to
}

// What a backup does not have yet, nodes have: nothing that was decided in their areas is lost, and
// it was decided when it was. What was typed as a reason is gone with the hub.
func TestALedgerIsPutTogetherOfCopies(t *testing.T) {
	l := newLost(t)
	l.decide("lao-cai", "a.example", "b.example")
	l.decide("ha-giang", "c.example")
	before := l.backup()
	l.decide("lao-cai", "d.example")
	l.decide("", "of-the-hub-alone.example")
	l.decide("ha-giang", "e.example", "f.example")
	l.decide("lao-cai", "g.example")
	l.close()
	was := map[string]time.Time{}
	for v := range l.book.State().Kind("block/") {
		was[v.Object] = v.At
	}

	book, _ := l.rebuilt(before, l.lao, l.ha)
	if n := book.State().Seq(); n != 7 {
		t.Errorf("%d records", n)
	}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		unit := "lao-cai"
		if strings.Contains("cef", name) {
			unit = "ha-giang"
		}
		v, ok := book.State().Get(unit, "block/"+name+".example")
		if !ok || v.By != "lan" || !v.At.Equal(was[v.Object]) {
			t.Errorf("%s: %+v, and not of %v", name, v, was[v.Object])
		}
		if _, known := book.Words(v.Why); known != strings.Contains("abc", name) {
			t.Errorf("%s: what was typed is known: %v", name, known)
		}
	}
	if _, ok := book.State().Get("", "block/of-the-hub-alone.example"); ok {
		t.Error("what no copy has is there")
	}

	// Another hub has all, byte for byte; with it nodes have nothing that is missing.
	empty := filepath.Join(t.TempDir(), "ledger")
	if _, err := ledger.PublicKey(empty); err != nil {
		t.Fatal(err)
	}
	_, to := l.rebuilt(empty, before, l.lao, l.dir, l.ha)
	if !bytes.Equal(bytes.Join(linesOf(t, to), nil), bytes.Join(linesOf(t, l.dir), nil)) {
		t.Error("it is not the ledger of the other hub")
	}

	// No backup at all: the nodes are what there is.
	book, _ = l.rebuilt(empty, l.ha, l.lao)
	if n := book.State().Seq(); n != 7 {
		t.Errorf("%d records of nodes alone", n)
	}
	if _, err := book.Append(t.Context(), ledger.Draft{What: "except", Object: "block/after.example", New: json.RawMessage("{}")}); err != nil {
		t.Error(err)
	}
}

// What is damaged in the ledger itself comes from a copy that has it all; where none has, it is told.
func TestADamagedLedgerIsPutTogetherAgain(t *testing.T) {
	l := newLost(t)
	for i := range 6 {
		l.decide("lao-cai", fmt.Sprintf("n%d.example", i))
	}
	whole := l.backup()
	l.close()
	name := filepath.Join(l.dir, "00000001.jsonl")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text[bytes.Index(text, []byte("n3.example"))]++
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	writers := []ed25519.PublicKey{keyOf(t, l.dir)}
	bad := (*ledger.Bad)(nil)
	if _, _, err := ledger.Gather(l.dir, writers, l.lao); !errors.As(err, &bad) || bad.Seq != 4 || bad.File != name || bad.Line != 4 {
		t.Errorf("no copy has it: %v", err)
	}
	g, own, err := ledger.Gather(l.dir, writers, l.lao, whole)
	if err != nil || own == nil || own.Seq != 4 {
		t.Fatalf("%v, %v", own, err)
	}
	to := filepath.Join(t.TempDir(), "ledger")
	if head, err := g.Rebuild(to, l.dir, nil); err != nil || head.Seq != 6 {
		t.Fatalf("%v, %v", head, err)
	}
	if rep, err := ledger.Verify(to); err != nil || rep.Bad != nil || rep.Records != 6 {
		t.Errorf("%+v, %v", rep, err)
	}
}

// A copy that was forged or cut is refused, and told with its file and record.
func TestAForgedCopyIsRefused(t *testing.T) {
	l := newLost(t)
	l.decide("lao-cai", "a.example")
	l.decide("lao-cai", "b.example")
	before := l.backup()
	l.decide("lao-cai", "c.example")
	l.decide("ha-giang", "d.example", "e.example")
	l.decide("lao-cai", "f.example")
	l.close()
	writers := []ed25519.PublicKey{keyOf(t, l.dir)}
	refused := func(what, from string, record uint64, want string, change func(lines [][]byte) [][]byte, drop ...string) {
		t.Helper()
		dir := filepath.Join(t.TempDir(), filepath.Base(from))
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		for _, name := range drop {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		name := filepath.Join(dir, "00000001.jsonl")
		lines := change(linesOf(t, dir))
		if err := os.WriteFile(name, append(bytes.Join(lines, []byte("\n")), '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := ledger.Gather(before, writers, dir)
		bad := (*ledger.Bad)(nil)
		if !errors.As(err, &bad) || bad.Seq != record || bad.File != name && !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	replace := func(at int, from, to string) func([][]byte) [][]byte {
		return func(lines [][]byte) [][]byte {
			lines[at] = bytes.Replace(lines[at], []byte(from), []byte(to), 1)
			return lines
		}
	}
	refused("a changed record", l.lao, 2, "signed", replace(1, "b.example", "x.example"))
	refused("a changed last record", l.lao, 4, "signed", replace(3, "f.example", "x.example"), "head")
	refused("a changed record of a whole ledger", l.dir, 3, "signed", replace(2, "c.example", "x.example"))
	refused("a record is missing", l.lao, 2, "missing", func(lines [][]byte) [][]byte { return append(lines[:1:1], lines[2:]...) })
	refused("records in another order", l.lao, 2, "missing", func(lines [][]byte) [][]byte { return [][]byte{lines[0], lines[2], lines[1], lines[3]} })
	refused("the same record twice", l.lao, 3, "not the next one", func(lines [][]byte) [][]byte { return [][]byte{lines[0], lines[1], lines[1]} })
	refused("the end is cut off", l.lao, 4, "cut off", func(lines [][]byte) [][]byte { return lines[:3] })
	refused("half a group", l.ha, 2, "not whole", func(lines [][]byte) [][]byte { return lines[:1] }, "head")
	refused("no record", l.lao, 3, "cannot be read", func(lines [][]byte) [][]byte { lines[2] = []byte("{}"); return lines })

	// A stranger's ledger and chain, with a key of its own.
	other := newLost(t)
	other.decide("lao-cai", "a.example")
	other.decide("lao-cai", "x.example")
	other.close()
	refused("a stranger's chain", other.lao, 1, "no hub that the root key names", func(l [][]byte) [][]byte { return l })
	refused("a stranger's ledger", other.dir, 1, "no hub that the root key names", func(l [][]byte) [][]byte { return l })

	// The same key, and another history.
	fork := filepath.Join(t.TempDir(), "ledger")
	if err := os.CopyFS(fork, os.DirFS(before)); err != nil {
		t.Fatal(err)
	}
	book := open(t, fork)
	if _, err := book.Append(t.Context(), ledger.Draft{Area: "lao-cai", What: "except", Object: "block/y.example", New: json.RawMessage("{}")}); err != nil {
		t.Fatal(err)
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	for _, copies := range [][]string{{fork, l.lao}, {l.lao, fork}, {l.lao, l.dir, fork}, {fork, l.dir}} {
		if _, _, err := ledger.Gather(before, writers, copies...); err == nil || !strings.Contains(err.Error(), "another record of this number") {
			t.Errorf("of another history: %v", err)
		}
	}

	// What was being written when a machine stopped was never confirmed.
	name := filepath.Join(l.lao, "00000001.jsonl")
	text, err := os.ReadFile(name)
	if err == nil {
		err = os.WriteFile(name, append(text, `{"area":"lao`...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	g, _, err := ledger.Gather(before, writers, l.lao, l.ha)
	if err != nil || g.Chained != 4 || g.Copies[1].Torn == 0 {
		t.Errorf("%+v, %v", g, err)
	}
}

// A hub that was revoked meanwhile signs nothing any more; what is before the records of others
// stays, what is after them is refused.
func TestOthersVouchForAFormerHub(t *testing.T) {
	o := &order{}
	all := writers(t, o, "one", "two")
	draft := func(name string) ledger.Draft {
		return ledger.Draft{What: "except", Object: "block/" + name, New: json.RawMessage("{}")}
	}
	decide := func(at int, name string) {
		t.Helper()
		if _, err := all[at].Append(t.Context(), draft(name)); err != nil {
			t.Fatal(err)
		}
	}
	decide(0, "a.example")
	decide(1, "b.example")
	from := t.TempDir()
	two, ok := ledger.Key(all[1]).Public().(ed25519.PublicKey)
	if !ok {
		t.Fatal("it has no key")
	}
	empty := filepath.Join(t.TempDir(), "ledger")
	if _, err := ledger.PublicKey(empty); err != nil {
		t.Fatal(err)
	}
	copyOf := func() string {
		t.Helper()
		if _, err := ledger.CatchUp(t.Context(), all[1]); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(from, fmt.Sprint(len(o.lines)))
		if _, err := ledger.CopyOut(ledger.Dir(all[1]), dir); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(ledger.Dir(all[1]), "key.pub"))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "key.pub"), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return dir
	}
	g, _, err := ledger.Gather(empty, []ed25519.PublicKey{two}, copyOf())
	if err != nil || g.Whole != 2 {
		t.Fatalf("%+v, %v", g, err)
	}
	to := filepath.Join(t.TempDir(), "ledger")
	if _, err := g.Rebuild(to, empty, nil); err != nil {
		t.Fatal(err)
	}
	if rep, err := ledger.Verify(to); err != nil || rep.Bad != nil || rep.Records != 2 {
		t.Errorf("%+v, %v", rep, err)
	}
	decide(0, "c.example")
	bad := (*ledger.Bad)(nil)
	if _, _, err := ledger.Gather(empty, []ed25519.PublicKey{two}, copyOf()); !errors.As(err, &bad) || bad.Seq != 3 {
		t.Errorf("after a former hub nobody has signed: %v", err)
	}
}

// FuzzGather: whatever a copy is, it has nothing that no writer has signed.
func FuzzGather(f *testing.F) {
	dir := f.TempDir()
	book, err := ledger.Open(filepath.Join(dir, "book"))
	if err != nil {
		f.Fatal(err)
	}
	if _, err := book.Append(f.Context(), ledger.Draft{What: "except", Object: "block/a.example", New: json.RawMessage("{}")}); err != nil {
		f.Fatal(err)
	}
	writer, _ := ledger.Key(book).Public().(ed25519.PublicKey)
	if err := book.Close(); err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "book", "00000001.jsonl"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("{}\n"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, given []byte) {
		from := t.TempDir()
		if err := os.WriteFile(filepath.Join(from, "00000001.jsonl"), given, 0o600); err != nil {
			t.Fatal(err)
		}
		g, _, err := ledger.Gather(t.TempDir(), []ed25519.PublicKey{writer}, from)
		if err == nil && g.Whole+uint64(g.Chained) > 0 && !bytes.HasPrefix(given, text) {
			t.Errorf("%d records of %q", g.Whole, given)
		}
	})
}
