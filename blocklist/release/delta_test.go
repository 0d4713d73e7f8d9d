package release_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"lachan/blocklist/release"
)

// list is the text of a list with these rows.
func list(rows ...string) string {
	return release.Header + "\n" + strings.Join(append(slices.Clone(rows), ""), "\n")
}

func apply(old string, deltas ...string) (string, error) {
	var c release.Changes
	for _, d := range deltas {
		if err := c.Read(strings.NewReader(d)); err != nil {
			return "", err
		}
	}
	var b bytes.Buffer
	err := c.Apply(strings.NewReader(old), &b)
	return b.String(), err
}

func TestDeltasTurnAListIntoTheNext(t *testing.T) {
	f := func(old string, want string, deltas ...string) {
		t.Helper()
		if got, err := apply(old, deltas...); got != want || err != nil {
			t.Errorf("%q with %q: %q, %v; want %q", old, deltas, got, err, want)
		}
	}
	f(list("b,", "d,"), list("a,", "b,", "c,", "d,", "e,"), "+a,\n+c,\n+e,\n")
	f(list("a,", "b,", "c,"), list("b,"), "-a,\n-c,\n")
	f(list("a,1"), list("a,2"), "-a,1\n+a,2\n")
	f(list("a,"), list("a,"), "+b,\n", "-b,\n") // came and went
	f(list("a,"), list("a,"), "-a,\n", "+a,\n") // went and came
	f(list(), list("a,"), "+a,\n")
	f(list("a,"), list("a,"))
}

func TestADeltaThatIsNoneIsRefused(t *testing.T) {
	f := func(old, delta string) {
		t.Helper()
		if got, err := apply(old, delta); !errors.Is(err, release.ErrDelta) {
			t.Errorf("%q: %q, %v", delta, got, err)
		}
	}
	f(list("a,"), "a,\n")
	f(list("a,"), "+\n")
	f(list("a,"), "\n")
	f(list("a,"), "+b,")     // cut
	f(list("a,"), "+b,\n+c") // cut
	f(strings.TrimSuffix(list("a,"), "\n"), "+b,\n")
	f("", "+b,\n")
	f(list("a,"), "+"+strings.Repeat("x", 1<<17)+"\n")
}

// FuzzDelta: between any two lists, applying their difference to the one gives
// the other; and any text at all is a delta or ErrDelta.
func FuzzDelta(f *testing.F) {
	f.Add("a,\nb,\n", "b,\nc,\n", "+x,\n-y,\n")
	f.Add("", "a,\n", "x")
	f.Fuzz(func(t *testing.T, before, after, delta string) {
		old, next := rows(before), rows(after)
		d, added, removed := release.Diff(old, next)
		if len(old)+added-removed != len(next) {
			t.Fatalf("%d rows, %d added, %d removed: not %d", len(old), added, removed, len(next))
		}
		if got, err := apply(list(old...), string(d)); err != nil || got != list(next...) {
			t.Fatalf("%q to %q by %q: %q, %v", old, next, d, got, err)
		}
		if _, err := apply(list(old...), delta); err != nil && !errors.Is(err, release.ErrDelta) {
			t.Fatal(err)
		}
	})
}

// rows is the lines of a text as rows in order.
func rows(text string) []string {
	lines := strings.Split(text, "\n")
	lines = slices.DeleteFunc(lines, func(s string) bool { return s == "" || len(s) > 1000 })
	slices.Sort(lines)
	return slices.Compact(lines)
}
