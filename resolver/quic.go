package resolver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quic-go/quic-go"

	"lachan/resolver/listen"
)

// A quicListener is a socket on which QUIC is spoken: DNS itself or HTTP/3.
type quicListener struct {
	*quic.Listener
	addr      netip.AddrPort
	transport *quic.Transport
	greeting  atomic.Int64 // handshakes under way
}

// Bounds of QUIC. Data early in the handshake (0-RTT) is not taken: it can be
// sent again by whoever sees it.
const (
	quicStreams   = 100      // of one connection at a time
	quicWindow    = 64 << 10 // octets that a client may send ahead, of a stream and of all
	quicGreetings = 64       // handshakes under way; who comes beyond has to prove its address first (RFC 9000 section 8.1.2)
)

// newQUICListener speaks QUIC on a copy of the socket. The settings say how long a
// connection may be silent.
func (r *Resolver) newQUICListener(from listen.Socket, addr netip.AddrPort, config *tls.Config, unidirectional int64) (*quicListener, error) {
	socket, err := net.FilePacketConn(from.File)
	if err != nil {
		return nil, err
	}
	l := &quicListener{addr: addr}
	l.transport = &quic.Transport{
		Conn:                socket,
		VerifySourceAddress: func(net.Addr) bool { return l.greeting.Load() >= quicGreetings },
		ConnContext: func(ctx context.Context, info *quic.ClientInfo) (context.Context, error) {
			return r.admitQUIC(ctx, l, info)
		},
	}
	l.Listener, err = l.transport.Listen(config, &quic.Config{
		HandshakeIdleTimeout: handshakeTime / 2, // in all twice that
		MaxIdleTimeout:       r.world.Load().settings.TCPIdle,
		MaxIncomingStreams:   quicStreams, MaxIncomingUniStreams: unidirectional,
		InitialStreamReceiveWindow: quicWindow, MaxStreamReceiveWindow: quicWindow,
		InitialConnectionReceiveWindow: quicWindow, MaxConnectionReceiveWindow: quicWindow,
	})
	if err != nil {
		return nil, errors.Join(err, l.transport.Close(), socket.Close())
	}
	return l, nil
}

var errNoPlace = errors.New("no place for another connection")

// greeted is the key of what ends the count of a handshake.
type greeted struct{}

// admitQUIC counts a connection whose handshake begins among the guests.
func (r *Resolver) admitQUIC(ctx context.Context, l *quicListener, info *quic.ClientInfo) (context.Context, error) {
	s := r.world.Load().settings
	out, ok := r.guests.enter(s)
	if !ok {
		return ctx, errNoPlace
	}
	leave, ok := r.guests.introduced(addrOf(info.RemoteAddr), s)
	if !ok {
		out()
		return ctx, errNoPlace
	}
	l.greeting.Add(1)
	done := sync.OnceFunc(func() { l.greeting.Add(-1) })
	context.AfterFunc(ctx, func() { done(); leave(); out() })
	return context.WithValue(ctx, greeted{}, done), nil
}

// Accept returns the next connection whose handshake is done.
func (l *quicListener) Accept(ctx context.Context) (*quic.Conn, error) {
	c, err := l.Listener.Accept(ctx)
	if err != nil {
		return nil, err
	}
	if done, ok := c.Context().Value(greeted{}).(func()); ok {
		done()
	}
	return c, nil
}

// lifetime is parent, bounded by how long a connection that begins now may last.
func (r *Resolver) lifetime(parent context.Context) (context.Context, context.CancelFunc) {
	if lifetime := r.world.Load().settings.TCPLifetime; lifetime > 0 {
		return context.WithTimeout(parent, lifetime)
	}
	return context.WithCancel(parent)
}

// sentTooMuch tells whether a client has sent as much as it may.
func (r *Resolver) sentTooMuch(c *quic.Conn) bool {
	limit := r.world.Load().settings.TCPMaxBytes
	return limit > 0 && c.ConnectionStats().BytesReceived > uint64(limit)
}

// close ends all connections.
func (l *quicListener) close() error {
	err := errors.Join(l.Listener.Close(), l.transport.Close(), l.transport.Conn.Close())
	if err != nil {
		return fmt.Errorf("close %s: %w", l.addr, err)
	}
	return nil
}

// linger is how long a QUIC connection stays for its last packets to arrive.
const linger = 100 * time.Millisecond
