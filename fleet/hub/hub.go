// Package hub is the server by which nodes get the records of their areas: JetStream,
// embedded or of others, with permissions that are computed when a node connects.
package hub

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

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
	// Cluster has servers of others, which carry in place of one in this process; nil for
	// none. Dir and Store are for the latter.
	Cluster *Cluster
	// Partners are the other two hubs; nil if this is the only one.
	Partners *Partners
	// Member is who has a public nkey; ok is false for one that never joined or was revoked.
	Member func(nkey string) (m Member, ok bool)
}

// A Member is a node as the ledger knows it.
type Member struct {
	Node    string
	Streams []fleet.Stream // that of its area, and Root's
}

// A Hub is the hub's own connection to what carries.
type Hub struct {
	cfg      Config
	engine   engine
	conn     *nats.Conn
	js       jetstream.JetStream
	heads    jetstream.KeyValue
	statuses jetstream.KeyValue
	replicas int // of each stream

	mu      sync.Mutex
	members map[string]func() // mu; by node, what ends the connection that it has
	ends    map[string]uint64 // mu; by area, the last record of its chain
}

// An engine carries: a server in this process, or those of others.
type engine interface {
	// connect is where the hub's own connection goes, and how.
	connect() (urls string, options []nats.Option)
	// begin is called when it is there, before any node comes.
	begin(ctx context.Context, conn *nats.Conn) error
	// serve serves a node's connection until its end.
	serve(conn net.Conn)
	// replicas is how many servers have each stream at most.
	replicas() int
	// renew has a server in this process read its files again.
	renew() error
	close()
}

// startTime is how long the server may take until it is ready.
const startTime = 30 * time.Second

// statusLife is after how long a node that says nothing has no status.
const statusLife = 10 * time.Minute

// Start starts a hub. Its streams are those that its files, or the cluster, have.
func Start(ctx context.Context, cfg Config) (h *Hub, err error) {
	h = &Hub{cfg: cfg, members: map[string]func(){}, ends: map[string]uint64{}}
	if cfg.Cluster != nil {
		h.engine, err = newOutside(h, *cfg.Cluster)
	} else {
		h.engine, err = newInside(h)
	}
	if err != nil {
		return nil, fmt.Errorf("start hub: %w", err)
	}
	if cfg.Partners == nil {
		err = h.connect(ctx)
	} else {
		err = find(ctx, h)
	}
	if err != nil {
		h.Close()
		return nil, fmt.Errorf("start hub: %w", explained(err))
	}
	return h, nil
}

// find is connect that tries until the hubs have found together.
func find(ctx context.Context, h *Hub) error {
	for most := partnersTime; ; most = longer(most) {
		try, cancel := context.WithTimeout(ctx, most)
		err := h.connect(try)
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if h.cfg.Partners.Waits != nil {
			h.cfg.Partners.Waits(apartFrom(h, err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(partnersRest):
		}
	}
}

// Bounds of the server.
const (
	maxPayload   = 64 << 10 // bytes of a message
	statusMemory = 64 << 20 // bytes of what nodes say of themselves
)

// answersLen is for how many answers there is room with each question: a batch and its end. The
// library has room for 65,536 otherwise, which are half a megabyte to clear each time.
const answersLen = 2 * carriedAtOnce

// connect has the hub's own connection and its buckets.
func (h *Hub) connect(ctx context.Context) (err error) {
	if h.conn == nil {
		urls, options := h.engine.connect()
		options = append(options, nats.MaxReconnects(-1), nats.SyncQueueLen(answersLen))
		if h.conn, err = nats.Connect(urls, options...); err != nil {
			return err
		}
		if h.js, err = jetstream.New(h.conn); err != nil {
			return err
		}
	}
	if err := h.openBuckets(ctx); err != nil {
		return err
	}
	if h.cfg.Partners != nil {
		if err := openChain(ctx, h); err != nil {
			return err
		}
	}
	return h.engine.begin(ctx, h.conn)
}

// openBuckets makes the buckets that are not there.
func (h *Hub) openBuckets(ctx context.Context) (err error) {
	h.heads, err = h.bucket(ctx, jetstream.KeyValueConfig{Bucket: fleet.HeadBucket, History: 5, MaxBytes: 1 << 20})
	if err != nil {
		return err
	}
	h.statuses, err = h.bucket(ctx, jetstream.KeyValueConfig{
		Bucket: fleet.StatusBucket, Storage: jetstream.MemoryStorage, TTL: statusLife,
		MaxBytes: statusMemory / 2, MaxValueSize: fleet.MaxStatus,
	})
	return err
}

// bucket makes a bucket if there is none. The first one shows how many servers can have it.
func (h *Hub) bucket(ctx context.Context, is jetstream.KeyValueConfig) (kv jetstream.KeyValue, err error) {
	if h.replicas == 0 {
		h.replicas = h.engine.replicas()
	}
	is.Replicas = h.replicas
	if h.cfg.Partners != nil {
		try, cancel := part(ctx)
		kv, err = h.js.KeyValue(try, is.Bucket)
		cancel()
		if err == nil {
			return kv, nil
		}
	}
	kv, err = h.js.CreateOrUpdateKeyValue(ctx, is)
	if code(err) == alone && h.replicas > 1 && h.cfg.Partners == nil {
		h.replicas = 1
		return h.bucket(ctx, is)
	}
	if err != nil {
		return nil, fmt.Errorf("make bucket %s: %w", is.Bucket, err)
	}
	return kv, nil
}

// alone is the code of JetStream for a server that is in no cluster.
const alone jetstream.ErrorCode = 10074

// code is the one that JetStream gave with an error; 0 if it gave none.
func code(err error) jetstream.ErrorCode {
	if e := jetstream.JetStreamError(nil); errors.As(err, &e) && e.APIError() != nil {
		return e.APIError().ErrorCode
	}
	return 0
}

// Consumers is how many consumers the streams have: none, ever.
func (h *Hub) Consumers(ctx context.Context) (int, error) {
	info, err := h.js.AccountInfo(ctx)
	if err != nil {
		return 0, fmt.Errorf("count consumers: %w", err)
	}
	return info.Consumers, nil
}

// ErrAway is the error of a server that the hub is not connected to.
var ErrAway = errors.New("none of the servers answers")

// Reached is nil if what carries is there at this moment.
func (h *Hub) Reached() error {
	if h.conn.IsConnected() {
		return nil
	}
	if err := h.conn.LastError(); err != nil {
		return fmt.Errorf("%w: %w", ErrAway, explained(err))
	}
	return ErrAway
}

// Close ends the server, or the connection to those of others.
func (h *Hub) Close() {
	if h.conn != nil {
		h.conn.Close()
	}
	h.engine.close()
}
