package stream

import (
	"context"
	"crypto/tls"
	"errors"
	"net/netip"

	"github.com/quic-go/quic-go"

	"lachan/resolver/upstream/exchange"
)

// The error codes of RFC 9250 section 4.3.
const (
	doqNoError   = 0
	doqCancelled = 3
)

// NewQUIC asks the server by DNS over QUIC (RFC 9250). It opens nothing.
func NewQUIC(s Server) *PersistentConn {
	return &PersistentConn{dialer: newDialer(s, "doq", dialQUIC)}
}

func dialQUIC(ctx context.Context, addr netip.AddrPort, config *tls.Config) (transport, error) {
	conn, err := quic.DialAddr(ctx, addr.String(), config, nil)
	if err != nil {
		return nil, err
	}
	return quicConn{conn}, nil
}

// A quicConn is a connection of DNS over QUIC, with a stream for each exchange.
type quicConn struct{ conn *quic.Conn }

// exchange implements transport.
func (q quicConn) exchange(ctx context.Context, query, buf []byte) ([]byte, error) {
	stream, err := q.conn.OpenStreamSync(ctx)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() {
		stream.CancelWrite(doqCancelled)
		stream.CancelRead(doqCancelled)
	})
	defer stop()
	framed := exchange.WithoutID(query, 2)
	framed[0], framed[1] = byte(len(query)>>8), byte(len(query))
	_, err = stream.Write(framed)
	if err = errors.Join(err, stream.Close()); err != nil { // closed for writing: the query is whole
		stream.CancelRead(doqCancelled)
		return nil, err
	}
	reply, err := readFramed(stream, buf)
	stream.CancelRead(doqNoError)
	if err != nil {
		return nil, err
	}
	return exchange.Accept(framed[2:], query, reply)
}

// close implements transport.
func (q quicConn) close() {
	_ = q.conn.CloseWithError(doqNoError, "") // nothing is lost by an error
}
