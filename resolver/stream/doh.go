package stream

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
	"golang.org/x/net/http2/hpack"

	"lachan/metrics"
	"lachan/resolver/clientconn"
	"lachan/resolver/listen"
	"lachan/resolver/stream/http2"
)

// Bounds of HTTP.
const (
	dohHeaderBytes   = 8 << 10          // of one request's header
	dohReadTimeout   = 5 * time.Second  // of a whole request
	dohAnswerTimeout = 15 * time.Second // from a request to the end of its answer
	dohWriteTimeout  = 5 * time.Second  // of an answer
	dohSmall         = 4 << 10          // bytes of an answer that costs no deadline of its own
)

// DoH serves DNS over HTTPS (RFC 8484). Connections over TCP come from a
// clientconn.Listener by way of a queue, with their handshake done.
type DoH struct {
	handler  Handler
	limiter  *clientconn.Limiter
	tls      *tls.Config // of HTTP over TCP
	http2    *http2.Server
	queue    *connQueue
	tcp      *http.Server // of HTTP/1.1
	quic     *quicListener
	stopping context.Context // of HTTP/3
	stopQUIC context.CancelFunc
	ended    chan struct{} // closed when Run returns
	altSvc   string        // says that HTTP/3 is spoken at the same port
}

// ListenDoH serves what Serve is given, and HTTP/3 on a copy of the socket, which
// is bound to addr, as the other is. config returns that of TLS for what is spoken
// next over it. HTTP/3 is not read before a time after Run, in which another process
// may still do so.
func ListenDoH(
	udp listen.Socket, addr netip.AddrPort, limiter *clientconn.Limiter, config func(alpn ...string) *tls.Config,
	handler Handler, after time.Duration,
) (*DoH, error) {
	d := &DoH{
		handler: handler, limiter: limiter, tls: config(listen.DoH.ALPN()...),
		queue: newConnQueue(net.TCPAddrFromAddrPort(addr)), ended: make(chan struct{}),
	}
	var err error
	d.quic, err = listenQUIC(udp, addr, limiter, http3.ConfigureTLSConfig(config()), dohUnidirectional, after)
	if err != nil {
		return nil, err
	}
	d.altSvc = `h3=":` + strconv.Itoa(int(addr.Port())) + `"; ma=86400`
	d.http2 = http2.NewServer(d, limiter, http2.Fields(hpack.HeaderField{Name: "alt-svc", Value: d.altSvc}))
	idle := limiter.Limits().Idle
	d.tcp = &http.Server{
		Handler: d, ConnContext: withConn,
		ReadHeaderTimeout: dohReadTimeout, ReadTimeout: dohReadTimeout,
		WriteTimeout: dohAnswerTimeout, IdleTimeout: idle,
		MaxHeaderBytes: dohHeaderBytes,
		ErrorLog:       log.New(io.Discard, "", 0), // it would name clients
	}
	d.stopping, d.stopQUIC = context.WithCancel(context.Background())
	return d, nil
}

// Serve serves a connection of HTTP/2, and hands one of HTTP/1.1 to its server.
func (d *DoH) Serve(c *clientconn.Conn) {
	over, ok := c.Handshake(d.tls)
	switch {
	case !ok:
		c.Close()
	case over.ConnectionState().NegotiatedProtocol == nextproto:
		d.http2.Serve(over, c)
	default:
		c.HandOver()
		if c.Stopped() || !c.MayRead(dohReadTimeout) || !d.queue.put(over) {
			c.Close()
		}
	}
}

// nextproto is what HTTP/2 is called in the handshake of TLS (RFC 9113 section 3.2).
const nextproto = "h2"

// Run serves until Stop.
func (d *DoH) Run() {
	var live sync.WaitGroup
	live.Go(func() { _ = d.tcp.Serve(d.queue) }) // it ends when it is shut down, as does the other
	live.Go(d.runQUIC)
	live.Wait()
	close(d.ended)
}

// Stop takes no more requests and waits, not for ever, for the answers to those
// under way.
func (d *DoH) Stop() {
	ctx, cancel := context.WithTimeout(context.Background(), dohWriteTimeout)
	defer cancel()
	d.stopQUIC()
	_ = errors.Join(d.tcp.Shutdown(ctx), d.tcp.Close()) // what is late is cut off
	<-d.ended
}

// Close ends all connections of HTTP/3.
func (d *DoH) Close() error { return d.quic.Close() }

// connKey is the key of the connection in the context of its requests.
type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		return context.WithValue(ctx, connKey{}, t.NetConn())
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
	return &connQueue{
		addr: addr, conns: make(chan net.Conn), closed: closed, close: sync.OnceFunc(func() { close(closed) }),
	}
}

// put hands a connection over. It is not ok if the queue is closed.
func (q *connQueue) put(c net.Conn) (ok bool) {
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

// originOf is what is known of the client of a request.
func (d *DoH) originOf(req *http.Request, id string) Origin {
	from := Origin{Transport: metrics.TransportDoH, ID: id}
	if c, ok := req.Context().Value(connKey{}).(*clientconn.Conn); ok {
		from.Client = c.Client()
	} else if a, err := netip.ParseAddrPort(req.RemoteAddr); err == nil {
		from.Client = a.Addr().Unmap()
	}
	settings := d.handler.Settings()
	from.Client = settings.clientOf(req.Header.Values("X-Forwarded-For"), from.Client)
	if id == "" && req.TLS != nil {
		from.ID = settings.IDOf(req.TLS.ServerName)
	}
	return from
}
