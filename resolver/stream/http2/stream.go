package http2

import (
	"strconv"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"lachan/resolver/clientconn"
)

// A Stream is one request and its answer. It is its Handler's from Begin until it has
// ended it.
type Stream struct {
	Request
	conn *conn
	id   uint32

	at       int       // its place among those that are open; -1 if the client gave it up
	received bool      // the request has come whole; the reader says so, before the Handler has it
	handled  bool      // conn.mu; it is with the Handler
	answered bool      // conn.mu
	due      time.Time // when its body has to have come, or its answer to be taken
	window   int64     // conn.mu; bytes of a body that the client has room for
	rest     []byte    // conn.mu; of the body that it has no room for yet
	taken    int       // conn.mu; bytes of its body that the client may not send again before it ends
}

// Client is the connection of the client.
func (s *Stream) Client() *clientconn.Conn { return s.conn.client }

// ServerName is the name that the client gave in the handshake of TLS.
func (s *Stream) ServerName() string { return s.conn.name }

// Respond ends the stream with a response: a block of fields, which begins with the
// status, as StatusOK, Fields and Append make it, and a body. It copies both, and does not wait.
func (s *Stream) Respond(fields, body []byte) { s.respond(fields, body, len(body)) }

// respond is Respond with the length that is told of the body, which is another where
// none was asked for; -1: none is told.
func (s *Stream) respond(fields, body []byte, length int) {
	c := s.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(fields) + len(c.server.always) + len(body) + overhead
	s.handled, s.answered = false, true
	c.answered++
	switch {
	case s.at < 0 || c.failed:
		c.leave(s)
		return
	case !c.limiter.Hold(n, c.room+n):
		c.abort(s, http2.ErrCodeEnhanceYourCalm)
		return
	}
	c.room += n
	c.outRoom += n - len(body)
	c.head = c.head[:0]
	if c.tableSet {
		c.head, c.tableSet = append(c.head, emptyTable), false
	}
	c.head = append(append(c.head, fields...), c.server.always...)
	if length >= 0 {
		c.head = Append(c.head, ContentLength, strconv.Itoa(length))
	}
	_ = c.writer.WriteHeaders(http2.HeadersFrameParam{ // to memory
		StreamID: s.id, BlockFragment: c.head, EndHeaders: true, EndStream: len(body) == 0,
	})
	if sent := c.send(s, body); sent < len(body) {
		s.rest, s.due = append([]byte(nil), body[sent:]...), time.Now().Add(writeTimeout)
		if c.deaf {
			c.abort(s, http2.ErrCodeCancel)
			return
		}
		c.blocked = append(c.blocked, s)
		return
	}
	c.done(s)
}

// emptyTable begins a block of fields after which the client keeps none in its table
// (RFC 7541 section 6.3). None is kept in any case, but a client that has made its table
// smaller waits for it (RFC 9113 section 4.3.1).
const emptyTable = 0x20

// overhead is about what the frames of a response take besides what is in them.
const overhead = 64

// send gathers as much of a body as the client has room for. mu is held.
func (c *conn) send(s *Stream, body []byte) (sent int) {
	for sent < len(body) {
		n := min(len(body)-sent, maxFrame, int(min(s.window, c.window)))
		if n <= 0 {
			break
		}
		_ = c.writer.WriteData(s.id, sent+n == len(body), body[sent:sent+n]) // to memory
		sent += n
		s.window -= int64(n)
		c.window -= int64(n)
	}
	c.outRoom += sent
	return sent
}

// unblock goes on with the answers for which the client may have room now. mu is held.
func (c *conn) unblock() {
	waiting := c.blocked
	c.blocked = c.blocked[:0]
	for _, s := range waiting {
		sent := c.send(s, s.rest)
		if s.rest = s.rest[sent:]; len(s.rest) > 0 {
			c.blocked = append(c.blocked, s)
			continue
		}
		s.rest = nil
		c.done(s)
	}
	clear(waiting[len(c.blocked):])
}

// done ends a stream that has been answered. If its request has not come whole, the
// client is told that no more of it is wanted. mu is held.
func (c *conn) done(s *Stream) {
	if !s.received {
		_ = c.writer.WriteRSTStream(s.id, http2.ErrCodeNo) // to memory
	}
	c.leave(s)
}

// Abort ends the stream without an answer.
func (s *Stream) Abort() {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	s.handled = false
	s.conn.abort(s, http2.ErrCodeInternal)
}

// abort resets a stream. mu is held.
func (c *conn) abort(s *Stream, code http2.ErrCode) {
	if s.at >= 0 && !c.failed {
		_ = c.writer.WriteRSTStream(s.id, code) // to memory
	}
	c.leave(s)
}

// Flush writes what was answered. It does not wait: it is for those who answer others
// too, and long after Begin.
func (s *Stream) Flush() {
	if c := s.conn; c.scheduled.CompareAndSwap(false, true) {
		go c.flush()
	}
}

// begin makes a stream, whose request has begun. It is nil if there are as many as
// there may be.
func (c *conn) begin(id uint32) *Stream {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live >= maxStreams {
		return nil
	}
	c.live++
	var s *Stream
	if n := len(c.free); n > 0 {
		s, c.free = c.free[n-1], c.free[:n-1]
	} else {
		s = &Stream{conn: c}
	}
	s.id, s.window, s.received, s.answered = id, c.initial, false, false
	s.at, c.open = len(c.open), append(c.open, s)
	return s
}

// stream is one that is open; nil if there is none of that number. mu is held.
func (c *conn) stream(id uint32) *Stream {
	for _, s := range c.open {
		if s.id == id {
			return s
		}
	}
	return nil
}

// forget takes a stream out of those that are open. Its number means nothing to the
// client any more. mu is held.
func (c *conn) forget(s *Stream) {
	if s.at < 0 {
		return
	}
	last := c.open[len(c.open)-1]
	c.open[s.at], last.at = last, s.at
	c.open[len(c.open)-1] = nil
	c.open, s.at = c.open[:len(c.open)-1], -1
}

// leave gives a stream back that nobody will answer any more. mu is held.
func (c *conn) leave(s *Stream) {
	c.forget(s)
	if s.rest != nil {
		c.limiter.Release(len(s.rest))
		c.room -= len(s.rest)
		s.rest = nil
		for i, b := range c.blocked {
			if b == s {
				c.blocked = append(c.blocked[:i], c.blocked[i+1:]...)
				break
			}
		}
	}
	c.giveBack(s.taken)
	s.taken = 0
	s.Request.reset()
	c.free = append(c.free, s)
	if c.live--; c.live == 0 && c.ended != nil {
		close(c.ended)
		c.ended = nil
	}
}

// A Name is one of the fields of a response that have a number in the static table
// (RFC 7541 appendix A).
type Name byte

// The names.
const (
	CacheControl  Name = 24
	ContentLength Name = 28
	ContentType   Name = 31
)

// Append adds a field to a block, which the client is not to keep in its table. The
// value has at most 126 bytes.
func Append(block []byte, name Name, value string) []byte {
	block = append(block, 0x0f, byte(name)-0x0f, byte(len(value))) // RFC 7541 section 6.2.2
	return append(block, value...)
}

// StatusOK begins the block of a response of status 200.
const StatusOK = "\x88"

// Fields is a block of fields that the client is not to keep in its table.
func Fields(fields ...hpack.HeaderField) []byte {
	var block blockWriter
	encoder := hpack.NewEncoder(&block)
	for _, f := range fields {
		f.Sensitive = true
		_ = encoder.WriteField(f) // to memory
	}
	return block
}

type blockWriter []byte

func (b *blockWriter) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
