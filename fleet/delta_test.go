package fleet_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"lachan/fleet"
)

func applied(before, delta []byte) ([]byte, error) {
	return io.ReadAll(fleet.ApplyDelta(bytes.NewReader(delta), bytes.NewReader(before), int64(len(before))))
}

// FuzzDelta: a delta makes of one text the other, and whatever else comes as one makes a text that
// somebody can measure, or is refused.
func FuzzDelta(f *testing.F) {
	f.Add([]byte("a\nb\n"), []byte("b\nc\na"), []byte{0, 2, 1, 'x'})
	f.Add([]byte(""), []byte("a"), []byte{0, 0, 0})
	f.Add([]byte("a\na\n"), []byte("a\n\n\na\n"), []byte{1, 9})
	f.Fuzz(func(t *testing.T, before, after, any []byte) {
		delta := fleet.AppendDelta(nil, before, after)
		if got, err := applied(before, delta); err != nil || !bytes.Equal(got, after) {
			t.Fatalf("of %q is made %q and not %q: %v", before, got, after, err)
		}
		made, err := applied(before, any)
		if err != nil && !errors.Is(err, fleet.ErrDelta) {
			t.Fatalf("%v", err)
		}
		if len(made) > len(any)*max(1, len(before)) {
			t.Fatalf("%d bytes make %d", len(any), len(made))
		}
	})
}

// TestADeltaIsShort where few lines are others, wherever they are.
func TestADeltaIsShort(t *testing.T) {
	var before, after bytes.Buffer
	for i := range 20_000 {
		fmt.Fprintf(&before, "%d.example\n", i)
		if i%1000 != 7 {
			fmt.Fprintf(&after, "%d.example\n", i)
		}
		if i%1000 == 9 {
			fmt.Fprintf(&after, "new-%d.example\n", i)
		}
	}
	if delta := fleet.AppendDelta(nil, before.Bytes(), after.Bytes()); len(delta) > 1000 {
		t.Errorf("%d bytes of %d", len(delta), after.Len())
	}
	moved := []byte(strings.Repeat("z.example\n", 3) + before.String()[100:] + before.String()[:100])
	if delta := fleet.AppendDelta(nil, before.Bytes(), moved); len(delta) > 200 {
		t.Errorf("%d bytes for what was moved", len(delta))
	}
}
