package resolver

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"sync"
	"time"

	"github.com/quic-go/quic-go"

	"lachan/metrics"
	"lachan/resolver/listen"
)

// Error codes of RFC 9250 section 4.3.
const (
	doqNoError       = 0x0
	doqInternalError = 0x1
	doqProtocolError = 0x2
)

// A doqDoor serves DNS over QUIC (RFC 9250): each question has a stream.
type doqDoor struct {
	*quicListener
	resolver *Resolver
	lane     *metrics.Shard
	stopping context.Context
	stop     context.CancelFunc
}

func (r *Resolver) openDoQ(socket listen.Socket, addr netip.AddrPort) (*doqDoor, error) {
	l, err := r.newQUICListener(socket, addr, r.tlsOf(listen.DoQ.ALPN()...), -1)
	if err != nil {
		return nil, err
	}
	door := &doqDoor{quicListener: l, resolver: r, lane: r.counters.Shard()}
	door.stopping, door.stop = context.WithCancel(context.Background())
	return door, nil
}

// run serves connections until the door is stopped, and returns when what was
// read from them is answered.
func (d *doqDoor) run() {
	var live sync.WaitGroup
	defer d.lane.Close()
	defer live.Wait()
	for {
		c, err := d.Accept(d.stopping)
		if err != nil {
			return
		}
		live.Go(func() { d.serve(c) })
	}
}

// serve answers the questions of a connection until its end.
func (d *doqDoor) serve(c *quic.Conn) {
	id := d.resolver.idOf(c.ConnectionState().TLS.ServerName)
	ctx, cancel := d.resolver.lifetime(d.stopping)
	defer cancel()
	var live sync.WaitGroup
	for !d.resolver.sentTooMuch(c) {
		s, err := c.AcceptStream(ctx)
		if err != nil {
			break
		}
		live.Go(func() { d.answer(c, s, id) })
	}
	live.Wait()
	select {
	case <-c.Context().Done():
	case <-time.After(linger):
		_ = c.CloseWithError(doqNoError, "") // an error means that it has ended
	}
}

// answer answers the one question of a stream.
func (d *doqDoor) answer(c *quic.Conn, s *quic.Stream, id string) {
	q := d.resolver.lease()
	err := readQUIC(s, q)
	if err == nil && (!isQuery(q.message) || binary.BigEndian.Uint16(q.message) != 0) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		d.resolver.queries.Put(q)
		d.rebuff(c, s, err)
		return
	}
	q.origin = origin{transport: metrics.TransportDoQ, client: addrOf(c.RemoteAddr()), id: id}
	answered := d.resolver.ask(s.Context(), q, d.lane, func(reply []byte) {
		if len(reply) == 0 {
			s.CancelWrite(doqInternalError)
			return
		}
		framed := binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(reply)), uint16(len(reply)))
		_ = s.SetWriteDeadline(time.Now().Add(tcpWriteTimeout)) // fails with the stream
		if _, err := s.Write(append(framed, reply...)); err == nil {
			_ = s.Close() // the same
		}
	})
	if !answered {
		s.CancelWrite(doqNoError)
	}
	// The end of the client's side is on its way; anything else is not asked for.
	if n, err := s.Read(make([]byte, 1)); n > 0 || !errors.Is(err, io.EOF) {
		s.CancelRead(doqNoError)
	}
}

// rebuff ends a stream on which no query came. One that ended before its query
// did, or carried something else, ends the connection (RFC 9250 section 4.3.3).
func (d *doqDoor) rebuff(c *quic.Conn, s *quic.Stream, err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		_ = c.CloseWithError(doqProtocolError, "") // an error means that it has ended
		return
	}
	s.CancelRead(doqNoError)
	s.CancelWrite(doqInternalError)
}

// readQUIC reads the message of a stream.
func readQUIC(s *quic.Stream, q *Query) error {
	if err := s.SetReadDeadline(time.Now().Add(handshakeTime)); err != nil {
		return err
	}
	var length [2]byte
	if _, err := io.ReadFull(s, length[:]); err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint16(length[:]))
	q.message = q.in[:min(n, len(q.in))]
	if n > len(q.in) {
		q.message = make([]byte, n)
	}
	_, err := io.ReadFull(s, q.message)
	return err
}
