package hub

import (
	"context"
	"encoding/base64"
	"errors"
	"net"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"lachan/fleet"
)

// An inside engine is a server in this process.
type inside struct {
	hub     *Hub
	server  *server.Server
	own     own
	options *server.Options // that the server was started with
}

func newInside(h *Hub) (*inside, error) {
	own, err := newOwn()
	if err != nil {
		return nil, err
	}
	is := &inside{hub: h, own: own}
	options := &server.Options{
		ServerName: h.cfg.Name, NoLog: true, NoSigs: true, MaxPayload: maxPayload,
		JetStream: true, StoreDir: h.cfg.Dir, SyncAlways: true,
		JetStreamMaxStore: h.cfg.Store, JetStreamMaxMemory: statusMemory,
		AlwaysEnableNonce: true, CustomClientAuthentication: &entrance{h, is, own.public},
		DontListen: true, // Serve has the port, for more than NATS
	}
	if p := h.cfg.Partners; p != nil {
		options.ServerName = serverName(h.cfg.Key)
		options.JetStreamLimits.MaxBatchSize = mostInGroup
		if err := errors.Join(p.free(), p.join(options, h.cfg.Key)); err != nil {
			return nil, err
		}
	}
	is.options = options.Clone()
	if is.server, err = server.NewServer(options); err != nil {
		return nil, err
	}
	is.server.Start()
	if !is.server.ReadyForConnections(startTime) {
		is.server.Shutdown()
		return nil, errors.New("the server does not get ready")
	}
	return is, nil
}

func (is *inside) connect() (urls string, options []nats.Option) {
	return "", []nats.Option{nats.InProcessServer(is.server), nats.Nkey(is.own.public, is.own.sign)}
}

func (*inside) begin(context.Context, *nats.Conn) error { return nil }

func (is *inside) serve(conn net.Conn) {
	to, err := is.server.InProcessConn()
	if err != nil {
		return // it ends
	}
	splice(conn, to)
}

func (is *inside) replicas() int {
	if is.hub.cfg.Partners != nil {
		return most
	}
	return 1
}

// renew is engine. A server that could not write once, as on a full disk, writes no more
// until then.
func (is *inside) renew() error {
	cfg := is.hub.cfg
	return errors.Join(is.server.ShutdownJetStream(), is.server.EnableJetStream(&server.JetStreamConfig{
		StoreDir: cfg.Dir, SyncAlways: true, MaxStore: cfg.Store, MaxMemory: statusMemory,
	}))
}

func (is *inside) close() {
	is.server.Shutdown()
	is.server.WaitForShutdown()
}

// An own is the key of the hub's own connection, made anew at each start.
type own struct {
	public string
	sign   func(nonce []byte) ([]byte, error)
}

func newOwn() (own, error) {
	pair, err := nkeys.CreateUser()
	if err != nil {
		return own{}, err
	}
	public, err := pair.PublicKey()
	return own{public, pair.Sign}, err
}

// An entrance says who may connect: the hub itself, and members by their nkeys. It is
// asked at each connection, so that who was revoked stays outside.
type entrance struct {
	hub    *Hub
	inside *inside
	own    string
}

// Check is server.Authentication.
func (e *entrance) Check(c server.ClientAuthentication) bool {
	o := c.GetOpts()
	if c.Kind() != server.CLIENT || !signed(o.Nkey, o.Sig, c.GetNonce()) {
		return false
	}
	if o.Nkey == e.own {
		c.RegisterUser(&server.User{Username: "hub"})
		return true
	}
	m, ok := e.hub.cfg.Member(o.Nkey)
	if !ok {
		return false
	}
	p := fleet.PermissionsOf(m.Node, m.Streams...)
	c.RegisterUser(&server.User{Username: m.Node, Permissions: &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: p.Publish},
		Subscribe: &server.SubjectPermission{Allow: p.Subscribe},
	}})
	id := c.GetID()
	e.hub.takesOver(m.Node, func() {
		_ = e.inside.server.DisconnectClientByID(id) // an error means that it has gone
	})
	return true
}

// signed reports whether the owner of a public nkey has signed a nonce.
func signed(nkey, sig string, nonce []byte) bool {
	key, err := nkeys.FromPublicKey(nkey)
	if err != nil || len(nonce) == 0 {
		return false
	}
	raw, err := base64.RawURLEncoding.DecodeString(sig)
	return err == nil && key.Verify(nonce, raw) == nil
}

// takesOver has a node's newest connection be its only one. end ends it.
func (h *Hub) takesOver(node string, end func()) {
	h.mu.Lock()
	before := h.members[node]
	h.members[node] = end
	h.mu.Unlock()
	if before != nil {
		go before() // the server holds locks while it asks
	}
}

// Revoke ends the connection of a node. Member has to say first that it is none any more.
func (h *Hub) Revoke(node string) {
	h.mu.Lock()
	end := h.members[node]
	delete(h.members, node)
	h.mu.Unlock()
	if end != nil {
		end()
	}
}
