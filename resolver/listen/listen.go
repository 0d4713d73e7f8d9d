// Package listen opens the sockets by which clients come in. To open a socket
// and to serve it are two things: a supervisor opens them, keeps them while it
// lives and hands copies to the processes that answer, one after another.
//
// Rules for everyone that holds a socket:
//
//   - O_NONBLOCK belongs to the open socket, so all holders share it. No holder
//     relies on it: UDP is read with MSG_DONTWAIT. Who accepts connections sets
//     it and nobody clears it; a File from this package does not, not even by
//     its method Fd.
//   - To stop reading is to leave the poller and to close the copy. shutdown(2)
//     would end the socket for all holders.
//   - What one holder has not read yet stays in the kernel for the others.
package listen

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
)

// A Protocol is what is spoken at an endpoint.
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
func (p Protocol) String() string {
	if int(p) < len(protocolNames) {
		return protocolNames[p]
	}
	return fmt.Sprintf("protocol %d", uint8(p))
}

// ALPN are the names of what is spoken over TLS, best first (RFC 7301).
func (p Protocol) ALPN() []string {
	switch p {
	case DoT: // RFC 7858
		return []string{"dot"}
	case DoH:
		return []string{"h2", "http/1.1"}
	case DoQ: // RFC 9250 section 4.1.1
		return []string{"doq"}
	}
	return nil
}

// Networks are those of the sockets that the protocol needs.
func (p Protocol) Networks() []string {
	switch p {
	case DoT:
		return []string{TCP}
	case DoQ:
		return []string{UDP}
	}
	return []string{TCP, UDP}
}

// An Endpoint is an address that clients send their questions to, and what is
// spoken there. Port 0 stands for any port that is free.
type Endpoint struct {
	Protocol Protocol
	Addr     netip.AddrPort
}

// String is the endpoint as errors and logs name it.
func (e Endpoint) String() string { return fmt.Sprintf("%s for %s", e.Addr, e.Protocol) }

// At returns endpoints of one protocol.
func At(p Protocol, addrs ...netip.AddrPort) (endpoints []Endpoint) {
	for _, a := range addrs {
		endpoints = append(endpoints, Endpoint{p, a})
	}
	return endpoints
}

// The networks of sockets.
const (
	UDP = "udp"
	TCP = "tcp"
)

// A Socket is one open socket of an endpoint.
type Socket struct {
	Endpoint        // as it was asked for: port 0 stays port 0, see Addr
	Network  string // UDP or TCP
	File     *os.File
}

// Bound is the address that the socket has, with its port.
func (s Socket) Bound() (netip.AddrPort, error) {
	var port uint16
	err := control(s.File, func(fd int) (err error) {
		port, err = portOf(fd)
		return err
	})
	return netip.AddrPortFrom(s.Addr.Addr(), port), err
}

// Copy returns another descriptor of the same socket, for another holder.
func (s Socket) Copy() (Socket, error) {
	fd, err := s.Descriptor()
	if err != nil {
		return Socket{}, err
	}
	s.File = os.NewFile(uintptr(fd), s.Network)
	return s, nil
}

// Descriptor returns another descriptor of the same socket. It belongs to the
// caller, and Go's poller knows nothing of it.
func (s Socket) Descriptor() (fd int, err error) {
	err = control(s.File, func(of int) (err error) {
		fd, err = duplicate(of)
		return err
	})
	return fd, err
}

// Copies returns a copy of each socket, or none with an error.
func Copies(sockets []Socket) ([]Socket, error) {
	var copies []Socket
	for _, s := range sockets {
		c, err := s.Copy()
		if err != nil {
			return nil, errors.Join(fmt.Errorf("copy a socket of %s: %w", s.Endpoint, err), Close(copies))
		}
		copies = append(copies, c)
	}
	return copies, nil
}

// Close closes sockets. Copies of them stay open.
func Close(sockets []Socket) error {
	var errs []error
	for _, s := range sockets {
		errs = append(errs, s.File.Close())
	}
	return errors.Join(errs...)
}

// Open binds the sockets of endpoints: for UDP one for each core, which share
// the address by SO_REUSEPORT where the system is Linux, and for TCP and for
// QUIC one. The sockets of an endpoint have the same port. With an error nothing
// stays open.
func Open(endpoints []Endpoint) ([]Socket, error) {
	sockets, _, err := Update(nil, endpoints)
	return sockets, err
}

// Update returns the sockets of endpoints: those held where it has them, and
// new ones for the others. surplus are the sockets held that no endpoint names;
// the caller closes them when it has told everyone that serves them. With an
// error nothing is opened and the caller goes on with what it held.
func Update(held []Socket, endpoints []Endpoint) (sockets, surplus []Socket, err error) {
	var opened []Socket
	for i, e := range endpoints {
		if slices.Contains(endpoints[:i], e) {
			continue
		}
		n := len(sockets)
		for _, s := range held {
			if s.Endpoint == e {
				sockets = append(sockets, s)
			}
		}
		if len(sockets) > n {
			continue
		}
		ofOne, err := open(e)
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("listen on %s: %w", e, err), Close(opened))
		}
		opened, sockets = append(opened, ofOne...), append(sockets, ofOne...)
	}
	for _, s := range held {
		if !slices.Contains(endpoints, s.Endpoint) {
			surplus = append(surplus, s)
		}
	}
	return sockets, surplus, nil
}

// portTries is how many free ports are tried for an endpoint that may have any:
// one that is free for TCP may be taken for UDP.
const portTries = 20

func open(e Endpoint) (sockets []Socket, err error) {
	for range portTries {
		if sockets, err = openOnce(e); err == nil || e.Addr.Port() != 0 {
			break
		}
	}
	return sockets, err
}

func openOnce(e Endpoint) (sockets []Socket, err error) {
	addr := e.Addr
	for _, network := range e.Protocol.Networks() {
		n := 1
		if network == UDP && e.Protocol == Plain {
			n = socketsPerAddress()
		}
		for range n {
			s := Socket{Endpoint: e, Network: network}
			if s.File, err = bind(network, addr, e.Protocol == Plain); err != nil {
				return nil, errors.Join(err, Close(sockets))
			}
			sockets = append(sockets, s)
			if addr, err = s.Bound(); err != nil {
				return nil, errors.Join(err, Close(sockets))
			}
		}
	}
	return sockets, nil
}
