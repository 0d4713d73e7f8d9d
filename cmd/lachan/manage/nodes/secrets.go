package nodes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lachan/admin"
	"lachan/admin/ledger"
	"lachan/cmd/lachan/config"
	"lachan/fleet"
	"lachan/fleet/hub"
	"lachan/internal/durable"
)

// What the nodes of an area share is made here, and again after a while, or when one that may
// have it is a node no more, or a hub none. Nothing but a node's own request has it leave this
// machine, and that other hubs have the same: of three hubs one makes it, which the two others
// confirm, and each keeps it, so that any of them can be lost.

// secretsFile has it.
const secretsFile = "secrets.json"

// given are the secrets of an area.
type given struct {
	Secrets fleet.Secrets `json:"secrets"`
	// Serial grows with each change: what a hub has that was away is older than what others have.
	Serial uint64 `json:"serial,omitempty"`
	// Checked is the record of the ledger up to which all that were nodes of the area, and may
	// have these, are so still.
	Checked uint64 `json:"checked,omitempty"`
	Revoked int    `json:"revoked,omitempty"` // how many hubs were none any more then
	// Nodes are nkeys of those that have had them, where an older version has written it.
	Nodes []string `json:"nodes,omitempty"`
}

// Times of what three hubs agree on.
const (
	agreedFor = time.Second     // for how long it is not asked again
	apartFor  = 5 * time.Second // nor, after the others were away
)

// errBehind is the error of a hub that lacks records by which the others have agreed on
// secrets. In one of them the node that asks may have been removed.
var errBehind = errors.New("this hub has not heard yet which nodes there are")

// secrets are by area those of its nodes.
type secrets struct {
	revoked atomic.Int64 // how many hubs are none any more

	mu    sync.Mutex
	of    map[string]given     // mu; nil until it was read
	at    map[string]time.Time // mu; when hubs have agreed on it last
	apart time.Time            // mu; when others were away last
	vault *hub.Vault           // mu; of three hubs; nil of one
	gone  gone                 // mu
}

// use has secrets be those of three hubs, or of this one alone if the vault is nil.
func (s *secrets) use(vault *hub.Vault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vault, s.at, s.apart = vault, map[string]time.Time{}, time.Time{}
}

// A keeper is what secrets are kept by.
type keeper struct {
	dir    string
	book   *ledger.Ledger
	end    func(context.Context) (uint64, error) // of the ledger, as all hubs know it
	isNode func(nkey string) bool                // of the area
	now    time.Time
	every  time.Duration
}

// secretsOf are those of the area of the node that has an nkey.
func secretsOf(ctx context.Context, h *Hub, nkey string) (fleet.Secrets, error) {
	for caughtUp := false; ; caughtUp = true {
		seq := h.src.Ledger.State().Seq() // what is a node then is one of this state or of a later one
		h.member(nkey)                    // brings byNkey up to date
		h.members.mu.Lock()
		nodes := h.members.byNkey // which is never written to again
		h.members.mu.Unlock()
		is, ok := nodes[nkey]
		if ok {
			of, err := sharedIn(ctx, h, is.area, nodes)
			if err != nil || of.Checked <= seq {
				return of.Secrets, err
			}
		}
		cfg, _ := h.src.InForce()
		switch {
		case ok && caughtUp:
			return nil, errBehind
		case caughtUp, len(cfg.Fleet.Hubs) == 0:
			return nil, hub.ErrNoNode
		}
		if _, err := ledger.CatchUp(ctx, h.src.Ledger); err != nil { // another hub may know more
			return nil, err
		}
	}
}

// sharedIn are the secrets of an area.
func sharedIn(ctx context.Context, h *Hub, area string, nodes map[string]member) (given, error) {
	cfg, _ := h.src.InForce()
	k := keeper{
		dir: config.FleetDir(cfg), book: h.src.Ledger, end: h.chain.End, now: time.Now(), every: cfg.Fleet.RenewSecrets,
		isNode: func(nkey string) bool {
			of, ok := nodes[nkey]
			return ok && of.area == area
		},
	}
	h.secrets.mu.Lock()
	defer h.secrets.mu.Unlock()
	return h.secrets.give(ctx, area, &k)
}

// lookAtSecrets has this hub have what others have made meanwhile, and make what it is time for.
func (o others) lookAtSecrets(ctx context.Context) {
	o.member("") // brings byNkey up to date
	o.members.mu.Lock()
	nodes := o.members.byNkey
	o.members.mu.Unlock()
	areas := map[string]bool{}
	for _, node := range nodes {
		areas[node.area] = true
	}
	for area := range areas {
		if _, err := sharedIn(ctx, o.Hub, area, nodes); err != nil && ctx.Err() == nil {
			o.src.Log.Warn("keep what nodes share", "area", area, "error", err)
			return
		}
	}
}

// give is what the nodes of an area share, which is on disk before that. mu is held.
func (s *secrets) give(ctx context.Context, area string, k *keeper) (is given, err error) {
	if s.of == nil {
		s.of = readSecrets(k.dir)
	}
	is = s.of[area]
	if s.vault != nil {
		return s.agree(ctx, area, k)
	}
	next, changed, err := s.due(area, is, k, k.book.State().Seq())
	if err == nil && changed {
		err = s.keep(area, next, k)
	}
	return next, err
}

