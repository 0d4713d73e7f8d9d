package node_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"lachan/admin/ledger"
	"lachan/fleet"
	"lachan/fleet/hub"
	"lachan/fleet/node"
	"lachan/internal/testserver"
)

// soon is how long a test waits for what has to happen.
const soon = 20 * time.Second

// A field is a hub with a ledger, and nodes.
type field struct {
	t      *testing.T
	dir    string // of the hub's files
	listen string // address of the hub, once it has one
	book   *ledger.Ledger
	folder string // of book
	key    ed25519.PrivateKey
	hub    *hub.Hub
	// members are the nodes that joined, by their public nkeys.
	members atomic.Pointer[map[string]hub.Member]
	feed    *hub.Feed
	pages   hub.Pages
	stop    func() // ends the hub
	// cluster has servers of others that carry, nil if the hub has its own.
	cluster *hub.Cluster
	nats    *testserver.NATS // those servers
}

// The streams of all tests: an area, another, and that of all.
var (
	area  = fleet.Stream{Area: "lao-cai", Generation: 1}
	other = fleet.Stream{Area: "ha-giang", Generation: 1}
	root  = fleet.Stream{Area: fleet.Root, Generation: 1}
)

func newField(t *testing.T) *field {
	t.Helper()
	f := &field{t: t, dir: t.TempDir(), listen: "127.0.0.1:0", folder: t.TempDir()}
	f.members.Store(&map[string]hub.Member{})
	var err error
	if f.book, err = ledger.Open(f.folder); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.book.Close() }) // nothing is read of it any more
	if _, f.key, err = ed25519.GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	switch {
	case t.Name() == "TestServersOfOthersMayBeKilledOneByOne":
		f.cluster, f.nats = newCluster(t, 3)
	case strings.HasPrefix(t.Name(), "TestServersOfOthers"):
		f.cluster, f.nats = newCluster(t, inProof(3, 1))
	}
	f.start()
	t.Cleanup(func() { f.stop() })
	return f
}

