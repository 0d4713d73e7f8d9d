// Package nodes serves the nodes of a fleet, on the machine that is their hub: it lets
// machines join, carries what was decided to them, and gives them the files of the policy.
package nodes

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nkeys"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/admin/request"
	"lachan/cmd/lachan/config"
	"lachan/fleet"
	"lachan/fleet/hub"
	"lachan/internal/wording"
	"lachan/metrics"
	"lachan/policy"
)

// Sources are what a hub is lent. Its functions may be called by any goroutine.
type Sources struct {
	Desk     *admin.Desk
	Ledger   *ledger.Ledger
	Requests *request.Store
	// InForce is what answers go by here, which nodes have to have too.
	InForce func() (*config.Config, *policy.Policy)
	// Decide puts exceptions in force, Restructure all that is written; both return when
	// it is.
	Decide, Restructure func(context.Context) error
	// Begun records which files are in force from the start.
	Begun func(context.Context, *config.Config, *policy.Policy)
	// Lists are those in use here whose copies are good. Missing reports whether a list is one
	// of this machine's all the same.
	Lists   func() []List
	Missing func(name string) bool
	// Relisted counts how often copies of lists have changed.
	Relisted   func() uint64
	Conditions *metrics.Conditions
	Log        *slog.Logger
}

// A Hub serves nodes.
type Hub struct {
	src   Sources
	chain hub.Chain // of three hubs
	trust atomic.Pointer[fleet.SignedTrust]
	stand atomic.Pointer[map[string]int] // how its nodes stand; nil while it serves none
	// generation is that of the streams that this serves.
	generation atomic.Int64

	mu      sync.Mutex
	running *hub.Hub // mu; nil before Serve

	members members
	secrets secrets
}

// members are the nodes by their nkeys, as one state of the ledger has them: thousands may
// connect at the same time.
type members struct {
	mu     sync.Mutex
	of     *ledger.State     // mu
	byNkey map[string]member // mu
}

type member struct{ name, area string }

// New is a hub; Serve starts it.
func New(src Sources) *Hub { return &Hub{src: src} }

// Bounds of what lies on disk for nodes, in bytes.
const (
	mostBlobs = 1 << 30
	mostOfAll = 512 << 20 // of the stream of all
	mostOfOne = 64 << 20  // of that of an area: a school decides once in two weeks
	mostElse  = 64 << 20
)

// Serve serves nodes on listeners until ctx is done. It closes the listeners.
func (h *Hub) Serve(ctx context.Context, listeners []net.Listener) (err error) {
	defer func() {
		for _, l := range listeners {
			_ = l.Close() // they may be closed
		}
	}()
	cfg, _ := h.src.InForce()
	generation, err := Generation(config.FleetDir(cfg))
	if err != nil {
		return err
	}
	h.generation.Store(int64(generation))
	if !h.awaitTrust(ctx, config.FleetDir(cfg)) {
		return nil
	}
	blobs, err := hub.OpenBlobs(filepath.Join(config.FleetDir(cfg), "blobs"), mostBlobs)
	if err != nil {
		return err
	}
	served, feed, err := h.start(ctx, cfg)
	if err != nil || served == nil {
		return err
	}
	defer served.Close()
	defer h.chain.Use(nil)
	defer h.secrets.use(nil)
	if err := hearNodes(h, served); err != nil {
		return err
	}
	h.set(served)
	defer h.set(nil)
	ctx, cancel := context.WithCancel(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	defer cancel()
	beside.Go(func() { feed.Run(ctx) })
	if len(cfg.Fleet.Hubs) > 0 {
		beside.Go(func() { others{h, cfg}.follow(ctx) })
		beside.Go(func() { others{h, cfg}.look(ctx, served) })
		beside.Go(func() { newMirror(others{h, cfg}, blobs).run(ctx, served) })
	}
	beside.Go(func() { h.watch(ctx, served, blobs) })
	h.src.Log.Info("serving the nodes of the fleet", "address", cfg.Fleet.Reached())
	pages := hub.Pages{
		Trust: func() fleet.SignedTrust { return *h.trust.Load() }, Join: h.join, Blobs: blobs,
		Secrets: func(ctx context.Context, nkey string) (fleet.Secrets, error) { return secretsOf(ctx, h, nkey) },
	}
	return served.Serve(ctx, pages.Handler(), listeners...)
}

// hearNodes hears what nodes tell.
func hearNodes(h *Hub, served *hub.Hub) error {
	if err := forgetOwn(h); err != nil {
		h.src.Log.Warn("remove what former nodes have decided", "error", err)
	}
	for kind, answer := range map[string]func(node string, told []byte) ([]byte, error){
		fleet.Requests: h.requests, fleet.Own: (&owned{Hub: h}).hear,
		fleet.Carried: func(node string, told []byte) ([]byte, error) { return carriedOut(h, node, told) },
	} {
		if err := served.Hear(kind, answer); err != nil {
			return err
		}
	}
	return nil
}

// settings are what the hub is started with.
func settings(h *Hub, cfg *config.Config, cluster *hub.Cluster) hub.Config {
	store := mostOfAll + int64(len(cfg.Fleet.Areas))*mostOfOne + mostElse
	if len(cfg.Fleet.Hubs) > 0 {
		store += hub.ChainBytes
	}
	return hub.Config{
		Name: Name(cfg), Dir: filepath.Join(config.FleetDir(cfg), "streams"), Key: ledger.Key(h.src.Ledger),
		Store:   store,
		Cluster: cluster, Partners: partners(h, cfg), Member: h.member,
	}
}

func (h *Hub) set(running *hub.Hub) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.running = running
}

