package stream

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"strconv"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"lachan/resolver/upstream/exchange"
)

// This file sends what DNS over HTTPS asks on a connection of HTTP/2 (RFC 9113), as the frames of
// one POST for each exchange. Those that are asked at about the same time leave in one write, and
// an exchange has no goroutine of its own: of what net/http does for a request little would be
// used here.

const (
	// streamsAtFirst is how many streams are opened before the server has said how many it takes.
	streamsAtFirst = 100
	// streamWindow is how much a server may send on a stream, more than a message has.
	streamWindow = 128 << 10
	// connWindow is how much it may send on all of them before it is told that it was read.
	connWindow = 8 << 20
	// firstWindow is how much may be sent before the server says otherwise, RFC 9113 section 6.9.2.
	firstWindow = 65535
	// firstFrame is the same of the length of a frame, section 4.2. The server's may have no more.
	firstFrame = 16 << 10
	// tableSize bounds the table of the headers that either side has named, RFC 7541 section 4.2.
	tableSize = 4 << 10
)

var (
	errRefused = errors.New("the server did nothing of the request")
	errNoHTTP2 = errors.New("the server does not speak HTTP/2")
	errFlow    = errors.New("the server gave more room than HTTP/2 has")
)

// An http2Conn asks at one URL.
type http2Conn struct {
	conn            batchConn
	authority, path string        // of the URL
	more            chan struct{} // something is to be sent
	done            chan struct{} // closed when err is set

	mu      sync.Mutex
	unsent  bytes.Buffer            // mu; frames
	frames  *http2.Framer           // mu; appends to unsent
	header  bytes.Buffer            // mu; of one request
	encoder *hpack.Encoder          // mu; appends to header
	open    map[uint32]*http2Stream // mu; by ID
	queue   []*http2Stream          // mu; those for which the server has no room yet, in their order
	next    uint32                  // mu; ID
	most    uint32                  // mu; how many streams the server takes at a time
	window  int64                   // mu; how much may be sent on all streams
	initial int64                   // mu; and on one that begins
	longest int                     // mu; bytes of a frame that the server takes
	leaving bool                    // mu; the server takes no more streams
	err     error                   // mu; what ended the connection; never changes after done is closed
}

// An http2Stream is one request and its response. All but ended is the connection's mu.
type http2Stream struct {
	id       uint32 // 0 as long as it waits
	unsent   []byte
	window   int64 // how much may be sent
	answered bool  // its header has come
	reply    []byte
	err      error
	over     bool
	ended    chan struct{} // closed when it is over: reply and err do not change any more
}

func dialHTTP2(at string) dial {
	return func(ctx context.Context, addr netip.AddrPort, config *tls.Config) (transport, error) {
		u, err := url.Parse(at)
		if err != nil {
			return nil, err
		}
		conn, err := dialSecure(ctx, addr, config)
		if err != nil {
			return nil, err
		}
		if conn.ConnectionState().NegotiatedProtocol != http2.NextProtoTLS {
			_ = conn.Close() // nothing is lost by an error
			return nil, errNoHTTP2
		}
		return newHTTP2Conn(conn, u), nil
	}
}

// newHTTP2Conn begins to speak on a connection.
func newHTTP2Conn(conn batchConn, u *url.URL) *http2Conn {
	c := &http2Conn{
		conn: conn, authority: u.Host, path: u.RequestURI(),
		more: make(chan struct{}, 1), done: make(chan struct{}),
		open: map[uint32]*http2Stream{}, next: 1, most: streamsAtFirst,
		window: firstWindow, initial: firstWindow, longest: firstFrame,
	}
	c.frames = http2.NewFramer(&c.unsent, nil)
	c.encoder = hpack.NewEncoder(&c.header)
	c.unsent.WriteString(http2.ClientPreface)
	_ = c.frames.WriteSettings( // a buffer takes all
		http2.Setting{ID: http2.SettingEnablePush, Val: 0},
		http2.Setting{ID: http2.SettingInitialWindowSize, Val: streamWindow},
		http2.Setting{ID: http2.SettingMaxHeaderListSize, Val: maxHeader})
	_ = c.frames.WriteWindowUpdate(0, connWindow-firstWindow)
	c.send()
	go c.read()
	go c.write()
	return c
}

// exchange implements transport. The ID is 0 (RFC 8484 section 4.1): the stream tells which reply
// belongs to the query.
func (c *http2Conn) exchange(ctx context.Context, query, _ []byte) ([]byte, error) {
	sent := exchange.WithoutID(query, 0)
	return untilTaken(ctx, func() ([]byte, error) {
		s, err := c.begin(sent)
		if err != nil {
			return nil, err
		}
		select {
		case <-s.ended:
		case <-ctx.Done():
			c.cancel(s)
			return nil, ctx.Err()
		}
		if s.err != nil {
			return nil, s.err
		}
		return exchange.Accept(sent, query, s.reply)
	})
}