func (f *field) start() {
	f.t.Helper()
	h, err := f.startHub(hub.Config{
		Name: "hub-1", Dir: f.dir, Key: f.key, Store: 256 << 20, Cluster: f.cluster,
		Member: func(nkey string) (hub.Member, bool) {
			m, ok := (*f.members.Load())[nkey]
			return m, ok
		},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.hub = h
	f.serve()
	for _, s := range []fleet.Stream{area, other, root} {
		if err := h.Open(f.t.Context(), s, 64<<20); err != nil {
			f.t.Fatal(err)
		}
	}
	areaOf := func(unit string) string { return cmp.Or(unit, fleet.Root) }
	if f.feed, err = h.NewFeed(f.t.Context(), f.book, areaOf, slog.New(slog.DiscardHandler), area, other, root); err != nil {
		f.t.Fatal(err)
	}
}

// startHub starts a hub. Servers of others that have just started are asked again.
func (f *field) startHub(cfg hub.Config) (h *hub.Hub, err error) {
	for late := time.Now().Add(looks); ; {
		h, err = hub.Start(f.t.Context(), cfg)
		if err == nil || f.cluster == nil || time.Now().After(late) {
			return h, err
		}
	}
}

// serve opens the port of the hub, always the same one.
func (f *field) serve() {
	f.t.Helper()
	l, err := net.Listen("tcp", f.listen)
	if err != nil {
		f.t.Fatal(err)
	}
	f.listen = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	h, pages := f.hub, f.pages.Handler()
	go func() { done <- h.Serve(ctx, pages, l) }()
	f.stop = func() {
		cancel()
		if err := <-done; err != nil {
			f.t.Error(err)
		}
		h.Close()
	}
}

// trust names the hub, and the key of its ledger.
func (f *field) trust() (t fleet.Trust) {
	for i, key := range f.writers() {
		name := fmt.Sprintf("hub-%d", i+1)
		t.Hubs = append(t.Hubs, fleet.HubKey{Name: name, Key: fleet.PublicKey(key), Until: time.Now().Add(time.Hour)})
	}
	t.Serial = 1
	return t
}

// dial is how nodes connect.
func (f *field) dial() nats.Option {
	return nats.SetCustomDialer(fleet.Dialer{Protocol: fleet.Records, Trusted: func(key ed25519.PublicKey) bool {
		return f.trust().Has(key, time.Now())
	}})
}

// writers are the keys whose records and heads nodes take: the ledger's and the hub's.
func (f *field) writers() []ed25519.PublicKey {
	f.t.Helper()
	text, err := os.ReadFile(filepath.Join(f.folder, "key.pub"))
	if err != nil {
		f.t.Fatal(err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		f.t.Fatal(err)
	}
	public, _ := f.key.Public().(ed25519.PublicKey) // it is one
	return []ed25519.PublicKey{key, public}
}

// decide appends records and carries them; names are those of the exceptions.
func (f *field) decide(names ...string) {
	f.t.Helper()
	f.append(area.Area, "allow/", names...)
	f.carry()
}

// append appends a group of records.
func (f *field) append(area, kind string, names ...string) {
	f.t.Helper()
	drafts := make([]ledger.Draft, len(names))
	for i, name := range names {
		drafts[i] = ledger.Draft{Area: area, Unit: "kim-dong", Object: kind + name, New: []byte(`{"from":"2026-11-28T09:40:11+07:00"}`)}
	}
	if _, err := f.book.Append(f.t.Context(), drafts...); err != nil {
		f.t.Fatal(err)
	}
}

// carry carries what the streams do not have yet.
func (f *field) carry() {
	f.t.Helper()
	if err := f.feed.Carry(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
}

// headHash is the digest of the last record of the area.
func (f *field) headHash(b *box) string {
	f.t.Helper()
	_, hash := b.Copy.End()
	return hash
}

func (f *field) putHead(seq uint64, hash string) {
	f.t.Helper()
	head := fleet.Head{Area: area.Area, At: time.Now(), Generation: 1, Hash: hash, Seq: seq}
	if err := f.hub.PutHead(f.t.Context(), head); err != nil {
		f.t.Fatal(err)
	}
}

// A key is a node's nkey.
type key struct {
	public string
	sign   func([]byte) ([]byte, error)
}

// join makes a node a member.
func (f *field) join(name string, s fleet.Stream) key {
	f.t.Helper()
	pair, err := nkeys.CreateUser()
	if err != nil {
		f.t.Fatal(err)
	}
	public, err := pair.PublicKey()
	if err != nil {
		f.t.Fatal(err)
	}
	f.change(func(members map[string]hub.Member) {
		members[public] = hub.Member{Node: name, Streams: []fleet.Stream{s}}
	})
	return key{public, pair.Sign}
}

func (f *field) change(how func(map[string]hub.Member)) {
	members := map[string]hub.Member{}
	for nkey, m := range *f.members.Load() {
		members[nkey] = m
	}
	how(members)
	f.members.Store(&members)
}

// A box is a node in a test.
type box struct {
	*field
	name string
	key  key
	*node.Follower
	node *node.Node
	took chan uint64 // numbers of last records
	log  *bytes.Buffer
}

func (f *field) box(name string) *box { return f.boxOf(name, area) }

// boxOf is a node that follows a stream.
func (f *field) boxOf(name string, s fleet.Stream) *box {
	f.t.Helper()
	b := &box{field: f, name: name, key: f.join(name, s), took: make(chan uint64, 1000), log: new(bytes.Buffer)}
	copied, err := ledger.OpenCopy(f.t.TempDir(), f.writers()...)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = copied.Close() }) // nothing is read of it any more
	b.Follower = &node.Follower{Stream: s, Copy: copied, Taken: func(seq uint64) { b.took <- seq }}
	b.node, err = node.Connect(node.Config{
		Node: name, Hubs: []string{f.listen}, Nkey: b.key.public, Sign: b.key.sign, Trust: f.trust(),
		Log: slog.New(slog.DiscardHandler),
	}, b.Follower)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(b.node.Close)
	return b
}

// follow follows in the background until the test ends.
func (b *box) follow() {
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); b.node.Follow(ctx, b.Follower) }()
	b.t.Cleanup(func() { cancel(); <-done })
}

// has waits until the node has a record.
func (b *box) has(seq uint64) { b.t.Helper(); b.hasWithin(soon, seq) }

func (b *box) hasWithin(most time.Duration, seq uint64) {
	b.t.Helper()
	for late := time.After(most); ; {
		if got, _ := b.Copy.End(); got >= seq {
			return
		}
		select {
		case <-b.took:
		case <-late:
			got, _ := b.Copy.End()
			b.t.Fatalf("%s has record %d and not %d", b.name, got, seq)
		}
	}
}

