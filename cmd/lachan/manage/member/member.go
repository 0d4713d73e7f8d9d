// Package member is a machine as a node of a fleet: it follows what its hub decides, puts
// that in force beside what is decided here, and tells the hub how it stands.
package member

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nkeys"

	"lachan/admin"
	"lachan/admin/ledger"
	"lachan/admin/request"
	"lachan/blocklist/order"
	"lachan/cmd/lachan/config"
	"lachan/fleet"
	"lachan/fleet/node"
	"lachan/internal/durable"
	"lachan/metrics"
	"lachan/policy"
)

// A Membership is what a machine knows of the fleet that it has joined.
type Membership struct {
	Node    string            `json:"node"`
	Hubs    []string          `json:"hubs"` // addresses
	Root    string            `json:"root"` // fingerprint of the root key, pinned
	Streams []fleet.Stream    `json:"streams"`
	Seed    string            `json:"seed"` // of the nkey
	Trust   fleet.SignedTrust `json:"trust"`
	Since   time.Time         `json:"since,omitzero"` // when it joined
}

// membershipFile has it; only the user may read it.
const membershipFile = "membership.json"

// Read is what lies in a folder; ok is false if this machine has joined no fleet.
func Read(dir string) (m Membership, ok bool, err error) {
	text, err := os.ReadFile(filepath.Join(dir, membershipFile))
	if errors.Is(err, os.ErrNotExist) {
		return m, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err == nil && (len(m.Hubs) == 0 || len(m.Streams) == 0 || !fleet.ValidName(m.Node)) {
		err = errors.New("it names no node, no hub or no area")
	}
	if err != nil {
		return m, false, fmt.Errorf("read %s: %w", filepath.Join(dir, membershipFile), err)
	}
	return m, true, nil
}

// Write puts it there.
func (m *Membership) Write(dir string) error {
	text, err := json.Marshal(m)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = durable.WriteFile(filepath.Join(dir, membershipFile), append(text, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Join(dir, membershipFile), err)
	}
	return nil
}

// Sources are what a member is lent. Its functions may be called by any goroutine.
type Sources struct {
	Own      *ledger.Ledger // what is decided here
	Orders   func() []order.Record
	Requests *request.Store // what is asked here
	// Decide puts exceptions in force, Restructure all that is written; both return when
	// it is.
	Decide, Restructure func(context.Context) error
	Units               func() int
	Read                func() Reading
	OwnList             func(name string) bool // it is in this machine's own file
	// TakeList makes a list of the hub's the copy of its feed, and reports whether it is another
	// than before; Digest is that of the copy of a feed, "" if there is none that is whole.
	TakeList func(ctx context.Context, is config.Carried, confirmed time.Time, text io.Reader) (bool, error)
	Digest   func(feed string) string
	Text     func(feed string) (*os.File, error) // of that copy
	// Stands reports whether answers go by the copy of a feed, and what keeps them from what is
	// newest, "" if nothing does. Scripts is what a policy script expects otherwise than it is.
	Stands     func(feed string) (inForce bool, wrong string)
	Scripts    func() error
	Confirm    func(ctx context.Context, feed string, at time.Time) error // it is the newest still
	Relisted   func()                                                     // copies have changed
	Crashed    bool                                                       // the process before this one ended by itself
	Conditions *metrics.Conditions
	Version    string
	Log        *slog.Logger
}

// A Member follows its hub. While its machine has joined no fleet, it does nothing.
type Member struct {
	src Sources
	dir string

	mu     sync.Mutex
	is     Membership     // mu
	copies []*ledger.Copy // mu; by stream, none while no fleet was joined
	kept   kept           // mu

	even atomic.Int64 // when it had everything that the hub has, Unix seconds
	// shared are the secrets that the nodes of the area have; nil if there are none.
	shared atomic.Pointer[fleet.Secrets]
}

// Open opens what the machine has joined, if it has. What is damaged is told, and what was
// in force stays.
func Open(cfg *config.Config, src Sources) *Member {
	m := &Member{src: src, dir: config.FleetDir(cfg)}
	m.readShared()
	if err := m.open(); err != nil {
		m.tell(err)
	}
	return m
}

// tell tells that the hub is not followed.
func (m *Member) tell(err error) {
	m.src.Log.Error("follow the hub", "error", err)
	m.src.Conditions.Set("fleet", textNotFollowed.With(err).String())
}

// open opens it, unless it is open.
func (m *Member) open() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	is, ok, err := Read(m.dir)
	if err != nil || !ok || len(m.copies) > 0 {
		return err
	}
	trust, err := is.Trust.Open(is.Root)
	if err != nil {
		return fmt.Errorf("open what this node has joined: %w", err)
	}
	m.kept = readKept(m.dir)
	for _, s := range is.Streams {
		c, err := m.openCopy(filepath.Join(m.dir, s.Name()), trust)
		if err != nil {
			m.close()
			return fmt.Errorf("open what this node has joined: %w", err)
		}
		m.copies = append(m.copies, c)
	}
	m.is = is
	m.forgetFormer()
	m.mend()
	return m.writeConsole()
}

