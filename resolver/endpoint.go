package resolver

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"

	"lachan/internal/eventloop"
	"lachan/metrics"
	"lachan/resolver/clientconn"
	"lachan/resolver/listen"
	"lachan/resolver/stream"
)

// An origin is what an endpoint knows of the client that asks there.
type origin struct {
	transport metrics.Transport
	client    netip.Addr
	// id is what the client calls itself, in the server name of TLS or in the path;
	// "" if it does not. It means nothing over UDP and TCP, which have no place for
	// it, and whose readers do not clear it.
	id string
}

// encrypted reports whether the question was encrypted on its way.
func (o *origin) encrypted() bool { return o.transport >= metrics.TransportDoT }

// endpoints are those that are served, and what their listeners have in common.
type endpoints struct {
	route   *route
	loops   *eventloop.Loops
	log     *slog.Logger
	limiter *clientconn.Limiter
	streams *streamServer
	free    sync.Pool // of *streamQuery
	// quicAfter is for how long another process may still read what is QUIC.
	quicAfter time.Duration

	mu        sync.Mutex
	listening map[listen.Endpoint]*listener // mu
}

func newEndpoints(r *route, loops *eventloop.Loops, log *slog.Logger) *endpoints {
	es := &endpoints{route: r, loops: loops, log: log, listening: map[listen.Endpoint]*listener{}}
	es.limiter = clientconn.NewLimiter(func() *clientconn.Limits {
		return &r.snapshot.Load().settings.Connections
	}, func(client netip.Addr) clientconn.Standing { return r.snapshot.Load().standing(client) })
	es.free.New = func() any { return newStreamQuery() }
	es.streams = newStreamServer(r, es.limiter)
	return es
}

// update serves exactly these sockets from now on, see Resolver.Listen. It copies
// them.
func (es *endpoints) update(sockets []listen.Socket) error {
	es.mu.Lock()
	defer es.mu.Unlock()
	named := map[listen.Endpoint][]listen.Socket{}
	for _, s := range sockets {
		named[s.Endpoint] = append(named[s.Endpoint], s)
	}
	opened := map[listen.Endpoint]*listener{}
	for e, sockets := range named {
		if es.listening[e] != nil {
			continue
		}
		l, err := es.open(e, sockets)
		if err != nil {
			for _, l := range opened {
				err = errors.Join(err, l.abandon())
			}
			return err
		}
		opened[e] = l
	}
	for e, l := range opened {
		es.listening[e] = l
		l.run()
	}
	var errs []error
	for e, l := range es.listening {
		if named[e] == nil {
			errs = append(errs, l.stop(), l.retire())
			delete(es.listening, e)
		}
	}
	return errors.Join(errs...)
}

// all are the endpoints that are served now, with the ports they have, by protocol
// and address.
func (es *endpoints) all() (endpoints []listen.Endpoint) {
	es.mu.Lock()
	defer es.mu.Unlock()
	for e, l := range es.listening {
		endpoints = append(endpoints, listen.Endpoint{Protocol: e.Protocol, Addr: l.addr})
	}
	slices.SortFunc(endpoints, func(a, b listen.Endpoint) int {
		return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), a.Addr.Compare(b.Addr))
	})
	return endpoints
}

// end stops reading everywhere, waits until finish has returned, and closes all.
func (es *endpoints) end(finish func() error) error {
	es.mu.Lock()
	defer es.mu.Unlock()
	stopped := make(chan error, len(es.listening))
	for _, l := range es.listening {
		go func() { stopped <- l.stop() }()
	}
	var errs []error
	for range es.listening {
		errs = append(errs, <-stopped)
	}
	errs = append(errs, finish())
	for e, l := range es.listening {
		errs = append(errs, l.close())
		delete(es.listening, e)
	}
	return errors.Join(errs...)
}

// open begins to serve an endpoint with copies of its sockets. TCP is served
// when the listener runs.
func (es *endpoints) open(e listen.Endpoint, sockets []listen.Socket) (l *listener, err error) {
	l = &listener{}
	defer func() {
		if err != nil {
			l, err = nil, errors.Join(fmt.Errorf("serve %s: %w", e, err), l.abandon())
		}
	}()
	tcp, udp, err := byNetwork(e, sockets)
	if err != nil {
		return l, err
	}
	if l.addr, err = sockets[0].Bound(); err != nil {
		return l, err
	}
	switch e.Protocol {
	case listen.Plain:
		if l.tcp, err = es.accept(tcp[0], l.addr, es.streams.servePlain); err == nil {
			err = l.openUDP(es, udp)
		}
	case listen.DoT:
		config := es.tlsOf(e.Protocol.ALPN()...)
		l.tcp, err = es.accept(tcp[0], l.addr, func(c *clientconn.Conn) { es.streams.serveDoT(c, config) })
	case listen.DoH:
		l.handler = es.newHandler()
		if l.doh, err = stream.ListenDoH(udp[0], l.addr, es.limiter, es.tlsOf, l.handler, es.quicAfter); err == nil {
			l.tcp, err = es.accept(tcp[0], l.addr, l.doh.Serve)
		}
	case listen.DoQ:
		l.handler = es.newHandler()
		config := es.tlsOf(e.Protocol.ALPN()...)
		l.doq, err = stream.ListenDoQ(udp[0], l.addr, es.limiter, config, l.handler, es.quicAfter)
	}
	return l, err
}

