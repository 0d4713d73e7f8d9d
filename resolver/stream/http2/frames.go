package http2

import (
	"time"

	"golang.org/x/net/http2"
)

// Patience is with frames that ask nothing, which cost us and the client says for free:
// each takes one, an answered request and time give back, and a client that has used
// it up is let go (CVE-2019-9512 to 9518, CVE-2023-44487).
const (
	mostPatience      = 200
	patiencePerAnswer = 4
	patiencePerSecond = 10
)

type patience struct {
	left  int
	since time.Time // when it was last made up
}

func newPatience() patience { return patience{mostPatience, time.Now()} }

// charge takes one of the patience that is left.
func (c *conn) charge() error {
	if c.left--; c.left >= 0 {
		return nil
	}
	c.mu.Lock()
	answered := c.answered
	c.answered = 0
	c.mu.Unlock()
	now := time.Now()
	more := answered*patiencePerAnswer + int(now.Sub(c.since).Seconds()*patiencePerSecond)
	c.left, c.since = c.left+min(more, mostPatience), now
	if c.left < 0 {
		return http2.ConnectionError(http2.ErrCodeEnhanceYourCalm)
	}
	return nil
}

// small is how many bytes of a body are worth a frame of their own.
const small = 256

// take does what a frame says. An error of a stream resets that, any other ends the
// connection.
func (c *conn) take(frame http2.Frame) error {
	switch f := frame.(type) {
	case *http2.HeadersFrame:
		return c.takeHeaders(f)
	case *http2.DataFrame:
		return c.takeData(f)
	case *http2.SettingsFrame:
		return c.takeSettings(f)
	case *http2.WindowUpdateFrame:
		return c.takeWindow(f)
	case *http2.RSTStreamFrame:
		if f.StreamID > c.last {
			return http2.ConnectionError(http2.ErrCodeProtocol)
		}
		c.mu.Lock()
		if s := c.stream(f.StreamID); s != nil {
			c.drop(s)
		}
		c.mu.Unlock()
	case *http2.PingFrame:
		if !f.IsAck() {
			c.write(func(w *http2.Framer) error { return w.WritePing(true, f.Data) })
		}
	case *http2.PriorityFrame:
		if f.StreamDep == f.StreamID {
			return http2.StreamError{StreamID: f.StreamID, Code: http2.ErrCodeProtocol}
		}
	case *http2.PushPromiseFrame:
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	return c.charge()
}

// drop lets go of a stream that the client has given up, or that was reset. The look-up
// that is under way counts until it ends. mu is held.
func (c *conn) drop(s *Stream) {
	if s.handled {
		c.forget(s)
		return
	}
	c.leave(s)
}

// reset ends a stream for what its client did.
func (c *conn) reset(id uint32, code http2.ErrCode) error {
	if id > c.last {
		return http2.ConnectionError(code)
	}
	c.mu.Lock()
	_ = c.writer.WriteRSTStream(id, code) // to memory
	if s := c.stream(id); s != nil {
		c.drop(s)
	}
	c.mu.Unlock()
	return c.charge()
}

// takeHeaders reads the header that f begins. It is decoded in any case, or what comes
// after it could not be.
func (c *conn) takeHeaders(f *http2.HeadersFrame) error {
	id, ends := f.StreamID, f.StreamEnded()
	itself := f.HasPriority() && f.Priority.StreamDep == id
	if err := c.readBlock(f); err != nil {
		return err
	}
	c.mu.Lock()
	s := c.stream(id)
	c.mu.Unlock()
	switch {
	case s != nil && s.received:
		return c.reset(id, http2.ErrCodeStreamClosed)
	case s != nil && (itself || !ends || !c.block.isTrailer()):
		return c.reset(id, http2.ErrCodeProtocol)
	case s != nil:
		if err := c.charge(); err != nil {
			return err
		}
		return c.whole(s)
	case id%2 == 0:
		return http2.ConnectionError(http2.ErrCodeProtocol)
	case id <= c.last:
		return http2.ConnectionError(http2.ErrCodeStreamClosed)
	}
	c.last = id
	if !c.block.tooLarge() && (itself || !c.block.isRequest()) {
		return c.reset(id, http2.ErrCodeProtocol)
	}
	if s = c.begin(id); s == nil {
		return c.reset(id, http2.ErrCodeRefusedStream)
	}
	c.block.fill(&s.Request)
	switch {
	case c.block.tooLarge():
		s.fail(largeHeader, ends)
	case s.length > MaxBody:
		s.fail(tooLong, ends)
	case ends:
		return c.whole(s)
	default:
		s.due = time.Now().Add(bodyTimeout)
	}
	return nil
}

// readBlock decodes a header, with the frames that go on with it.
func (c *conn) readBlock(f *http2.HeadersFrame) error {
	c.block.begin()
	part, ended, size := f.HeaderBlockFragment(), f.HeadersEnded(), 0
	for parts := 1; ; parts++ {
		if size += len(part); size > maxBlock || parts > maxParts {
			return http2.ConnectionError(http2.ErrCodeEnhanceYourCalm)
		}
		if _, err := c.decoder.Write(part); err != nil {
			return http2.ConnectionError(http2.ErrCodeCompression)
		}
		if ended {
			break
		}
		if err := c.charge(); err != nil {
			return err
		}
		if parts == 1 && !c.client.MayRead(bodyTimeout) {
			return errEnd
		}
		next, err := c.frames.ReadFrame()
		if err != nil {
			return err
		}
		more, ok := next.(*http2.ContinuationFrame)
		if !ok { // the framer lets nothing else through
			return http2.ConnectionError(http2.ErrCodeProtocol)
		}
		part, ended = more.HeaderBlockFragment(), more.HeadersEnded()
	}
	if c.decoder.Close() != nil {
		return http2.ConnectionError(http2.ErrCodeCompression)
	}
	return nil
}

// takeData adds to a body.
func (c *conn) takeData(f *http2.DataFrame) error {
	n, data, wrong := int(f.Length), f.Data(), http2.ErrCodeNo
	if f.StreamID > c.last {
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	c.mu.Lock()
	if c.mayCome -= n; c.mayCome < 0 {
		c.mu.Unlock()
		return http2.ConnectionError(http2.ErrCodeFlowControl)
	}
	kept, long := 0, false
	s := c.stream(f.StreamID)
	switch {
	case s == nil || s.received:
		wrong = http2.ErrCodeStreamClosed
	case s.answered: // what it was is not waited for
	case s.length >= 0 && len(s.Body)+len(data) > int(s.length):
		wrong = http2.ErrCodeProtocol
	case len(s.Body)+len(data) > MaxBody:
		long = true
	default:
		s.Body, kept = append(s.Body, data...), len(data)
		s.taken += kept
	}
	c.giveBack(n - kept)
	c.mu.Unlock()
	switch {
	case wrong != http2.ErrCodeNo:
		return http2.StreamError{StreamID: f.StreamID, Code: wrong}
	case long:
		s.fail(tooLong, f.StreamEnded())
	case f.StreamEnded():
		return c.whole(s)
	case len(data) < small:
		return c.charge()
	}
	return nil
}

// giveBack makes room for n bytes more of bodies. The client is told when it is worth
// it. mu is held.
func (c *conn) giveBack(n int) {
	if c.returned += n; c.returned >= window/4 {
		_ = c.writer.WriteWindowUpdate(0, uint32(c.returned)) // to memory
		c.mayCome += c.returned
		c.returned = 0
	}
}

// whole begins to answer a request, of which nothing more comes.
func (c *conn) whole(s *Stream) error {
	s.received = true
	switch {
	case s.answered:
	case s.length >= 0 && int(s.length) != len(s.Body):
		return c.reset(s.id, http2.ErrCodeProtocol)
	default:
		s.handled = true
		c.server.handler.Begin(s)
	}
	return nil
}

// fail answers a request that is not to be had, of which more may come.
func (s *Stream) fail(refusal response, ended bool) {
	s.received = ended
	s.Respond(refusal.fields, refusal.body)
}

// takeSettings does what the client wishes.
func (c *conn) takeSettings(f *http2.SettingsFrame) error {
	if f.IsAck() {
		return c.charge()
	}
	err := f.ForeachSetting(func(set http2.Setting) error {
		if err := set.Valid(); err != nil {
			return err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		switch set.ID { // the others are of what is not done here
		case http2.SettingHeaderTableSize:
			c.tableSet = true
		case http2.SettingInitialWindowSize:
			more := int64(set.Val) - c.initial
			c.initial = int64(set.Val)
			for _, s := range c.open {
				if s.window += more; s.window > maxWindow {
					return http2.ConnectionError(http2.ErrCodeFlowControl)
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.write(func(w *http2.Framer) error { return w.WriteSettingsAck() })
	c.mu.Lock()
	c.unblock() // once: a frame that makes room little by little would have an answer leave byte by byte
	c.mu.Unlock()
	return c.charge()
}

// takeWindow makes room for bodies. It costs patience: an answer could leave byte by byte.
func (c *conn) takeWindow(f *http2.WindowUpdateFrame) error {
	if f.StreamID > c.last {
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	if err := c.charge(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.StreamID == 0 {
		if c.window += int64(f.Increment); c.window > maxWindow {
			return http2.ConnectionError(http2.ErrCodeFlowControl)
		}
	} else if s := c.stream(f.StreamID); s != nil {
		if s.window += int64(f.Increment); s.window > maxWindow {
			return http2.StreamError{StreamID: s.id, Code: http2.ErrCodeFlowControl}
		}
	}
	c.unblock()
	return nil
}
