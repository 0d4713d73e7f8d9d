package hub_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"lachan/admin/ledger"
	"lachan/fleet/hub"
)

// A third is one of three hubs, with its ledger.
type third struct {
	t     *testing.T
	dir   string
	book  *ledger.Ledger
	chain *hub.Chain
	hub   *hub.Hub
	cfg   hub.Config
	first bool
}

// threeHubs are three hubs that are not started.
func threeHubs(t *testing.T) (all []*third) {
	t.Helper()
	var keys []ed25519.PublicKey
	var addresses []string
	for i := range 3 {
		h := &third{t: t, dir: folder(t), chain: &hub.Chain{}, first: i == 0}
		key, err := ledger.PublicKey(filepath.Join(h.dir, "ledger"))
		if err != nil {
			t.Fatal(err)
		}
		keys, all = append(keys, key), append(all, h)
		addresses = append(addresses, freeAddress(t))
	}
	for i, h := range all {
		h.open(keys)
		h.cfg = hub.Config{
			Name: "hub-" + strconv.Itoa(i+1), Dir: filepath.Join(h.dir, "streams"), Key: ledger.Key(h.book), Store: 4 << 30,
			Partners: &hub.Partners{
				Listen: netip.MustParseAddrPort(addresses[i]), Addresses: slices.Delete(slices.Clone(addresses), i, i+1),
				Trusted: func(key ed25519.PublicKey) bool {
					return slices.ContainsFunc(keys, func(k ed25519.PublicKey) bool { return k.Equal(key) })
				},
			},
			Member: func(string) (m hub.Member, ok bool) { return m, false },
		}
	}
	return all
}

// folder is one for a server that may write for a moment after it has said that it ended.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hub-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for until := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
			if err := os.RemoveAll(dir); err == nil {
				return
			} else if time.Now().After(until) {
				t.Error(err)
				return
			}
		}
	})
	return dir
}

// freeAddress is an address of loopback that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (h *third) open(keys []ed25519.PublicKey) {
	h.t.Helper()
	var err error
	if h.book, err = ledger.Open(filepath.Join(h.dir, "ledger")); err == nil {
		err = ledger.Share(h.book, h.chain, keys...)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = h.book.Close() })
}

// start starts a hub, and returns when its ledger is that of the others.
func (h *third) start() {
	served, err := hub.Start(h.t.Context(), h.cfg)
	if err != nil {
		h.t.Error(err)
		return
	}
	h.hub = served
	h.chain.Use(served)
	for {
		if err = h.chain.Meet(h.t.Context(), h.book, h.first); err == nil {
			return
		}
	}
}

func (h *third) decide(object string) error {
	_, err := h.book.Append(h.t.Context(), ledger.Draft{By: h.cfg.Name, What: "except", Object: object, New: json.RawMessage(`{"n":1}`)})
	return err
}

// What three hubs decide at the same time is one chain, byte for byte the same at each; one that
// was away takes it when it is back, and of those who set the same object one is told.
func TestThreeHubsHaveOneLedger(t *testing.T) {
	t.Parallel()
	all := threeHubs(t)
	var live sync.WaitGroup
	for _, h := range all {
		live.Go(h.start)
	}
	live.Wait()
	each := 20
	if os.Getenv("TEST_PROOF") != "" {
		each = 3_334 // 10,002 in all, and no two may have one number
	}
	conflicts := make(chan error, len(all))
	for i, h := range all {
		live.Go(func() {
			for k := range each {
				if err := h.decide(fmt.Sprintf("block/n%d-%d.example", i, k)); err != nil {
					t.Error(err)
				}
			}
			conflicts <- h.decide("block/same.example")
		})
	}
	live.Wait()
	second := 0
	for range all {
		if err := <-conflicts; errors.Is(err, ledger.ErrConflict) {
			second++
		} else if err != nil {
			t.Error(err)
		}
	}
	if second != 2 {
		t.Errorf("of three who set an object %d are told that they are second", second)
	}
	vaults := vaultsOf(t, all)
	shared := vaults.sameByOne("", 0)
	all[2].hub.Close()
	all[2].chain.Use(nil)
	if err := all[2].decide("block/apart.example"); !errors.Is(err, ledger.ErrApart) {
		t.Errorf("decided apart: %v", err)
	}
	for _, h := range all[:2] {
		if err := h.decide("block/without-" + h.cfg.Name + ".example"); err != nil {
			t.Error(err)
		}
	}
	shared = vaults[:2].sameByOne(shared, 1)
	all[2].start()
	agree(t, all, uint64(len(all)*each+3))
	vaults = vaultsOf(t, all)
	vaults.sameByOne(shared, 2)
	if os.Getenv("TEST_PROOF") == "" {
		return // hubs that begin anew look for each other as long as those that begin
	}

	// The streams are lost on all three: they are made of the ledgers again, the longest of which
	// is not that of the hub which begins.
	if err := all[1].decide("block/last.example"); err != nil {
		t.Error(err)
	}
	for _, h := range all {
		h.hub.Close()
		h.chain.Use(nil)
		if err := os.RemoveAll(h.cfg.Dir); err != nil {
			t.Fatal(err)
		}
	}
	for _, h := range all {
		live.Go(h.start)
	}
	live.Wait()
	if err := all[0].decide("block/again.example"); err != nil {
		t.Error(err)
	}
	agree(t, all, uint64(len(all)*each+5))
}

