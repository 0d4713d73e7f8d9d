package manage

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"

	"lachan/blocklist/rpzout"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/manage/member"
	"lachan/cmd/lachan/manage/nodes"
	"lachan/cmd/lachan/manage/site"
	"lachan/internal/descriptors"
	"lachan/internal/message"
	"lachan/internal/places"
	"lachan/metrics/history"
	"lachan/metrics/ship"
	"lachan/policy"
	"lachan/radius"
)

// services are what this process serves, each with what it was started by: it
// is started again when that changes.
type services struct {
	*shared
	identity   *identity
	lists      *lists
	history    *history.Recorder
	api        *api
	console    *site.Site
	nodes      *nodes.Hub
	member     *member.Member
	visitors   *visitors
	accounting *radius.Server

	sockets map[message.Socket]socket // that the supervisor has opened for this process
	started bool
	by      map[string]any

	places  *places.Places // of all connections to this process but those of nodes
	ofNodes *places.Places
	rpzOut  *rpzout.Server               // nil when no zones are served
	shipper atomic.Pointer[ship.Shipper] // nil when history is not sent
}

// A socket is one that the supervisor has opened for this process.
type socket struct {
	message.Socket
	file *os.File
}

// startAll starts each service that is not running by what holds now. One
// that cannot be started is told as a condition of its name.
func (sv *services) startAll(ctx context.Context) {
	if !sv.started {
		return
	}
	token, _ := sv.cfg.HTTP.Token()                            // startHTTP tells what is wrong with it
	generation, _ := nodes.Generation(config.FleetDir(sv.cfg)) // Serve does
	for _, s := range []struct {
		name  string
		by    any
		start func(context.Context) error
	}{
		{"renewal", sv.cfg.ACMEOrder(), sv.identity.startRenewal},
		{"http", []any{sv.cfg.HTTP, token, sv.open(message.RoleHTTP)}, sv.startHTTP},
		{"console", []any{sv.cfg.Console, sv.open(message.RoleConsole)}, sv.startConsole},
		{"hub", []any{sv.cfg.Fleet, generation, sv.open(message.RoleFleet)}, sv.startHub},
		{
			"page",
			[]any{sv.cfg.Server.Page, sv.cfg.ACMEOrder(), sv.open(message.RolePage), sv.open(message.RolePageTLS)},
			sv.startPage,
		},
		{"rpz-out", []any{sv.cfg.Server.RPZOut, sv.open(message.RoleZones)}, sv.startRPZOut},
		{"radius", []any{sv.cfg.RADIUS, sv.open(message.RoleRADIUS)}, sv.startAccounting},
		{"shipping", sv.cfg.Metrics.WriteURL, sv.startShipping},
	} {
		if by, known := sv.by[s.name]; known && reflect.DeepEqual(by, s.by) {
			continue
		}
		if sv.by == nil {
			sv.by = map[string]any{}
		}
		sv.by[s.name] = s.by
		sv.children.stop(s.name)
		sv.conditions.Clear(s.name)
		if err := s.start(ctx); err != nil {
			sv.log.Error("start a service", "service", s.name, "error", err)
			sv.conditions.Set(s.name, err.Error())
		}
	}
}

// startHub serves the nodes of the fleet, if the configuration says where.
func (sv *services) startHub(ctx context.Context) error {
	listeners, err := sv.guarded(message.RoleFleet, sv.ofNodes)
	if err != nil || len(listeners) == 0 {
		return err
	}
	sv.children.start(ctx, "hub", func(ctx context.Context) {
		if err := sv.nodes.Serve(ctx, listeners); err != nil {
			sv.log.Error("serve the nodes of the fleet", "error", err)
			sv.conditions.Set("hub", err.Error())
		}
	})
	return nil
}

// newAccounting is the server of RADIUS accounting, which finds units by what is in force.
func newAccounting(sh *shared, r *resolves, view func() *view, stateDir string) *radius.Server {
	unit := func(line string) string {
		id, _ := policy.UnitOfLine(view().rules.Policy(), line)
		return id
	}
	return radius.New(filepath.Join(stateDir, "sessions.jsonl"), radius.Sinks{
		Unit: unit, Send: r.followers.Send, Replace: r.followers.Replace, Conditions: sh.conditions, Log: sh.log,
		Failed: func(err error) { sh.children.failed("radius", err) },
	})
}

