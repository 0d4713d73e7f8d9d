package clientconn

import (
	"errors"
	"net"
	"testing"
)

// TestAClientThatHasSentTooMuchIsCutOff: 256 KiB beyond its bound, up to which it may be
// let go as the protocol has it.
func TestAClientThatHasSentTooMuchIsCutOff(t *testing.T) {
	for received, want := range map[int64]bool{0: true, 1000 + 256<<10: true, 1001 + 256<<10: false} {
		ours, theirs := net.Pipe()
		go func() { _, _ = theirs.Write([]byte("x")) }() // until it is closed
		c := &Conn{Conn: ours, maxBytes: 1000}
		c.received.Store(received)
		n, err := c.Read(make([]byte, 1))
		if (err == nil) != want || !want && !errors.Is(err, errSentTooMuch) {
			t.Errorf("after %d bytes: %d, %v", received, n, err)
		}
		if got := c.received.Load(); want && got != received+1 {
			t.Errorf("after %d bytes and one more: %d", received, got)
		}
		theirs.Close()
	}
}
