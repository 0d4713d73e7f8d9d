package ledger_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"lachan/admin/ledger"
)

// An order is a sequence in memory, of machines in one process.
type order struct {
	lines [][]byte
	// before is called before lines are taken; what it returns is said in place of that they were,
	// and lost has them not taken.
	before func() (lost bool, err error)
}

func (o *order) Append(_ context.Context, after uint64, lines [][]byte) error {
	said := error(nil)
	if o.before != nil {
		lost, err := o.before()
		if lost {
			return err
		}
		said = err
	}
	if uint64(len(o.lines)) != after {
		return ledger.ErrTaken
	}
	for _, line := range lines {
		o.lines = append(o.lines, append([]byte(nil), line...))
	}
	return said
}

func (o *order) After(_ context.Context, after uint64, most int) ([][]byte, error) {
	if after >= uint64(len(o.lines)) {
		return nil, nil
	}
	rest := o.lines[after:]
	return rest[:min(most, len(rest))], nil
}

// writers are ledgers that are one, by an order.
func writers(t *testing.T, o *order, names ...string) (all []*ledger.Ledger) {
	t.Helper()
	var keys []ed25519.PublicKey
	dir := t.TempDir()
	for _, name := range names {
		key, err := ledger.PublicKey(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	for _, name := range names {
		l, err := ledger.Open(filepath.Join(dir, name))
		if err == nil {
			err = ledger.Share(l, o, keys...)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := l.Close(); err != nil {
				t.Error(err)
			}
			report, err := ledger.Verify(filepath.Join(dir, name))
			if err != nil || report.Bad != nil {
				t.Errorf("%s: %+v, %v", name, report, err)
			}
		})
		all = append(all, l)
	}
	return all
}

func sets(l *ledger.Ledger, object string, words string) (ledger.Record, error) {
	return l.Append(context.Background(), ledger.Draft{By: "a", What: "except", Object: object, New: json.RawMessage("1"), Words: words})
}

// What two machines append is one chain at both; of two that set the same object one is told.
func TestASharedLedgerIsOneChain(t *testing.T) {
	o := &order{}
	all := writers(t, o, "one", "two")
	for i, object := range []string{"block/a", "block/b", "block/c", "block/d"} {
		if r, err := sets(all[i%2], object, ""); err != nil || r.Seq != uint64(i+1) {
			t.Errorf("%+v, %v", r, err)
		}
	}
	if _, err := sets(all[0], "block/d", "so"); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("an object that another machine has set: %v", err)
	}
	if n, err := ledger.CatchUp(t.Context(), all[0]); err != nil || n != 0 { // it was taken then
		t.Errorf("%d, %v", n, err)
	}
	if one, two := all[0].Head(), all[1].Head(); one.Hash != two.Hash || one.Seq != 4 {
		t.Errorf("%v, %v", one, two)
	}
}

// Where nobody confirms, nothing is decided and the words are gone; where it is not known, the
// error says that, and the words stay for the record that may come.
func TestWhatNobodyConfirmsIsNotDecided(t *testing.T) {
	o := &order{}
	l := writers(t, o, "one", "two")[0]
	o.before = func() (bool, error) { return true, ledger.ErrApart }
	if _, err := sets(l, "block/apart", "why"); !errors.Is(err, ledger.ErrApart) || l.State().Seq() != 0 {
		t.Errorf("apart: %v, %d records", err, l.State().Seq())
	}
	away := errors.New("no answer")
	o.before = func() (bool, error) { return false, away } // it is there, and nobody says so
	if _, err := sets(l, "block/unsure", "why"); !errors.Is(err, ledger.ErrUnsure) || !errors.Is(err, away) || l.State().Seq() != 0 {
		t.Errorf("unsure: %v, %d records", err, l.State().Seq())
	}
	o.before = nil
	if n, err := ledger.CatchUp(t.Context(), l); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	for r, err := range l.Records(0) {
		if words, ok := l.Words(r.Why); err != nil || r.Object != "block/unsure" || !ok || words != "why" {
			t.Errorf("%+v, %q, %v", r, words, err)
		}
	}
}

// A machine whose place others take again and again decides in the end.
func TestOthersAreFirstAgainAndAgain(t *testing.T) {
	o := &order{}
	all := writers(t, o, "one", "two")
	first := 0
	o.before = func() (bool, error) {
		before := o.before
		o.before = nil
		if first++; first <= 200 {
			if _, err := sets(all[1], fmt.Sprintf("block/first-%d", first), ""); err != nil {
				t.Error(err)
			}
			o.before = before
		}
		return false, nil
	}
	if r, err := sets(all[0], "block/last", ""); err != nil || r.Seq != 201 {
		t.Errorf("record %d, %v", r.Seq, err)
	}
}

// Lines that are found where they should be were confirmed, whatever was said.
func TestWhatIsFoundIsConfirmed(t *testing.T) {
	o := &order{}
	all := writers(t, o, "one", "two")
	o.before = func() (bool, error) { return false, ledger.ErrTaken }
	if r, err := sets(all[0], "block/here", ""); err != nil || r.Seq != 1 || all[0].State().Seq() != 1 {
		t.Errorf("%+v, %v, %d records", r, err, all[0].State().Seq())
	}
}

// A ledger that goes on elsewhere takes nothing of another, nor what a stranger has signed.
func TestASharedLedgerTakesNothingOfAnother(t *testing.T) {
	other := &order{}
	if _, err := sets(writers(t, other, "stranger")[0], "block/x", ""); err != nil {
		t.Fatal(err)
	}
	o := &order{lines: other.lines}
	l := writers(t, o, "one")[0]
	if _, err := ledger.CatchUp(t.Context(), l); !errors.Is(err, ledger.ErrForged) || l.State().Seq() != 0 {
		t.Errorf("of a stranger: %v", err)
	}
	o.lines = nil
	if _, err := sets(l, "block/y", ""); err != nil {
		t.Fatal(err)
	}
	o.lines = append(other.lines, other.lines...)
	if _, err := ledger.CatchUp(t.Context(), l); !errors.Is(err, ledger.ErrFollow) || l.State().Seq() != 1 {
		t.Errorf("of another history: %v", err)
	}
}

// A machine gives what it has by whole groups, as it was written.
func TestATailIsWholeGroups(t *testing.T) {
	o := &order{}
	l := writers(t, o, "one")[0]
	for _, expect := range [][2]uint64{{0, 0}, {1, 2}} {
		if _, err := l.Append(t.Context(),
			ledger.Draft{Object: "block/one", New: json.RawMessage("1"), Expect: expect[0]},
			ledger.Draft{Object: "block/two", New: json.RawMessage("2"), Expect: expect[1]},
		); err != nil {
			t.Fatal(err)
		}
	}
	groups, lines := 0, 0
	for group, err := range ledger.Tail(l, 0) {
		if err != nil {
			t.Fatal(err)
		}
		groups++
		for _, line := range group {
			if lines++; !ledger.Wrote(l, uint64(lines), line) || string(line) != string(o.lines[lines-1]) {
				t.Errorf("line %d is %s", lines, line)
			}
		}
	}
	if groups != 2 || lines != 4 || ledger.Wrote(l, 2, o.lines[0]) || ledger.Wrote(l, 5, o.lines[0]) {
		t.Errorf("%d groups of %d lines", groups, lines)
	}
}
