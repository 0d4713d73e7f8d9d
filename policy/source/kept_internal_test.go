package source

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lachan/internal/yamlfile"
)

// fill gives a value something to say in each of its fields; lines are added to by
// shift.
func fill(rng *rand.Rand, v reflect.Value, shift, depth int) {
	if m, is := v.Addr().Interface().(*Moment); is {
		if m.Day = (yamlfile.Date{Year: 2026, Month: 9, Day: 1 + rng.IntN(28)}); rng.IntN(2) == 0 {
			m.Minute = rng.IntN(1440)
		}
		if rng.IntN(2) == 0 {
			*m = Moment{Time: time.Date(2026, 9, 1, rng.IntN(24), rng.IntN(60), 0, 0, time.UTC)}
		}
		return
	}
	if p, is := v.Addr().Interface().(*netip.Prefix); is {
		*p = netip.MustParsePrefix([]string{"10.1.0.0/16", "2001:db8::/32", "192.0.2.7/32"}[rng.IntN(3)])
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString([]string{"olm.vn", "Trường", "", "\x00\xff"}[rng.IntN(4)])
	case reflect.Bool:
		v.SetBool(rng.IntN(2) == 0)
	case reflect.Int, reflect.Int16:
		v.SetInt(int64(rng.IntN(3000) - 1000))
	case reflect.Uint8:
		v.SetUint(uint64(rng.IntN(256)))
	case reflect.Pointer:
		if rng.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(rng, v.Elem(), shift, depth)
		}
	case reflect.Slice:
		if count := rng.IntN(4) - 1; count >= 0 && depth > 0 {
			v.Set(reflect.MakeSlice(v.Type(), count, count))
			for i := range count {
				fill(rng, v.Index(i), shift, depth-1)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			switch f := v.Field(i); {
			case rng.IntN(3) == 0:
			case v.Type().Field(i).Name == "Line":
				f.SetInt(int64(1 + rng.IntN(100) + shift))
			default:
				fill(rng, f, shift, depth)
			}
		}
	}
}

// Whatever a unit says comes back from what is kept of it, with the lines of where the
// piece stands now, whatever was read into the same room before; and no bytes make the
// reader fail.
func TestUnitsAreKeptWhole(t *testing.T) {
	of := &room{}
	rng := rand.New(rand.NewPCG(1, 2))
	for seed := range uint64(300) {
		made := func(shift int) (units []Unit) {
			units = make([]Unit, 3)
			from := rand.New(rand.NewPCG(seed, 3))
			for i := range units {
				fill(from, reflect.ValueOf(&units[i]).Elem(), shift, 4)
			}
			return units
		}
		text := encodeUnits(made(0), 10)
		got, ok := decodeUnits(text, 10+500, of)
		if want := made(500); !ok || !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: %v\n%+v\nwant\n%+v", seed, ok, got, want)
		}
		for range 20 {
			spoilt := []byte(text)
			spoilt[rng.IntN(len(spoilt))] ^= byte(1 + rng.IntN(255))
			decodeUnits(string(spoilt[:rng.IntN(len(spoilt)+1)]), 1, of)
		}
	}
}

