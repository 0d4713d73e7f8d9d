package supervise

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"os"
	"slices"

	"lachan/internal/message"
	"lachan/resolver/listen"
)

// sockets are those that are open, by endpoint as it was asked for: its port may
// be 0.
type sockets map[message.Endpoint][]socket

// A socket is one listening socket and what it is for.
type socket struct {
	message.Socket
	bound netip.AddrPort
	file  *os.File
}

// protocols are those of the roles that answer.
var protocols = map[message.Role]listen.Protocol{
	message.RolePlain: listen.Plain, message.RoleDoT: listen.DoT,
	message.RoleDoH: listen.DoH, message.RoleDoQ: listen.DoQ,
}

// open opens what is wanted and not open yet, and then closes what is open and
// not wanted. With an error all stays as it was. absent are those whose address is not
// on this machine.
func (s sockets) open(wanted []message.Endpoint) (absent []message.Endpoint, err error) {
	fresh := sockets{}
	for _, e := range wanted {
		if s[e] != nil || fresh[e] != nil {
			continue
		}
		opened, err := openEndpoint(e)
		switch {
		case err == nil:
			fresh[e] = opened
		case isAbsent(e, err):
			absent = append(absent, e)
		default:
			fresh.close()
			return nil, explain(e, err)
		}
	}
	for e, open := range s {
		if !slices.Contains(wanted, e) {
			closeAll(open)
			delete(s, e)
		}
	}
	maps.Copy(s, fresh)
	return absent, nil
}

func openEndpoint(e message.Endpoint) ([]socket, error) {
	switch {
	case e.Role.Answers():
		return openAnswering(e)
	case e.Role == message.RoleZones:
		return openBoth(e)
	case e.Role == message.RoleRADIUS:
		return openUDP(e, e.Address)
	}
	s, err := openTCP(e)
	if err != nil {
		return nil, err
	}
	return []socket{s}, nil
}

// openAnswering opens the sockets of an endpoint that answers queries.
func openAnswering(e message.Endpoint) (list []socket, err error) {
	opened, err := listen.Open([]listen.Endpoint{{Protocol: protocols[e.Role], Addr: e.Address}})
	if err != nil {
		return nil, err
	}
	for _, o := range opened {
		bound, err := o.Bound()
		if err != nil {
			return nil, errors.Join(err, listen.Close(opened))
		}
		list = append(list, socket{message.Socket{Endpoint: e, Network: o.Network}, bound, o.File})
	}
	return list, nil
}

// openTCP opens a listener of a service that is no answering of queries.
func openTCP(e message.Endpoint) (socket, error) {
	l, err := net.Listen(network("tcp", e.Address), e.Address.String())
	if err != nil {
		return socket{}, fmt.Errorf("listen for %s on %s: %w", e.Role, e.Address, err)
	}
	defer l.Close() // its duplicate stays
	file, err := l.(*net.TCPListener).File()
	return socket{message.Socket{Endpoint: e, Network: listen.TCP}, l.Addr().(*net.TCPAddr).AddrPort(), file}, err
}

// openBoth opens a TCP listener and a UDP socket at the same port.
func openBoth(e message.Endpoint) (list []socket, err error) {
	stream, err := openTCP(e)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, stream.file.Close())
		}
	}()
	packets, err := openUDP(e, stream.bound)
	return append([]socket{stream}, packets...), err
}

// openUDP opens a UDP socket of a service that is no answering of queries.
func openUDP(e message.Endpoint, at netip.AddrPort) ([]socket, error) {
	var lc net.ListenConfig
	pc, err := lc.ListenPacket(context.Background(), network("udp", e.Address), at.String())
	if err != nil {
		return nil, fmt.Errorf("listen for %s on %s: %w", e.Role, e.Address, err)
	}
	defer pc.Close() // its duplicate stays
	file, err := pc.(*net.UDPConn).File()
	if err != nil {
		return nil, fmt.Errorf("listen for %s on %s: %w", e.Role, e.Address, err)
	}
	bound := pc.LocalAddr().(*net.UDPAddr).AddrPort()
	return []socket{{message.Socket{Endpoint: e, Network: listen.UDP}, bound, file}}, nil
}

// network is "tcp4" or "tcp6", and so on: an IPv6 address is not one of IPv4 too.
func network(name string, a netip.AddrPort) string {
	if a.Addr().Is4() {
		return name + "4"
	}
	return name + "6"
}

// message tells a child of its sockets and carries them.
func (s sockets) message(answers bool) (message.Message, error) {
	list := []message.Socket{}
	var files []*os.File
	for _, e := range s.endpoints() {
		if e.Role.Answers() != answers {
			continue
		}
		for _, o := range s[e] {
			list = append(list, o.Socket)
			files = append(files, o.file)
		}
	}
	m, err := message.JSON(message.Sockets, list)
	m.Files = files
	return m, err
}

// endpoints are those that are open, in a fixed order.
func (s sockets) endpoints() []message.Endpoint {
	return slices.SortedFunc(maps.Keys(s), func(a, b message.Endpoint) int {
		if a.Role != b.Role {
			return slices.Index(roles, a.Role) - slices.Index(roles, b.Role)
		}
		return a.Address.Compare(b.Address)
	})
}

// roles are in the order in which people read of them.
var roles = []message.Role{
	message.RolePlain, message.RoleDoT, message.RoleDoH, message.RoleDoQ,
	message.RoleHTTP, message.RoleConsole, message.RoleFleet, message.RolePage, message.RolePageTLS, message.RoleZones,
	message.RoleRADIUS,
}

// log says where queries are answered.
func (s sockets) log(log *slog.Logger) {
	for _, e := range s.endpoints() {
		switch {
		case len(s[e]) == 0 || !e.Role.Answers():
		case e.Role == message.RolePlain:
			log.Info("serving", "address", s[e][0].bound)
		default:
			log.Info("serving encrypted", "protocol", protocols[e.Role], "address", s[e][0].bound)
		}
	}
}

func (s sockets) close() {
	for _, open := range s {
		closeAll(open)
	}
}

func closeAll(list []socket) {
	for _, o := range list {
		_ = o.file.Close() // nothing was written to it
	}
}
