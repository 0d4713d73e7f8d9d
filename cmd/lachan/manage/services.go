package manage

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"reflect"
	"slices"
	"sync/atomic"

	"lachan/blocklist/rpzout"
	"lachan/internal/message"
	"lachan/metrics/ship"
)

// services are what this process serves, each with what it was started by: it
// is started again when that changes.
type services struct {
	started bool
	by      map[string]any

	rpzOut  *rpzout.Server               // nil when no zones are served
	shipper atomic.Pointer[ship.Shipper] // nil when history is not sent
}

// A socket is one that the supervisor has opened for this process.
type socket struct {
	message.Socket
	file *os.File
}

// startServices starts each service that is not running by what holds now. One
// that cannot be started is told as a condition of its name.
func (n *node) startServices(ctx context.Context) {
	if !n.services.started {
		return
	}
	for _, s := range []struct {
		name  string
		by    any
		start func(context.Context) error
	}{
		{"renewal", n.cfg.ACMEOrder(), n.startRenewal},
		{"http", []any{n.cfg.HTTP, n.open(message.RoleHTTP)}, n.startHTTP},
		{
			"page",
			[]any{n.cfg.Server.Page, n.cfg.ACMEOrder(), n.open(message.RolePage), n.open(message.RolePageTLS)},
			n.startPage,
		},
		{"rpz-out", []any{n.cfg.Server.RPZOut, n.open(message.RoleZones)}, n.startRPZOut},
		{"shipping", n.cfg.Metrics.WriteURL, n.startShipping},
	} {
		if by, known := n.services.by[s.name]; known && reflect.DeepEqual(by, s.by) {
			continue
		}
		if n.services.by == nil {
			n.services.by = map[string]any{}
		}
		n.services.by[s.name] = s.by
		n.children.stop(s.name)
		n.conditions.Clear(s.name)
		if err := s.start(ctx); err != nil {
			n.log.Error("start a service", "service", s.name, "error", err)
			n.conditions.Set(s.name, err.Error())
		}
	}
}

// takeSockets takes the sockets that the supervisor has opened.
func (n *node) takeSockets(ctx context.Context, m *message.Message) {
	var list []message.Socket
	if err := m.Decode(&list); err != nil || len(list) != len(m.Files) {
		n.log.Error("take sockets", "sockets", len(list), "files", len(m.Files), "error", err)
		return
	}
	old := n.supervisor.sockets
	n.supervisor.sockets = map[message.Socket]socket{}
	for i, s := range list {
		if had, known := old[s]; known {
			_ = m.Files[i].Close() // a copy of what is here
			n.supervisor.sockets[s] = had
			delete(old, s)
			continue
		}
		n.supervisor.sockets[s] = socket{s, m.Files[i]}
	}
	n.startServices(ctx)
	for _, s := range old {
		_ = s.file.Close() // nothing was written to it
	}
}

// open are the sockets of a role, in a fixed order.
func (n *node) open(role message.Role) (list []message.Socket) {
	for s := range n.supervisor.sockets {
		if s.Role == role {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b message.Socket) int { return a.Address.Compare(b.Address) })
	return list
}

// listeners are the TCP sockets of a role; closing one leaves the socket open.
func (n *node) listeners(role message.Role) (list []net.Listener, err error) {
	for _, s := range n.open(role) {
		if s.Network != "tcp" {
			continue
		}
		l, err := net.FileListener(n.supervisor.sockets[s].file)
		if err != nil {
			for _, opened := range list {
				err = errors.Join(err, opened.Close())
			}
			return nil, fmt.Errorf("listen for %s on %s: %w", role, s.Address, err)
		}
		list = append(list, l)
	}
	return list, nil
}

// packetConns are the UDP sockets of a role; closing one leaves the socket open.
func (n *node) packetConns(role message.Role) (list []net.PacketConn, err error) {
	for _, s := range n.open(role) {
		if s.Network != "udp" {
			continue
		}
		c, err := net.FilePacketConn(n.supervisor.sockets[s].file)
		if err != nil {
			for _, opened := range list {
				err = errors.Join(err, opened.Close())
			}
			return nil, fmt.Errorf("listen for %s on %s: %w", role, s.Address, err)
		}
		list = append(list, c)
	}
	return list, nil
}
