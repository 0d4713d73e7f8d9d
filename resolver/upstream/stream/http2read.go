package stream

import (
	"bufio"
	"errors"
	"fmt"
	"math"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"lachan/resolver/upstream/exchange"
)

// This file reads what a server of DNS over HTTPS answers on a connection of HTTP/2. Whatever it
// is, what it may cost is bounded: headers by maxHeader, replies by the longest message, what is
// owed to the server by maxUnsent.

var (
	errHeader = errors.New("the server sent a header that is too long")
	errPush   = errors.New("the server sent what nobody asked for")
)

// frameHeader is what a frame has before what it carries, in bytes, RFC 9113 section 4.1.
const frameHeader = 9

// An http2Reader reads the frames of a connection.
type http2Reader struct {
	conn    *http2Conn
	decoder *hpack.Decoder // in order of all headers, also of those that nobody waits for

	// Of the header that is being read:
	stream uint32
	last   bool   // nothing follows it
	length int    // bytes, as sent, with the frames
	size   uint32 // bytes, unpacked
	status string
	kind   string // of the body

	read uint32 // bytes of bodies since the server was told
}

// read takes what the server sends until the connection ends.
func (c *http2Conn) read() {
	r := &http2Reader{conn: c}
	r.decoder = hpack.NewDecoder(tableSize, r.field)
	r.decoder.SetMaxStringLength(maxHeader)
	in := http2.NewFramer(nil, bufio.NewReaderSize(c.conn, firstFrame))
	in.SetReuseFrames()
	in.SetMaxReadFrameSize(firstFrame)
	for {
		f, err := in.ReadFrame()
		if err == nil {
			c.mu.Lock()
			err = r.take(f)
			if err == nil && c.unsent.Len() > maxUnsent {
				err = errBusy
			}
			c.mu.Unlock()
		}
		if err != nil {
			c.end(err)
			return
		}
	}
}

// take acts on a frame. An error ends the connection. The connection's mu is held.
func (r *http2Reader) take(f http2.Frame) error {
	c := r.conn
	switch f := f.(type) {
	case *http2.DataFrame:
		return r.body(f)
	case *http2.HeadersFrame:
		r.stream, r.last, r.length, r.size, r.status, r.kind = f.StreamID, f.StreamEnded(), 0, 0, "", ""
		return r.part(f.HeaderBlockFragment(), f.HeadersEnded())
	case *http2.ContinuationFrame: // the framer has seen that it follows its header
		return r.part(f.HeaderBlockFragment(), f.HeadersEnded())
	case *http2.SettingsFrame:
		if f.IsAck() {
			return nil
		}
		if err := f.ForeachSetting(c.set); err != nil {
			return err
		}
		_ = c.frames.WriteSettingsAck() // a buffer takes all
		c.send()
	case *http2.PingFrame:
		if !f.IsAck() {
			_ = c.frames.WritePing(true, f.Data)
			c.send()
		}
	case *http2.WindowUpdateFrame:
		return c.room(f.StreamID, int64(f.Increment))
	case *http2.RSTStreamFrame:
		if s := c.open[f.StreamID]; s != nil {
			c.finish(s, resetBy(f.ErrCode))
		}
	case *http2.GoAwayFrame:
		c.leave(f.LastStreamID)
	case *http2.PushPromiseFrame:
		return errPush
	}
	return nil
}

// resetBy is the error of a stream that the server has ended.
func resetBy(code http2.ErrCode) error {
	if code == http2.ErrCodeRefusedStream {
		return errRefused
	}
	return fmt.Errorf("the server ended the request: %v", code)
}

// field takes a field of a header.
func (r *http2Reader) field(f hpack.HeaderField) {
	r.size += f.Size()
	switch f.Name {
	case ":status":
		r.status = f.Value
	case "content-type":
		r.kind = f.Value
	}
}