// openCopy opens the copy of a ledger. A damaged one is set aside and downloaded again.
func (m *Member) openCopy(dir string, trust fleet.Trust) (*ledger.Copy, error) {
	c, err := ledger.OpenCopy(dir, trust.Writers()...)
	if err == nil {
		damaged := c.Damage()
		if len(damaged) == 0 {
			return c, c.Vouched(trust.Revoked()...)
		}
		err = errors.Join(errors.Join(damaged...), c.Close())
	}
	if errors.Is(err, ledger.ErrLocked) {
		return nil, err
	}
	m.src.Log.Error("the copy of a ledger cannot be opened and comes anew", "path", dir, "error", err)
	if err := os.RemoveAll(dir + durable.DamagedSuffix); err != nil {
		return nil, err
	}
	if _, err := durable.SetAside(dir); err != nil {
		return nil, err
	}
	if c, err = ledger.OpenCopy(dir, trust.Writers()...); err == nil {
		err = c.Vouched(trust.Revoked()...)
	}
	return c, err
}

// writeConsole writes console.yaml as the ledgers have it, unless one of them is damaged.
// mu is held.
func (m *Member) writeConsole() error {
	if len(m.copies) == 0 || m.lost() || m.kept.Seq == nil {
		return nil
	}
	states := []*ledger.State{m.src.Own.State()}
	for _, c := range m.copies {
		states = append(states, c.State())
	}
	path, text := filepath.Join(m.dir, "console.yaml"), ledger.Merged(states...).Console(nil)
	if before, err := os.ReadFile(path); err == nil && bytes.Equal(before, text) {
		return nil
	}
	return durable.WriteFile(path, text, 0o600)
}

func (m *Member) close() {
	for _, c := range m.copies {
		if err := c.Close(); err != nil {
			m.src.Log.Error("close the copy of a ledger", "error", err)
		}
	}
	m.copies = nil
}

// Hub is where the policy of this machine is decided; "" if here.
func (m *Member) Hub() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.copies) == 0 {
		return ""
	}
	return m.is.Hubs[0]
}

// Even is when this node last had everything that its hub has; zero if it has not since it
// was started.
func (m *Member) Even() time.Time {
	if at := m.even.Load(); at > 0 {
		return time.Unix(at, 0)
	}
	return time.Time{}
}

// states are those of the ledgers that are followed, and the numbers of their last records.
func (m *Member) states() (states []*ledger.State, seq []uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.copies {
		end, _ := c.End() // the state may have more
		seq, states = append(seq, end), append(states, c.State())
	}
	return states, seq
}

// Entries are the exceptions that were decided at the hub. While a ledger is damaged they
// are those that were in force.
func (m *Member) Entries(zone *time.Location) (entries []policy.OverlayEntry) {
	m.mu.Lock()
	lost := m.lost() || len(m.copies) == 0
	m.mu.Unlock()
	if lost { // where nothing was joined there is no such file
		entries, _ = policy.Decided(filepath.Join(m.dir, "console.yaml"), zone) // those that can be read
	}
	states, _ := m.states()
	for _, s := range states {
		entries = append(entries, admin.Entries(s, nil, zone)...)
	}
	return entries
}

