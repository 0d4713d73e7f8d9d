package resolver

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"lachan/metrics"
)

// A Door is where clients come in: an address and what is spoken there.
type Door struct {
	Protocol Protocol
	Addr     netip.AddrPort
}

// A Protocol is what is spoken at a door.
type Protocol uint8

// The protocols.
const (
	Plain Protocol = iota // UDP and TCP (RFC 1035 section 4.2, RFC 7766)
	DoT                   // over TLS (RFC 7858)
	DoH                   // over HTTPS (RFC 8484): HTTP/1.1 and 2 over TCP, HTTP/3 over UDP
	DoQ                   // over QUIC (RFC 9250)
)

var protocolNames = [...]string{"dns", "dot", "doh", "doq"}

// String is the protocol as logs name it.
func (p Protocol) String() string { return protocolNames[p] }

// Doors are doors of one protocol.
func Doors(p Protocol, addrs ...netip.AddrPort) (doors []Door) {
	for _, a := range addrs {
		doors = append(doors, Door{p, a})
	}
	return doors
}

// An origin is what a door knows of who asks there.
type origin struct {
	transport metrics.Transport
	client    netip.Addr
	// id is what the client calls itself, in the server name of TLS or in the
	// path; "" when it does not. It means nothing over UDP and TCP, which have no
	// place for it, and whose readers do not clear it.
	id string
}

// encrypted tells whether nobody on the way has seen the question.
func (o *origin) encrypted() bool { return o.transport >= metrics.TransportDoT }

// Listen serves exactly these doors from now on: those that are new are opened
// first, and only if all of them can be are those that are not named any more
// closed, when what was read from them is answered. With an error everything
// stays as it was. Port 0 is any free port; Doors tells which. Clients that ask
// are told of the new doors.
func (r *Resolver) Listen(doors []Door) error {
	err := r.listen(doors)
	if w := r.world.Load(); w != nil {
		moved := *w
		moved.presence = newPresence(w.settings, r.Doors())
		r.world.Store(&moved)
	}
	return err
}

func (r *Resolver) listen(doors []Door) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	opened := map[Door]*listener{}
	for _, d := range doors {
		if r.listening[d] != nil || opened[d] != nil {
			continue
		}
		l, err := r.open(d)
		if err != nil {
			for _, l := range opened {
				err = errors.Join(err, l.abandon())
			}
			return err
		}
		opened[d] = l
	}
	keep := map[Door]bool{}
	for _, d := range doors {
		keep[d] = true
	}
	for d, l := range opened {
		r.listening[d] = l
		l.run(r)
	}
	var errs []error
	for d, l := range r.listening {
		if !keep[d] {
			errs = append(errs, l.stop(), l.retire())
			delete(r.listening, d)
		}
	}
	return errors.Join(errs...)
}

// Doors are those that are served now, with the ports they have, by protocol
// and address.
func (r *Resolver) Doors() (doors []Door) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for d, l := range r.listening {
		doors = append(doors, Door{d.Protocol, l.addr})
	}
	slices.SortFunc(doors, func(a, b Door) int {
		return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), a.Addr.Compare(b.Addr))
	})
	return doors
}

// open binds the sockets of a door.
func (r *Resolver) open(d Door) (l *listener, err error) {
	for range portTries {
		if l, err = r.openOnce(d); err == nil || d.Addr.Port() != 0 {
			break
		}
	}
	return l, err
}

// portTries is how many free ports are tried when any will do: one that is free
// for TCP may be taken for UDP.
const portTries = 20

func (r *Resolver) openOnce(d Door) (l *listener, err error) {
	l = &listener{addr: d.Addr}
	defer func() {
		if err != nil {
			l, err = nil, errors.Join(fmt.Errorf("listen on %s for %s: %w", d.Addr, d.Protocol, err), l.abandon())
		}
	}()
	if d.Protocol == DoQ {
		if l.doq, err = r.openDoQ(d); err == nil {
			l.addr = l.doq.addr
		}
		return l, err
	}
	if l.tcp, err = listenTCP(d.Addr); err != nil {
		return l, err
	}
	l.addr = l.tcp.addr
	switch d.Protocol {
	case Plain:
		l.tcp.serve = r.readPlain
		for i := range udpSockets() {
			s, err := listenUDP(l.addr)
			if err != nil {
				return l, err
			}
			l.udp = append(l.udp, s)
			if err := s.start(r.newReader(s), i); err != nil {
				return l, err
			}
		}
	case DoT:
		l.tcp.serve, l.tcp.tls = r.readDoT, r.tlsOf(alpnDoT)
	case DoH:
		if l.doh, err = r.openDoH(l.tcp); err != nil {
			return l, err
		}
		l.tcp.serve, l.tcp.tls = l.doh.queueDoH, r.tlsOf("h2", "http/1.1")
	}
	return l, nil
}

// tlsOf is the configuration of TLS for what is spoken next over it, given as
// its names in the handshake (RFC 7301). Each handshake takes the certificate
// and the ticket keys that are in force.
func (r *Resolver) tlsOf(protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			inForce := r.world.Load().settings.TLS
			if inForce == nil {
				return nil, errors.New("no certificate is set up")
			}
			c := inForce.Clone()
			c.NextProtos = append(protocols, c.NextProtos...)
			return c, nil
		},
	}
}