// accept makes a listener of a copy of the socket.
func (es *endpoints) accept(
	tcp listen.Socket, addr netip.AddrPort, serve func(*clientconn.Conn),
) (*clientconn.Listener, error) {
	return clientconn.Listen(tcp, addr, es.limiter, es.log, serve)
}

// byNetwork divides the sockets of an endpoint, which need to be what its
// protocol is spoken over.
func byNetwork(e listen.Endpoint, sockets []listen.Socket) (tcp, udp []listen.Socket, err error) {
	for _, s := range sockets {
		if s.Network == listen.TCP {
			tcp = append(tcp, s)
		} else {
			udp = append(udp, s)
		}
	}
	for _, network := range e.Protocol.Networks() {
		if network == listen.TCP && len(tcp) != 1 || network == listen.UDP && len(udp) == 0 {
			return nil, nil, fmt.Errorf("%d sockets over TCP and %d over UDP do not make one", len(tcp), len(udp))
		}
	}
	return tcp, udp, nil
}

// tlsOf is the configuration of TLS for what is spoken next over it, given as
// its names in the handshake (RFC 7301). Each handshake takes the certificate
// and the ticket keys that are in force.
func (es *endpoints) tlsOf(protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			inForce := es.route.snapshot.Load().settings.Encryption.TLS
			if inForce == nil {
				return nil, errors.New("no certificate is set up")
			}
			c := inForce.Clone()
			c.NextProtos = append(protocols, c.NextProtos...)
			// Answers that are gathered leave in one write: small records would be one each.
			c.DynamicRecordSizingDisabled = true
			return c, nil
		},
	}
}

// A listener serves one endpoint: the sockets of its address. What a protocol does
// not use is nil.
type listener struct {
	addr    netip.AddrPort
	udp     []*udpSocket
	tcp     *clientconn.Listener
	doh     *stream.DoH // beside tcp
	doq     *stream.DoQ
	handler *streamHandler // of doh and doq
	ended   sync.WaitGroup
}

// openUDP answers what comes to the sockets from now on, each on the loop of a
// core.
func (l *listener) openUDP(es *endpoints, sockets []listen.Socket) error {
	for i, socket := range sockets {
		s, err := newUDPSocket(socket, l.addr)
		if err != nil {
			return err
		}
		l.udp = append(l.udp, s)
		if err := s.start(newUDPWorker(es.route, es.log, s), es.loops, i); err != nil {
			return err
		}
	}
	return nil
}

// run starts the goroutines of an open listener. What comes over UDP is answered
// since it was opened.
func (l *listener) run() {
	if l.tcp != nil {
		l.ended.Go(l.tcp.Run)
	}
	if l.doh != nil {
		l.ended.Go(l.doh.Run)
	}
	if l.doq != nil {
		l.ended.Go(l.doq.Run)
	}
}

// stop reads no more and returns when all readers and connections have ended.
// The UDP sockets stay open for the answers to queries that wait for an
// upstream, until close.
func (l *listener) stop() error {
	var errs []error
	for _, s := range l.udp {
		errs = append(errs, s.stopReading())
	}
	if l.tcp != nil {
		errs = append(errs, l.tcp.Stop())
	}
	if l.doh != nil {
		l.doh.Stop()
	}
	if l.doq != nil {
		l.doq.Stop()
	}
	l.ended.Wait()
	if l.handler != nil {
		l.handler.shard.Close()
	}
	return errors.Join(append(errs, l.closeQUIC())...)
}

// closeQUIC stops reading from the sockets of QUIC. No client waits for an
// answer there any more, and another process may be waiting for what comes.
func (l *listener) closeQUIC() error {
	var errs []error
	if l.doh != nil {
		errs = append(errs, l.doh.Close())
	}
	if l.doq != nil {
		errs = append(errs, l.doq.Close())
	}
	return errors.Join(errs...)
}

// retire closes, once all answers are written. Nothing is read any more, and
// packets to a socket that is still open would be lost.
func (l *listener) retire() error {
	for _, s := range l.udp {
		s.waiting.Wait()
	}
	return l.close()
}

func (l *listener) close() error {
	var errs []error
	for _, s := range l.udp {
		errs = append(errs, s.close())
	}
	return errors.Join(errs...)
}

// abandon closes a listener that never ran.
func (l *listener) abandon() (err error) {
	if l.tcp != nil {
		err = l.tcp.Close()
	}
	return errors.Join(err, l.closeQUIC(), l.close())
}
