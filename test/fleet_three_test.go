package test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	carried "lachan/fleet"
)

// killed is how often one of three hubs is killed.
const killed = 50

// A trio is a fleet of three hubs, the first of which is that of the fleet.
type trio struct {
	*fleet
	hubs      [3]*process
	addresses [3]string // for nodes
	trustFile string    // that goes from hub to hub
	mu        sync.Mutex
	confirmed []string // mu
}

// newTrio are three hubs that are not started, of which the root key names so many.
func newTrio(t *testing.T, named int) *trio {
	t.Helper()
	nodes, between := strconv.Itoa(freePort(t)), strconv.Itoa(freePort(t))
	host := func(i int) string { return fmt.Sprintf("127.20.0.%d", i+1) }
	f := &trio{
		fleet:     &fleet{t: t, address: net.JoinHostPort(host(0), nodes), root: filepath.Join(t.TempDir(), "root.key")},
		trustFile: filepath.Join(t.TempDir(), "trust.json"),
	}
	var all []string
	for i := range f.hubs {
		f.addresses[i] = net.JoinHostPort(host(i), nodes)
		all = append(all, strconv.Quote(f.addresses[i]))
	}
	for i := range f.hubs {
		f.hubs[i] = newProcess(t, fmt.Sprintf(
			"fleet: {listen: %s, areas: [lao-cai, ha-giang], rings: {canary: 0s, early: 0s}, hubs: [%s], between: %q}\n",
			all[i], strings.Join(all, ", "), net.JoinHostPort(host(i), between)), twoProvinces, startStandIn(t).addr)
	}
	for range 2 { // the last knows all, and the others after it
		for _, h := range f.hubs[:named] {
			f.says(h, "This machine is a hub until", "fleet", "init", "--root", f.root, "--trust", f.trustFile)
		}
	}
	f.hub = f.hubs[0]
	return f
}

// start starts all, and returns when they are together.
func (f *trio) start() {
	f.t.Helper()
	for _, h := range f.hubs {
		h.start()
	}
	for _, h := range f.hubs {
		h.within(looks, "the hub serves", func() bool {
			return strings.Contains(h.log.String(), `msg="serving the nodes of the fleet"`)
		})
	}
}

