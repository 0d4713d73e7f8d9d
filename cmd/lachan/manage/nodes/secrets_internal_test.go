package nodes

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lachan/admin"
	"lachan/admin/ledger"
	"lachan/fleet/hub"
	"lachan/internal/durable"
)

// A sharer is a hub as far as it makes what nodes share.
type sharer struct {
	t *testing.T
	secrets
	keeper
	nodes map[string]string // areas by nkey
}

func newSharer(t *testing.T, book *ledger.Ledger) *sharer {
	t.Helper()
	s := &sharer{t: t, nodes: map[string]string{}, keeper: keeper{
		dir: t.TempDir(), book: book, now: time.Date(2026, 9, 7, 7, 0, 0, 0, time.UTC), every: 24 * time.Hour,
		end: func(context.Context) (uint64, error) { return book.State().Seq(), nil },
	}}
	return s
}

func newBook(t *testing.T) *ledger.Ledger {
	t.Helper()
	book, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	return book
}

// is records that a node has an nkey of an area, or none any more.
func is(t *testing.T, book *ledger.Ledger, node, area, nkey string) {
	t.Helper()
	before, _ := book.State().Get("", "node/"+node)
	var now json.RawMessage
	if nkey != "" {
		var err error
		if now, err = json.Marshal(admin.NodeValue{Area: area, Nkey: nkey}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := book.Append(t.Context(), ledger.Draft{What: "join", Object: "node/" + node, Old: before.New, New: now, Expect: before.Seq})
	if err != nil {
		t.Fatal(err)
	}
}

// give is what a hub gives a node of an area.
func (s *sharer) gives(area string) given {
	s.t.Helper()
	k := s.keeper
	k.isNode = func(nkey string) bool { return s.nodes[nkey] == area }
	s.mu.Lock()
	defer s.mu.Unlock()
	of, err := s.give(s.t.Context(), area, &k)
	if err != nil || len(of.Secrets) < 2 {
		s.t.Fatalf("%d secrets, %v", len(of.Secrets), err)
	}
	return of
}

// apart reports whether nothing of one is in another.
func apart(a, b given) bool {
	for _, one := range a.Secrets {
		for _, other := range b.Secrets {
			if string(one.Ticket) == string(other.Ticket) || string(one.Cookie) == string(other.Cookie) {
				return false
			}
		}
	}
	return true
}

// TestWhatNodesShareIsOfTheirAreaAlone: it is the same for all its nodes and after a restart;
// when one of them is a node no more, or another machine, all of it is another.
func TestWhatNodesShareIsOfTheirAreaAlone(t *testing.T) {
	book := newBook(t)
	is(t, book, "a", "lao-cai", "A")
	is(t, book, "b", "lao-cai", "B")
	is(t, book, "c", "ha-giang", "C")
	s := newSharer(t, book)
	restart := func() { dir := s.dir; s = newSharer(t, book); s.dir = dir }
	lao, ha := s.gives("lao-cai"), s.gives("ha-giang")
	if !apart(lao, ha) {
		t.Error("two areas have the same")
	}
	restart()
	is(t, book, "d", "lao-cai", "D")
	if again := s.gives("lao-cai"); !again.Secrets.Same(lao.Secrets) {
		t.Error("a restart makes others, or one more node does")
	}
	info, err := os.Stat(filepath.Join(s.dir, secretsFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	for what, now := range map[string]func(){
		"removed":         func() { is(t, book, "b", "lao-cai", "") },
		"replaced":        func() { is(t, book, "a", "lao-cai", "A2") },
		"of another area": func() { is(t, book, "d", "ha-giang", "D") },
		"none, with a hub away": func() {
			is(t, book, "e", "lao-cai", "E")
			s.gives("lao-cai")
			is(t, book, "e", "lao-cai", "")
			restart()
		},
		"a revoked hub's": func() { s.revoked.Add(1) },
	} {
		before := s.gives("lao-cai")
		now()
		after := s.gives("lao-cai")
		if !apart(before, after) {
			t.Errorf("%s: what such a node has is still in use", what)
		}
		if again := s.gives("lao-cai"); !again.Secrets.Same(after.Secrets) {
			t.Errorf("%s: they change with each question", what)
		}
		if what != "a revoked hub's" && !s.gives("ha-giang").Secrets.Same(ha.Secrets) {
			t.Errorf("%s: the secrets of another area have changed", what)
		}
		s.revoked.Store(0)
	}
	for _, text := range []string{"", "{", `{"lao-cai":{"secrets":[{"ticket":"AA=="}]}}`} { // a damaged disk
		if err := durable.WriteFile(filepath.Join(s.dir, secretsFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		restart()
		s.gives("lao-cai")
	}
}

// TestWhatAnOlderVersionGaveStays, unless one that has had it is a node no more; and with a ledger
// that has less than it had, nobody can say so.
func TestWhatAnOlderVersionGaveStays(t *testing.T) {
	book := newBook(t)
	is(t, book, "x", "lao-cai", "X")
	is(t, book, "x", "lao-cai", "")
	is(t, book, "a", "lao-cai", "A")
	s := newSharer(t, book)
	s.nodes["A"] = "lao-cai"
	has := s.gives("lao-cai")
	write := func(was given) {
		t.Helper()
		text, err := json.Marshal(map[string]given{"lao-cai": was})
		if err == nil {
			err = durable.WriteFile(filepath.Join(s.dir, secretsFile), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		s.of = nil
	}
	write(given{Secrets: has.Secrets, Nodes: []string{"A"}})
	if now := s.gives("lao-cai"); !now.Secrets.Same(has.Secrets) || now.Nodes != nil || now.Checked != 3 {
		t.Errorf("another: %v", now)
	}
	write(given{Secrets: has.Secrets, Nodes: []string{"A", "X"}})
	if now := s.gives("lao-cai"); !apart(now, has) {
		t.Error("a node that was removed has them")
	}
	write(given{Secrets: has.Secrets, Checked: 9})
	if now := s.gives("lao-cai"); !apart(now, has) || now.Checked != 3 {
		t.Errorf("by a ledger that has lost records: %v", now)
	}
}

// TestHubsGiveNodesTheSame: three ask at the same time, again and again, while it is time for
// others; each renewal is made by one of them. It lasts when the one that made it is gone, when
// the others were started anew, and while none of them answers.
func TestHubsGiveNodesTheSame(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	served, err := hub.Start(t.Context(), hub.Config{
		Name: "hub-1", Dir: filepath.Join(t.TempDir(), "streams"), Key: key, Store: 64 << 20,
		Member: func(string) (m hub.Member, ok bool) { return m, false },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(served.Close)
	vault, err := hub.OpenVault(t.Context(), served)
	if err != nil {
		t.Fatal(err)
	}
	book := newBook(t)
	is(t, book, "a", "lao-cai", "A")
	all := []*sharer{newSharer(t, book), newSharer(t, book), newSharer(t, book)}
	for _, s := range all {
		s.use(vault)
	}
	same := func() given {
		t.Helper()
		got := make([]given, len(all))
		var live sync.WaitGroup
		for i, s := range all {
			live.Go(func() { got[i] = s.gives("lao-cai") })
		}
		live.Wait()
		for _, of := range got[1:] {
			if !of.Secrets.Same(got[0].Secrets) || of.Serial != got[0].Serial {
				t.Fatalf("hubs give others: %d and %d", got[0].Serial, of.Serial)
			}
		}
		return got[0]
	}
	last := given{}
	for day := range sizedTo(200, 20) {
		now := same()
		if now.Serial != last.Serial+1 || last.Serial > 0 && apart(now, last) {
			t.Fatalf("day %d: change %d follows %d, %v", day, now.Serial, last.Serial, apart(now, last))
		}
		last = now
		for i, s := range all { // nobody's clock is that of another
			s.now = s.now.Add(24*time.Hour + time.Duration(i)*time.Millisecond)
		}
	}
	last = same()
	is(t, book, "a", "lao-cai", "")
	if now := same(); !apart(now, last) || now.Serial != last.Serial+1 {
		t.Errorf("what a removed node knows is shared: %d", now.Serial)
	}
	last = same()
	served.Close() // none answers
	for _, s := range all {
		s.now = s.now.Add(time.Hour)
		s.of = nil // and each is started anew
	}
	if now := same(); !now.Secrets.Same(last.Secrets) {
		t.Error("apart they give others")
	}
	is(t, book, "b", "lao-cai", "B")
	is(t, book, "b", "lao-cai", "")
	k := all[0].keeper
	if _, err := all[0].give(t.Context(), "lao-cai", &k); err == nil {
		t.Error("apart, what a removed node may have is given")
	}

	served, err = hub.Start(t.Context(), hub.Config{
		Name: "hub-1", Dir: filepath.Join(t.TempDir(), "streams"), Key: key, Store: 64 << 20,
		Member: func(string) (m hub.Member, ok bool) { return m, false },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer served.Close()
	if vault, err = hub.OpenVault(t.Context(), served); err != nil {
		t.Fatal(err)
	}
	all[2] = newSharer(t, book) // one has lost its disk, and those in memory all
	all[2].now = all[1].now
	for _, s := range all {
		s.use(vault)
		s.gone = gone{}
	}
	all[2].gives("lao-cai") // first the one that knows nothing, until another has come
	all[1].gives("lao-cai")
	all[2].now = all[2].now.Add(agreedFor)
	if now := same(); !apart(now, last) || now.Serial <= last.Serial {
		t.Errorf("after all were away: %d, before %d", now.Serial, last.Serial)
	}
	if text, _, err := vault.Get(t.Context(), "ha-giang"); err != nil || text != nil {
		t.Errorf("of an area without nodes there is %q, %v", text, err)
	}
}

// TestAHubThatIsBehindAsksFirst: what was agreed on goes by records that it does not have yet.
func TestAHubThatIsBehindAsksFirst(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	served, err := hub.Start(t.Context(), hub.Config{
		Name: "hub-1", Dir: filepath.Join(t.TempDir(), "streams"), Key: key, Store: 64 << 20,
		Member: func(string) (m hub.Member, ok bool) { return m, false },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(served.Close)
	vault, err := hub.OpenVault(t.Context(), served)
	if err != nil {
		t.Fatal(err)
	}
	ahead, behind := newBook(t), newBook(t)
	for _, book := range []*ledger.Ledger{ahead, behind} {
		is(t, book, "a", "lao-cai", "A")
	}
	is(t, ahead, "b", "lao-cai", "B")
	one, other := newSharer(t, ahead), newSharer(t, behind)
	end := ahead.State().Seq
	other.end = func(context.Context) (uint64, error) { return end(), nil }
	one.use(vault)
	other.use(vault)
	has := one.gives("lao-cai")
	got := other.gives("lao-cai")
	if !got.Secrets.Same(has.Secrets) || got.Checked <= behind.State().Seq() {
		t.Errorf("the one that is behind does not see it: %d", got.Checked)
	}
	other.of, other.at = nil, map[string]time.Time{}
	other.end = func(context.Context) (uint64, error) { return 0, errors.New("away") }
	other.now = other.now.Add(time.Hour)
	other.gives("lao-cai") // what it has
	end = behind.State().Seq
	other.end = func(context.Context) (uint64, error) { return end(), nil }
	other.now = other.now.Add(time.Hour)
	if got := other.gives("lao-cai"); !apart(got, has) || got.Checked != behind.State().Seq() {
		t.Errorf("nobody has those records any more, and who was removed by them is not known: %d", got.Checked)
	}
}

// TestSecretsComeIntoNoText of an error or a log.
func TestSecretsComeIntoNoText(t *testing.T) {
	s := newSharer(t, newBook(t))
	of := s.gives("lao-cai")
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	s.now = s.now.Add(24 * time.Hour)
	k := s.keeper
	k.isNode = func(string) bool { return true }
	_, err := s.give(t.Context(), "lao-cai", &k)
	if err == nil || strings.Contains(err.Error(), string(of.Secrets[0].Ticket)) {
		t.Errorf("what cannot be kept is given: %v", err)
	}
}

// sizedTo is a size in a proof, and another one in the gate.
func sizedTo(proved, daily int) int {
	if os.Getenv("TEST_PROOF") != "" {
		return proved
	}
	return daily
}
