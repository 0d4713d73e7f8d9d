package policy_test

import (
	"crypto/sha256"
	"encoding/hex"
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

	// What is damaged, cut or of another build is as nothing, and is good again after the
	// next policy.
	kept := filepath.Join(dir, "policy", "units.kept")
	data, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes are kept", len(data))
	if have := store.Kept().Counts(); have.Units < len(units) || have.Networks < len(units) || have.Entries < 2*len(units) {
		t.Errorf("of %d units, each with a network and two entries, %+v are kept", len(units), have)
	}
	write(t, o.Path, head+strings.Join(units, ""))
	want := load(nil).Digest()
	for try := range 8 {
		spoilt := slices.Clone(data)
		switch at := rng.IntN(len(spoilt)); try % 4 {
		case 0:
			spoilt[at] ^= byte(1 + rng.IntN(255))
		case 1:
			spoilt = spoilt[:at]
		case 2:
			spoilt[8] ^= 1
		case 3:
			spoilt[len(spoilt)/2] ^= 1
			spoilt = spoilt[:len(spoilt)/2+rng.IntN(len(spoilt)/2)]
		}
		write(t, kept, string(spoilt))
		for range 2 {
			p := load(store.Kept())
			if p.Digest() != want {
				t.Fatal("a damaged file is believed")
			}
			if _, err := store.Save(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	if again, err := os.ReadFile(kept); err != nil || len(again) > 2*len(data)+(1<<20) {
		t.Errorf("%d bytes are kept, %v", len(again), err)
	}
}

// Whatever policies say, right or wrong, they are the same and their mistakes are if
// pieces of them were kept, if they are read in pieces, and if they are read as a whole.
func TestPiecesSayWhatTheWholeSays(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 5))
	words := []string{
		"olm.vn", "OLM.vn", "trường-học.example", "a.example.", "*.b.example", "com.vn", "{name: com.vn}", "games",
		"service:zalo", "service:none", "name:edu.vn", "category:adult", "10.0.0.1", "http://c.example/", "none-such", "{name: d.example, until: 2026-12-31, who: \"Hiệu  trưởng\"}",
		"{name: e.example, from: 2027-01-01, until: 2026-01-01}", "{category: social, from: 2026-09-01}", "{service: roblox, until: \"2026-12-01T10:00:00+07:00\"}", "\"\"",
	}
	networks := []string{"10.%d.%d.0/24", "10.%d.%d.7", "2001:db8:%d:%d::/64", "10.%d.%d.1/24", "::ffff:10.%d.%d.0/120", "10.%d.%d", "fe80::%d:%d%%eth0"}
	some := func(list []string, good int) string { // nearly always one of the first
		if rng.IntN(1200) == 0 {
			return list[rng.IntN(len(list))]
		}
		return list[rng.IntN(good)]
	}
	dir := t.TempDir()
	store := policy.NewStore(filepath.Join(dir, "policy"))
	o := &policy.Origin{Path: filepath.Join(dir, "policy.yaml"), Feeds: feeds, Zone: hanoi}
	good := []string{words[0], words[1], words[2], words[3], words[7], words[8], words[10], words[11], words[6], words[15], words[17], words[18]}
	all := append(slices.Clone(good), words...)
	compiled := func(kept *policy.Kept) (*policy.Policy, string, string) {
		o.Kept = kept
		p, problems := o.Load()
		if p == nil {
			return nil, "", fmt.Sprint(problems)
		}
		path := filepath.Join(dir, "written")
		if err := policy.Write(path, p); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(o.Path)
		if err != nil {
			t.Fatal(err)
		}
		const header = 704            // which has checksums of what follows
		digest := sha256.Sum256(text) // of what was read, which tells ways of writing apart
		return p, strings.ReplaceAll(string(data[header:]), hex.EncodeToString(digest[:]), ""), fmt.Sprint(problems)
	}
	right, wrong := 0, 0
	for round := range 5 {
		var text strings.Builder
		for i := range 450 {
			fmt.Fprintf(&text, "- {id: s%d, name: \"Trường\u00a0 %d\", networks: [\""+some(networks, 3)+"\"], allow: [%s], block: [%s],\n", i, rng.IntN(3), i>>8, i&255, some(all, len(good)), some(all, len(good)))
			fmt.Fprintf(&text, "  students: %d, calendar: {terms: [{name: x, from: 2026-09-05}], make_up: [{date: 2027-02-20, as: wed}]}, lock: [malware],\n", rng.IntN(9))
			fmt.Fprintf(&text, "  groups: [{id: a, contact: [mailto:a@b.example], rules: [{during: sang, block: [%s]}, {during: sang, only: [%s]}]}]}\n", good[rng.IntN(8)], good[rng.IntN(8)])
		}
		before := "profiles: {hs: {block: [gambling]}}\ntimetables: {sang: {days: all}}\n"
		write(t, o.Path, before+"\"units\":\n"+text.String()) // which is not cut
		_, bytes, said := compiled(nil)
		write(t, o.Path, before+"units:\n"+text.String())
		for way, kept := range map[string]*policy.Kept{"in pieces": nil, "with what was kept": store.Kept()} {
			for range 2 { // the second time all of it is kept
				p, got, saying := compiled(kept)
				if got != bytes || saying != said {
					t.Fatalf("round %d: %s it is another policy; mistakes:\n%s\nas a whole:\n%s", round, way, saying, said)
				}
				if p == nil || kept == nil {
					break
				}
				if _, err := store.Save(p); err != nil {
					t.Fatal(err)
				}
				kept = store.Kept()
			}
		}
		if said == "" {
			right++
		} else {
			wrong++
		}
	}
	t.Logf("%d policies without and %d with mistakes", right, wrong)
	if right == 0 || wrong == 0 {
		t.Error("all of one kind")
	}
}
