package http2

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"lachan/resolver/clientconn"
)

// A conn is one connection. What has no note belongs to the goroutine that reads it.
type conn struct {
	outgoing
	server  *Server
	name    string          // that the client gave in the handshake of TLS
	ctx     context.Context // ends with the connection
	cancel  context.CancelFunc
	reader  *bufio.Reader
	frames  *http2.Framer
	decoder *hpack.Decoder
	block   block  // the header that is being read
	last    uint32 // the highest stream that the client has begun
	patience

	open     []*Stream     // mu; those that the client has begun and that have not ended
	live     int           // mu; those and the ones that the client gave up before they were answered
	free     []*Stream     // mu; to be used again
	blocked  []*Stream     // mu; those with an answer that the client has left no room for
	window   int64         // mu; bytes of bodies that the client has room for
	initial  int64         // mu; the same of each new stream
	mayCome  int           // mu; bytes of bodies that the client may send
	returned int           // mu; bytes that it may send besides, and was not told of
	answered int           // mu; requests, since the patience was last made up
	tableSet bool          // mu; the client has said how large its table of fields may be: the next block empties it
	deaf     bool          // mu; nothing is read any more: no room is made for what is blocked
	ended    chan struct{} // mu; closed when live is 0; nil until somebody waits for it
}

// readers are those that no connection uses.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, bufferBytes) }}

func newConn(s *Server, over Transport, client *clientconn.Conn) *conn {
	c := &conn{
		server: s, name: over.ConnectionState().ServerName,
		outgoing: outgoing{over: over, client: client, limiter: s.limiter},
		reader:   readers.Get().(*bufio.Reader),
		patience: newPatience(), window: defaultWindow, initial: defaultWindow, mayCome: window,
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.reader.Reset(over)
	c.frames = http2.NewFramer(nil, c.reader)
	c.frames.SetReuseFrames()
	c.frames.SetMaxReadFrameSize(maxFrame)
	c.writer = http2.NewFramer((*outbox)(&c.outgoing), nil)
	c.decoder = hpack.NewDecoder(tableSize, c.block.add)
	c.decoder.SetMaxStringLength(maxHeader)
	return c
}

// What both sides begin with (RFC 9113 section 6.5.2).
const (
	defaultWindow = 1<<16 - 1
	maxWindow     = 1<<31 - 1
	tableSize     = 4096
)

// errEnd says that the connection ends as it should.
var errEnd = errors.New("the connection ends")

// run reads until the connection ends, and tells why.
func (c *conn) run() error {
	c.write(func(w *http2.Framer) error {
		return errors.Join(w.WriteSettings(settings...), w.WriteWindowUpdate(0, window-defaultWindow))
	})
	if err := c.await(bodyTimeout); err != nil {
		return err
	}
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(c.reader, preface); err != nil {
		return err
	}
	if string(preface) != http2.ClientPreface {
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	for first := true; ; first = false {
		// The rest of a frame that has begun is on its way: what is answered waits for it.
		if c.reader.Buffered() == 0 || c.gathered() >= batch {
			if err := c.await(c.limiter.Idle()); err != nil {
				return err
			}
		}
		header, err := c.frames.ReadFrameHeader()
		if err != nil {
			return err
		}
		frame, err := c.frames.ReadFrameForHeader(header)
		if err == nil && first && (header.Type != http2.FrameSettings || header.Flags.Has(http2.FlagSettingsAck)) {
			return http2.ConnectionError(http2.ErrCodeProtocol)
		}
		if err == nil {
			err = c.take(frame)
		}
		var of http2.StreamError
		if errors.As(err, &of) && header.Type != http2.FrameHeaders { // of a header the compression would be lost
			err = c.reset(of.StreamID, of.Code)
		}
		if err != nil {
			return err
		}
	}
}

// await writes what is answered and waits until the client sends something, for as long
// as it may be silent.
func (c *conn) await(patience time.Duration) error {
	if wrote := c.flush(); wrote > batch/4 {
		runtime.Gosched() // a client that asks much waits for those that ask little
	}
	for {
		if c.limiter.Overdue(c.client) {
			return errEnd
		}
		silence, err := c.overdue(time.Now(), patience)
		if err != nil {
			return err
		}
		c.flush() // what that has reset
		if !c.client.MayRead(silence) {
			return errEnd
		}
		_, err = c.reader.Peek(1)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, os.ErrDeadlineExceeded) || c.client.Stopped() || silence == patience:
			return err
		}
	}
}

// overdue resets the requests that have not come whole in their time, and ends a
// connection whose client has left no room for an answer for too long. It tells for
// how long the client may be silent from now on, at most for as long as patience; for
// no longer than writeTimeout while requests are under way, as their answers may find no
// room too.
func (c *conn) overdue(now time.Time, patience time.Duration) (silence time.Duration, err error) {
	silence = patience
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live > 0 {
		silence = min(silence, writeTimeout)
	}
	for _, s := range c.blocked {
		left := s.due.Sub(now)
		if left <= 0 {
			return 0, http2.ConnectionError(http2.ErrCodeFlowControl)
		}
		silence = min(silence, left)
	}
	for i := len(c.open) - 1; i >= 0; i-- { // from the end, as one that is reset is taken out
		s := c.open[i]
		if s.received || s.answered {
			continue
		}
		left := s.due.Sub(now)
		if left <= 0 {
			c.abort(s, http2.ErrCodeCancel)
			continue
		}
		silence = min(silence, left)
	}
	return silence, nil
}

// close ends the connection, for a reason. One that ends as it should has the answers
// to all that was asked first.
func (c *conn) close(why error) {
	code := http2.ErrCodeNo
	var of http2.ConnectionError
	var ofStream http2.StreamError
	switch {
	case errors.As(why, &of):
		code = http2.ErrCode(of)
	case errors.As(why, &ofStream):
		code = ofStream.Code
	case errors.Is(why, http2.ErrFrameTooLarge):
		code = http2.ErrCodeFrameSize
	}
	c.giveUp()
	c.write(func(w *http2.Framer) error { return w.WriteGoAway(c.last, code, nil) })
	if code == http2.ErrCodeNo {
		c.finish()
	}
	c.flush()
	c.mu.Lock()
	c.failed = true // what is answered from now on goes nowhere
	c.mu.Unlock()
	c.flush() // what was answered meanwhile is let go
	c.cancel()
	c.reader.Reset(nil)
	readers.Put(c.reader)
	c.client.CloseWrite(c.over) // more may be on its way, and would take back what was written
	c.over.Close()
}

// giveUp ends the requests that have not come whole, which may be asked again, and the
// answers that the client has left no room for: no frame will help them any more.
func (c *conn) giveUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deaf = true
	for i := len(c.open) - 1; i >= 0; i-- {
		switch s := c.open[i]; {
		case s.answered:
			c.abort(s, http2.ErrCodeCancel)
		case !s.handled:
			c.abort(s, http2.ErrCodeRefusedStream)
		}
	}
}

// finish waits until all requests are answered, and writes the answers.
func (c *conn) finish() {
	c.flush()
	c.mu.Lock()
	ended := make(chan struct{})
	if c.ended = ended; c.live == 0 || c.failed {
		close(ended)
		c.ended = nil
	}
	c.mu.Unlock()
	<-ended
}
