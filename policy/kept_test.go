package policy_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lachan/policy"
)

// A policy that is compiled with what was kept of the one before is the same, byte for
// byte, as one that is compiled of its files alone, whatever has changed; and of a small
// change nearly all is kept.
func TestWhatWasKeptChangesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 4))
	units := make([]string, 2000)
	unit := func(i int) string {
		return fmt.Sprintf("- {id: s%d, name: \"Trường %d\", networks: [10.%d.%d.0/24], block: [n%d.example, {name: m.example, until: 2026-12-31, why: vì}],\n  rules: [{during: sang, block: [social]}], calendar: {terms: [{from: 2026-09-05, to: 2027-05-%02d}]}}\n",
			i, rng.IntN(1000), i>>8, i&255, rng.IntN(97), 1+rng.IntN(3))
	}
	for i := range units {
		units[i] = unit(i)
	}
	dir := t.TempDir()
	o := &policy.Origin{Path: filepath.Join(dir, "policy.yaml"), Feeds: feeds, Zone: hanoi}
	load := func(kept *policy.Kept) *policy.Policy {
		t.Helper()
		o.Kept = kept
		p, problems := o.Load()
		if p == nil {
			t.Fatal(problems)
		}
		return p
	}
	head := "profiles: {hs: {block: [gambling]}}\ntimetables: {sang: {days: all}}\nunits:\n"
	store := policy.NewStore(filepath.Join(dir, "policy"))
	for round := range 4 {
		write(t, o.Path, head+strings.Join(units, ""))
		alone := load(nil)
		p := load(store.Kept())
		if p.Digest() != alone.Digest() {
			t.Fatalf("round %d: another policy than that of the files alone", round)
		}
		if _, err := store.Save(p); err != nil {
			t.Fatal(err)
		}
		for change := range 7 {
			i := rng.IntN(len(units))
			switch change {
			case 0:
				units = slices.Delete(units, i, i+1)
			case 1:
				units = slices.Insert(units, i, "# một dòng\n\n")
			case 2: // moved
				moved := units[i]
				units = slices.Insert(slices.Delete(units, i, i+1), rng.IntN(len(units)-1), moved)
			case 3: // renamed
				units[i] = strings.Replace(units[i], "{id: s", "{id: r"+strconv.Itoa(round), 1)
			case 4: // another profile, of what it says itself or of what all of it means
				if !strings.Contains(units[i], "profile: ") {
					units[i] = strings.Replace(units[i], "{id: ", "{profile: hs, id: ", 1)
				}
				if round == 1 {
					head = strings.Replace(head, "gambling", "gambling, adult", 1)
				}
			default:
				units[i] = unit(20_000 + 7*round + change)
				units[i] = strings.Replace(units[i], "networks: [10.", "networks: [11.", 1)
			}
		}
		units = slices.CompactFunc(units, func(a, b string) bool { return a == b })
	}

	// What is damaged is as nothing.
	kept := filepath.Join(dir, "policy", "units.kept")
	data, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes are kept", len(data))
	write(t, o.Path, head+strings.Join(units, ""))
	want := load(nil).Digest()
	for range 10 {
		spoilt := slices.Clone(data)
		spoilt[rng.IntN(len(spoilt))] ^= byte(1 + rng.IntN(255))
		write(t, kept, string(spoilt[:rng.IntN(len(spoilt)+1)]))
		if load(store.Kept()).Digest() != want {
			t.Fatal("a damaged file is believed")
		}
	}
}
