package nodes

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/fleet"
)

// ownChain are lines of a chain made of a ledger.
func ownChain(t *testing.T, book *ledger.Ledger, drafts ...ledger.Draft) (lines []string, key fleet.PublicKey) {
	t.Helper()
	chain := ledger.Continue(book, 0, "")
	for _, d := range drafts {
		d.What, d.By = "except", "root"
		if _, err := book.Append(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	for r, err := range book.Records(0) {
		if err != nil {
			t.Fatal(err)
		}
		line, err := chain.Link(r)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line[0]))
	}
	public, _ := ledger.Key(book).Public().(ed25519.PublicKey) // it is one
	return lines, fleet.PublicKey(public)
}

func openBook(t *testing.T) *ledger.Ledger {
	t.Helper()
	book, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	return book
}

func except(name string) ledger.Draft {
	return ledger.Draft{Unit: "a", Object: "block/" + name, New: json.RawMessage(`{"from":"2026-01-01T00:00:00Z"}`)}
}

// TestChainsOfNodesAreVerified: records count once, in their order, signed by the node's key.
func TestChainsOfNodesAreVerified(t *testing.T) {
	lines, key := ownChain(t, openBook(t), except("a.example"), except("b.example"), except("c.example"), except("d.example"))
	others, stranger := ownChain(t, openBook(t), except("x.example"), except("y.example"), except("z.example"))
	dir := t.TempDir()
	var seen []string
	take := func(key fleet.PublicKey, lines ...string) (fleet.OwnHeard, error) {
		text, err := json.Marshal(fleet.OwnTold{Key: key, Lines: lines})
		if err != nil {
			t.Fatal(err)
		}
		return takeOwn(dir, text, func(r *ledger.Record, _ *ownState) error {
			seen = append(seen, r.Object)
			return nil
		})
	}
	refused := func(what string, want error, key fleet.PublicKey, lines ...string) {
		t.Helper()
		before := len(seen)
		if _, err := take(key, lines...); !errors.Is(err, want) || len(seen) != before {
			t.Errorf("%s: %v, and %q", what, err, seen[before:])
		}
	}
	if heard, err := take(key); err != nil || heard.Seq != 0 {
		t.Fatal(heard, err)
	}
	refused("cut", ledger.ErrFollow, key, lines[1])
	refused("of another key", ledger.ErrForged, key, others[0])
	refused("by another key", errOtherKey, stranger, others[0])
	if heard, err := take(key, lines[:2]...); err != nil || heard.Seq != 2 {
		t.Fatal(heard, err)
	}
	refused("replayed", ledger.ErrFollow, key, lines[0])
	refused("of another chain", ledger.ErrFollow, key, others[2])
	refused("reordered", ledger.ErrFollow, key, lines[3], lines[2])
	refused("no line", ledger.ErrFollow, key, "{}")
	refused("no message", errMessage, nil)
	if want := []string{"block/a.example", "block/b.example"}; !slices.Equal(seen[:2], want) {
		t.Errorf("%q", seen)
	}
	if heard, err := take(key, lines[2]); len(seen) != 3 || (err != nil || heard.Seq != 3) {
		t.Error(heard, err)
	}
}

// aTree has a school below each of two areas, and one below none.
type aTree struct{}

func (aTree) Parent(unit string) (string, bool) {
	up, ok := map[string]string{"a": "", "b": "", "school-a": "a", "school-b": "b", "school": ""}[unit]
	return up, ok
}
func (aTree) Kind(string) account.Kind { return "" }

// TestANodeSpeaksForItsArea alone.
func TestANodeSpeaksForItsArea(t *testing.T) {
	for of, want := range map[string]bool{
		"a school-a": true, "a school-b": false, "a school": false, "a a": true, " school": true, " school-a": false, "a ": false, " ": false,
	} {
		area, unit := of[:len(of)-len(unitOf(of))-1], unitOf(of)
		if got := speaksFor(aTree{}, []string{"a", "b"}, area, unit); got != want {
			t.Errorf("a node of %q for %q: %v", area, unit, got)
		}
	}
}

func unitOf(text string) string {
	for i := range text {
		if text[i] == ' ' {
			return text[i+1:]
		}
	}
	return text
}