// What a hub decides each node has at once, byte for byte, also what was decided before
// it joined; and no node has a consumer.
func TestWhatAHubDecidesEachNodeHas(t *testing.T) {
	f := newField(t)
	f.decide("before.example")
	a, b := f.box("node-a"), f.box("node-b")
	a.follow()
	b.follow()
	a.has(1)
	b.has(1)
	f.decide("olm.vn")
	a.has(2)
	b.has(2)
	many := make([]string, 1200) // one group, longer than what is carried or asked for at once
	for i := range many {
		many[i] = fmt.Sprintf("n%d.example", i)
	}
	f.decide(many...)
	a.has(1202)
	b.has(1202)
	if got, want := a.Copy.State().Console(nil), f.book.State().Console(nil); !bytes.Equal(got, want) {
		t.Errorf("the node's state has %d bytes and is not the hub's of %d", len(got), len(want))
	}
	if n, err := f.hub.Consumers(t.Context()); err != nil || n != 0 {
		t.Errorf("%d consumers, %v", n, err)
	}
}

// The bell of a decision rings before the hub has it on disk. A node that looked too early
// looks again at once.
func TestADecisionHeardTooEarlyIsNotMissed(t *testing.T) {
	f := newField(t)
	b := f.box("node-a")
	b.follow()
	for i := range 150 {
		f.decide(fmt.Sprintf("n%d.example", i))
		b.has(uint64(i + 1))
	}
}

// A node that was away catches up when it comes back, and so do nodes whose hub was away.
func TestWhoWasAwayCatchesUp(t *testing.T) {
	f := newField(t)
	a := f.box("node-a")
	a.follow()
	f.decide("first.example")
	a.has(1)
	f.stop()
	f.start() // on the same address and files
	f.decide("second.example")
	a.has(2)
	late := f.box("node-late")
	late.follow()
	late.has(2)
}

// What a node may do is what it needs, and nothing of others.
func TestANodeMayDoNothingElse(t *testing.T) {
	f := newField(t)
	f.decide("first.example")
	k := f.join("node-a", area)
	refused := make(chan error, 100)
	conn, err := nats.Connect("nats://"+f.listen, f.dial(), nats.Nkey(k.public, k.sign), nats.CustomInboxPrefix(fleet.Inbox("node-a")),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused <- err }))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	refuses := func(what string, do func() error) {
		t.Helper()
		if err := do(); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-refused:
			if !errors.Is(err, nats.ErrPermissionViolation) {
				t.Errorf("%s: %v", what, err)
			}
		case <-time.After(soon):
			t.Errorf("%s is not refused", what)
		}
	}
	for _, subject := range []string{
		"ledger.lao-cai", "ledger.root", "ledger.ha-giang", "$KV.STATUS.node-b", "$KV.HEAD.lao-cai", "fleet.v1.up.node-b.requests",
		"$JS.API.DIRECT.GET.LEDGER_ha-giang", "$JS.API.DIRECT.GET.KV_HEAD.$KV.HEAD.ha-giang", "$JS.API.DIRECT.GET.KV_STATUS.$KV.STATUS.node-b",
		"$JS.API.CONSUMER.CREATE.LEDGER_lao-cai", "$JS.API.CONSUMER.CREATE.LEDGER_lao-cai.mine", "$JS.API.STREAM.INFO.LEDGER_lao-cai",
		"$JS.API.STREAM.PURGE.LEDGER_lao-cai", "$JS.API.STREAM.DELETE.LEDGER_lao-cai", "$JS.API.STREAM.MSG.GET.LEDGER_lao-cai",
		"$JS.API.STREAM.LIST", "$SYS.REQ.SERVER.PING", "_INBOX_node-b.x",
		"$JS.API.DIRECT.GET.KV_SECRETS.$KV.SECRETS.lao-cai", "$JS.API.DIRECT.GET.KV_SECRETS", "$JS.API.STREAM.MSG.GET.KV_SECRETS",
		"$JS.API.STREAM.INFO.KV_SECRETS", "$JS.API.STREAM.SNAPSHOT.KV_SECRETS", "$KV.SECRETS.lao-cai",
	} {
		refuses("publishing to "+subject, func() error { return errors.Join(conn.Publish(subject, []byte("{}")), conn.Flush()) })
	}
	for _, subject := range []string{"ledger.ha-giang", "ledger.*", ">", "_INBOX_node-b.>", "$KV.>", "$KV.SECRETS.lao-cai", "fleet.v1.up.>"} {
		refuses("listening to "+subject, func() error {
			_, err := conn.SubscribeSync(subject)
			return errors.Join(err, conn.Flush())
		})
	}
	if after, err := f.hub.Carried(t.Context(), area); err != nil || after != 1 {
		t.Errorf("the stream has %d records, %v", after, err)
	}
}

