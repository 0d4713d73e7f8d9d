package metrics

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// tickOf is a tick with these bytes after its magic, and sections; its checksum is right.
func tickOf(version, flags uint8, sections ...string) []byte {
	b := append([]byte(tickMagic), version, flags)
	b = append(b, make([]byte, len(Epoch{}))...)
	for _, s := range sections {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(s)))
	}
	return sealed(append(b, strings.Join(sections, "")...))
}

// A category that the other process has not named is another one, whatever its number.
func TestACategoryWithoutANameIsAnother(t *testing.T) {
	c := New("nut-1")
	n := naming{counters: c, codes: []string{"none", "social"}}
	for number, want := range map[uint8]string{1: "social", 2: "other", 255: "other"} {
		if got := n.category(number); got != c.Category(want) {
			t.Errorf("category %d is %v, want that of %q", number, got, want)
		}
	}
}

// TestAChecksumAloneMakesNoTick: what a tick is made of is checked before any of it counts.
func TestAChecksumAloneMakesNoTick(t *testing.T) {
	var all shardTotals
	last := uint8(len(all.flat()) - 1)
	f := func(what string, tick []byte, want string) {
		t.Helper()
		a := NewAggregator("nut-1", BuildInfo{})
		got := ""
		if err := a.Absorb(tick); errors.Is(err, ErrFormat) {
			got = "format"
		} else if errors.Is(err, ErrEpoch) {
			got = "epoch"
		} else if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
		if sum := a.sumShards(); got != "" && (sum != shardTotals{} || len(a.entries) > 0) {
			t.Errorf("%s: it is refused, and counts", what)
		}
	}
	shard, counter := string([]byte{0, 5}), string([]byte{recordAnswers, 0, 3})
	codes := string(appendText(nil, "none"))
	f("whole", tickOf(tickVersion, tickFull, shard, counter, codes, "{}"), "")
	f("empty", tickOf(tickVersion, tickFull, "", "", "", "{}"), "")
	f("more flags", tickOf(tickVersion, tickFull|6, shard, counter, codes, "{}"), "")
	f("not full", tickOf(tickVersion, 0, shard, counter, codes, "{}"), "epoch")
	f("another flag", tickOf(tickVersion, 2, shard, counter, codes, "{}"), "epoch")
	f("another version", tickOf(tickVersion+1, tickFull, shard, counter, codes, "{}"), "format")
	f("the last place of shards", tickOf(tickVersion, tickFull, string([]byte{last, 5}), counter, codes, "{}"), "")
	f("a place beyond", tickOf(tickVersion, tickFull, string([]byte{0, 5, last + 1, 5}), counter, codes, "{}"), "format")
	f("half a shard", tickOf(tickVersion, tickFull, string([]byte{0, 5, 1}), counter, codes, "{}"), "format")
	f("an unknown counter", tickOf(tickVersion, tickFull, shard, counter+"\x63", codes, "{}"), "format")
	f("half a code", tickOf(tickVersion, tickFull, shard, counter, codes+"\x05abc", "{}"), "format")
	f("as many codes as there may be", tickOf(tickVersion, tickFull, shard, counter, strings.Repeat("\x01c", int(CategoryOther)), "{}"), "")
	f("one more", tickOf(tickVersion, tickFull, shard, counter, strings.Repeat("\x01c", int(CategoryOther)+1), "{}"), "format")
	f("no readings", tickOf(tickVersion, tickFull, shard, counter, codes, ""), "format")
	f("half of them", tickOf(tickVersion, tickFull, shard, counter, codes, `{"Cache":`), "format")
	f("bytes beyond the sections", tickOf(tickVersion, tickFull, shard, counter, codes, "{}", "")[:0], "format")
	whole, ok := unsealed(tickOf(tickVersion, tickFull, shard, counter, codes, "{}"))
	if !ok {
		t.Fatal("a tick that is not sealed")
	}
	f("one byte more", sealed(append(whole, ' ')), "format")
	for i := range len(whole) {
		f(fmt.Sprint("only bytes: ", i), sealed(append([]byte(nil), whole[:i]...)), "format")
	}
	for i := range len(tickMagic) {
		other := append([]byte(nil), whole...)
		other[i] ^= 1
		f("another magic", sealed(other), "format")
	}
}

// TestATickHasABound: what is longer is not even looked at.
func TestATickHasABound(t *testing.T) {
	for size, want := range map[int]bool{MaxTickBytes: false, MaxTickBytes + 1: true} {
		_, err := parseTick(make([]byte, size))
		if !errors.Is(err, ErrFormat) || strings.Contains(err.Error(), fmt.Sprint(size)) != want {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// TestNumbersOfCategoriesAreTranslated: one that has no code is counted as other.
func TestNumbersOfCategoriesAreTranslated(t *testing.T) {
	a := NewAggregator("nut-1", BuildInfo{})
	a.counters.Category("mine")
	counters := string(appendText([]byte{recordSchool}, "a")) + string(appendText([]byte{recordGroup}, "")) +
		string([]byte{recordQueries, uint8(DecisionBlocked), 1, 5, recordQueries, uint8(DecisionBlocked), 2, 7, recordQueries, uint8(DecisionExcepted), 9, 9})
	codes := string(appendText(appendText(appendText(nil, "none"), "games"), "mine"))
	if err := a.Absorb(tickOf(tickVersion, tickFull, "", counters, codes, "{}")); err != nil {
		t.Fatal(err)
	}
	var got []string
	a.Totals().Each(func(of Counter, value uint64) {
		got = append(got, fmt.Sprint(Decision(of.what), " ", a.Code(of.category), " ", value))
	})
	if want := "allowed none 0, blocked games 5, blocked mine 7, excepted other 9"; strings.Join(got, ", ") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestAFileOfEpochsHasBounds: of epochs that live, that have ended, and of codes.
func TestAFileOfEpochsHasBounds(t *testing.T) {
	section := func(content string) string {
		return string(binary.LittleEndian.AppendUint32(nil, uint32(len(content)))) + content
	}
	id := strings.Repeat("e", len(Epoch{}))
	f := func(what string, want bool, parts ...string) {
		t.Helper()
		_, err := ParseSaved(sealed([]byte(savedMagic + "\x01" + strings.Join(parts, ""))))
		if (err == nil) != want || !want && !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", what, err)
		}
	}
	answers := string([]byte{recordAnswers, 0, 3})
	f("all", true, section(strings.Repeat("\x01c", 255)), section(strings.Repeat(id, maxEnded)), section(answers), strings.Repeat(id+section(answers), maxEpochs))
	f("more codes", false, section(strings.Repeat("\x01c", 256)), section(""), section(""))
	f("half a code", false, section("\x02c"), section(""), section(""))
	f("more that have ended", false, section(""), section(strings.Repeat(id, maxEnded+1)), section(""))
	f("half an id", false, section(""), section(id[1:]), section(""))
	f("more that live", false, section(""), section(""), section(""), strings.Repeat(id+section(""), maxEpochs+1))
	f("a base that is none", false, section(""), section(""), section("\x63"))
	f("an epoch that is none", false, section(""), section(""), section(""), id+section("\x63"))
	f("half an epoch", false, section(""), section(""), section(""), id)
}