// part takes a part of a header, and acts on the header if it is the last.
func (r *http2Reader) part(fragment []byte, last bool) error {
	if r.length += frameHeader + len(fragment); r.length > maxHeader {
		return errHeader
	}
	if _, err := r.decoder.Write(fragment); err != nil {
		return err
	}
	if !last {
		return nil
	}
	if err := r.decoder.Close(); err != nil {
		return err
	}
	if r.size > maxHeader {
		return errHeader
	}
	c := r.conn
	s := c.open[r.stream]
	switch {
	case s == nil: // nobody waits any more
		return c.known(r.stream)
	case s.answered: // what follows a body says nothing to us
	case len(r.status) == 3 && r.status[0] == '1' && !r.last: // another comes
		return nil
	case r.status != "200" || r.kind != messageType:
		c.reset(s, http2.ErrCodeCancel, status(r.status))
		return nil
	default:
		s.answered = true
	}
	if r.last {
		c.whole(s)
	}
	return nil
}

// body takes a part of a reply.
func (r *http2Reader) body(f *http2.DataFrame) error {
	c := r.conn
	if r.read += f.Length; r.read > connWindow/2 {
		_ = c.frames.WriteWindowUpdate(0, r.read)
		c.send()
		r.read = 0
	}
	s := c.open[f.StreamID]
	switch {
	case s == nil:
		return c.known(f.StreamID)
	case !s.answered:
		c.reset(s, http2.ErrCodeProtocol, status("missing"))
		return nil
	case len(s.reply)+len(f.Data()) > exchange.MaxMessage:
		c.reset(s, http2.ErrCodeCancel, fmt.Errorf("%w: it is too long", exchange.ErrMalformed))
		return nil
	}
	s.reply = append(s.reply, f.Data()...)
	if f.StreamEnded() {
		c.whole(s)
	}
	return nil
}

// known is the error of a stream that was never opened. mu is held.
func (c *http2Conn) known(id uint32) error {
	if id >= c.next || id%2 == 0 {
		return errPush
	}
	return nil
}

// whole ends a stream whose reply is there, though part of the query may not have been sent. mu is
// held.
func (c *http2Conn) whole(s *http2Stream) {
	if len(s.unsent) > 0 {
		c.reset(s, http2.ErrCodeNo, nil)
		return
	}
	c.finish(s, nil)
}

// set follows a setting of the server. mu is held.
func (c *http2Conn) set(s http2.Setting) error {
	if err := s.Valid(); err != nil {
		return err
	}
	switch s.ID {
	case http2.SettingHeaderTableSize:
		c.encoder.SetMaxDynamicTableSizeLimit(s.Val)
	case http2.SettingMaxConcurrentStreams:
		c.most = s.Val
		c.openNext()
	case http2.SettingMaxFrameSize:
		c.longest = int(s.Val)
	case http2.SettingInitialWindowSize:
		more := int64(s.Val) - c.initial
		c.initial = int64(s.Val)
		for _, s := range c.open {
			if s.window += more; s.window > math.MaxInt32 {
				return errFlow
			}
			c.sendRest(s)
		}
	}
	return nil
}

// room gives a stream, or with ID 0 all of them, room for more. mu is held.
func (c *http2Conn) room(id uint32, more int64) error {
	if id == 0 {
		if c.window += more; c.window > math.MaxInt32 {
			return errFlow
		}
		if c.window > more {
			return nil // nobody waited for it
		}
		for _, s := range c.open {
			c.sendRest(s)
		}
		return nil
	}
	s := c.open[id]
	if s == nil {
		return c.known(id)
	}
	if s.window += more; s.window > math.MaxInt32 {
		return errFlow
	}
	c.sendRest(s)
	return nil
}

// leave opens no more streams: the server goes, and has done nothing of those after one. What
// waits is asked on another connection. mu is held.
func (c *http2Conn) leave(last uint32) {
	c.leaving = true
	for _, s := range c.queue {
		if !s.over {
			c.finish(s, errEnded)
		}
	}
	c.queue = nil
	for id, s := range c.open {
		if id > last {
			c.finish(s, errEnded)
		}
	}
	if len(c.open) == 0 {
		c.endLocked(errEnded)
	}
}