// Name is what a hub is called in its fleet.
func Name(cfg *config.Config) string {
	if name := strings.ToLower(cfg.NodeName()); fleet.ValidName(name) {
		return name
	}
	return "hub"
}

// open opens the streams, and has them go on where they end.
func (h *Hub) open(ctx context.Context, served *hub.Hub, cfg *config.Config) (*hub.Feed, error) {
	generation := max(int(h.generation.Load()), GenerationOf(h.src.Ledger.State()))
	h.generation.Store(int64(generation))
	streams, of := []fleet.Stream{{Area: fleet.Root, Generation: generation}}, map[string]bool{}
	for _, area := range cfg.Fleet.Areas {
		streams, of[area] = append(streams, fleet.Stream{Area: area, Generation: generation}), true
	}
	if err := served.Keep(ctx, streams...); err != nil {
		return nil, err
	}
	for _, s := range streams {
		most := int64(mostOfOne)
		if s.Area == fleet.Root {
			most = mostOfAll
		}
		if err := served.Open(ctx, s, most); err != nil {
			return nil, err
		}
	}
	areaOf := func(unit string) string {
		if of[unit] {
			return unit
		}
		return fleet.Root
	}
	return served.NewFeed(ctx, h.src.Ledger, areaOf, h.src.Log, streams...)
}

// member is the node that has an nkey.
func (h *Hub) member(nkey string) (m hub.Member, ok bool) {
	h.members.mu.Lock()
	defer h.members.mu.Unlock()
	if state := h.src.Ledger.State(); h.members.of != state {
		h.members.of, h.members.byNkey = state, map[string]member{}
		for name, node := range nodesOf(state) {
			if node.Nkey != "" {
				h.members.byNkey[node.Nkey] = member{name, node.Area}
			}
		}
	}
	is, ok := h.members.byNkey[nkey]
	if !ok {
		return m, false
	}
	return hub.Member{Node: is.name, Streams: streamsOf(is.area, h.generation.Load())}, true
}

// nodes are those that were invited or have joined, by name.
func (h *Hub) nodes() map[string]admin.NodeValue { return nodesOf(h.src.Ledger.State()) }

func nodesOf(state *ledger.State) map[string]admin.NodeValue {
	nodes := map[string]admin.NodeValue{}
	for v := range state.Kind("node/") {
		var node admin.NodeValue
		if v.New != nil && json.Unmarshal(v.New, &node) == nil {
			nodes[strings.TrimPrefix(v.Object, "node/")] = node
		}
	}
	return nodes
}

// hubActor is who records what nodes do.
func hubActor() account.Actor {
	return account.Actor{ID: "fleet", Name: "fleet", Via: "fleet", Machine: true}
}

