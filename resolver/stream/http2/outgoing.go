package http2

import (
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"

	"lachan/resolver/clientconn"
)

// An outgoing is what a connection has to say, which is gathered and leaves in one
// write.
type outgoing struct {
	over    Transport
	client  *clientconn.Conn
	limiter *clientconn.Limiter

	flushing  sync.Mutex // held while something is written to the connection
	spare     []byte     // flushing
	scheduled atomic.Bool

	mu      sync.Mutex
	writer  *http2.Framer // mu; to out
	out     []byte        // mu; yet to be written
	head    []byte        // mu; scratch for the fields of a response
	outRoom int           // mu; of out, bytes that the limiter holds
	room    int           // mu; bytes that the limiter holds in all
	failed  bool          // mu; the client takes nothing any more
}

// An outbox is what frames are gathered in. mu is held.
type outbox outgoing

func (o *outbox) Write(p []byte) (int, error) {
	o.out = append(o.out, p...)
	return len(p), nil
}

// write gathers frames. A client that makes us say too much, and does not take it, is
// let go.
func (o *outgoing) write(frames func(*http2.Framer) error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = frames(o.writer) // to memory
	if len(o.out)-o.outRoom > unwritten {
		o.fail()
	}
}

// gathered is how many bytes wait to be written.
func (o *outgoing) gathered() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.out)
}

// flush writes what was gathered, once what was before is written, and tells how many
// bytes that were.
func (o *outgoing) flush() int {
	o.flushing.Lock()
	defer o.flushing.Unlock()
	o.scheduled.Store(false)
	o.mu.Lock()
	out, room, failed := o.out, o.outRoom, o.failed
	o.out, o.outRoom = o.spare[:0], 0
	o.mu.Unlock()
	if o.spare = out; cap(out) > spareBytes {
		o.spare = nil
	}
	if len(out) > 0 && !failed {
		err := o.over.SetWriteDeadline(time.Now().Add(writeTimeout))
		if err == nil {
			_, err = o.over.Write(out)
		}
		failed = err != nil
	}
	o.limiter.Release(room)
	o.mu.Lock()
	o.room -= room
	if failed {
		o.fail()
	}
	o.mu.Unlock()
	return len(out)
}

// fail ends the connection for its reader. mu is held.
func (o *outgoing) fail() {
	if !o.failed {
		o.failed = true
		_ = o.client.Close() // the client is gone, or as good as gone
	}
}