// decide decides at a hub that a name is shut.
func (f *trio) decide(h *process, name string) error {
	out, err := h.command(os.Getuid(), "except", "add", name, "--unit", "th-kim-dong", "--block", "--until", "2036-12-31", "--lang", "en")
	if err != nil {
		return errors.New(out)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.confirmed = append(f.confirmed, name)
	return nil
}

// goesOn waits until a hub decides again.
func (f *trio) goesOn(h *process, name string) {
	f.t.Helper()
	h.within(looks, "a decision: "+name, func() bool { return f.decide(h, name) == nil })
}

// hasAll waits until a server has in force all that was confirmed.
func (f *trio) hasAll(p *process) {
	f.t.Helper()
	for _, name := range f.confirmed {
		p.within(looks, name+" blocked", func() bool { return p.blocked("127.10.1.1", name) })
	}
}

// agree waits until the ledgers of all are the same, and verifies them.
func (f *trio) agree() {
	f.t.Helper()
	for _, h := range f.hubs {
		f.hasAll(h)
		h.within(looks, "all ledgers are the same", func() bool { return bytes.Equal(f.hub.ledger(), h.ledger()) })
		f.says(h, "", "ledger", "verify")
	}
}

// told waits until a condition of a hub says something.
func (f *trio) told(h *process, condition, what string) {
	f.t.Helper()
	h.within(looks, condition+" says "+what, func() bool {
		_, text := h.get("/api/conditions")
		return strings.Contains(text, condition) && strings.Contains(text, what)
	})
}

// What is decided at any of three hubs is decided at all, in one ledger, and comes to a node
// wherever it is connected. While one is killed again and again the two others decide; nothing
// that was confirmed is lost, and the killed one has it when it is back. Alone, a hub decides
// nothing and says so, and one that has lost all but its key is what it was.
func TestOneOfThreeHubsIsKilled(t *testing.T) {
	t.Parallel()
	if !proving() {
		return // hubs look for each other for long; in the gate those of package hub do
	}
	f := newTrio(t, 3)
	f.start()
	p := f.node("lao-cai-1", "lao-cai")
	for i, h := range f.hubs {
		if err := f.decide(h, fmt.Sprintf("at-%d.example", i)); err != nil {
			t.Fatal(err)
		}
	}
	f.hasAll(p)
	for i := range killed {
		f.killOne(i)
	}
	f.agree()
	f.hasAll(p)
	f.alone(p)
	f.lost()
	f.hasAll(p)
	t.Logf("%d decisions", len(f.confirmed))
}

// killOne kills a hub while all three decide, and starts it again.
func (f *trio) killOne(round int) {
	f.t.Helper()
	victim := round % len(f.hubs)
	var live sync.WaitGroup
	begun, ended := make(chan struct{}), make(chan struct{})
	begin := sync.OnceFunc(func() { close(begun) })
	for k, h := range f.hubs {
		live.Go(func() {
			for n := 0; ; n++ {
				if err := f.decide(h, fmt.Sprintf("n%d-%d-%d.example", round, k, n)); err != nil && k == victim {
					begin()
					return
				}
				if k == victim && n == round%3 {
					begin()
				}
				select {
				case <-ended:
					return
				default:
				}
			}
		})
	}
	<-begun
	f.hubs[victim].kill()
	for k, h := range f.hubs { // the others go on
		if k != victim {
			f.goesOn(h, fmt.Sprintf("alone%d-%d.example", round, k))
		}
	}
	close(ended)
	live.Wait()
	f.hubs[victim].start()
}

// alone has two hubs gone: the third decides nothing, and answers; then all is as before.
func (f *trio) alone(p *process) {
	f.t.Helper()
	for _, h := range f.hubs[1:] {
		h.kill()
	}
	began := time.Now()
	f.hub.within(looks, "it is refused", func() bool {
		err := f.decide(f.hub, "refused.example")
		return err != nil && strings.Contains(err.Error(), "it takes two of the three hubs")
	})
	f.t.Logf("refused after %v", time.Since(began).Round(time.Millisecond))
	f.told(f.hub, "fleet-hubs", "nothing can be decided here")
	f.hasAll(f.hub)
	f.hasAll(p)
	for _, h := range f.hubs[1:] {
		h.start()
	}
	f.goesOn(f.hub, "again.example")
	f.agree()
	f.hub.within(looks, "the others are there again", func() bool {
		_, text := f.hub.get("/api/conditions")
		return !strings.Contains(text, "fleet-hubs")
	})
}

// lost has a hub lose all but its key and what the root key has signed.
func (f *trio) lost() {
	f.t.Helper()
	h := f.hubs[2]
	h.kill()
	key, trust := h.read("state/ledger/key"), h.read("state/fleet/trust.json")
	f.goesOn(f.hub, "meanwhile.example")
	if err := os.RemoveAll(filepath.Join(h.dir, "state")); err != nil {
		f.t.Fatal(err)
	}
	for name, text := range map[string]string{"state/ledger/key": key, "state/fleet/trust.json": trust} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(h.dir, name)), 0o700); err != nil {
			f.t.Fatal(err)
		}
		h.write(name, text)
	}
	h.start()
	f.goesOn(h, "back.example")
	f.agree()
}

