// Package node follows the ledgers of a node's area and of all: it is connected to a hub,
// hears the bell of each new record, and compares with the signed head, so that silence is
// never taken for "nothing new". It has no consumer.
package node

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lachan/admin/ledger"
	"lachan/fleet"
)

// Config is what a node follows, and how it is known.
type Config struct {
	Node  string
	Hubs  []string // addresses, such as hub.example:4222
	Nkey  string   // the public one
	Sign  func(nonce []byte) ([]byte, error)
	Trust fleet.Trust
	Log   *slog.Logger
}

// A Follower follows one stream into a copy of its ledger.
type Follower struct {
	Stream fleet.Stream
	Copy   *ledger.Copy
	// Taken is told after records were taken, with the number of the last one.
	Taken func(seq uint64)
	// Renewed is told the head of a later generation: the hub has begun the stream anew, and
	// this one has no more.
	Renewed func(head fleet.Head)

	head     fleet.Head // the newest that was seen
	compared time.Time  // when it was compared with last
	bell     chan struct{}
	rung     atomic.Uint64 // the newest record that the bell rang for
	anew     atomic.Bool   // there is another connection since it was compared
}

// A Node is connected to a hub, or tries to be.
type Node struct {
	cfg       Config
	conn      *nats.Conn
	js        jetstream.JetStream
	followers []*Follower
	good      atomic.Int64 // when the last follower had everything, Unix seconds
	stranger  atomic.Pointer[ed25519.PublicKey]

	mu      sync.Mutex
	refused chan struct{} // mu; closed when the hub refuses a question the next time
}

// When a node looks by itself, and gives its connection up for a new one.
const (
	lookEvery    = time.Minute
	lookSpread   = 20 * time.Second // more or less
	lookTime     = 10 * time.Second // for an answer
	reconnectMin = time.Second
	reconnectMax = time.Minute
	silentFor    = 10 * time.Minute // without a good head
	batch        = 500              // records that are asked for at once
	mostInGroup  = 32_000           // records that count together or not at all

	// answersLen is for how many answers there is room with each question: a batch and its end. The
	// library has room for 65,536 otherwise, which are half a megabyte to clear for each record.
	answersLen = 2 * batch
)

// Connect connects a node and follows until Close. It does not wait for a hub: one that
// cannot be reached is tried again and again.
func Connect(cfg Config, followers ...*Follower) (*Node, error) {
	n := &Node{cfg: cfg, followers: followers, refused: make(chan struct{})}
	for _, f := range followers {
		f.bell = make(chan struct{}, 1)
	}
	options := []nats.Option{
		nats.Name(cfg.Node), nats.Nkey(cfg.Nkey, cfg.Sign), nats.CustomInboxPrefix(fleet.Inbox(cfg.Node)),
		nats.SetCustomDialer(fleet.Dialer{Protocol: fleet.Records, Trusted: func(key ed25519.PublicKey) bool {
			if cfg.Trust.Has(key, time.Now()) {
				return true
			}
			n.stranger.Store(&key)
			return false
		}}),
		nats.SyncQueueLen(answersLen), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true), nats.NoEcho(),
		nats.IgnoreAuthErrorAbort(),    // a hub that cannot ask who this is may be able to later
		nats.IgnoreDiscoveredServers(), // the hubs lead to them
		nats.CustomReconnectDelay(func(attempts int) time.Duration {
			most := min(reconnectMax, reconnectMin<<min(attempts, 6))
			return reconnectMin + rand.N(most)
		}),
		nats.ConnectHandler(n.connected),
		nats.ReconnectHandler(n.connected),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			cfg.Log.Warn("fleet", "error", err)
			if errors.Is(err, nats.ErrPermissionViolation) {
				n.refuse()
			}
		}),
	}
	var urls []string
	for _, address := range cfg.Hubs {
		urls = append(urls, "nats://"+address) // the dialer has TLS
	}
	var err error
	if n.conn, err = nats.Connect(strings.Join(urls, ","), options...); err != nil {
		return nil, fmt.Errorf("connect to hub: %w", err)
	}
	if n.js, err = jetstream.New(n.conn); err != nil {
		n.conn.Close()
		return nil, fmt.Errorf("connect to hub: %w", err)
	}
	for _, f := range followers {
		if _, err := n.conn.Subscribe(f.Stream.Subject(), func(m *nats.Msg) { f.hear(m.Data) }); err != nil {
			n.conn.Close()
			return nil, fmt.Errorf("listen to %s: %w", f.Stream.Subject(), err)
		}
	}
	return n, nil
}

// connected has all followers look at a hub that was not there.
func (n *Node) connected(*nats.Conn) {
	n.stranger.Store(nil)
	n.ring()
}

// Stranger is the key of what has answered at the address of a hub and is none, since this node was
// connected to a hub last; nil if nothing has.
func (n *Node) Stranger() ed25519.PublicKey {
	if key := n.stranger.Load(); key != nil {
		return *key
	}
	return nil
}

// refuse has questions that wait for an answer end: one of them was refused, which nobody
// answers.
func (n *Node) refuse() {
	n.mu.Lock()
	defer n.mu.Unlock()
	close(n.refused)
	n.refused = make(chan struct{})
}