// TestWhatIsKeptIsCounted, groups and all, so that the tables of a policy have room at once.
func TestWhatIsKeptIsCounted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "units.kept")
	k := ReadKept(path, "test")
	if none := k.Counts(); none != (Counts{}) {
		t.Errorf("of nothing: %+v", none)
	}
	k.keep(Piece{items: []byte("1")}, []Unit{
		{Networks: make([]yamlfile.At[string], 2), Allow: make([]Entry, 3), Block: make([]Entry, 4)},
		{Groups: []Unit{{Networks: make([]yamlfile.At[string], 5), Allow: make([]Entry, 6), Block: make([]Entry, 7)}}},
	})
	k.keep(Piece{items: []byte("2")}, make([]Unit, 10))
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	if got, want := ReadKept(path, "test").Counts(), (Counts{Units: 13, Networks: 7, Entries: 20}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestThePiecesOfALongFile are its units, whole and no more than they; what else there is
// stays in the rest, on its lines.
func TestThePiecesOfALongFile(t *testing.T) {
	f := func(what, before, indent, after string) {
		t.Helper()
		item := func(i int) string {
			return fmt.Sprintf("%s- id: s%d\n%s  name: x\n%s  networks:\n%s  - 10.0.%d.0/24\n\n# y\n", indent, i, indent, indent, indent, i)
		}
		text := before + "units: # all\n"
		for i := range 100 {
			text += item(i)
		}
		rest, pieces := Split([]byte(text+after), 200)
		all := ""
		for _, p := range pieces {
			all += string(p.items)
			line := strings.SplitN((text + after), "\n", p.line+1)[p.line-1]
			if first, _, _ := strings.Cut(string(p.items), "\n"); line != first {
				t.Errorf("%s: line %d is %q, the piece begins with %q", what, p.line, line, first)
			}
		}
		head := before + "units: # all\n"
		if want := text[len(head):]; len(pieces) < 5 || all != want {
			t.Errorf("%s: %d pieces\n%s", what, len(pieces), all)
		}
		if want := head + strings.Repeat("\n", strings.Count(text[len(head):], "\n")) + after; string(rest) != want {
			t.Errorf("%s: the rest is\n%s\nwant\n%s", what, rest, want)
		}
	}
	f("alone", "", "", "")
	f("alone, to the right", "", "  ", "")
	f("before others", "", "", "tests: []\nprofiles:\n  x: {block: []}\n")
	f("to the right, before others", "a: b\n", "  ", "tests: []\nprofiles:\n  x: {block: []}\n")
	f("between others", "profiles:\n  x: {block: []}\n", "", "tests: []\n")
	f("before what is no key", "", "  ", " x\n")
	f("before the end of the document", "", "", "...\n")

	long := "units:\n- {id: a}\n# " + strings.Repeat("x", 400-len("units:\n- {id: a}\n# \n")) + "\n"
	if _, pieces := Split([]byte(long), 200); len(pieces) != 1 {
		t.Errorf("of what is twice as long as a piece %d are cut out", len(pieces))
	}
	if _, pieces := Split([]byte(strings.Replace(long, "x", "", 1)), 200); len(pieces) != 0 {
		t.Errorf("of less %d are cut out", len(pieces))
	}
	for what, text := range map[string]string{
		"no units":             strings.Repeat("# x\n", 200),
		"units in one line":    "units: [" + strings.Repeat("{id: a}, ", 200) + "]\n",
		"no items":             "units:\n" + strings.Repeat("  a: b\n", 200),
		"a text that is short": "units:\n- {id: a}\n",
	} {
		if rest, pieces := Split([]byte(text), 200); string(rest) != text || len(pieces) > 0 {
			t.Errorf("%s: %d pieces, and the rest is\n%s", what, len(pieces), rest)
		}
	}
}

// TestPiecesAreKeptByManyAtOnce: a policy is decoded by several goroutines, and saved while
// another one is.
func TestPiecesAreKeptByManyAtOnce(t *testing.T) {
	const pieces, goroutines = 1000, 4
	path := filepath.Join(t.TempDir(), "units.kept")
	piece := func(i int) Piece { return Piece{items: []byte(fmt.Sprintf("- {id: u%d}\n", i)), line: 1} }
	decode := func(k *Kept, again bool) {
		var wg sync.WaitGroup
		var decoding atomic.Int32
		decoding.Store(goroutines)
		for g := range goroutines {
			wg.Go(func() {
				defer decoding.Add(-1)
				for i := range pieces {
					p := piece(i*goroutines + g)
					if units, ok := k.units(p, &room{}); ok != again || ok && units[0].ID != fmt.Sprintf("u%d", i*goroutines+g) {
						t.Errorf("piece %s: %v, %t", p.items, units, ok)
						return
					}
					if !again {
						k.keep(p, []Unit{{ID: fmt.Sprintf("u%d", i*goroutines+g)}})
					}
				}
			})
		}
		wg.Go(func() {
			for decoding.Load() > 0 {
				if err := k.Save(); err != nil {
					t.Error(err)
					return
				}
			}
		})
		wg.Wait()
	}
	for _, again := range []bool{false, true} {
		k := ReadKept(path, "test")
		decode(k, again)
		if err := k.Save(); err != nil {
			t.Fatal(err)
		}
		if len(k.met) != pieces*goroutines {
			t.Errorf("%d pieces are met", len(k.met))
		}
	}
}
