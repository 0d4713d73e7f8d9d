package resolver

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"lachan/metrics"
	"lachan/resolver/clientconn"
	"lachan/resolver/ddr"
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

// Listen serves exactly these sockets from now on; it takes their files over,
// and closes them. The endpoints that are new are served first. Only when all of
// them are does it close those that are not named any more, once what was read
// from them is answered. An endpoint that is served already goes on undisturbed,
// with the sockets that it has. With an error everything stays as it was.
// Clients that ask are told of the new endpoints.
//
// Other processes may hold the same sockets and serve them too.
func (r *Resolver) Listen(sockets []listen.Socket) error {
	err := errors.Join(r.listen(sockets), listen.Close(sockets))
	if w := r.snapshot.Load(); w != nil {
		moved := *w
		moved.ddr = ddr.New(w.settings.Identity.Discovery, w.settings.Encryption.TLS != nil, w.settings.Encryption.DoHPath, r.Endpoints())
		r.snapshot.Store(&moved)
	}
	return err
}

func (r *Resolver) listen(sockets []listen.Socket) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	named := map[listen.Endpoint][]listen.Socket{}
	for _, s := range sockets {
		named[s.Endpoint] = append(named[s.Endpoint], s)
	}
	opened := map[listen.Endpoint]*listener{}
	for e, sockets := range named {
		if r.listening[e] != nil {
			continue
		}
		l, err := r.open(e, sockets)
		if err != nil {
			for _, l := range opened {
				err = errors.Join(err, l.abandon())
			}
			return err
		}
		opened[e] = l
	}
	for e, l := range opened {
		r.listening[e] = l
		l.run()
	}
	var errs []error
	for e, l := range r.listening {
		if named[e] == nil {
			errs = append(errs, l.stop(), l.retire())
			delete(r.listening, e)
		}
	}
	return errors.Join(errs...)
}

// Endpoints are those that are served now, with the ports they have, by protocol
// and address.
func (r *Resolver) Endpoints() (endpoints []listen.Endpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for e, l := range r.listening {
		endpoints = append(endpoints, listen.Endpoint{Protocol: e.Protocol, Addr: l.addr})
	}
	slices.SortFunc(endpoints, func(a, b listen.Endpoint) int {
		return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), a.Addr.Compare(b.Addr))
	})
	return endpoints
}

// open begins to serve an endpoint with copies of its sockets. TCP is served
// when the listener runs.
func (r *Resolver) open(e listen.Endpoint, sockets []listen.Socket) (l *listener, err error) {
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
		if l.tcp, err = r.accept(tcp[0], l.addr, r.servePlain); err == nil {
			err = l.openUDP(r, udp)
		}
	case listen.DoT:
		config := r.tlsOf(e.Protocol.ALPN()...)
		l.tcp, err = r.accept(tcp[0], l.addr, func(c *clientconn.Conn) { r.serveDoT(c, config) })
	case listen.DoH:
		l.handler = r.newHandler()
		if l.doh, err = stream.ListenDoH(udp[0], l.addr, r.limiter, r.tlsOf, l.handler); err == nil {
			l.tcp, err = r.accept(tcp[0], l.addr, l.doh.Serve)
		}
	case listen.DoQ:
		l.handler = r.newHandler()
		l.doq, err = stream.ListenDoQ(udp[0], l.addr, r.limiter, r.tlsOf(e.Protocol.ALPN()...), l.handler)
	}
	return l, err
}

// accept makes a listener of a copy of the socket.
func (r *Resolver) accept(
	tcp listen.Socket, addr netip.AddrPort, serve func(*clientconn.Conn),
) (*clientconn.Listener, error) {
	return clientconn.Listen(tcp, addr, r.limiter, r.log, serve)
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
func (r *Resolver) tlsOf(protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			inForce := r.snapshot.Load().settings.Encryption.TLS
			if inForce == nil {
				return nil, errors.New("no certificate is set up")
			}
			c := inForce.Clone()
			c.NextProtos = append(protocols, c.NextProtos...)
			return c, nil
		},
	}
}