// untilRefused is a context that ends when the hub refuses a question, or after lookTime.
func (n *Node) untilRefused(ctx context.Context) (context.Context, context.CancelFunc) {
	n.mu.Lock()
	refused := n.refused
	n.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	go func() {
		select {
		case <-refused:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// ring has all followers look.
func (n *Node) ring() {
	for _, f := range n.followers {
		f.anew.Store(true)
		f.ring()
	}
}

func (f *Follower) ring() {
	select {
	case f.bell <- struct{}{}:
	default: // it will look
	}
}

// hear hears the bell of a record.
func (f *Follower) hear(line []byte) {
	if seq, _, _, err := ledger.ParseLink(line); err == nil {
		for before := f.rung.Load(); seq > before && !f.rung.CompareAndSwap(before, seq); {
			before = f.rung.Load()
		}
	}
	f.ring()
}

// late reports whether the bell rang for a record that is not here.
func (f *Follower) late() bool {
	seq, _ := f.Copy.End()
	return seq < f.rung.Load()
}

// Even is when this node last had everything that the hub has; zero if it has not yet.
func (n *Node) Even() time.Time {
	if at := n.good.Load(); at > 0 {
		return time.Unix(at, 0)
	}
	return time.Time{}
}

// Close ends the connection.
func (n *Node) Close() { n.conn.Close() }

// The bell rings when a record is sent, which may be before the hub has it on disk: a
// node looks again, each time after twice as long. It gives up, as what rang may be a record
// that the hub did not take, or no hub's.
const (
	againAfter = 20 * time.Millisecond
	againMost  = 5 * time.Second
)

// Follow follows until ctx is done. Each follower is looked after in turn: a node has two.
func (n *Node) Follow(ctx context.Context, f *Follower) {
	good, again := time.Now(), againAfter
	for {
		if n.takeRung(ctx, f) {
			again = againAfter
			select {
			case <-ctx.Done():
				return
			case <-f.bell:
				continue
			case <-time.After(lookEvery - lookSpread + rand.N(2*lookSpread) - time.Since(f.compared)):
			}
		}
		err := n.CatchUp(ctx, f)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			good = time.Now()
			n.good.Store(good.Unix())
		default:
			n.cfg.Log.Warn("catch up with the hub", "area", f.Stream.Area, "error", err)
			if time.Since(good) > silentFor {
				good = time.Now()
				_ = n.conn.ForceReconnect() // an error: it is trying
			}
		}
		wait := lookEvery - lookSpread + rand.N(2*lookSpread)
		if f.late() && again < againMost {
			wait = again + rand.N(again)
			again *= 2
		}
		select {
		case <-ctx.Done():
			return
		case <-f.bell:
			again = againAfter
		case <-time.After(wait):
		}
	}
}

// takeRung takes what the bell rang for, and reports whether that was all. The head, which says
// whether there is more than a hub gives, was compared with within a minute then, over this
// connection, and will be again: of each record alone it would only say what the bell has said.
func (n *Node) takeRung(ctx context.Context, f *Follower) bool {
	seq, _ := f.Copy.End()
	if f.compared.IsZero() || time.Since(f.compared) >= lookEvery-lookSpread || f.anew.Load() || seq >= f.rung.Load() {
		return false
	}
	return n.takeAll(ctx, f) == nil && !f.late()
}

// ErrOld is the error of a head that precedes one which was seen: a hub that lags, or one
// that replays.
var ErrOld = errors.New("the head precedes one that was seen")

// ErrSilent is the error if a hub has a head and not the records that it tells of.
var ErrSilent = errors.New("the hub does not give the records that its head tells of")

// ErrForked is the error if the record that a head tells of is another one here.
var ErrForked = errors.New("the hub's ledger is another one than that which is here")

// ErrRenewed is the error if the stream has begun anew as another generation.
var ErrRenewed = errors.New("the hub has begun the ledger of the area anew")

// CatchUp takes all records that the hub gives, and compares with its head: what the head
// tells of and the hub does not give is missing, not absent.
func (n *Node) CatchUp(ctx context.Context, f *Follower) error {
	f.anew.Store(false)
	taken := n.takeAll(ctx, f) // which fails where the stream is gone
	head, err := n.readHead(ctx, f.Stream.Area)
	switch is := max(1, f.Stream.Generation); {
	case err == nil && head.Generation > is:
		if f.Renewed != nil {
			f.Renewed(head)
		}
		return ErrRenewed
	case taken != nil:
		return taken
	case err != nil:
		return err
	case head.Precedes(f.head) || head.Generation < is:
		return ErrOld
	}
	f.head = head
	if seq, _ := f.Copy.End(); seq < head.Seq { // they were written meanwhile
		if err := n.takeAll(ctx, f); err != nil {
			return err
		}
	}
	switch seq, hash := f.Copy.End(); {
	case seq < head.Seq:
		return ErrSilent
	case seq == head.Seq && hash != head.Hash:
		return ErrForked
	}
	f.compared = time.Now()
	return nil
}

// Say says what this node does, in at most fleet.MaxStatus bytes. Nobody answers.
func (n *Node) Say(status []byte) error {
	if err := n.conn.Publish(fleet.StatusSubject(n.cfg.Node), status); err != nil {
		return fmt.Errorf("say the status: %w", err)
	}
	return nil
}

// ErrDeaf is the error of a hub that does not hear of a kind: its version is older.
var ErrDeaf = errors.New("the hub is of a version that does not hear of it")

// Tell tells the hub something of a kind, and returns what it answers.
func (n *Node) Tell(ctx context.Context, kind string, text []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	answer, err := n.conn.RequestWithContext(ctx, fleet.UpSubject(n.cfg.Node, kind), text)
	if errors.Is(err, nats.ErrNoResponders) {
		return nil, ErrDeaf
	}
	if err == nil && answer.Header.Get(fleet.ErrorHeader) != "" {
		err = errors.New(answer.Header.Get(fleet.ErrorHeader))
	}
	if err != nil {
		return nil, fmt.Errorf("tell the hub of %s: %w", kind, err)
	}
	return answer.Data, nil
}

// Connected reports whether there is a hub at this moment.
func (n *Node) Connected() bool { return n.conn.IsConnected() }
