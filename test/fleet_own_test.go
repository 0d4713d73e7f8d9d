package test

import (
	"crypto/ed25519"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nkeys"

	"lachan/admin/ledger"
	"lachan/cmd/lachan/manage/member"
	fleetwide "lachan/fleet"
	"lachan/fleet/node"
	"lachan/metrics/report/figures"
)

// What a node without a link decides for its own units holds there at once, and at the hub and
// the area's other nodes when it is back; what stands against it at the hub stays, nothing of
// another area is taken, and nothing that is forged, cut, replayed or in another order.
func TestWhatANodeDecidesAloneComesToItsHub(t *testing.T) {
	t.Parallel()
	if !proving() {
		t.Log("TEST_PROOF=1 runs it; in small TestWhatANodeDecidesIsWeighed and TestChainsOfNodesAreVerified are it")
		return
	}
	const client = "127.10.1.1"
	list := filepath.Join(t.TempDir(), "khoa.txt")
	if err := os.WriteFile(list, []byte("khoa.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := foundFleet(t, "canary: 0s, early: 0s", "feeds:\n- {name: khoa, url: "+list+", category: gambling}\n")
	f.hub.start()
	f.hub.logged(`msg="serving the nodes of the fleet"`)
	one, two := f.node("lao-cai-1", "lao-cai"), f.node("lao-cai-2", "lao-cai")
	f.says(f.hub, "done", "except", "add", "hub.example", "--unit", "th-kim-dong", "--block", "--until", "2036-12-31")
	f.shuts(one, client, "hub.example", true)
	f.shuts(one, client, "khoa.example", true)
	f.hub.kill()
	f.says(one, "done", "except", "add", "apart.example", "--unit", "th-kim-dong", "--block", "--until", "2036-12-31")
	f.says(one, "done", "except", "add", "twice.example", "--unit", "th-kim-dong", "--block", "--until", "2036-12-31")
	f.says(one, "done", "except", "add", "hub.example", "--unit", "th-kim-dong", "--until", "2036-12-31")
	f.says(one, "done", "except", "add", "khoa.example", "--unit", "th-kim-dong", "--until", "2036-12-31")
	f.says(one, "done", "except", "end", "twice.example", "--unit", "th-kim-dong", "--block")
	f.shuts(one, client, "apart.example", true)
	f.hub.write("policy.yaml", strings.Replace(twoProvinces, "kind: province}", "kind: province, lock: [gambling]}", 1))
	f.hub.start()
	f.shuts(two, client, "apart.example", true)
	f.hub.until("it is told what came and what did not", func() bool {
		out, _ := f.hub.command(os.Getuid(), "fleet", "status", "--lang", "en") // until it says so
		return strings.Contains(out, "3 exceptions decided there have come here") && strings.Contains(out, "2 hold there alone")
	})
	if out := f.says(f.hub, "apart.example", "ledger", "show"); !strings.Contains(out, "node:lao-cai-1") {
		t.Errorf("the ledger does not say where it was decided: %s", out)
	}
	for _, name := range []string{"hub.example", "khoa.example"} {
		if !two.blocked(client, name) {
			t.Errorf("a node's decision opens %s on another", name)
		}
	}
	f.shuts(two, client, "twice.example", false)
	f.says(one, "done", "except", "end", "apart.example", "--unit", "th-kim-dong", "--block")
	f.shuts(two, client, "apart.example", false)

	forged := f.forger(one)
	before := f.hub.ledger()
	for what, lines := range forged.wrong() {
		if err := forged.tell(lines...); err == nil {
			t.Errorf("%s is taken", what)
		}
		f.hub.logged(`msg="records of a node are refused" node=lao-cai-1`)
	}
	if err := forged.tell(forged.lines[:2]...); err != nil { // it is signed, and follows
		t.Fatal(err)
	}
	f.hub.logged(`msg="what was decided at a node is not taken" node=lao-cai-1 record=\d+ cause="block/x.example of th-dong-van`)
	if after := f.hub.ledger(); !slices.Equal(before, after) {
		t.Errorf("something was decided by what was refused: %s", after[len(before):])
	}
	if err := forged.tell(forged.lines[2:]...); err != nil {
		t.Fatal(err)
	}
	f.reportsLate("th-dong-van refused", "th-kim-dong over", "th-kim-dong taken")
	if _, text := f.hub.get("/api/conditions"); !strings.Contains(text, "fleet-own") {
		t.Errorf("nobody is told: %s", text)
	}
}

// reportsLate has the report of the day name what lao-cai-1 decided two hours before it came.
func (f *fleet) reportsLate(want ...string) {
	f.t.Helper()
	status, text := f.hub.get("/api/report?unit=all&period=today&format=json")
	if status != http.StatusOK {
		f.t.Fatal(status, text)
	}
	var is struct {
		Beside struct{ Late []figures.NodeDecision }
	}
	if err := json.Unmarshal([]byte(text), &is); err != nil {
		f.t.Fatal(err)
	}
	var got []string
	for _, d := range is.Beside.Late {
		got = append(got, d.Unit+" "+string(d.Outcome))
		if took := d.Came.Sub(d.Made); d.Node != "lao-cai-1" || took < forgedAge || took > forgedAge+time.Hour {
			f.t.Errorf("%+v", d)
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		f.t.Errorf("the report has %q of %q", got, want)
	}
	if !strings.Contains(text, "của nút: lao-cai-1 (3); muộn nhất 2 giờ") {
		f.t.Errorf("the report does not name the node: %s", text)
	}
}

// forgedAge is how long before it came the forger says that something was decided.
const forgedAge = 2 * time.Hour

// A forger has the keys of a node.
type forger struct {
	t     *testing.T
	node  *node.Node
	key   ed25519.PublicKey
	lines []string // that follow what the hub has: of another area, of its own that is over, and that holds
	all   []string
}

// connects is a connection that has the key of a node.
func (f *fleet) connects(is member.Membership) *node.Node {
	f.t.Helper()
	trust, err := is.Trust.Open(is.Root)
	if err != nil {
		f.t.Fatal(err)
	}
	pair, err := nkeys.FromSeed([]byte(is.Seed))
	if err != nil {
		f.t.Fatal(err)
	}
	public, err := pair.PublicKey()
	if err != nil {
		f.t.Fatal(err)
	}
	connected, err := node.Connect(node.Config{
		Node: is.Node, Hubs: is.Hubs, Nkey: public, Sign: pair.Sign, Trust: trust, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return connected
}

// forger stops a node, and speaks for it.
func (f *fleet) forger(p *process) *forger {
	f.t.Helper()
	is, _, err := member.Read(filepath.Join(p.dir, "state", "fleet"))
	if err != nil {
		f.t.Fatal(err)
	}
	p.stop() // a node has one connection
	is2 := f.connects(is)
	f.t.Cleanup(is2.Close)
	book, err := ledger.Open(filepath.Join(p.dir, "state", "ledger"))
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = book.Close() })
	made := book.State().Seq()
	for _, d := range []ledger.Draft{
		{Unit: "th-dong-van", Object: "block/x.example"}, {Unit: "th-kim-dong", Object: "block/y.example"},
		{Unit: "th-kim-dong", Object: "block/late.example", New: json.RawMessage(`{"from":"2026-01-01T00:00:00+07:00","until":"2036-12-31"}`)},
	} {
		d.By, d.Role, d.Via, d.What = "root", "machine", "cli", "except"
		if d.New == nil {
			d.New = json.RawMessage(`{"from":"2026-01-01T00:00:00+07:00","until":"2026-01-02"}`)
		}
		if _, err := book.Append(f.t.Context(), d); err != nil {
			f.t.Fatal(err)
		}
	}
	key, _ := ledger.Key(book).Public().(ed25519.PublicKey)
	g := &forger{t: f.t, node: is2, key: key}
	chain := ledger.Continue(book, 0, "")
	for r, err := range book.Records(0) {
		if err != nil {
			f.t.Fatal(err)
		}
		if (strings.HasPrefix(r.Object, "allow/") || strings.HasPrefix(r.Object, "block/")) && !r.At.Before(is.Since) {
			if r.Seq > made {
				r.At = r.At.Add(-forgedAge)
			}
			line, err := chain.Link(r)
			if err != nil {
				f.t.Fatal(err)
			}
			g.all = append(g.all, string(line[0]))
		}
	}
	g.lines = g.all[len(g.all)-3:]
	f.hub.until("the hub is reached", func() bool { return g.tell() == nil })
	return g
}

func (g *forger) tell(lines ...string) error {
	text, err := json.Marshal(fleetwide.OwnTold{Key: fleetwide.PublicKey(g.key), Lines: lines})
	if err == nil {
		_, err = g.node.Tell(g.t.Context(), fleetwide.Own, text)
	}
	return err
}

// wrong are lines that a hub must not take.
func (g *forger) wrong() map[string][]string {
	changed := strings.Replace(g.lines[0], "x.example", "z.example", 1)
	return map[string][]string{
		"forged": {changed}, "replayed": {g.all[0]}, "cut": {g.lines[1]}, "reordered": {g.lines[1], g.lines[0]},
		"nothing": {"{}"},
	}
}
