// Package hub is the server by which nodes get the records of their areas: JetStream,
// embedded, with permissions that are computed when a node connects.
package hub

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lachan/fleet"
)

// Config is what a hub is started with.
type Config struct {
	Name  string             // of this hub
	Dir   string             // of JetStream's files
	Key   ed25519.PrivateKey // signs heads, and proves to nodes who this is
	Store int64              // bytes that JetStream's files may have
	// Member is who has a public nkey; ok is false for one that never joined or was revoked.
	Member func(nkey string) (m Member, ok bool)
}

// A Member is a node as the ledger knows it.
type Member struct {
	Node    string
	Streams []fleet.Stream // that of its area, and Root's
}

// A Hub is a server and the hub's own connection to it.
type Hub struct {
	cfg    Config
	server *server.Server
	conn   *nats.Conn
	js     jetstream.JetStream
	heads  jetstream.KeyValue

	mu      sync.Mutex
	members map[string]uint64 // mu; by node, the connection that it has
	ends    map[string]uint64 // mu; by area, the last record of its chain
}

// startTime is how long the server may take until it is ready.
const startTime = 30 * time.Second

// statusLife is after how long a node that says nothing has no status.
const statusLife = 10 * time.Minute

// Start starts a hub. Its streams are those that its files have.
func Start(ctx context.Context, cfg Config) (h *Hub, err error) {
	h = &Hub{cfg: cfg, members: map[string]uint64{}, ends: map[string]uint64{}}
	own, err := newOwn()
	if err != nil {
		return nil, fmt.Errorf("start hub: %w", err)
	}
	options := &server.Options{
		ServerName: cfg.Name, NoLog: true, NoSigs: true, MaxPayload: maxPayload,
		JetStream: true, StoreDir: cfg.Dir, SyncAlways: true,
		JetStreamMaxStore: cfg.Store, JetStreamMaxMemory: statusMemory,
		AlwaysEnableNonce: true, CustomClientAuthentication: &entrance{h, own.public},
		DontListen: true, // Serve has the port, for more than NATS
	}
	if h.server, err = server.NewServer(options); err != nil {
		return nil, fmt.Errorf("start hub: %w", err)
	}
	h.server.Start()
	if !h.server.ReadyForConnections(startTime) {
		h.server.Shutdown()
		return nil, errors.New("start hub: the server does not get ready")
	}
	if err := h.connect(ctx, own); err != nil {
		h.Close()
		return nil, fmt.Errorf("start hub: %w", err)
	}
	return h, nil
}

// Bounds of the server.
const (
	maxPayload   = 64 << 10 // bytes of a message
	statusMemory = 64 << 20 // bytes of what nodes say of themselves
)

// connect has the hub's own connection and its buckets.
func (h *Hub) connect(ctx context.Context, own own) (err error) {
	h.conn, err = nats.Connect("",
		nats.InProcessServer(h.server), nats.Nkey(own.public, own.sign), nats.MaxReconnects(-1))
	if err != nil {
		return err
	}
	if h.js, err = jetstream.New(h.conn); err != nil {
		return err
	}
	h.heads, err = h.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: fleet.HeadBucket, History: 5, MaxBytes: 1 << 20,
	})
	if err != nil {
		return fmt.Errorf("make bucket %s: %w", fleet.HeadBucket, err)
	}
	_, err = h.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: fleet.StatusBucket, Storage: jetstream.MemoryStorage, TTL: statusLife,
		MaxBytes: statusMemory / 2, MaxValueSize: fleet.MaxStatus,
	})
	if err != nil {
		return fmt.Errorf("make bucket %s: %w", fleet.StatusBucket, err)
	}
	return nil
}

// Consumers is how many consumers the server has: none, ever.
func (h *Hub) Consumers() int {
	info, err := h.server.Jsz(nil)
	if err != nil {
		return 0
	}
	return info.Consumers
}

// Close ends the server.
func (h *Hub) Close() {
	if h.conn != nil {
		h.conn.Close()
	}
	h.server.Shutdown()
	h.server.WaitForShutdown()
}
