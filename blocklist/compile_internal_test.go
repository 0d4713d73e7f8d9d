package blocklist

import (
	"fmt"
	"strings"
	"testing"

	"lachan/blocklist/format"
	"lachan/blocklist/sorter"
)

// TestKeysOfOneHashStayTwo: two keys may have one hash, and each has its own rules, each of
// them once.
func TestKeysOfOneHashStayTwo(t *testing.T) {
	c := &compiler{specs: newSpecs(), sorter: sorter.New(t.TempDir(), 1<<20)}
	a, b := c.specs.number(0, &format.Rule{}), c.specs.number(1, &format.Rule{})
	for _, r := range []struct {
		hash uint64
		key  string
		spec uint32
	}{{9, "three", b}, {7, "two", b}, {9, "three", a}, {7, "one", a}, {9, "three", b}, {8, "one", b}} {
		if err := c.sorter.Add(r.hash, []byte(r.key), r.spec); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	if err := c.rulesets(func(hash uint64, key []byte, set []uint32) error {
		got = append(got, fmt.Sprint(hash, " ", string(key), " ", set))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := c.sorter.Close(); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("7 one [%d], 7 two [%d], 8 one [%[2]d], 9 three [%[1]d %[2]d]", a, b)
	if strings.Join(got, ", ") != want {
		t.Errorf("rules %q, want %q", got, want)
	}
}