// vaults are what three hubs have of the secrets of their nodes.
type vaults []vault

type vault struct {
	*hub.Vault
	t *testing.T
}

func vaultsOf(t *testing.T, all []*third) (v vaults) {
	t.Helper()
	for _, h := range all {
		one, err := hub.OpenVault(t.Context(), h.hub)
		if err != nil {
			t.Fatal(err)
		}
		v = append(v, vault{one, t})
	}
	return v
}

// have waits until all have a text: one that lags may answer for a moment.
func (v vaults) have(want string) (revisions []uint64) {
	for _, one := range v {
		for until := time.Now().Add(looks); ; {
			text, revision, err := one.Get(one.t.Context(), "lao-cai")
			if err == nil && string(text) == want {
				revisions = append(revisions, revision)
				break
			}
			if time.Now().After(until) {
				one.t.Fatalf("there is %q, %v and not %q", text, err, want)
			}
		}
	}
	return revisions
}

// looks is for how long something is waited for.
const looks = 20 * time.Second

// sameByOne has all of them put a text in place of one that they have, which one of them does.
func (v vaults) sameByOne(before string, round int) string {
	v[0].t.Helper()
	won := make(chan string, len(v))
	revisions := v.have(before)
	var live sync.WaitGroup
	for i, one := range v {
		live.Go(func() {
			mine := fmt.Sprintf("round %d of %d", round, i)
			switch err := one.Put(one.t.Context(), "lao-cai", []byte(mine), revisions[i]); {
			case err == nil:
				won <- mine
			case !errors.Is(err, hub.ErrBehind):
				one.t.Error(err)
			}
		})
	}
	live.Wait()
	close(won)
	var winners []string
	for mine := range won {
		winners = append(winners, mine)
	}
	if len(winners) != 1 {
		v[0].t.Fatalf("%q have put it", winners)
	}
	v.have(winners[0])
	return winners[0]
}

// agree has hubs take what there is until they have so many records, which have to be the same.
func agree(t *testing.T, all []*third, seq uint64) {
	t.Helper()
	for _, h := range all {
		for h.book.State().Seq() < seq {
			if _, err := ledger.CatchUp(t.Context(), h.book); err != nil {
				t.Fatal(err)
			}
		}
		if h.book.Head().Hash != all[0].book.Head().Hash {
			t.Errorf("%s has another ledger: %v, %v", h.cfg.Name, h.book.Head(), all[0].book.Head())
		}
	}
}

// A hub that is none any more is cut off at once, without a restart of the others, which go on.
func TestAHubThatIsNoneAnyMoreIsCutOff(t *testing.T) {
	t.Parallel()
	all := threeHubs(t)
	var live sync.WaitGroup
	for _, h := range all {
		live.Go(h.start)
	}
	live.Wait()
	met := func(want ...int) {
		t.Helper()
		for until := time.Now().Add(time.Minute); ; runtime.Gosched() {
			is := []int{all[0].hub.Met(), all[1].hub.Met(), all[2].hub.Met()}
			if slices.Equal(is, want) {
				return
			}
			if time.Now().After(until) {
				t.Fatalf("the hubs have met %d others", is)
			}
		}
	}
	met(2, 2, 2)
	var keys []ed25519.PublicKey
	for _, h := range all[:2] {
		key, _ := h.cfg.Key.Public().(ed25519.PublicKey)
		keys = append(keys, key)
	}
	for _, h := range all[:2] {
		if err := hub.Trust(h.hub, keys...); err != nil {
			t.Fatal(err)
		}
	}
	met(1, 1, 0)
	if err := all[2].decide("block/revoked.example"); err == nil {
		t.Error("a hub that is none any more decides")
	}
	for until := time.Now().Add(time.Minute); ; {
		if err := all[0].decide("block/left.example"); err == nil {
			break
		} else if time.Now().After(until) {
			t.Fatal(err) // the two have to agree who leads
		}
	}
	met(1, 1, 0)
	for _, h := range all {
		h.hub.Close()
	}
}

// A hub whose key the others do not trust meets none of them, and they do without it.
func TestAStrangerIsNoHub(t *testing.T) {
	t.Parallel()
	all := threeHubs(t)
	stranger := ledger.Key(all[2].book).Public()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var live sync.WaitGroup
	met := make(chan int, 1)
	for i, h := range all {
		if i < 2 {
			before := h.cfg.Partners.Trusted
			h.cfg.Partners.Trusted = func(key ed25519.PublicKey) bool { return before(key) && !key.Equal(stranger) }
		}
		together, apart := false, 0
		h.cfg.Partners.Waits = func(why error) {
			together = together || !errors.Is(why, hub.ErrAlone)
			if apart++; i == 0 && together || i == 2 && (together || apart > 1) {
				select {
				case met <- i:
				case <-ctx.Done():
				}
			}
			if i == 2 && together {
				t.Errorf("the stranger is let in: %v", why)
			}
		}
		live.Go(func() {
			if served, err := hub.Start(ctx, h.cfg); err == nil {
				served.Close()
				t.Errorf("%s starts without a third", h.cfg.Name)
			}
		})
	}
	for seen := map[int]bool{}; len(seen) < 2; {
		seen[<-met] = true
	}
	cancel()
	live.Wait()
}
