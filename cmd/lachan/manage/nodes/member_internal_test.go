package nodes

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"lachan/admin"
	"lachan/admin/ledger"
)

// A node is known by its key from the record on that says so, and no longer than that: also
// where thousands ask at once.
func TestANodeIsKnownByWhatTheLedgerSaysNow(t *testing.T) {
	book, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	h := New(Sources{Ledger: book})
	h.generation.Store(1)
	set := func(name, nkey string) {
		t.Helper()
		text, err := json.Marshal(admin.NodeValue{Area: "lao-cai", Nkey: nkey})
		if err != nil {
			t.Fatal(err)
		}
		before, _ := book.State().Get("", "node/"+name)
		if _, err := book.Append(t.Context(), ledger.Draft{Object: "node/" + name, New: text, Expect: before.Seq}); err != nil {
			t.Fatal(err)
		}
	}
	is := func(nkey, name string) {
		t.Helper()
		m, ok := h.member(nkey)
		if ok != (name != "") || m.Node != name || ok && (len(m.Streams) != 2 || m.Streams[1].Area != "lao-cai") {
			t.Errorf("%s is %+v, %v, and not %q", nkey, m, ok, name)
		}
	}
	is("U1", "")
	set("a", "U1")
	is("U1", "a")
	set("a", "U2") // another machine took its place
	is("U1", "")
	is("U2", "a")
	set("a", "")
	is("U2", "")
	is("", "")
	for i := range 200 {
		set(fmt.Sprint("n", i), fmt.Sprint("K", i))
	}
	began := time.Now()
	for i := range 2000 {
		is(fmt.Sprint("K", i%200), fmt.Sprint("n", i%200))
	}
	t.Logf("2,000 questions of 200 nodes: %v", time.Since(began))
}