// A key that never joined, one with another's name and one that was revoked get nothing;
// the connection of the revoked ends at once.
func TestOnlyMembersComeIn(t *testing.T) {
	f := newField(t)
	f.decide("first.example")
	stranger, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	public, err := stranger.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	k := f.join("node-a", area)
	for what, option := range map[string]nats.Option{
		"a stranger":               nats.Nkey(public, stranger.Sign),
		"another's key":            nats.Nkey(k.public, stranger.Sign),
		"who has no key":           nats.Name("node-a"),
		"a name with a password":   nats.UserInfo("hub", "hub"),
		"a name and another's key": nats.UserInfo(k.public, ""),
	} {
		if conn, err := nats.Connect("nats://"+f.listen, f.dial(), option); err == nil {
			conn.Close()
			t.Errorf("%s comes in", what)
		}
	}
	b := f.box("node-b")
	b.follow()
	b.has(1)
	f.change(func(members map[string]hub.Member) { delete(members, b.key.public) })
	f.hub.Revoke("node-b")
	f.decide("second.example")
	if conn, err := nats.Connect("nats://"+f.listen, f.dial(), nats.Nkey(b.key.public, b.key.sign)); err == nil {
		conn.Close()
		t.Error("the revoked node comes in")
	}
	if seq, _ := b.Copy.End(); seq != 1 {
		t.Errorf("the revoked node has record %d", seq)
	}
}

// Silence is not taken for "nothing new", nor is what nobody has signed for a record.
func TestANodeIsNotDeceived(t *testing.T) {
	f := newField(t)
	f.decide("first.example", "second.example")
	b := f.box("node-a")
	catch := func(want error) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), soon)
		defer cancel()
		if err := b.node.CatchUp(ctx, b.Follower); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	catch(nil)
	f.putHead(3, "of a record that the stream does not have")
	catch(node.ErrSilent)
	f.putHead(2, f.headHash(b))
	catch(node.ErrOld)
	if err := f.hub.Carry(t.Context(), area, 2, []byte(`{"forged":true}`)); err != nil {
		t.Fatal(err)
	}
	f.putHead(3, "forged")
	catch(ledger.ErrFollow)
	if seq, _ := b.Copy.End(); seq != 2 {
		t.Errorf("the node has record %d", seq)
	}
	c := f.box("node-c")
	f.putHead(4, "x")
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	if err := c.node.CatchUp(ctx, c.Follower); !errors.Is(err, ledger.ErrFollow) {
		t.Errorf("%v", err)
	}
	if seq, _ := c.Copy.End(); seq != 2 {
		t.Errorf("a new node has record %d of the two that are good", seq)
	}
}

// A head that the hub's key has not signed is none, and neither is that of another ledger.
func TestAHeadIsOfTheHubAndOfThisLedger(t *testing.T) {
	f := newField(t)
	f.decide("first.example")
	b := f.box("node-a")
	if err := b.node.CatchUp(t.Context(), b.Follower); err != nil {
		t.Fatal(err)
	}
	f.putHead(1, strings.Repeat("0", 64))
	if err := b.node.CatchUp(t.Context(), b.Follower); !errors.Is(err, node.ErrForked) {
		t.Errorf("another history: %v", err)
	}
	_, stray, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	right := f.key
	f.stop()
	f.key = stray
	f.start()
	f.putHead(1, f.headHash(b))
	f.stop()
	f.key = right
	f.start()
	wait, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	err = b.node.CatchUp(wait, b.Follower)
	for ; err != nil && !errors.Is(err, fleet.ErrHead) && wait.Err() == nil; err = b.node.CatchUp(wait, b.Follower) {
	} // it reconnects
	if !errors.Is(err, fleet.ErrHead) {
		t.Errorf("another key: %v", err)
	}
}

