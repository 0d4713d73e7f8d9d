package http2

import (
	"testing"

	"golang.org/x/net/http2"
)

// A stream that is over is not opened again, nor one below it: the connection ends.
func TestAStreamThatIsOverIsNotOpenedAgain(t *testing.T) {
	for _, again := range []uint32{3, 1} {
		p := dial(t)
		p.sent(p.ask(3, "/a"))
		if o := p.outcomes(3)[3]; o == nil || o.body != "/a" {
			t.Fatalf("%+v", o)
		}
		p.sent(p.ask(again, "/b"))
		if code := p.letsGo(); code != http2.ErrCodeStreamClosed {
			t.Errorf("stream %d after 3: %v", again, code)
		}
	}
}