// begin has a query sent as soon as the server has room for it.
func (c *http2Conn) begin(query []byte) (*http2Stream, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.err != nil:
		return nil, c.err
	case c.leaving || c.next > math.MaxInt32:
		return nil, errEnded
	case len(c.open)+len(c.queue) >= maxPipelined || c.unsent.Len() > maxUnsent:
		return nil, errBusy
	}
	s := &http2Stream{unsent: query, ended: make(chan struct{})}
	c.queue = append(c.queue, s)
	c.openNext()
	return s, nil
}

// openNext opens streams for those that wait, as many as the server takes. mu is held.
func (c *http2Conn) openNext() {
	for len(c.queue) > 0 && len(c.open) < int(c.most) && c.next <= math.MaxInt32 {
		s := c.queue[0]
		c.queue[0] = nil
		if c.queue = c.queue[1:]; len(c.queue) == 0 {
			c.queue = nil
		}
		if s.over {
			continue // whoever waited has gone
		}
		s.id, s.window = c.next, c.initial
		c.next += 2
		c.open[s.id] = s
		c.header.Reset()
		for _, f := range [...]hpack.HeaderField{
			{Name: ":method", Value: "POST"}, {Name: ":scheme", Value: "https"},
			{Name: ":authority", Value: c.authority}, {Name: ":path", Value: c.path},
			{Name: "content-type", Value: messageType}, {Name: "accept", Value: messageType},
			{Name: "content-length", Value: strconv.Itoa(len(s.unsent))},
		} {
			_ = c.encoder.WriteField(f) // a buffer takes all
		}
		_ = c.frames.WriteHeaders(http2.HeadersFrameParam{
			StreamID: s.id, BlockFragment: c.header.Bytes(), EndHeaders: true, // shorter than any frame may be
		})
		c.sendRest(s)
		c.sendRest(s)
	}
}

// sendRest sends of a query what the server has room for. mu is held.
func (c *http2Conn) sendRest(s *http2Stream) {
	for len(s.unsent) > 0 {
		n := min(len(s.unsent), c.longest, int(min(s.window, c.window)))
		if n <= 0 {
			break
		}
		_ = c.frames.WriteData(s.id, n == len(s.unsent), s.unsent[:n])
		s.unsent, s.window, c.window = s.unsent[n:], s.window-int64(n), c.window-int64(n)
	}
	c.send()
}

// send has the writer look. mu is held, or nobody else knows the connection.
func (c *http2Conn) send() {
	select {
	case c.more <- struct{}{}:
	default: // it has not yet looked for what is to be sent
	}
}

// cancel ends the wait for a reply.
func (c *http2Conn) cancel(s *http2Stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !s.over {
		c.reset(s, http2.ErrCodeCancel, errEnded)
	}
}

// reset ends a stream that the server goes on with. mu is held.
func (c *http2Conn) reset(s *http2Stream, code http2.ErrCode, why error) {
	if s.id != 0 {
		_ = c.frames.WriteRSTStream(s.id, code)
		c.send()
	}
	c.finish(s, why)
}

// finish ends a stream, with a reply if err is nil. mu is held.
func (c *http2Conn) finish(s *http2Stream, err error) {
	s.err, s.over = err, true
	close(s.ended)
	if s.id == 0 {
		return // it stands in the queue until it would be opened
	}
	delete(c.open, s.id)
	c.openNext()
	if c.leaving && len(c.open) == 0 {
		c.endLocked(errEnded)
	}
}

// write sends frames until the connection ends, and closes it: that may take as long as a write.
func (c *http2Conn) write() {
	var sending []byte
	for {
		select {
		case <-c.done:
			_ = c.conn.Close() // nothing is lost by an error
			return
		case <-c.more:
		}
		c.mu.Lock()
		sending = append(sending[:0], c.unsent.Bytes()...)
		c.unsent.Reset()
		c.mu.Unlock()
		_ = c.conn.SetWriteDeadline(time.Now().Add(writeTimeout)) // fails only if closed, as does the write
		_, err := c.conn.Write(sending)
		if err == nil {
			err = c.conn.flush()
		}
		if err != nil {
			c.end(err)
		}
	}
}

// end tells all exchanges what ended the connection, and has it closed.
func (c *http2Conn) end(err error) {
	c.mu.Lock()
	c.endLocked(err)
	c.mu.Unlock()
}

// endLocked is end. mu is held.
func (c *http2Conn) endLocked(err error) {
	if c.err != nil {
		return
	}
	c.err = err
	close(c.done)
	_ = c.conn.SetWriteDeadline(atOnce) // a write that waits ends
	waiting := c.queue
	c.queue = nil
	for _, s := range c.open {
		waiting = append(waiting, s)
	}
	for _, s := range waiting {
		if !s.over {
			c.finish(s, err)
		}
	}
}

// close implements transport.
func (c *http2Conn) close() { c.end(errEnded) }

// status is the error of a response that has no message.
func status(code string) error {
	return fmt.Errorf("%w: HTTP status %s", exchange.ErrMalformed, code)
}
