package stream

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

	"lachan/resolver/clientconn"
	"lachan/resolver/listen"
)

// A quicListener is a socket on which QUIC is spoken: DNS itself or HTTP/3.
type quicListener struct {
	*quic.Listener
	addr      netip.AddrPort
	transport *quic.Transport
	limiter   *clientconn.Limiter
	shaking   atomic.Int64 // handshakes under way
}

// Bounds of QUIC. Data early in the handshake (0-RTT) is not taken: it can be
// sent again by whoever sees it.
const (
	quicStreams    = 32       // of one connection at a time
	quicWindow     = 64 << 10 // bytes that a client may send ahead, of a stream and of all
	quicHandshakes = 64       // under way; further clients prove their address first (RFC 9000 section 8.1.2)
)

// listenQUIC speaks QUIC on a copy of the socket, which is bound to addr.
func listenQUIC(
	from listen.Socket, addr netip.AddrPort, limiter *clientconn.Limiter, config *tls.Config, unidirectional int64,
) (*quicListener, error) {
	socket, err := net.FilePacketConn(from.File)
	if err != nil {
		return nil, err
	}
	l := &quicListener{addr: addr, limiter: limiter}
	l.transport = &quic.Transport{
		Conn:                socket,
		VerifySourceAddress: func(net.Addr) bool { return l.shaking.Load() >= quicHandshakes },
		ConnContext: func(ctx context.Context, info *quic.ClientInfo) (context.Context, error) {
			return l.admit(ctx, info)
		},
	}
	l.Listener, err = l.transport.Listen(config, &quic.Config{
		HandshakeIdleTimeout: clientconn.HandshakeTimeout / 2, // in all twice that
		MaxIdleTimeout:       limiter.Limits().Idle,
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

// handshakeKey is the key of what ends the count of a handshake.
type handshakeKey struct{}

// admit counts a connection whose handshake begins.
func (l *quicListener) admit(ctx context.Context, info *quic.ClientInfo) (context.Context, error) {
	leave, ok := l.limiter.Admit(clientconn.AddrOf(info.RemoteAddr))
	if !ok {
		return ctx, errNoPlace
	}
	l.shaking.Add(1)
	done := sync.OnceFunc(func() { l.shaking.Add(-1) })
	context.AfterFunc(ctx, func() { done(); leave() })
	return context.WithValue(ctx, handshakeKey{}, done), nil
}

// Accept returns the next connection whose handshake is done.
func (l *quicListener) Accept(ctx context.Context) (*quic.Conn, error) {
	c, err := l.Listener.Accept(ctx)
	if err != nil {
		return nil, err
	}
	if done, ok := c.Context().Value(handshakeKey{}).(func()); ok {
		done()
	}
	return c, nil
}

// lifetime is parent, bounded by how long a connection that begins now may last.
func (l *quicListener) lifetime(parent context.Context) (context.Context, context.CancelFunc) {
	if lifetime := l.limiter.Limits().Lifetime; lifetime > 0 {
		return context.WithTimeout(parent, lifetime)
	}
	return context.WithCancel(parent)
}

// sentTooMuch reports whether a client has sent as much as it may.
func (l *quicListener) sentTooMuch(c *quic.Conn) bool {
	limit := l.limiter.Limits().MaxBytes
	return limit > 0 && c.ConnectionStats().BytesReceived > uint64(limit)
}

// Close ends all connections.
func (l *quicListener) Close() error {
	err := errors.Join(l.Listener.Close(), l.transport.Close(), l.transport.Conn.Close())
	if err != nil {
		return fmt.Errorf("close %s: %w", l.addr, err)
	}
	return nil
}

// An idleTimer ends a connection on which nothing is asked for a time: quic-go takes
// one for busy whose client only says that it is there.
type idleTimer struct {
	timer *time.Timer
	after time.Duration
	asked atomic.Int64 // questions under way
}

// newIdleTimer calls end when no question is under way for so long.
func newIdleTimer(after time.Duration, end func()) *idleTimer {
	t := &idleTimer{after: after}
	t.timer = time.AfterFunc(after, func() {
		if t.asked.Load() == 0 {
			end()
		}
	})
	return t
}

func (t *idleTimer) begin() { t.asked.Add(1) }

func (t *idleTimer) end() {
	if t.asked.Add(-1) == 0 {
		t.timer.Reset(t.after)
	}
}

func (t *idleTimer) stop() { t.timer.Stop() }
