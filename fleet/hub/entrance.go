package hub

import (
	"encoding/base64"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"lachan/fleet"
)

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
	hub *Hub
	own string
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
	e.hub.takesOver(m.Node, c.GetID())
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

// takesOver has a node's newest connection be its only one.
func (h *Hub) takesOver(node string, id uint64) {
	h.mu.Lock()
	before := h.members[node]
	h.members[node] = id
	h.mu.Unlock()
	if before != 0 && before != id {
		go h.disconnect(before) // the server holds locks while it asks
	}
}

// Revoke ends the connection of a node. Member has to say first that it is none any more.
func (h *Hub) Revoke(node string) {
	h.mu.Lock()
	id := h.members[node]
	delete(h.members, node)
	h.mu.Unlock()
	if id != 0 {
		h.disconnect(id)
	}
}

func (h *Hub) disconnect(id uint64) {
	_ = h.server.DisconnectClientByID(id) // an error means that it has gone
}
