package resolver

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/quic-go/quic-go/http3"

	"lachan/metrics"
	"lachan/resolver/listen"
)

// Bounds of HTTP.
const (
	dohHeaderOctets = 8 << 10          // of one request's header
	dohStreams      = 100              // of one connection at a time
	dohFrame        = 16 << 10         // octets of one frame of HTTP/2, the least that may be asked for
	dohReadTime     = 5 * time.Second  // for a whole request
	dohAnswerTime   = 15 * time.Second // from a request to the end of its answer
	dohWriteTime    = 5 * time.Second  // in which some of an answer must get through
)

// A dohDoor serves DNS over HTTPS (RFC 8484). Connections over TCP come from
// the accept loop of all doors by way of a queue, with their handshake done.
type dohDoor struct {
	resolver *Resolver
	lane     *metrics.Shard
	queue    *connQueue
	tcp      *http.Server
	quic     *quicListener
	stopping context.Context // of HTTP/3
	stopQUIC context.CancelFunc
	ended    chan struct{} // closed when run returns
	altSvc   string        // says that HTTP/3 is spoken at the same port
}

// openDoH serves what the accept loop queues, and HTTP/3 at the port of the
// same number.
func (r *Resolver) openDoH(l *tcpListener, udp listen.Socket) (*dohDoor, error) {
	d := &dohDoor{resolver: r, lane: r.counters.Shard(), queue: newConnQueue(l.Addr()), ended: make(chan struct{})}
	var err error
	if d.quic, err = r.newQUICListener(udp, l.addr, http3.ConfigureTLSConfig(r.tlsOf()), dohUnidirectional); err != nil {
		return nil, err
	}
	d.altSvc = `h3=":` + strconv.Itoa(int(l.addr.Port())) + `"; ma=86400`
	silence := r.world.Load().settings.TCPIdle
	d.tcp = &http.Server{
		Handler: d, ConnContext: withGuest,
		ReadHeaderTimeout: dohReadTime, ReadTimeout: dohReadTime, WriteTimeout: dohAnswerTime, IdleTimeout: silence,
		MaxHeaderBytes: dohHeaderOctets,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: dohStreams,
			MaxReadFrameSize:     dohFrame, MaxReceiveBufferPerConnection: quicWindow, MaxReceiveBufferPerStream: quicWindow,
		},
		ErrorLog: log.New(io.Discard, "", 0), // it would name clients
	}
	d.stopping, d.stopQUIC = context.WithCancel(context.Background())
	return d, nil
}

// queueDoH hands a guest to the HTTP server once its handshake is done.
func (d *dohDoor) queueDoH(l *tcpListener, g *guest) {
	c, ok := d.resolver.shakeHands(l, g, newBatcher(g))
	if !ok || !g.listen(dohReadTime) || !d.queue.put(c) {
		g.Close()
	}
}

// run serves until the door is stopped.
func (d *dohDoor) run() {
	var live sync.WaitGroup
	live.Go(func() { _ = d.tcp.Serve(d.queue) }) // it ends when it is shut down, as does the other
	live.Go(d.runQUIC)
	live.Wait()
	close(d.ended)
}

// stop takes no more requests and waits, not for ever, for the answers to those
// under way.
func (d *dohDoor) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), dohWriteTime)
	defer cancel()
	d.stopQUIC()
	_ = errors.Join(d.tcp.Shutdown(ctx), d.tcp.Close()) // what is late is cut off
	<-d.ended
	d.lane.Close()
}

// guestKey is the key of the guest in the context of its requests.
type guestKey struct{}

func withGuest(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		if b, ok := t.NetConn().(*batcher); ok {
			return context.WithValue(ctx, guestKey{}, b.guest)
		}
	}
	return ctx
}

// A connQueue is a net.Listener of connections that were accepted elsewhere.
type connQueue struct {
	addr   net.Addr
	conns  chan net.Conn
	closed chan struct{}
	close  func()
}

func newConnQueue(addr net.Addr) *connQueue {
	closed := make(chan struct{})
	return &connQueue{addr: addr, conns: make(chan net.Conn), closed: closed, close: sync.OnceFunc(func() { close(closed) })}
}

// put hands a connection over; false: nobody takes any more.
func (q *connQueue) put(c net.Conn) bool {
	select {
	case q.conns <- c:
		return true
	case <-q.closed:
		return false
	}
}

// Accept implements net.Listener.
func (q *connQueue) Accept() (net.Conn, error) {
	select {
	case c := <-q.conns:
		return c, nil
	case <-q.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (q *connQueue) Close() error { q.close(); return nil }

// Addr implements net.Listener.
func (q *connQueue) Addr() net.Addr { return q.addr }

// originOf is who sent a request.
func (d *dohDoor) originOf(req *http.Request, id string) origin {
	from := origin{transport: metrics.TransportDoH, id: id}
	if g, ok := req.Context().Value(guestKey{}).(*guest); ok {
		from.client = g.client
	} else if a, err := netip.ParseAddrPort(req.RemoteAddr); err == nil {
		from.client = a.Addr().Unmap()
	}
	from.client = d.resolver.world.Load().settings.forwarded(req.Header, from.client)
	if id == "" && req.TLS != nil {
		from.id = d.resolver.idOf(req.TLS.ServerName)
	}
	return from
}
