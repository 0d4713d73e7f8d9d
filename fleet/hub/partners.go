package hub

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"lachan/fleet"
)

// Partners are the other hubs of a fleet that has three: their servers and the one here are one
// cluster, which confirms as long as two of them are there.
type Partners struct {
	Listen    netip.AddrPort // where they come to this hub
	Addresses []string       // where this hub goes to them
	// Trusted reports whether a key is that of a hub of the fleet.
	Trusted func(key ed25519.PublicKey) bool
	// Waits is told again and again why the hubs have not found together yet; nil for nobody.
	Waits func(why error)
}

// clusterName is that of the cluster of hubs.
const clusterName = "lachan"

// join has the options of a server make it one of the cluster.
func (p *Partners) join(options *server.Options, key ed25519.PrivateKey) error {
	config, err := fleet.ServerTLS(options.ServerName, key)
	if err != nil {
		return err
	}
	config.NextProtos, config.ClientAuth = nil, tls.RequireAnyClientCert
	config.InsecureSkipVerify = true // names and issuers say nothing here: the key does
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) > 0 {
			if key, ok := state.PeerCertificates[0].PublicKey.(ed25519.PublicKey); ok && p.Trusted(key) {
				return nil
			}
		}
		return fleet.ErrStranger
	}
	options.Cluster = server.ClusterOpts{
		Name: clusterName, Host: p.Listen.Addr().String(), Port: int(p.Listen.Port()), TLSConfig: config,
		TLSTimeout: handshakeTime.Seconds(), NoAdvertise: true, ConnectRetries: -1,
	}
	// The server looks for the others only once it listens for clients itself; those are asked who
	// they are as everybody is.
	options.DontListen, options.Host, options.Port = false, "127.0.0.1", server.RANDOM_PORT
	for _, address := range p.Addresses {
		options.Routes = append(options.Routes, &url.URL{Scheme: "tls", Host: address})
	}
	return nil
}

// Trust has the keys of the hubs that meet one be those and no others: a hub that was one until now
// is cut off at once, and does not come back. It does nothing where this is the only hub.
func Trust(h *Hub, keys ...ed25519.PublicKey) error {
	is, ok := h.engine.(*inside)
	if !ok || h.cfg.Partners == nil {
		return nil
	}
	pinned := server.PinnedCertSet{}
	for _, key := range keys {
		text, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			return fmt.Errorf("cut off hubs that are none any more: %w", err)
		}
		pinned[fmt.Sprintf("%x", sha256.Sum256(text))] = struct{}{}
	}
	options := is.options.Clone()
	options.Cluster.TLSPinnedCerts = pinned
	if err := is.server.ReloadOptions(options); err != nil {
		return fmt.Errorf("cut off hubs that are none any more: %w", err)
	}
	return nil
}

// free is nil if the address where partners come is one that this machine can listen at: the
// server itself only says that it does not get ready.
func (p *Partners) free() error {
	l, err := net.Listen("tcp", p.Listen.String())
	if err != nil {
		return fmt.Errorf("listen for the other hubs: %w", err)
	}
	return l.Close()
}

// serverName is what a hub is called in the cluster: it stays the same for as long as its key
// does, and is no other's.
func serverName(key ed25519.PrivateKey) string {
	public, _ := key.Public().(ed25519.PublicKey) // it is one
	sum := sha256.Sum256(public)
	return "hub-" + hex.EncodeToString(sum[:8])
}

// Times of hubs that look for each other: the first attempt, a later one at most, and between two.
const (
	partnersTime = 2 * time.Second // answers are lost until it is clear who leads
	partnersMost = 15 * time.Second
	partnersRest = 250 * time.Millisecond
)

// longer is how long the attempt after one may take: where all machines are busy an answer takes
// longer than any time that is the same for each attempt.
func longer(than time.Duration) time.Duration { return min(than*3/2, partnersMost) }

// part is the part of an attempt that a question may take whose answer may be lost.
func part(ctx context.Context) (context.Context, context.CancelFunc) {
	most := partnersTime / 2
	if until, ok := ctx.Deadline(); ok {
		most = max(most, time.Until(until)/4)
	}
	return context.WithTimeout(ctx, most)
}

// ErrAlone is the error of a hub that reaches neither of the other two.
var ErrAlone = errors.New("this hub reaches none of the other two")

// ErrNotYet is the error of hubs that have not found together yet: one of the three was never
// there, or they have to agree first who leads.
var ErrNotYet = errors.New("the three hubs have not found together yet")

// apartFrom is why hubs have not found together.
func apartFrom(h *Hub, err error) error {
	if h.Met() == 0 {
		return fmt.Errorf("%w: %w", ErrAlone, err)
	}
	return fmt.Errorf("%w: %w", ErrNotYet, err)
}

// Met is how many of the other hubs are connected with this one.
func (h *Hub) Met() int {
	if is, ok := h.engine.(*inside); ok {
		return is.server.NumRemotes()
	}
	return 0
}
