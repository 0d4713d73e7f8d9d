//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// bufferOctets is how many bytes of answers are read at a time.
const bufferOctets = 64 << 10

// patience is how long the last answers may take.
const patience = 5 * time.Second

// An overTLS is a connection of DNS over TLS.
type overTLS struct{ net.Conn }

func dialTLS(o options, client int) (connection, error) {
	c, err := dialTCP(o, client, "dot")
	return overTLS{c}, err
}

// talk keeps as many questions unanswered as the window allows. Those that are
// due go out in one write, as a forwarder that is busy sends them.
func (c overTLS) talk(s *stream, window int, end time.Time) (answers int64, err error) {
	if err := c.SetDeadline(end.Add(patience)); err != nil {
		return 0, err
	}
	in, out := bufio.NewReaderSize(c, bufferOctets), bufio.NewWriterSize(c, bufferOctets)
	open, over := 0, false
	for {
		for ; open < window && !over; open++ {
			m := s.message()
			_, _ = out.Write([]byte{byte(len(m) >> 8), byte(len(m))}) // Flush tells
			_, _ = out.Write(m)
		}
		if err := out.Flush(); err != nil || open == 0 {
			return answers, err
		}
		for first := true; first || in.Buffered() > 2 && open > 0; first = false {
			head, err := in.Peek(2)
			if err != nil {
				return answers, err
			}
			if _, err := in.Discard(2 + int(binary.BigEndian.Uint16(head))); err != nil {
				return answers, err
			}
			open--
			answers++
		}
		over = time.Now().After(end)
	}
}

// An overHTTP is a connection of HTTP/2.
type overHTTP struct{ net.Conn }

func dialHTTP(o options, client int) (connection, error) {
	c, err := dialTCP(o, client, "h2")
	return overHTTP{c}, err
}

// talk keeps as many streams of one connection of HTTP/2 open as the window
// allows, each with one question by GET.
func (c overHTTP) talk(s *stream, window int, end time.Time) (answers int64, err error) {
	if err := c.SetDeadline(end.Add(patience)); err != nil {
		return 0, err
	}
	h := newHTTP2(c)
	if err := h.begin(); err != nil {
		return 0, err
	}
	open, over := 0, false
	for {
		for ; open < window && !over; open++ {
			if err := h.ask(s.message()); err != nil {
				return answers, err
			}
		}
		if err := h.out.Flush(); err != nil || open == 0 {
			return answers, err
		}
		for first := true; first || h.in.Buffered() > 0 && open > 0; first = false {
			answered, err := h.read()
			if err != nil {
				return answers, err
			}
			if answered {
				open--
				answers++
			}
		}
		over = time.Now().After(end)
	}
}

// An http2Conn is a client's side of a connection of HTTP/2, no more of it than
// a measurement needs.
type http2Conn struct {
	in      *bufio.Reader
	out     *bufio.Writer
	framer  *http2.Framer
	header  bytes.Buffer
	encoder *hpack.Encoder
	path    []byte
	stream  uint32 // the next
	unseen  uint32 // octets of answers since the window was last opened
}

func newHTTP2(c net.Conn) *http2Conn {
	h := &http2Conn{in: bufio.NewReaderSize(c, bufferOctets), out: bufio.NewWriterSize(c, bufferOctets), stream: 1}
	h.framer = http2.NewFramer(h.out, h.in)
	h.framer.SetReuseFrames()
	h.encoder = hpack.NewEncoder(&h.header)
	return h
}

func (h *http2Conn) begin() error {
	if _, err := io.WriteString(h.out, http2.ClientPreface); err != nil {
		return err
	}
	return h.framer.WriteSettings(http2.Setting{ID: http2.SettingEnablePush, Val: 0})
}

func (h *http2Conn) ask(message []byte) error {
	h.path = append(h.path[:0], "/dns-query?dns="...)
	h.path = base64.RawURLEncoding.AppendEncode(h.path, message)
	h.header.Reset()
	for _, f := range [...]hpack.HeaderField{
		{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "https"}, {Name: ":authority", Value: "dns.example"},
		{Name: ":path", Value: string(h.path), Sensitive: true}, // it is not worth a place in the table
		{Name: "accept", Value: "application/dns-message"},
	} {
		if err := h.encoder.WriteField(f); err != nil {
			return err
		}
	}
	h.stream += 2
	return h.framer.WriteHeaders(http2.HeadersFrameParam{
		StreamID: h.stream - 2, BlockFragment: h.header.Bytes(), EndStream: true, EndHeaders: true,
	})
}

// read reads a frame and tells whether it ends an answer. Headers are not
// decoded: an answer is what has a body.
func (h *http2Conn) read() (answered bool, err error) {
	frame, err := h.framer.ReadFrame()
	if err != nil {
		return false, err
	}
	switch f := frame.(type) {
	case *http2.SettingsFrame:
		if !f.IsAck() {
			return false, h.framer.WriteSettingsAck()
		}
	case *http2.PingFrame:
		return false, h.framer.WritePing(true, f.Data)
	case *http2.GoAwayFrame:
		return false, fmt.Errorf("the server says goodbye: %v", f.ErrCode)
	case *http2.RSTStreamFrame:
		return false, fmt.Errorf("the server resets a stream: %v", f.ErrCode)
	case *http2.HeadersFrame:
		if f.StreamEnded() {
			return false, fmt.Errorf("an answer without a message")
		}
	case *http2.DataFrame:
		h.unseen += f.Length
		if h.unseen >= 32<<10 { // half of what the window is at first
			if err := h.framer.WriteWindowUpdate(0, h.unseen); err != nil {
				return false, err
			}
			h.unseen = 0
		}
		return f.StreamEnded(), nil
	}
	return false, nil
}
