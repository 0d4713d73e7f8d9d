package stream

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/quic-go/quic-go"

	"lachan/metrics"
	"lachan/resolver/clientconn"
	"lachan/resolver/dnswire"
	"lachan/resolver/listen"
)

// Error codes of RFC 9250 section 4.3.
const (
	doqNoError       = 0x0
	doqInternalError = 0x1
	doqProtocolError = 0x2
	doqExcessiveLoad = 0x4
)

// DoQ serves DNS over QUIC (RFC 9250): each question has a stream.
type DoQ struct {
	*quicListener
	handler  Handler
	stopping context.Context
	stop     context.CancelFunc
}

// ListenDoQ serves a copy of the socket, which is bound to addr. It reads nothing
// before a time after Run, in which another process may still do so.
func ListenDoQ(
	socket listen.Socket, addr netip.AddrPort, limiter *clientconn.Limiter, config *tls.Config, handler Handler,
	after time.Duration,
) (*DoQ, error) {
	l, err := listenQUIC(socket, addr, limiter, config, -1, after)
	if err != nil {
		return nil, err
	}
	d := &DoQ{quicListener: l, handler: handler}
	d.stopping, d.stop = context.WithCancel(context.Background())
	return d, nil
}

// Stop lets Run end.
func (d *DoQ) Stop() { d.stop() }

// Run serves connections until Stop, and returns when what was read from them is
// answered.
func (d *DoQ) Run() {
	d.quicListener.serve(
		d.stopping, func(c *quic.Conn) { _ = c.CloseWithError(doqNoError, "") }, // or it has ended
		d.serve,
	)
}

// serve answers the questions of a connection until its end.
func (d *DoQ) serve(c *quic.Conn) {
	id := d.handler.Settings().IDOf(c.ConnectionState().TLS.ServerName)
	ctx, cancel := d.lifetime(d.stopping)
	defer cancel()
	var live sync.WaitGroup
	idle := newIdleTimer(d.limiter.Limits().Idle, cancel)
	defer idle.stop()
	for !d.sentTooMuch(c) {
		s, err := c.AcceptStream(ctx)
		if err != nil {
			break
		}
		touch(c)
		idle.begin()
		live.Go(func() {
			defer idle.end()
			d.answer(c, s, id)
		})
	}
	live.Wait()
	select {
	case <-c.Context().Done():
	case <-time.After(clientconn.Linger):
		_ = c.CloseWithError(doqNoError, "") // an error means that it has ended
	}
}

// answer answers the one question of a stream.
func (d *DoQ) answer(c *quic.Conn, s *quic.Stream, id string) {
	message, err := readQUIC(s)
	if err == nil && (!isQuery(message) || binary.BigEndian.Uint16(message) != 0) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		d.rebuff(c, s, err)
		return
	}
	from := Origin{Transport: metrics.TransportDoQ, Client: clientconn.AddrOf(c.RemoteAddr()), ID: id}
	answered := d.handler.Ask(s.Context(), from, message, func(reply []byte) {
		if len(reply) == 0 {
			s.CancelWrite(doqInternalError)
			return
		}
		d.hand(c, s, reply)
	})
	if !answered {
		s.CancelWrite(doqNoError)
	}
	// The end of the client's side is on its way; anything else is not asked for.
	if n, err := s.Read(make([]byte, 1)); n > 0 || !errors.Is(err, io.EOF) {
		s.CancelRead(doqNoError)
	}
}

// hand gives a reply to the client, if there is room for it until the client has taken
// it. A client that does not take it in time is let go.
func (d *DoQ) hand(c *quic.Conn, s *quic.Stream, reply []byte) {
	room := streamRoom + 2*len(reply)
	if !d.limiter.Hold(room, len(reply)) {
		s.CancelWrite(doqInternalError)
		return
	}
	defer d.limiter.Release(room)
	framed, ok := dnswire.AppendFramed(make([]byte, 0, 2+len(reply)), reply)
	if !ok {
		s.CancelWrite(doqInternalError)
		return
	}
	_ = s.SetWriteDeadline(time.Now().Add(writeTimeout)) // fails with the stream
	_, err := s.Write(framed)
	switch {
	case err == nil:
		_ = s.Close() // the same
	case errors.Is(err, os.ErrDeadlineExceeded):
		_ = c.CloseWithError(doqExcessiveLoad, "") // an error means that it has ended
	}
}

// rebuff ends a stream on which no query came. One that ended before its query
// did, or carried something else, ends the connection (RFC 9250 section 4.3.3).
func (d *DoQ) rebuff(c *quic.Conn, s *quic.Stream, err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		_ = c.CloseWithError(doqProtocolError, "") // an error means that it has ended
		return
	}
	s.CancelRead(doqNoError)
	s.CancelWrite(doqInternalError)
}

// readQUIC reads the message of a stream.
func readQUIC(s *quic.Stream) ([]byte, error) {
	if err := s.SetReadDeadline(time.Now().Add(clientconn.HandshakeTimeout)); err != nil {
		return nil, err
	}
	var length [2]byte
	if _, err := io.ReadFull(s, length[:]); err != nil {
		return nil, err
	}
	message := make([]byte, binary.BigEndian.Uint16(length[:]))
	_, err := io.ReadFull(s, message)
	return message, err
}

// writeTimeout is how long a client has to take an answer.
const writeTimeout = 2 * time.Second
