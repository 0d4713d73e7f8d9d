package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lachan/admin/ledger"
)

// keyOf is the public key that signs in a folder.
func keyOf(t *testing.T, dir string) ed25519.PublicKey {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "key.pub"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(text))
	key, err := hex.DecodeString(lines[len(lines)-1])
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// linesOf are the lines of the segments in a folder.
func linesOf(t *testing.T, dir string) (lines [][]byte) {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(dir, "????????.jsonl")) // there is nothing wrong with the pattern
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))...)
	}
	return lines
}

func openCopy(t *testing.T, dir string, writers ...ed25519.PublicKey) *ledger.Copy {
	t.Helper()
	c, err := ledger.OpenCopy(dir, writers...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() }) // where the test has not
	return c
}

// A copy has the records of its writer byte for byte, also after it was opened again, and
// Verify finds nothing wrong.
func TestACopyIsTheLedgerOfItsWriter(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	l := open(t, from)
	some(t, l)
	c := openCopy(t, to, keyOf(t, from))
	lines := linesOf(t, from)
	if taken, err := c.Take(lines[:2]...); taken != 2 || err != nil {
		t.Fatalf("%d taken, %v", taken, err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c = openCopy(t, to, keyOf(t, from))
	if seq, _ := c.End(); seq != 2 {
		t.Fatalf("after it was opened again it ends with record %d, not 2", seq)
	}
	if taken, err := c.Take(lines[2:]...); taken != len(lines)-2 || err != nil {
		t.Fatalf("%d taken, %v", taken, err)
	}
	if seq, hash := c.End(); seq != l.Head().Seq || hash != l.Head().Hash {
		t.Errorf("it ends with %d %s, its writer with %v", seq, hash, l.Head())
	}
	if got, want := c.State().Console(nil), l.State().Console(nil); !bytes.Equal(got, want) {
		t.Errorf("its state is\n%s\nand its writer's\n%s", got, want)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if got := linesOf(t, to); !slices.EqualFunc(got, lines, bytes.Equal) {
		t.Error("its lines are not those of its writer")
	}
	if rep := verify(t, to); rep.Bad != nil || rep.Records != uint64(len(lines)) {
		t.Errorf("verified: %+v", rep)
	}
	if _, err := os.Stat(filepath.Join(to, "console.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it has what is made of a ledger that is nobody's copy: %v", err)
	}
}

// What is forged, taken again, put in another order, left out or changed is refused, and
// what came before it stays.
func TestACopyTakesNothingThatItsWriterHasNotWritten(t *testing.T) {
	from, other := t.TempDir(), t.TempDir()
	some(t, open(t, from))
	some(t, open(t, other)) // the same, by another
	lines, foreign := linesOf(t, from), linesOf(t, other)
	changed := slices.Clone(lines)
	changed[3] = bytes.Replace(changed[3], []byte("xa"), []byte("xb"), 1)
	swapped := slices.Clone(lines)
	swapped[2], swapped[3] = swapped[3], swapped[2]
	for what, c := range map[string]struct {
		lines [][]byte
		taken int
		err   error
	}{
		"another writer":    {foreign, 0, ledger.ErrForged},
		"a changed byte":    {changed, 3, ledger.ErrForged},
		"two swapped":       {swapped, 2, ledger.ErrFollow},
		"one left out":      {append(slices.Clone(lines[:2]), lines[3:]...), 2, ledger.ErrFollow},
		"one again":         {append(slices.Clone(lines[:2]), lines[1:]...), 2, ledger.ErrFollow},
		"the beginning cut": {lines[1:], 0, ledger.ErrFollow},
		"no JSON":           {append(slices.Clone(lines[:1]), []byte("{}")), 1, ledger.ErrFollow},
		"two in one line":   {[][]byte{bytes.Join(lines[:2], []byte("\n"))}, 0, ledger.ErrFollow},
		"too long":          {[][]byte{bytes.Repeat([]byte("x"), 2<<20)}, 0, ledger.ErrFollow},
	} {
		copied := openCopy(t, t.TempDir(), keyOf(t, from))
		taken, err := copied.Take(c.lines...)
		if taken != c.taken || !errors.Is(err, c.err) {
			t.Errorf("%s: %d taken, %v, want %d and %v", what, taken, err, c.taken, c.err)
		}
		if seq, _ := copied.End(); seq != uint64(c.taken) {
			t.Errorf("%s: it ends with record %d", what, seq)
		}
		if taken, err := copied.Take(lines[c.taken:]...); err != nil || taken != len(lines)-c.taken {
			t.Errorf("%s: afterwards %d are taken, %v", what, taken, err)
		}
	}
}

// A group counts whole: its first records alone are not taken.
func TestACopyTakesGroupsWhole(t *testing.T) {
	from := t.TempDir()
	l := open(t, from)
	drafts := make([]ledger.Draft, 5)
	for i := range drafts {
		drafts[i] = ledger.Draft{Unit: "kim-dong", Object: "allow/n" + string(rune('a'+i)) + ".example", New: []byte(`{}`)}
	}
	if _, err := l.Append(t.Context(), drafts...); err != nil {
		t.Fatal(err)
	}
	lines := linesOf(t, from)
	c := openCopy(t, t.TempDir(), keyOf(t, from))
	if taken, err := c.Take(lines[:4]...); taken != 0 || err != nil || c.State().Size() != 0 {
		t.Errorf("of four of five %d are taken, %v, and %d objects are set", taken, err, c.State().Size())
	}
	if taken, err := c.Take(lines...); taken != 5 || err != nil || c.State().Size() != 5 {
		t.Errorf("of five %d are taken, %v, and %d objects are set", taken, err, c.State().Size())
	}
}

// A key that writes no more is no reason to doubt what it has written; what it writes from
// now on is not taken.
func TestACopyKeepsWhatAFormerWriterWrote(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	l := open(t, from)
	some(t, l)
	former := openCopy(t, to, keyOf(t, from))
	lines := linesOf(t, from)
	if _, err := former.Take(lines...); err != nil {
		t.Fatal(err)
	}
	if err := former.Close(); err != nil {
		t.Fatal(err)
	}
	next := t.TempDir()
	open(t, next)
	c := openCopy(t, to, keyOf(t, next))
	if seq, _ := c.End(); seq != uint64(len(lines)) || len(c.Damage()) > 0 {
		t.Errorf("it ends with record %d of %d, damage %v", seq, len(lines), c.Damage())
	}
	set(t, l, "kim-dong", "allow/later.example", `{}`, "")
	if _, err := c.Take(linesOf(t, from)[len(lines):]...); !errors.Is(err, ledger.ErrForged) {
		t.Errorf("of the former writer: %v", err)
	}
}

// A chain that was made of a ledger is known to it, and not to one that has less, nor to one
// that went on otherwise.
func TestALedgerKnowsTheChainsThatWereMadeOfIt(t *testing.T) {
	dir, older := t.TempDir(), filepath.Join(t.TempDir(), "older")
	l := open(t, dir)
	set := func(l *ledger.Ledger, name string) {
		t.Helper()
		if _, err := l.Append(t.Context(), ledger.Draft{Unit: "a", By: "acc_1", Object: "allow/" + name, New: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
	}
	set(l, "one.example")
	if err := os.CopyFS(older, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	set(l, "two.example")
	set(l, "three.example")
	chain, lines := ledger.Continue(l, 0, ""), [][]byte(nil)
	for r, err := range l.Records(0) {
		if err != nil {
			t.Fatal(err)
		}
		line, err := chain.Link(r)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line...)
	}
	knows := func(what string, l *ledger.Ledger, line []byte, want bool) {
		t.Helper()
		if got, err := ledger.Knows(l, line); err != nil || got != want {
			t.Errorf("%s: %v, %v", what, got, err)
		}
	}
	for i, line := range lines {
		knows("its own", l, line, true)
		if _, err := ledger.Knows(l, line[:len(line)-1-i]); err == nil {
			t.Error("half a line is known")
		}
	}
	less := open(t, older)
	knows("the one that it has", less, lines[0], true)
	knows("the next", less, lines[1], false)
	set(less, "another.example")
	set(less, "three.example")
	knows("another of the same number", less, lines[1], false)
	knows("the same at another time", less, lines[2], false)
	knows("one of no chain", l, linesOf(t, dir)[0], false)
}

// Records of a former writer are taken up to the last one that a record of a writer follows.
// What a former writer signs after that is refused.
func TestWhatAFormerWriterSignedIsTakenWhereAnotherVouches(t *testing.T) {
	o := &order{}
	all := writers(t, o, "former", "writer")
	sign := func(at int, name string) {
		t.Helper()
		if _, err := all[at].Append(t.Context(), ledger.Draft{What: "except", Object: "block/" + name, New: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
	}
	key := func(at int) ed25519.PublicKey {
		public, _ := ledger.Key(all[at]).Public().(ed25519.PublicKey)
		return public
	}
	sign(0, "a.example")
	sign(0, "b.example")
	sign(1, "c.example")
	sign(0, "d.example")
	to := t.TempDir()
	c := openCopy(t, to, key(1))
	take := func(lines [][]byte, want int, wrong error) {
		t.Helper()
		if taken, err := c.Take(lines...); taken != want || !errors.Is(err, wrong) {
			t.Errorf("%d taken and not %d: %v", taken, want, err)
		}
	}
	take(o.lines, 0, ledger.ErrForged)
	if err := c.Vouched(key(0)); err != nil {
		t.Fatal(err)
	}
	take(o.lines[:2], 0, ledger.ErrUnvouched)
	forged := bytes.Replace(o.lines[1], []byte("b.example"), []byte("x.example"), 1)
	take([][]byte{o.lines[0], forged, o.lines[2]}, 0, ledger.ErrForged)
	take(o.lines, 3, ledger.ErrUnvouched)
	sign(1, "e.example")
	take(o.lines[3:], 2, nil)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if rep, err := ledger.Verify(to); err != nil || rep.Bad != nil || rep.Records != 5 {
		t.Errorf("%+v, %v", rep, err)
	}

	// So it is of a ledger that several write, also of a long one that only its end vouches for.
	for i := range 600 {
		sign(0, fmt.Sprintf("n%d.example", i))
	}
	dir := t.TempDir()
	l := open(t, dir)
	catchUp := func(want int, wrong error) {
		t.Helper()
		if taken, err := ledger.CatchUp(t.Context(), l); taken != want || !errors.Is(err, wrong) {
			t.Errorf("%d taken and not %d: %v", taken, want, err)
		}
	}
	if err := ledger.Share(l, o, key(1)); err != nil {
		t.Fatal(err)
	}
	catchUp(0, ledger.ErrForged)
	if err := ledger.Vouched(l, key(0)); err != nil {
		t.Fatal(err)
	}
	catchUp(5, ledger.ErrUnvouched)
	sign(1, "end.example")
	catchUp(601, nil)
}
