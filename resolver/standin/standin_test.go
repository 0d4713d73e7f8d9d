package standin_test

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"lachan/resolver/standin"
)

var (
	now  = time.Date(2026, 9, 7, 5, 0, 0, 0, time.UTC)
	name = []byte("\x03bet\x07example\x00")
)

// TestOnlyTheHolderOfTheKeyStandsIn: an option counts for the question that it was made
// for, for a minute, and not with one bit of it changed.
func TestOnlyTheHolderOfTheKeyStandsIn(t *testing.T) {
	key, other := standin.NewKey(), standin.NewKey()
	for _, c := range []standin.Claim{
		{Unit: "kim-dong/hoc-sinh"}, {Unit: "kim-dong", Address: netip.MustParseAddr("192.0.2.7")},
		{Unit: "kim-dong", Address: netip.MustParseAddr("2001:db8::7")}, {},
	} {
		option := key.Append(nil, c, name, 1, now)
		if got, ok := key.Read(option, name, 1, now.Add(30*time.Second)); !ok || got != c {
			t.Errorf("%v is read as %v, %v", c, got, ok)
		}
		refused := func(why string, k *standin.Key, option, name []byte, qtype uint16, at time.Time) {
			t.Helper()
			if got, ok := k.Read(option, name, qtype, at); ok {
				t.Errorf("%s, and it counts as %v", why, got)
			}
		}
		refused("the key is another", &other, option, name, 1, now)
		refused("there is no key", &standin.Key{}, (&standin.Key{}).Append(nil, c, name, 1, now), name, 1, now)
		refused("the name is another", &key, option, []byte("\x03win\x07example\x00"), 1, now)
		refused("the type is another", &key, option, name, 28, now)
		refused("it is old", &key, option, name, 1, now.Add(standin.Life+2*time.Second))
		refused("it is of the future", &key, option, name, 1, now.Add(-standin.Life-2*time.Second))
		for bit := range 8 * len(option) {
			changed := bytes.Clone(option)
			changed[bit/8] ^= 1 << (bit % 8)
			refused("a bit was changed", &key, changed, name, 1, now)
		}
		for size := range option {
			refused("it is cut", &key, option[:size], name, 1, now)
		}
		refused("it is longer", &key, append(bytes.Clone(option), 'x'), name, 1, now)
	}
	if key.Append(nil, standin.Claim{Unit: strings.Repeat("x", 256)}, name, 1, now) != nil {
		t.Error("an id that is too long is taken")
	}
}

// FuzzRead: whatever bytes come, reading them ends, and none count without the key.
func FuzzRead(f *testing.F) {
	key := standin.NewKey()
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{0}, 60))
	f.Add(bytes.Repeat([]byte{0xFF}, 400))
	f.Fuzz(func(t *testing.T, option []byte) {
		if c, ok := key.Read(option, name, 1, now); ok {
			t.Errorf("%x counts as %v", option, c)
		}
	})
}