// due is what the nodes of an area have to share: what they do, or something else. known is the
// end of the ledger. mu is held.
func (s *secrets) due(area string, is given, k *keeper, known uint64) (next given, changed bool, err error) {
	revoked := int(s.revoked.Load())
	gone, err := s.left(area, is, k)
	if err != nil {
		return is, false, err
	}
	isNone := func(nkey string) bool { return !k.isNode(nkey) }
	if gone || revoked > is.Revoked || is.Checked > known || slices.ContainsFunc(is.Nodes, isNone) {
		is = given{Serial: is.Serial} // a ledger that has less than it had says nothing of those since
	}
	next = is
	next.Secrets, changed = is.Secrets.Renewed(k.now, k.every)
	if !changed && is.Nodes == nil {
		return is, false, nil
	}
	next.Serial, next.Nodes, next.Revoked = is.Serial+1, nil, max(revoked, is.Revoked)
	next.Checked = max(is.Checked, s.gone.looked)
	return next, true, nil
}

// left reports whether a node of an area is none any more that may have its secrets. mu is held.
func (s *secrets) left(area string, is given, k *keeper) (bool, error) {
	from := is.Checked
	if is.Nodes != nil || len(is.Secrets) == 0 { // it does not say; nobody has any
		from = k.book.State().Seq()
	}
	gone, err := s.gone.since(k.book, area, from)
	if err != nil {
		return false, fmt.Errorf("look who is a node no more: %w", err)
	}
	return gone, nil
}

// agree is what three hubs give the nodes of an area. While the others are away it is what was
// agreed on last. mu is held.
func (s *secrets) agree(ctx context.Context, area string, k *keeper) (given, error) {
	own := s.of[area]
	gone, err := s.left(area, own, k)
	if err != nil {
		return own, err
	}
	has := len(own.Secrets) > 0 && !gone // what all have had
	if has && (k.now.Sub(s.at[area]) < agreedFor || k.now.Sub(s.apart) < apartFor) {
		return own, nil
	}
	for err = hub.ErrBehind; errors.Is(err, hub.ErrBehind) && ctx.Err() == nil; {
		var is given
		if is, err = s.turn(ctx, area, k); err == nil {
			s.at[area] = k.now
			if own = s.of[area]; own.Serial == is.Serial && own.Secrets.Same(is.Secrets) {
				return is, nil
			}
			return is, s.keep(area, is, k)
		}
	}
	if s.apart = k.now; has {
		return own, nil
	}
	return own, err
}

// turn looks at what the hubs have, and makes of it what it has to be. mu is held.
func (s *secrets) turn(ctx context.Context, area string, k *keeper) (is given, err error) {
	text, revision, err := s.vault.Get(ctx, keyOf(area))
	if err != nil {
		return is, err
	}
	if text != nil && (json.Unmarshal(text, &is) != nil || is.Secrets.Check() != nil) {
		is = given{Serial: is.Serial} // no hub of this version writes so
	}
	lost := s.of[area].Serial > is.Serial // by the others, which were started anew
	if lost {
		is = s.of[area]
	}
	known := k.book.State().Seq()
	if is.Checked > known {
		end, err := k.end(ctx)
		if err != nil {
			return is, err
		}
		if known = end; is.Checked <= end {
			return is, nil // what is not here yet, another hub has seen to
		}
	}
	next, changed, err := s.due(area, is, k, known)
	if err != nil || !changed && !lost {
		return next, err
	}
	if text, err = json.Marshal(next); err == nil {
		err = s.vault.Put(ctx, keyOf(area), text, revision)
	}
	return next, err
}

// keyOf is the name of an area among those of a vault.
func keyOf(area string) string {
	if area == "" {
		return fleet.Root
	}
	return area
}

// keep writes what the nodes of an area share. mu is held.
func (s *secrets) keep(area string, is given, k *keeper) error {
	all := maps.Clone(s.of)
	all[area] = is
	text, err := json.Marshal(all)
	if err == nil {
		err = durable.WriteFile(filepath.Join(k.dir, secretsFile), append(text, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep what nodes share: %w", err)
	}
	s.of = all
	return nil
}

// readSecrets reads what was given; what cannot be read is made anew.
func readSecrets(dir string) map[string]given {
	of := map[string]given{}
	text, err := os.ReadFile(filepath.Join(dir, secretsFile))
	if err != nil || json.Unmarshal(text, &of) != nil {
		return map[string]given{}
	}
	for area, is := range of {
		if is.Secrets.Check() != nil {
			delete(of, area)
		}
	}
	return of
}

// gone is, by area, the last record by which one of its nodes is none any more, of those after a
// record up to which it is looked at.
type gone struct {
	begun, looked uint64
	last          map[string]uint64
}

// since reports whether one of an area's nodes is none any more since a record.
func (g *gone) since(book *ledger.Ledger, area string, checked uint64) (bool, error) {
	if g.last == nil || checked < g.begun {
		begun := min(checked, book.State().Seq())
		*g = gone{begun: begun, looked: begun, last: map[string]uint64{}}
	}
	for r, err := range book.Records(g.looked) {
		if err != nil {
			return false, err
		}
		if g.looked = r.Seq; !strings.HasPrefix(r.Object, "node/") {
			continue
		}
		var was, is admin.NodeValue // none that is null
		if json.Unmarshal(r.Old, &was) != nil || json.Unmarshal(r.New, &is) != nil ||
			was.Nkey != "" && (was.Nkey != is.Nkey || was.Area != is.Area) {
			g.last[was.Area] = r.Seq
		}
	}
	return g.last[area] > checked, nil
}