// TestWhatANodeDecidesIsWeighed against what stands at the hub.
func TestWhatANodeDecidesIsWeighed(t *testing.T) {
	const by = "node:n"
	now := time.Now()
	record := func(object, value string, at time.Time) *ledger.Record {
		return &ledger.Record{Unit: "a", Object: object, New: json.RawMessage(value), At: at}
	}
	state := func(drafts ...ledger.Draft) *ledger.State {
		book := openBook(t)
		for _, d := range drafts {
			if d.Unit = "a"; d.Expect != 0 {
				d.Expect = book.State().Seq()
			}
			if _, err := book.Append(t.Context(), d); err != nil {
				t.Fatal(err)
			}
		}
		return book.State()
	}
	f := func(what string, s *ledger.State, r *ledger.Record, want string, left bool) {
		t.Helper()
		got, why := decisionOf(s, r, by, now)
		if text := fmt.Sprintf("%T", got); text != want || left != (why.EN != "") {
			t.Errorf("%s: %s and not %s, %q", what, text, want, why.EN)
		}
	}
	value := json.RawMessage(`{"from":"2026-01-01T00:00:00Z"}`)
	hubs, nodes := ledger.Draft{By: "acc_1", Object: "block/x.example", New: value}, ledger.Draft{By: by, Object: "block/x.example", New: value}
	withdrawn := ledger.Draft{By: by, Object: "block/x.example", Expect: 1}
	const none, isExcept, isWithdraw = "<nil>", "admin.Except", "admin.Withdraw"
	f("new", state(), record("block/x.example", string(value), now), isExcept, false)
	f("an allow", state(), record("allow/x.example", string(value), now), isExcept, false)
	f("the hub's stands", state(hubs), record("block/x.example", string(value), now), none, true)
	f("the hub's stands against it", state(hubs), record("allow/x.example", string(value), now), none, true)
	f("so already", state(nodes), record("block/x.example", string(value), now), none, false)
	f("another end", state(nodes), record("block/x.example", `{"until":"2036-01-01"}`, now), isExcept, false)
	f("over", state(), record("block/x.example", `{"until":"2020-01-01"}`, now), none, false)
	f("it ended", state(nodes), record("block/x.example", "null", now), isWithdraw, false)
	f("the hub's does not end", state(hubs), record("block/x.example", "", now), none, true)
	f("it is not there", state(), record("block/x.example", "", now), none, false)
	f("taken before, and ended", state(nodes, withdrawn), record("block/x.example", string(value), now.Add(-time.Hour)), none, false)
	f("again", state(nodes, withdrawn), record("block/x.example", string(value), now.Add(time.Hour)), isExcept, false)
	if what, _ := decisionOf(state(), record("allow/x.example", `{"until":"2036-01-01"}`, now), by, now); what != nil {
		if is, ok := what.(admin.Except); !ok || is.Block || is.Name != "x.example" || is.Until != "2036-01-01" {
			t.Errorf("%+v", what)
		}
	}
}

// FuzzOwn: what a node tells of its decisions is read within bounds, or refused.
func FuzzOwn(f *testing.F) {
	f.Add([]byte(`{"key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","lines":["{}"]}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		told, lines, err := parseOwn(text)
		if err == nil && (len(told.Key) != ed25519.PublicKeySize || len(lines) > fleet.MaxOwnLines) {
			t.Errorf("%d bytes of a key, %d lines", len(told.Key), len(lines))
		}
	})
}

// FuzzCarriedOut: what a node tells of orders is of feeds that it has from here, and of times that
// can be.
func FuzzCarriedOut(f *testing.F) {
	f.Add([]byte(`[{"feed":"a05","digest":"00","entries":1,"received":"2026-09-07T07:00:00Z","in_force":"2026-09-07T07:00:10Z"}]`))
	f.Add([]byte(`[{"feed":"other"}]`))
	now := time.Date(2026, 9, 7, 8, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text []byte) {
		records, err := parseCarriedOut(text, now, func(feed string) bool { return feed == "a05" })
		if err != nil {
			return
		}
		for _, r := range records {
			if r.Feed != "a05" || r.InForce.Before(r.Received) || r.InForce.After(now.Add(time.Hour)) || len(r.Document) > mostText {
				t.Errorf("%+v", r)
			}
		}
	})
}
