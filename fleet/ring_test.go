package fleet_test

import (
	"fmt"
	"slices"
	"testing"

	"lachan/fleet"
)

// Of 2,000 nodes 20 are canaries and 200 early, the same ones when another joins; those
// that were chosen are in, and no ring of a small fleet is empty.
func TestRingsHaveTheirShare(t *testing.T) {
	chosen := map[string]string{}
	for i := range 2000 {
		chosen[fmt.Sprintf("node-%d", i)] = ""
	}
	for ring, want := range map[string]int{fleet.Canary: 20, fleet.Early: 200} {
		before := fleet.Ring(ring, chosen)
		if len(before) != want {
			t.Errorf("%s has %d nodes and not %d", ring, len(before), want)
		}
		chosen["one-more"] = ""
		changed := 0
		for _, node := range fleet.Ring(ring, chosen) {
			if !slices.Contains(before, node) {
				changed++
			}
		}
		if changed > 1 {
			t.Errorf("%d of the ring %s are others when a node joins", changed, ring)
		}
		delete(chosen, "one-more")
	}
	few := map[string]string{"a": "", "b": fleet.Canary}
	if ring := fleet.Ring(fleet.Canary, few); !slices.Equal(ring, []string{"b"}) {
		t.Errorf("canaries are %v and not the one that was chosen", ring)
	}
	if ring := fleet.Ring(fleet.Early, few); !slices.Equal(ring, []string{"a"}) {
		t.Errorf("early are %v", ring)
	}
}

// A node has the newest release of the rings that it is in.
func TestANodeHasTheReleaseOfItsRing(t *testing.T) {
	rings := map[string]fleet.Release{
		fleet.Canary: {N: 3, Nodes: []string{"a"}}, fleet.Early: {N: 2, Nodes: []string{"a", "b"}}, fleet.All: {N: 1},
	}
	of := func(ring string) (fleet.Release, bool) { r, ok := rings[ring]; return r, ok }
	for node, want := range map[string]uint64{"a": 3, "b": 2, "c": 1} {
		if r, ok := fleet.For(node, of); !ok || r.N != want {
			t.Errorf("%s has release %d, %v, and not %d", node, r.N, ok, want)
		}
	}
	rings[fleet.All] = fleet.Release{N: 4}
	if r, _ := fleet.For("a", of); r.N != 4 {
		t.Errorf("a canary has release %d when all have 4", r.N)
	}
}