// A server that has another key than the fleet's hubs is told nothing and asked nothing,
// also where their address is.
func TestAStrangerAtTheAddressOfTheHubIsToldNothing(t *testing.T) {
	f := newField(t)
	f.decide("first.example")
	b := f.box("node-a")
	b.follow()
	b.has(1)
	trust := f.trust()
	_, stray, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f.stop()
	f.key = stray
	f.start()
	for _, protocol := range []string{fleet.Records, fleet.HTTP} {
		d := fleet.Dialer{Protocol: protocol, Trusted: func(key ed25519.PublicKey) bool { return trust.Has(key, time.Now()) }}
		if conn, err := d.Dial("tcp", f.listen); !errors.Is(err, fleet.ErrStranger) {
			t.Errorf("%s: %v, %v", protocol, conn, err)
		}
	}
}

// Of two hubs that write after the same record one is first, and the other is told.
func TestWhoIsBehindIsTold(t *testing.T) {
	f := newField(t)
	f.decide("first.example")
	for what, lines := range map[string][][]byte{"one": {[]byte("x")}, "two": {[]byte("x"), []byte("y")}} {
		if err := f.hub.Carry(t.Context(), area, 0, lines...); !errors.Is(err, hub.ErrBehind) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := f.hub.Carry(t.Context(), area, 1, bytes.Repeat([]byte("x"), ledger.MaxCarried+1)); err == nil {
		t.Error("a record that is too long is carried")
	}
	if after, err := f.hub.Carried(t.Context(), area); err != nil || after != 1 {
		t.Errorf("the stream has %d records, %v", after, err)
	}
}

// What a node says of itself its hub knows, with when.
func TestANodeSaysWhatItDoes(t *testing.T) {
	f := newField(t)
	b := f.box("node-a")
	if _, _, ok := f.hub.Status(t.Context(), "node-a"); ok {
		t.Error("it has a status before it said anything")
	}
	if err := b.node.CatchUp(t.Context(), b.Follower); err == nil { // it is connected then
		t.Error("there is a head before anything was decided")
	}
	if err := b.node.Say([]byte(`{"seq":1}`)); err != nil {
		t.Fatal(err)
	}
	for late := time.Now().Add(soon); ; {
		text, at, ok := f.hub.Status(t.Context(), "node-a")
		if ok {
			if string(text) != `{"seq":1}` || time.Since(at) > soon {
				t.Errorf("%s at %s", text, at)
			}
			return
		}
		if time.Now().After(late) {
			t.Fatal("its status is not known")
		}
	}
}

// What a node tells is answered, in its name and no other's; one that tells too much is cut
// off, and others are not.
func TestANodeTellsAndIsAnswered(t *testing.T) {
	f := newField(t)
	a, b := f.box("node-a"), f.box("node-b")
	err := f.hub.Hear("word", func(node string, told []byte) ([]byte, error) {
		if string(told) == "bad" {
			return nil, errors.New("that is no word")
		}
		return []byte(node + " says " + string(told)), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	said, err := a.node.Tell(t.Context(), "word", []byte("xin chào"))
	if err != nil || string(said) != "node-a says xin chào" {
		t.Errorf("%q %v", said, err)
	}
	if _, err := a.node.Tell(t.Context(), "word", []byte("bad")); err == nil || !strings.Contains(err.Error(), "that is no word") {
		t.Error(err)
	}
	cut := false
	for range 500 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := a.node.Tell(ctx, "word", []byte("x"))
		cancel()
		if cut = err != nil; cut {
			break
		}
	}
	if !cut {
		t.Error("a node may tell as much as it likes")
	}
	if said, err := b.node.Tell(t.Context(), "word", []byte("x")); err != nil || string(said) != "node-b says x" {
		t.Errorf("%q %v", said, err)
	}
}

// Each area has its own records and those for all, in an order of their own, and nothing
// of who may decide: that stays with the hub.
func TestAnAreaHasItsOwnRecords(t *testing.T) {
	f := newField(t)
	a := f.box("node-a")
	a.follow()
	f.append(area.Area, "account/", "acc_1")
	f.append(other.Area, "allow/", "theirs.example")
	f.append(area.Area, "allow/", "ours.example", "ours-too.example")
	f.append("", "profile/", "for-all")
	f.append("nowhere", "allow/", "nobodys.example")
	f.append(area.Area, "block/", "last.example")
	f.carry()
	a.has(3)
	got := string(a.Copy.State().Console(nil))
	for _, name := range []string{"ours.example", "ours-too.example", "last.example"} {
		if !strings.Contains(got, name) {
			t.Errorf("%s is not in\n%s", name, got)
		}
	}
	for _, name := range []string{"theirs.example", "nobodys.example", "acc_1", "for-all"} {
		if strings.Contains(got, name) {
			t.Errorf("%s is in\n%s", name, got)
		}
	}
	if v, _ := a.Copy.State().Get("kim-dong", "block/last.example"); v.Seq != f.book.Head().Seq {
		t.Errorf("the last decision has number %d and not that of the hub, %d", v.Seq, f.book.Head().Seq)
	}
	for s, want := range map[fleet.Stream]uint64{other: 1, root: 1} {
		if seq, err := f.hub.Carried(t.Context(), s); err != nil || seq != want {
			t.Errorf("stream %s has %d records, %v", s.Name(), seq, err)
		}
	}
}

// Whenever the hub stops, each record is carried once and in its order.
func TestAHubThatStopsCarriesTheRestLater(t *testing.T) {
	f := newField(t)
	many := make([]string, 1100)
	for i := range many {
		many[i] = fmt.Sprintf("n%d.example", i)
	}
	f.append(area.Area, "allow/", many...)
	// It has carried the first part of the group and then stopped.
	var group []ledger.Record
	for r, err := range f.book.Records(0) {
		if err != nil {
			t.Fatal(err)
		}
		group = append(group, r)
	}
	lines, err := ledger.Continue(f.book, 0, "").Link(group...)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.hub.Carry(t.Context(), area, 0, lines[:500]...); err != nil {
		t.Fatal(err)
	}
	f.stop()
	f.start()
	f.append(area.Area, "allow/", "later.example")
	f.carry()
	f.stop()
	f.start()
	f.carry() // nothing is carried twice
	a := f.box("node-a")
	a.follow()
	a.has(1101)
	if seq, err := f.hub.Carried(t.Context(), area); err != nil || seq != 1101 {
		t.Errorf("the stream has %d records, %v", seq, err)
	}
}

// A hub that begins a stream anew says so by its signed head, also to nodes that may no more
// ask for the former one; a head of a former generation is old.
func TestAStreamThatBeginsAnewIsTold(t *testing.T) {
	f := newField(t)
	f.decide("first.example")
	b := f.box("node-a")
	var told []fleet.Head
	b.Renewed = func(head fleet.Head) { told = append(told, head) }
	if err := b.node.CatchUp(t.Context(), b.Follower); err != nil {
		t.Fatal(err)
	}
	next := fleet.Stream{Area: area.Area, Generation: 7}
	if err := f.hub.Open(t.Context(), next, 1<<20); err != nil {
		t.Fatal(err)
	}
	if err := f.hub.Keep(t.Context(), next, other, root); err != nil {
		t.Fatal(err)
	}
	head := fleet.Head{Area: area.Area, At: time.Now(), Generation: 7, Hash: "h", Seq: 5}
	if err := f.hub.PutHead(t.Context(), head); err != nil {
		t.Fatal(err)
	}
	if err := b.node.CatchUp(t.Context(), b.Follower); !errors.Is(err, node.ErrRenewed) || len(told) != 1 || told[0].Generation != 7 || told[0].Seq != 5 {
		t.Errorf("%v, told %+v", err, told)
	}
	c := f.boxOf("node-c", next)
	f.putHead(1, f.headHash(b))
	if err := c.node.CatchUp(t.Context(), c.Follower); !errors.Is(err, node.ErrOld) {
		t.Errorf("the head of a former generation: %v", err)
	}
}

// A stream whose files are lost is made again as its next generation, and a node that
// begins with it has the same state.
func TestALostStreamIsMadeAgain(t *testing.T) {
	f := newField(t)
	f.decide("first.example", "second.example")
	next := fleet.Stream{Area: area.Area, Generation: 2}
	if err := f.hub.Open(t.Context(), next, 1<<20); err != nil {
		t.Fatal(err)
	}
	again, err := f.hub.NewFeed(t.Context(), f.book, func(unit string) string { return unit }, slog.New(slog.DiscardHandler), next)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Carry(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := f.boxOf("node-b", next)
	if err := b.node.CatchUp(t.Context(), b.Follower); err != nil {
		t.Fatal(err)
	}
	if n := b.Copy.State().Size(); n != 2 {
		t.Errorf("it has %d objects", n)
	}
}
