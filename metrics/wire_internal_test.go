package metrics

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestRecordsOfCountersHaveTheirPlaceAndBound reads sections that are sound up to a
// bound, and what is a mistake.
func TestRecordsOfCountersHaveTheirPlaceAndBound(t *testing.T) {
	record := func(kind byte, rest ...any) string {
		b := []byte{kind}
		for _, r := range rest {
			switch r := r.(type) {
			case string:
				b = appendText(b, r)
			case byte:
				b = append(b, r)
			case int:
				b = binary.AppendUvarint(b, uint64(r))
			}
		}
		return string(b)
	}
	school, group := record(recordSchool, "a"), record(recordGroup, "g")
	f := func(section string, want ...string) {
		t.Helper()
		var got []string
		err := eachCounted([]byte(section), func(c *counted) {
			got = append(got, fmt.Sprint(c.kind, " ", string(c.school), "/", string(c.group), " ", c.what, " ", c.category, " ", c.value))
		})
		good := len(want) > 0
		if good != (err == nil) || !good && !errors.Is(err, ErrFormat) || strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("%x: %q, %v; want %q", section, got, err, want)
		}
	}
	last := byte(len(decisionNames) - 1)
	f(school+group+record(recordQueries, last, byte(7), 5), fmt.Sprint("3 a/g ", last, " 7 5"))
	f(school + group + record(recordQueries, last+1, byte(7), 5))
	f(school + record(recordQueries, last, byte(7), 5))
	f(group + record(recordQueries, last, byte(7), 5))
	f(school + group + school + record(recordVisits, 5))
	f(school+group+record(recordVisits, maxValue-1), fmt.Sprint("4 a/g 0 0 ", maxValue-1))
	f(school + group + record(recordVisits, maxValue))
	last = byte(len(resultNames) - 1)
	f(school+group+record(recordCheck, last, byte(0), 1), fmt.Sprint("5 a/g ", last, " 0 1"))
	f(school+group+record(recordObserved, byte(3), 1), "8 a/g 0 3 1")
	f(school + record(recordObserved, byte(3), 1))
	f(school + group + record(recordCheck, last+1, byte(0), 1))
	f(school + record(recordCheck, last, byte(0), 1))
	f(school+record(recordProtected, maxSeconds), fmt.Sprint("6 a/ 0 0 ", maxSeconds))
	f(school + record(recordProtected, maxSeconds+1))
	f(record(recordProtected, 1))
	last = byte(len(withins) - 1)
	f(record(recordAnswers, last, 3), fmt.Sprint("7 / ", last, " 0 3"))
	f(record(recordAnswers, last+1, 3))
	f(record(0, 3))
	f(record(recordAnswers+1, 3))
	f(school + group + record(recordVisits))
}

func TestTextsAndChecksumsAtTheirBounds(t *testing.T) {
	for size, want := range map[int]int{0: 0, 1: 1, maxText: maxText, maxText + 1: maxText} {
		r := wireReader{b: appendText(nil, strings.Repeat("x", size))}
		if got := r.text(); len(got) != want || r.bad || len(r.b) > 0 {
			t.Errorf("a text of %d bytes: %d, %v", size, len(got), r.bad)
		}
	}
	long := wireReader{b: append(binary.AppendUvarint(nil, maxText+1), make([]byte, maxText+1)...)}
	if long.text(); !long.bad {
		t.Error("a text that is too long was read")
	}
	for size := range 6 {
		whole := sealed(make([]byte, size))
		if content, ok := unsealed(whole); !ok || len(content) != size {
			t.Errorf("%d bytes: %d, %v", size, len(content), ok)
		}
		for i := range whole {
			whole[i] ^= 1
			if _, ok := unsealed(whole); ok {
				t.Errorf("%d bytes, the one at %d changed: taken", size, i)
			}
			whole[i] ^= 1
			if _, ok := unsealed(whole[:i]); ok && i != sumBytes {
				t.Errorf("%d bytes of %d: taken", i, len(whole))
			}
		}
	}
}

// TestSavedEpochsOfAnotherKindAreRefused: a checksum alone makes no file of epochs.
func TestSavedEpochsOfAnotherKindAreRefused(t *testing.T) {
	good := append([]byte(savedMagic), savedVersion)
	good = append(good, make([]byte, 12)...) // no codes, no epochs that have ended, no base
	f := func(content []byte, want bool) {
		t.Helper()
		if _, err := ParseSaved(sealed(append([]byte(nil), content...))); (err == nil) != want {
			t.Errorf("%x: %v", content, err)
		}
	}
	f(good, true)
	f(good[:len(savedMagic)+1], false)
	f(good[:len(savedMagic)], false)
	f(good[:len(savedMagic)-1], false)
	f(nil, false)
	for i := range len(savedMagic) + 1 {
		other := append([]byte(nil), good...)
		other[i] ^= 1
		f(other, false)
	}
}