// startAccounting takes what access servers say of sessions, if the configuration says
// where and from whom; else there are none.
func (sv *services) startAccounting(ctx context.Context) error {
	sockets, err := sv.packetConns(message.RoleRADIUS)
	if err != nil {
		return err
	}
	settings, err := sv.cfg.RADIUS.Settings()
	if err != nil || len(sockets) == 0 {
		settings.Clients = nil
	}
	for _, socket := range sockets {
		sv.log.Info("serving accounting", "address", socket.LocalAddr())
	}
	sv.children.start(ctx, "radius", func(ctx context.Context) {
		sv.accounting.Serve(ctx, settings, sockets)
		for _, socket := range sockets {
			_ = socket.Close() // a copy: the supervisor's stays. After a fault it is served again
		}
	})
	return err
}

// takeSockets takes the sockets that the supervisor has opened.
func (sv *services) takeSockets(ctx context.Context, m *message.Message) {
	var list []message.Socket
	if err := m.Decode(&list); err != nil || len(list) != len(m.Files) {
		sv.log.Error("take sockets", "sockets", len(list), "files", len(m.Files), "error", err)
		return
	}
	old := sv.sockets
	sv.sockets = map[message.Socket]socket{}
	for i, s := range list {
		if had, known := old[s]; known {
			_ = m.Files[i].Close() // a copy of what is here
			sv.sockets[s] = had
			delete(old, s)
			continue
		}
		sv.sockets[s] = socket{s, m.Files[i]}
	}
	sv.startAll(ctx)
	for _, s := range old {
		_ = s.file.Close() // nothing was written to it
	}
}

// takeAbsent takes note of the endpoints whose address this machine does not have. The
// supervisor opens them when it has.
func (sv *services) takeAbsent(m *message.Message) {
	var absent []message.Endpoint
	if err := m.Decode(&absent); err != nil {
		sv.log.Error("take absent addresses", "error", err)
		return
	}
	if len(absent) == 0 {
		sv.conditions.Clear("listen")
		return
	}
	var addresses []string
	for _, e := range absent {
		addresses = append(addresses, e.Address.String())
	}
	sv.conditions.Set("listen", textAbsent.With(strings.Join(addresses, ", ")).String())
}

// open are the sockets of a role, in a fixed order.
func (sv *services) open(role message.Role) (list []message.Socket) {
	for s := range sv.sockets {
		if s.Role == role {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b message.Socket) int { return a.Address.Compare(b.Address) })
	return list
}

// listeners are the TCP sockets of a role; closing one leaves the socket open.
func (sv *services) listeners(role message.Role) ([]net.Listener, error) {
	return sv.guarded(role, sv.places)
}

// guarded are listeners whose connections take places.
func (sv *services) guarded(role message.Role, p *places.Places) (list []net.Listener, err error) {
	for _, s := range sv.open(role) {
		if s.Network != "tcp" {
			continue
		}
		l, err := net.FileListener(sv.sockets[s].file)
		if err != nil {
			for _, opened := range list {
				err = errors.Join(err, opened.Close())
			}
			return nil, fmt.Errorf("listen for %s on %s: %w", role, s.Address, err)
		}
		list = append(list, p.Guard(l, string(role)))
	}
	return list, nil
}

// newPlaces are those of the connections to this process. Each door has a part of them,
// and each client a part of that: what scrapes metrics, the visitors of a blocked name
// and the secondaries of zones come from few addresses each.
func newPlaces() *places.Places {
	all := descriptors.ForClients(512, 0)
	return places.New(func() places.Bounds {
		return places.Bounds{All: all, PerDoor: max(1, all/2), PerClient: max(1, all/8)}
	})
}

// newNodePlaces are those of the nodes of a hub, each of which has one connection and now
// and then a second one. Many may come from the address of one router.
func newNodePlaces() *places.Places {
	all := descriptors.ForClients(8192, 0)
	return places.New(func() places.Bounds {
		return places.Bounds{All: all, PerDoor: all, PerClient: max(1, all/2)}
	})
}

// packetConns are the UDP sockets of a role; closing one leaves the socket open.
func (sv *services) packetConns(role message.Role) (list []net.PacketConn, err error) {
	for _, s := range sv.open(role) {
		if s.Network != "udp" {
			continue
		}
		c, err := net.FilePacketConn(sv.sockets[s].file)
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
