package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"lachan/admin/ledger"
	"lachan/fleet"
	"lachan/fleet/node"
)

// An order of an authority goes to nodes by rings. Here the rings wait for nothing but for the
// nodes of each to have it, by the rule and in the rhythm of a hub.

const (
	orderNames = 20_000 // of the list
	orderFeed  = "a05"
	gateEvery  = 2 * time.Second // a hub looks so often
	gateShare  = 95              // percent of a ring
	orderShare = 99              // percent of nodes, until which it is timed
)

// arrivals are which nodes have the list of an order.
type arrivals struct {
	mu  sync.Mutex
	at  map[*simulated]time.Time // mu
	err error                    // mu; the first
}

// order times an order of an authority until the nodes have its file.
func (s *simulation) order() error {
	list, err := s.hub.putOrder()
	if err != nil {
		return err
	}
	came := &arrivals{at: map[*simulated]time.Time{}}
	took := make(chan taken, 64*len(s.nodes))
	s.took.Store(&took)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	client := node.Client(func(key ed25519.PublicKey) bool { return s.trust.Has(key, time.Now()) })
	defer client.CloseIdleConnections()
	var fetching sync.WaitGroup
	fetching.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case t := <-took:
				fetching.Go(func() { came.take(ctx, s, t.node, client) })
			}
		}
	})
	began := time.Now()
	err = s.throughRings(list, came)
	s.took.Store(nil)
	cancel()
	fetching.Wait()
	if err = errors.Join(err, came.err); err != nil {
		return err
	}
	var all []time.Duration
	for _, at := range came.at {
		all = append(all, at.Sub(began))
	}
	slices.Sort(all)
	share := all[len(all)*orderShare/100-1]
	say("an order of %d names (%d KiB) by rings that wait for their nodes alone: at %d%% of nodes after %v, at all after %v%s",
		orderNames, list.Size>>10, orderShare, share.Round(time.Millisecond), all[len(all)-1].Round(time.Millisecond),
		s.aim("an order at 99 % under 45 s", share < 45*time.Second))
	return nil
}

// take has a node fetch what the newest record tells of that it has to have, and say so.
func (a *arrivals) take(ctx context.Context, s *simulation, n *simulated, client *http.Client) {
	state := n.copies[0].State()
	var order fleet.Order
	v, ok := state.Get("", fleet.OrderObjects+orderFeed)
	if !ok || json.Unmarshal(v.New, &order) != nil {
		return
	}
	none := func(string) bool { return false }
	if order.Ring != fleet.All && order.For(n.name, none) == nil {
		return
	}
	a.mu.Lock()
	_, have := a.at[n]
	a.mu.Unlock()
	if have {
		return
	}
	dir := filepath.Join(s.dir, n.name)
	file := node.Blob{SHA256: order.SHA256, Size: order.Size}
	name, err := node.Fetch(ctx, client, dir, file, "https://"+s.address+fleet.BlobPath)
	if err == nil {
		a.mu.Lock()
		if _, have := a.at[n]; !have {
			a.at[n] = time.Now()
		}
		a.mu.Unlock()
		err = os.Remove(name) // the memory is that of all nodes
	}
	status := fleet.Status{Orders: map[string]fleet.Standing{orderFeed: {SHA256: order.SHA256, InForce: true}}}
	text, _ := json.Marshal(status) // it can be
	if err == nil {
		err = n.node.Say(text)
	}
	if err != nil && ctx.Err() == nil {
		log.Printf("%s: %v", n.name, err)
		a.mu.Lock()
		a.err = errors.Join(a.err, err)
		a.mu.Unlock()
	}
}

// throughRings has an order go from ring to ring, and returns when all nodes have it.
func (s *simulation) throughRings(l fleet.List, came *arrivals) error {
	chosen := map[string]string{}
	for _, n := range s.nodes {
		chosen[n.name] = ""
	}
	last := uint64(0)
	for _, ring := range fleet.Rings() {
		order := fleet.Order{List: l, Ring: ring}
		if ring != fleet.All {
			order.Nodes = fleet.Ring(ring, chosen)
		}
		text, err := json.Marshal(order)
		if err != nil {
			return err
		}
		last, err = s.hub.append(ledger.Draft{Object: fleet.OrderObjects + orderFeed, New: text, Expect: last})
		if err != nil {
			return err
		}
		s.want[fleet.Root]++
		for ring != fleet.All {
			if ok, err := s.confirmed(order.Nodes); ok || err != nil {
				if err != nil {
					return err
				}
				break
			}
			time.Sleep(gateEvery)
		}
	}
	for {
		came.mu.Lock()
		count, err := len(came.at), came.err
		came.mu.Unlock()
		if count == len(s.nodes) || err != nil {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// confirmed reports whether enough nodes of a ring have said that they have the order.
func (s *simulation) confirmed(nodes []string) (bool, error) {
	confirmed, err := s.hub.confirmed(nodes)
	return confirmed*100 >= len(nodes)*gateShare, err
}
