package dnswire_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"lachan/resolver/dnswire"
)

// The length in front of a message is that of the message, or there is none.
func TestALengthNeverWraps(t *testing.T) {
	before := []byte("before")
	for _, size := range []int{0, 1, 12, 65_534, 65_535, 65_536, 65_539, 131_074} {
		framed, ok := dnswire.AppendFramed(before, make([]byte, size))
		switch after, found := bytes.CutPrefix(framed, before); {
		case !found:
			t.Errorf("%d bytes: what was there before is gone", size)
		case ok != (size <= 65_535):
			t.Errorf("%d bytes: framed %t", size, ok)
		case !ok && len(after) > 0:
			t.Errorf("%d bytes: %d appended all the same", size, len(after))
		case ok && (len(after) != 2+size || int(binary.BigEndian.Uint16(after)) != size):
			t.Errorf("%d bytes: %d appended, with the length %d", size, len(after), binary.BigEndian.Uint16(after))
		}
	}
}