// join makes a machine the node that its code was given out for.
func (h *Hub) join(ctx context.Context, r fleet.JoinRequest) (w fleet.Welcome, err error) {
	if _, taken := h.member(r.Nkey); taken || !nkeys.IsValidPublicUserKey(r.Nkey) {
		return w, hub.ErrCode // it would be another node, or none
	}
	w, err = joinBy(ctx, h, r)
	if cfg, _ := h.src.InForce(); errors.Is(err, hub.ErrCode) && len(cfg.Fleet.Hubs) > 0 {
		if _, err := ledger.CatchUp(ctx, h.src.Ledger); err != nil { // another hub may have given it out
			return w, errors.New(wording.ErrorIn(err, wording.English))
		}
		return joinBy(ctx, h, r)
	}
	return w, err
}

// joinBy is join by the codes that are known here.
func joinBy(ctx context.Context, h *Hub, r fleet.JoinRequest) (w fleet.Welcome, err error) {
	for name, node := range h.nodes() {
		if node.Code == "" {
			continue
		}
		what := admin.JoinNode{Name: name, Code: r.Code, Nkey: r.Nkey}
		_, err := h.src.Desk.Decide(ctx, hubActor(), what, admin.How{})
		refused := (*admin.Refusal)(nil)
		switch {
		case err == nil:
			h.src.Log.Info("a node has joined the fleet", "node", name, "area", node.Area)
			return fleet.Welcome{Node: name, Streams: streamsOf(node.Area, h.generation.Load())}, nil
		case errors.As(err, &refused) && refused.Kind == admin.NotFound:
		default:
			return w, errors.New(wording.ErrorIn(err, wording.English))
		}
	}
	return w, hub.ErrCode
}

// countEvery is how often the hub counts how its nodes stand.
const countEvery = 10 * time.Second

// watchEvery is how often the hub looks whether nodes have to have something else.
const watchEvery = 2 * time.Second

// watch gives nodes the files that are in force, and ends the connections of those that
// are nodes no more, until ctx is done.
func (h *Hub) watch(ctx context.Context, served *hub.Hub, blobs *hub.Blobs) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	defer h.stand.Store(nil)
	published, connected, counted := "", map[string]string{}, time.Time{}
	led := served.Leads()
	var lists look
	var ahead []string
	for {
		if time.Since(counted) >= countEvery {
			counted = time.Now()
			before := ahead
			if ahead = tellAhead(&h.src, h.count(ctx, served), before); len(ahead) > 0 && len(before) == 0 {
				counted = counted.Add(watchEvery - countEvery) // it may be over then
			}
		}
		grown := ledger.Grown(h.src.Ledger)
		connected = h.disconnect(served, connected)
		cfg, rules := h.src.InForce()
		tellCluster(&h.src, cfg, served.Reached())
		h.tellTrust(ctx, config.FleetDir(cfg), served.Leads())
		if leads := served.Leads(); leads != led { // what the former one did is done here from now on
			led, published, lists = leads, "", look{}
		}
		if digest := rules.Digest(); digest != published {
			if err := h.publish(ctx, blobs, cfg, rules, led); err != nil {
				h.src.Conditions.Set("fleet-policy", textPublish.With(err).String())
			} else {
				h.src.Conditions.Clear("fleet-policy")
				published = digest
			}
		}
		if now, changes := time.Now(), h.src.Relisted(); led && lists.due(cfg, changes, now) {
			lists = look{cfg, changes, now, tellLists(ctx, &h.src, blobs)}
		}
		if led {
			h.rollOut(ctx, served, time.Now())
			rollOutOrders(ctx, h, served, time.Now())
		}
		select {
		case <-ctx.Done():
			return
		case <-grown:
		case <-tick.C:
		}
	}
}

// disconnect ends the connections of nodes that have another nkey than before, or none.
func (h *Hub) disconnect(served *hub.Hub, before map[string]string) (now map[string]string) {
	now = map[string]string{}
	for name, node := range h.nodes() {
		now[name] = node.Nkey
	}
	for name, nkey := range before {
		if nkey != "" && now[name] != nkey {
			served.Revoke(name)
			h.src.Log.Info("a node is none any more", "node", name)
		}
	}
	return now
}

var textPublish = wording.Text{
	VI: "các nút không nhận được chính sách mới: %v",
	EN: "nodes do not get the new policy: %v",
}