// A hub whose machine was stolen, with its key, is replaced by another one with a new key, which the
// root key names and revokes the old one. It has the ledger from the two others; nodes follow it,
// and refuse the old one and say so, whatever it says.
func TestAHubIsReplaced(t *testing.T) {
	t.Parallel()
	if !proving() {
		return // hubs look for each other for long
	}
	f := newTrio(t, 3)
	f.start()
	p := f.node("lao-cai-1", "lao-cai")
	for i, h := range f.hubs {
		f.goesOn(h, fmt.Sprintf("at-%d.example", i))
	}
	f.hasAll(p)
	h := f.hubs[2]
	h.kill()
	state, stolen := filepath.Join(h.dir, "state"), filepath.Join(h.dir, "stolen")
	text, err := hex.DecodeString(strings.TrimSpace(h.read("state/ledger/key.pub"))[128+2:]) // after those of the others
	if err != nil {
		t.Fatal(err)
	}
	former := base64.RawStdEncoding.EncodeToString(text)
	if err := os.Rename(state, stolen); err != nil {
		t.Fatal(err)
	}
	f.goesOn(f.hub, "meanwhile.example")
	if out, err := h.command(os.Getuid(), "fleet", "init", "--root", f.root, "--trust", f.trustFile, "--revoke", "nobody", "--lang", "en"); err == nil || !strings.Contains(out, "nobody") {
		t.Errorf("a hub that is none is revoked: %v %s", err, out)
	}
	f.says(h, "This machine is a hub until", "fleet", "init", "--root", f.root, "--trust", f.trustFile, "--revoke", former)
	for _, other := range f.hubs[:2] {
		f.says(other, "This machine is a hub until", "fleet", "init", "--root", f.root, "--trust", f.trustFile)
	}
	h.start()
	f.goesOn(h, "by-the-new-one.example")
	f.agree()
	f.hasAll(p)

	// The node has nobody but the new one, whose key it does not know, and asks.
	for _, other := range f.hubs[:2] {
		other.kill()
	}
	p.until("the node follows the new one", func() bool { return strings.Count(p.log.String(), `msg="following the hub"`) > 1 })
	h.kill()
	thief := f.thief(filepath.Join(stolen, "ledger", "key"), filepath.Join(stolen, "fleet", "trust.json"), f.addresses[2])
	told := func() bool {
		_, text := p.get("/api/conditions")
		return strings.Contains(text, "fleet-stranger") && strings.Contains(text, former)
	}
	p.within(looks, "the node says that a former hub answers", told)
	f.hasAll(p)
	if err := thief.Close(); err != nil {
		t.Fatal(err)
	}
	for _, other := range f.hubs {
		other.start()
	}
	f.goesOn(h, "again.example")
	f.hasAll(p)
	p.within(looks, "it is over", func() bool { return !told() })
	f.agree()

	// The streams of all three are gone: they begin anew of the ledger, whoever leads them then.
	for _, h := range f.hubs {
		h.kill()
		if err := os.RemoveAll(filepath.Join(h.dir, "state", "fleet", "streams")); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := f.hub.command(os.Getuid(), "fleet", "reseed", "--lang", "en"); err == nil || !strings.Contains(out, "--yes") {
		t.Errorf("%v %s", err, out)
	}
	f.says(f.hub, "The ledger has", "fleet", "reseed", "--yes")
	for _, h := range f.hubs {
		h.start()
	}
	f.goesOn(h, "anew.example")
	f.hasAll(p)
	f.agree()
}

// thief answers at the address of a hub with a key of it, and says that nothing has changed.
func (f *trio) thief(key, trust, address string) *http.Server {
	f.t.Helper()
	seed, err := os.ReadFile(key)
	if err != nil {
		f.t.Fatal(err)
	}
	says, err := os.ReadFile(trust)
	if err != nil {
		f.t.Fatal(err)
	}
	config, err := carried.ServerTLS("hub-3", ed25519.NewKeyFromSeed(seed))
	if err != nil {
		f.t.Fatal(err)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		f.t.Fatal(err)
	}
	server := &http.Server{TLSConfig: config, ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(says) })}
	go func() { _ = server.ServeTLS(l, "", "") }() // until it is closed
	f.t.Cleanup(func() { _ = server.Close() })
	return server
}

// A hub that the root key does not name is none: the two others say so, and decide nothing
// before they are three.
func TestAHubThatNobodyNamedIsTold(t *testing.T) {
	t.Parallel()
	if !proving() {
		return // hubs look for each other as long as that takes
	}
	f := newTrio(t, 2)
	for _, h := range f.hubs {
		h.start()
	}
	f.told(f.hub, "fleet-hubs", "at first all three are needed")
	f.told(f.hubs[2], "fleet-trust", "lachan fleet init")
	if err := f.decide(f.hub, "early.example"); err == nil || !strings.Contains(err.Error(), "two of the three hubs") {
		t.Errorf("decided before the hubs are together: %v", err)
	}
}

// ledger is the text of all records.
func (p *process) ledger() (text []byte) {
	p.t.Helper()
	for _, name := range p.files("state/ledger/*.jsonl") {
		part, err := os.ReadFile(name)
		if err != nil {
			p.t.Fatal(err)
		}
		text = append(text, part...)
	}
	return text
}
