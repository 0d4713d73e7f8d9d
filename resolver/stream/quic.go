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

	"lachan/internal/places"
	"lachan/resolver/clientconn"
	"lachan/resolver/listen"
)

// A quicListener is a socket on which QUIC is spoken: DNS itself or HTTP/3.
type quicListener struct {
	*quic.Listener // nil until begin
	after          time.Duration
	listen         func() (*quic.Listener, error)
	addr           netip.AddrPort
	door           listen.Protocol
	transport      *quic.Transport
	limiter        *clientconn.Limiter
	shaking        atomic.Int64 // handshakes under way
	closing        sync.Once
	closed         error // of closing
}

// Bounds of QUIC. Data early in the handshake (0-RTT) is not taken: it can be
// sent again by an observer.
const (
	quicStreams = 32       // of one connection at a time
	quicWindow  = 64 << 10 // bytes that a client may send ahead, of a stream and of all
	// quicHandshakes are those under way. Further clients prove their address first
	// (RFC 9000 section 8.1.2), as all do when few places are left: no connection gives
	// way to an address that somebody made up.
	quicHandshakes = 64
)

// listenQUIC speaks QUIC on a copy of the socket, which is bound to addr, after a time
// that begin waits: so long another process may read from it. Packets wait in the
// kernel, or else each process would get some of a connection's.
func listenQUIC(
	from listen.Socket, addr netip.AddrPort, limiter *clientconn.Limiter, config *tls.Config, unidirectional int64,
	after time.Duration,
) (*quicListener, error) {
	socket, err := net.FilePacketConn(from.File)
	if err != nil {
		return nil, err
	}
	l := &quicListener{addr: addr, door: from.Protocol, limiter: limiter, after: after}
	l.transport = &quic.Transport{
		Conn:                socket,
		VerifySourceAddress: func(net.Addr) bool { return l.shaking.Load() >= quicHandshakes || limiter.Crowded() },
		ConnContext: func(ctx context.Context, info *quic.ClientInfo) (context.Context, error) {
			return l.admit(ctx, info)
		},
	}
	l.listen = func() (*quic.Listener, error) {
		return l.transport.Listen(config, &quic.Config{
			HandshakeIdleTimeout: clientconn.HandshakeTimeout / 2, // in all twice that
			MaxIdleTimeout:       limiter.Limits().Idle,
			MaxIncomingStreams:   quicStreams, MaxIncomingUniStreams: unidirectional,
			InitialStreamReceiveWindow: quicWindow, MaxStreamReceiveWindow: quicWindow,
			InitialConnectionReceiveWindow: quicWindow, MaxConnectionReceiveWindow: quicWindow,
		})
	}
	if after > 0 {
		return l, nil
	}
	if l.Listener, err = l.listen(); err != nil {
		return nil, errors.Join(err, l.transport.Close(), socket.Close())
	}
	return l, nil
}

// begin reads from the socket from now on, or when it is time to. It is not ok if ctx
// is done before.
func (l *quicListener) begin(ctx context.Context) (ok bool) {
	if l.Listener != nil {
		return true
	}
	wait := time.NewTimer(l.after)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-wait.C:
	}
	var err error
	l.Listener, err = l.listen()
	return err == nil
}

// serve serves the connections until ctx is done, those too whose handshake was done
// by then. It returns when they have ended, and nothing is read any more: another
// process may be waiting for what comes. end ends a connection that gives way.
func (l *quicListener) serve(ctx context.Context, end, serve func(*quic.Conn)) {
	var live sync.WaitGroup
	defer func() {
		live.Wait()
		_ = l.close() // what is wrong is told by Close, which is called too
	}()
	if !l.begin(ctx) {
		return
	}
	for ctx.Err() == nil {
		if c, err := l.accept(ctx, end); err == nil {
			live.Go(func() { serve(c) })
		} else if ctx.Err() == nil {
			return
		}
	}
	for late := time.Now().Add(clientconn.Linger); l.shaking.Load() > 0 && time.Now().Before(late); {
		<-time.After(clientconn.Linger / 20) // for handshakes that are under way
	}
	_ = l.Listener.Close() // it may be closed already
	for {
		c, err := l.accept(context.Background(), end)
		if err != nil {
			return
		}
		live.Go(func() { serve(c) })
	}
}

var errNoPlace = errors.New("no place for another connection")

// A visit is a connection from the beginning of its handshake on.
type visit struct {
	place *places.Place
	done  func() // ends the count of the handshake
}

// visitKey is the key of the visit in the context of its connection.
type visitKey struct{}

// admit gives a connection whose handshake begins a place. It cannot give way before
// the handshake is done. A balancer has none: over QUIC it cannot say for whom it
// speaks.
func (l *quicListener) admit(ctx context.Context, info *quic.ClientInfo) (context.Context, error) {
	place, ok := l.limiter.Admit(clientconn.AddrOf(info.RemoteAddr), l.door, nil)
	if !ok {
		return ctx, errNoPlace
	}
	l.shaking.Add(1)
	done := sync.OnceFunc(func() { l.shaking.Add(-1) })
	context.AfterFunc(ctx, func() { done(); place.Leave() })
	return context.WithValue(ctx, visitKey{}, &visit{place, done}), nil
}

// accept returns the next connection whose handshake is done. end ends it when it
// gives way to another.
func (l *quicListener) accept(ctx context.Context, end func(*quic.Conn)) (*quic.Conn, error) {
	c, err := l.Listener.Accept(ctx)
	if err != nil {
		return nil, err
	}
	if v, ok := c.Context().Value(visitKey{}).(*visit); ok {
		v.done()
		v.place.EndBy(func() { go end(c) })
	}
	return c, nil
}

// touch notes that something is asked over a connection.
func touch(c *quic.Conn) {
	if v, ok := c.Context().Value(visitKey{}).(*visit); ok {
		v.place.Touch()
	}
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
	if err := l.close(); err != nil {
		return fmt.Errorf("close %s: %w", l.addr, err)
	}
	return nil
}

// close closes once, and returns the same error each time.
func (l *quicListener) close() error {
	l.closing.Do(func() {
		if l.Listener != nil {
			l.closed = l.Listener.Close()
		}
		l.closed = errors.Join(l.closed, l.transport.Close(), l.transport.Conn.Close())
	})
	return l.closed
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
