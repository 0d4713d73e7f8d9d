package ledger

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestDecisionsInMemoryAreSmall: 100,000 of them are below 40 MB, also if they came one by
// one and in no order.
func TestDecisionsInMemoryAreSmall(t *testing.T) {
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	}
	before := heap()
	s, f := new(State), newFold()
	for i, k := range rand.Perm(100_000) {
		r := Record{
			Seq: uint64(i + 1), At: time.Now(), Unit: fmt.Sprintf("th-%d", k%40_000), By: fmt.Sprintf("acc_%d", k%5000),
			Object: fmt.Sprintf("allow/site-%d.test", k), Why: digest(fmt.Append(nil, k)),
			New: json.RawMessage(`{"document":"","from":"2026-11-28T09:40:11+07:00","until":"2026-12-31"}`),
		}
		if i < 50_000 {
			f.set(&r)
			continue
		}
		if i == 50_000 {
			s, f = f.state(), nil
		}
		s.set(entryOf(&r))
	}
	took := heap() - before
	if n := s.Size(); n != 100_000 || took > 40 {
		t.Errorf("%d decisions take %.1f MB, more than 40", n, took)
	}
	t.Logf("%d decisions take %.1f MB", s.Size(), took)
	runtime.KeepAlive(s)
}

// TestAStateIsAMap: whatever comes in whatever order, each object has its last value, the
// states before stay as they were, and what is asked for by kind and unit is all of it.
func TestAStateIsAMap(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 18))
	kinds := []string{"allow/", "block/", "", "unit/", "z/"}
	model := map[[2]string]uint64{}
	s := new(State)
	var earlier *State
	var then map[[2]string]uint64
	for seq := uint64(1); seq <= 20_000; seq++ {
		r := Record{
			Seq: seq, Unit: fmt.Sprint("u", random.IntN(30)), What: "set",
			Object: kinds[random.IntN(len(kinds))] + fmt.Sprint(random.IntN(60)),
		}
		s = s.with(r)
		model[[2]string{r.Unit, r.Object}] = seq
		if seq == 10_000 {
			earlier, then = s, maps.Clone(model)
		}
	}
	sameAs(t, s, model)
	sameAs(t, earlier, then)
	f := newFold()
	for v := range s.Kind("") {
		f.set(&Record{Seq: v.Seq, Unit: v.Unit, Object: v.Object, New: v.New})
	}
	sameAs(t, f.state(), model)
	if v, ok := s.With(Draft{Unit: "u1", Object: "new"}).Get("u1", "new"); !ok || v.Seq != 20_001 {
		t.Errorf("%+v", v)
	}
	if _, ok := s.Get("u1", "new"); ok {
		t.Error("a draft has changed the state")
	}
}

func sameAs(t *testing.T, s *State, model map[[2]string]uint64) {
	t.Helper()
	if s.Size() != len(model) {
		t.Fatalf("%d objects, want %d", s.Size(), len(model))
	}
	for p, seq := range model {
		if v, ok := s.Get(p[0], p[1]); !ok || v.Seq != seq {
			t.Fatalf("%v: %+v, want record %d", p, v, seq)
		}
	}
	for _, prefix := range []string{"", "allow/", "allow/1", "b", "unit/", "z/", "1", "none/"} {
		n := 0
		for p := range model {
			if strings.HasPrefix(p[1], prefix) {
				n++
			}
		}
		if got := slices.Collect(s.Kind(prefix)); len(got) != n {
			t.Errorf("%q: %d objects, want %d", prefix, len(got), n)
		}
	}
	for _, unit := range []string{"u0", "u7", "u29", "none"} {
		n := 0
		for p := range model {
			if p[0] == unit {
				n++
			}
		}
		if got := slices.Collect(s.Unit(unit)); len(got) != n {
			t.Errorf("unit %s: %d objects, want %d", unit, len(got), n)
		}
	}
}