// lookEvery is how often a machine that has joined no fleet looks whether it has, and how
// often one that has asks which hubs there are.
const (
	lookEvery  = 2 * time.Second
	trustEvery = time.Hour
)

// Run follows the hub until ctx is done, once the machine has joined.
func (m *Member) Run(ctx context.Context) {
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.close()
	}()
	for ctx.Err() == nil {
		err := m.open()
		if err == nil && m.Hub() != "" {
			err = m.follow(ctx)
		}
		if err != nil {
			m.tell(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(lookEvery):
		}
	}
}

// follow follows until ctx is done, or the hubs or their streams are others than before.
func (m *Member) follow(ctx context.Context) error {
	m.mu.Lock()
	is := m.is
	m.mu.Unlock()
	trust, err := is.Trust.Open(is.Root)
	if err != nil {
		return err
	}
	pair, err := nkeys.FromSeed([]byte(is.Seed))
	if err != nil {
		return err
	}
	public, err := pair.PublicKey()
	if err != nil {
		return err
	}
	changed, renewed := make(chan struct{}, 1), make(chan fleet.Head, 1)
	var followers []*node.Follower
	for i, s := range is.Streams {
		taken := func(uint64) { ring(changed) }
		followers = append(followers, &node.Follower{
			Stream: s, Copy: m.copies[i], Taken: taken, Renewed: func(head fleet.Head) { offer(renewed, head) },
		})
	}
	connected, err := node.Connect(node.Config{
		Node: is.Node, Hubs: is.hubs(trust), Nkey: public, Sign: pair.Sign, Trust: trust, Log: m.src.Log,
	}, followers...)
	if err != nil {
		return err
	}
	defer connected.Close()
	m.src.Conditions.Clear("fleet")
	m.src.Log.Info("following the hub", "node", is.Node, "hub", strings.Join(is.hubs(trust), ","))
	ctx, cancel := context.WithCancel(ctx)
	var live sync.WaitGroup
	defer live.Wait()
	defer cancel()
	for _, f := range followers {
		live.Go(func() { connected.Follow(ctx, f) })
	}
	live.Go(func() { m.share(ctx, is, trust) })
	return m.apply(ctx, connected, trust, changed, renewed)
}

// sayEvery is how often a node tells the hub how it stands.
const sayEvery = 30 * time.Second

// apply puts what comes in force until ctx is done, or the hubs or their streams are others.
func (m *Member) apply(
	ctx context.Context, hub *node.Node, trust fleet.Trust, changed <-chan struct{}, renewed <-chan fleet.Head,
) error {
	say, renew, look := time.NewTicker(sayEvery), time.NewTicker(trustEvery), time.NewTicker(lookEvery)
	defer say.Stop()
	defer look.Stop()
	defer renew.Stop()
	t, began := &taken{Member: m, hub: hub, trust: trust, noDelta: map[string]string{}}, time.Now()
	t.orders.taken = t
	t.resume()
	defer t.client().CloseIdleConnections()
	came, stop := t.startFetching(ctx)
	defer stop()
	requests := &asked{Member: m, hub: hub, told: map[string][sha256.Size]byte{}}
	decided := &own{Member: m, hub: hub}
	linked, strangers := false, &strange{Member: m, trust: trust}
	for {
		requests.exchange(ctx)
		decided.exchange(ctx)
		t.putInForce(ctx)
		t.watch(ctx, time.Now())
		t.orders.watch(ctx, time.Now())
		t.say()
		m.even.Store(max(0, hub.Even().Unix()))
		m.tellSilence(hub.Even(), began)
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			requests.at = time.Time{} // the decision may answer a request
		case <-say.C:
		case <-came:
		case <-look.C:
			if m.left(ctx) {
				return nil
			}
			requests.exchange(ctx)
			decided.exchange(ctx)
			t.watch(ctx, time.Now())
			t.orders.watch(ctx, time.Now())
			if strangers.look(ctx, hub.Stranger(), time.Now()) {
				return nil
			}
			if was := linked; hub.Connected() == was {
				continue
			}
			linked = !linked // a hub that was away has to know how this node stands
		case head := <-renewed:
			return m.renew(head)
		case <-renew.C:
			if m.renewTrust(ctx, trust) {
				return nil
			}
		}
	}
}
