package test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lachan/admin/request"
	"lachan/cmd/lachan/manage/member"
	"lachan/internal/testserver"
)

// A fleet is a hub with its nodes, each a whole server of its own.
type fleet struct {
	t       *testing.T
	hub     *process
	address string // of the hub's port for nodes
	root    string // file of the root key
	// nats are servers of others that carry, nil if the hub has its own.
	nats *testserver.NATS
}

// guests is a profile that all nodes of a fleet need.
const guests = "profiles: {khach: {extends: thcs}}\n"

// twoProvinces are the units of a fleet whose provinces are areas.
const twoProvinces = guests + `units:
- {id: lao-cai, name: Lào Cai, kind: province}
- {id: th-kim-dong, name: TH Kim Đồng, level: th, parent: lao-cai, networks: [127.10.0.0/16]}
- {id: ha-giang, name: Hà Giang, kind: province}
- {id: th-dong-van, name: TH Đồng Văn, level: th, parent: ha-giang, networks: [127.11.0.0/16]}
`

func newFleet(t *testing.T, rings string) *fleet {
	t.Helper()
	f := foundFleet(t, rings, "")
	f.hub.start()
	f.hub.within(looks, "the hub serves", func() bool { // servers of others agree first who leads
		return strings.Contains(f.hub.log.String(), `msg="serving the nodes of the fleet"`)
	})
	return f
}

// foundFleet is newFleet before its hub starts, with more in the configuration.
func foundFleet(t *testing.T, rings, more string) *fleet {
	t.Helper()
	f := &fleet{t: t, address: freeAddress(t), root: filepath.Join(t.TempDir(), "root.key")}
	keys := "listen: \"" + f.address + "\", areas: [lao-cai, ha-giang], rings: {" + rings + "}"
	f.hub = newProcess(t, more+"fleet: {"+keys+"}\n", twoProvinces, startStandIn(t).addr)
	if strings.HasPrefix(t.Name(), "TestAFleetOverServersOfOthers") {
		f.nats = testserver.StartNATS(t, 3, f.settings())
		f.hub.write("lachan.yaml", strings.Replace(f.hub.read("lachan.yaml"), keys, keys+", url: \""+f.nats.URL+"\", ca: "+f.nats.CA, 1))
	}
	f.says(f.hub, "This machine is a hub until", "fleet", "init", "--root", f.root)
	return f
}

// settings are what servers of others have to have for the hub.
func (f *fleet) settings() string {
	f.t.Helper()
	said := f.says(f.hub, "auth_callout", "fleet", "nats")
	return said[strings.Index(said, "# nats-server"):] // a note is before
}

// freeAddress is an address of loopback that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(freePort(t)))
}

// says calls a command on a machine, which has to say something.
func (f *fleet) says(p *process, what string, args ...string) string {
	f.t.Helper()
	out, err := p.command(os.Getuid(), append(args, "--lang", "en")...)
	if err != nil || !strings.Contains(out, what) {
		f.t.Fatalf("lachan %q: %v\n%s", args, err, out)
	}
	return out
}

// invite is a code for a node.
func (f *fleet) invite(name, area string, more ...string) string {
	f.t.Helper()
	args := append([]string{"fleet", "invite", name, "--area", area}, more...)
	words := strings.Fields(f.says(f.hub, "lachan join "+f.address, args...))
	return words[len(words)-1]
}

// node is a server that has joined.
func (f *fleet) node(name, area string, more ...string) *process {
	f.t.Helper()
	p := newProcess(f.t, "", "units: [{id: th-cu, name: TH cũ, level: th, networks: [127.0.0.0/8]}]\n"+guests, startStandIn(f.t).addr)
	p.env = []string{"LACHAN_SERVER_UNKNOWN_CLIENT=khach"} // a profile that its policy has to have
	p.start()
	f.says(p, "is the node "+name, "join", f.address, f.invite(name, area, more...))
	p.logged(`msg="following the hub"`)
	f.knows(p, "th-kim-dong")
	return p
}

// knows waits until a node has a unit.
func (f *fleet) knows(p *process, unit string) {
	f.t.Helper()
	p.until("the unit "+unit, func() bool {
		status, _ := p.get("/api/explain?name=x.example&unit=" + unit)
		return status == http.StatusOK
	})
}

// shuts waits until a node blocks a name for a client, or opens it.
func (f *fleet) shuts(p *process, client, name string, want bool) time.Duration {
	f.t.Helper()
	began := time.Now()
	p.until(fmt.Sprintf("%s blocked for %s: %v", name, client, want), func() bool { return p.blocked(client, name) == want })
	return time.Since(began)
}

// What is decided at the hub is in force on the nodes of its area, and nowhere else; the
// policy of the hub is that of its nodes; and a node without a link goes on by what it has.
func TestNodesDoWhatTheirHubDecides(t *testing.T) {
	t.Parallel()
	const north, south = "127.10.1.1", "127.11.1.1"
	f := newFleet(t, "canary: 0s, early: 0s")
	one, two := f.node("lao-cai-1", "lao-cai"), f.node("ha-giang-1", "ha-giang")
	f.says(f.hub, "done", "except", "add", "game.example", "--unit", "th-kim-dong", "--block", "--until", "2036-12-31")
	t.Logf("in force after %v", f.shuts(one, north, "www.game.example", true).Round(time.Millisecond))
	for _, unit := range []string{"lao-cai", "ha-giang"} {
		f.says(f.hub, "done", "except", "add", "all.example", "--unit", unit, "--block", "--until", "2036-12-31")
	}
	f.shuts(one, north, "all.example", true)
	f.shuts(two, south, "all.example", true)
	if text, err := os.ReadFile(filepath.Join(two.dir, "state", "fleet", "console.yaml")); err != nil || bytes.Contains(text, []byte("game.example")) {
		t.Errorf("what is Lào Cai's is in Hà Giang: %s, %v", text, err)
	}

	// The policy: a school more, and what a node may not.
	f.hub.write("policy.yaml", twoProvinces+"- {id: th-moi, name: TH mới, level: th, parent: lao-cai, networks: [127.12.0.0/16]}\n")
	f.hub.reload()
	f.knows(one, "th-moi")
	if out, err := one.command(os.Getuid(), "except", "add", "category:games", "--unit", "th-moi", "--block", "--lang", "en"); err == nil ||
		!strings.Contains(out, "decided at the hub "+f.address) {
		t.Errorf("a node decides what is the hub's: %v %s", err, out)
	}
	f.says(one, "done", "except", "add", "own.example", "--unit", "th-moi", "--block", "--until", "2036-12-31")
	f.shuts(one, "127.12.1.1", "own.example", true)
	f.hub.until("both nodes even", func() bool {
		out, _ := f.hub.command(os.Getuid(), "fleet", "status", "--lang", "en") // until it says so
		return strings.Count(out, "has everything") == 2
	})

	for what, p := range map[string]*process{`lachan_fleet_nodes{state="linked"} 2`: f.hub, "lachan_fleet_even_timestamp_seconds 1": one} {
		p.until(what+" in its metrics", func() bool {
			_, text := p.get("/metrics")
			return strings.Contains(text, what)
		})
	}

	// The hub is gone: the node starts anew and shuts what it shut; then the rest comes.
	f.hub.kill()
	one.kill()
	one.start()
	f.shuts(one, north, "game.example", true)
	f.shuts(one, "127.12.1.1", "own.example", true)
	f.hub.start()
	f.says(f.hub, "done", "except", "add", "later.example", "--unit", "lao-cai", "--block", "--until", "2036-12-31")
	f.shuts(one, north, "later.example", true)

	// A node that is none any more hears nothing, and has its own policy when it leaves.
	f.says(f.hub, "done", "fleet", "remove", "ha-giang-1", "--yes")
	f.hub.logged(`msg="a node is none any more" node=ha-giang-1`)
	f.says(f.hub, "done", "except", "add", "secret.example", "--unit", "ha-giang", "--block", "--until", "2036-12-31")
	f.says(f.hub, "done", "except", "add", "last.example", "--unit", "lao-cai", "--block", "--until", "2036-12-31")
	f.shuts(one, north, "last.example", true) // what came before it is carried
	if two.blocked(south, "secret.example") {
		t.Error("a node that was removed gets decisions")
	}
	if !two.blocked(south, "all.example") {
		t.Error("a node that was removed opens what was shut")
	}
	f.says(two, "is the node ha-giang-1 no more", "leave")
	f.knows(two, "th-cu")
	if two.blocked(south, "all.example") {
		t.Error("a machine that has left goes by its former hub")
	}
}

// Nobody joins by another code, by one that was used, or at a machine that is not the hub.
func TestAMachineJoinsByItsCodeAlone(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "canary: 0s, early: 0s")
	if out, err := f.hub.command(os.Getuid(), "fleet", "init", "--root", filepath.Join(t.TempDir(), "other.key"), "--lang", "en"); err == nil ||
		!strings.Contains(out, "has the root key") {
		t.Errorf("another root key: %v %s", err, out)
	}
	code := f.invite("lao-cai-1", "lao-cai")
	stranger := newFleet(t, "")
	p := newProcess(t, "", "", startStandIn(t).addr)
	refused := func(what, address, code string) {
		t.Helper()
		out, err := p.command(os.Getuid(), "join", address, code, "--lang", "en")
		if err == nil || !strings.Contains(out, what) {
			t.Errorf("%v, %s and not %q", err, out, what)
		}
		if _, err := os.Stat(filepath.Join(p.dir, "state", "fleet", "membership.json")); err == nil {
			t.Fatal("it has joined")
		}
	}
	refused("this is no code", f.address, "abcd")
	refused("was not sent", stranger.address, code)
	refused("cannot be reached", freeAddress(t), code)
	refused("does not take this code", f.address, "aaaa-aaaa-aaaa-aaaa"+code[19:])
	f.says(p, "is the node lao-cai-1", "join", f.address, code)
	if out, err := p.command(os.Getuid(), "join", f.address, code, "--lang", "en"); err == nil || !strings.Contains(out, "already") {
		t.Errorf("%v %s", err, out)
	}
	f.says(p, "no more", "leave")
	refused("does not take this code", f.address, code)
	if out, err := f.hub.command(os.Getuid(), "fleet", "invite", "Sa Pa", "--lang", "en"); err == nil || !strings.Contains(out, "sa-pa-1") {
		t.Errorf("%v %s", err, out)
	}
}

// The files of the policy go out by rings: what a canary refuses no other node gets, and
// all can be taken back. What was shut stays shut on each of them.
func TestFilesOfThePolicyGoOutByRings(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "canary: 1h, early: 1h")
	canary, other := f.node("lao-cai-1", "lao-cai", "--ring", "canary"), f.node("lao-cai-2", "lao-cai")
	f.says(f.hub, "done", "except", "add", "shut.example", "--unit", "th-kim-dong", "--block", "--until", "2036-12-31")
	for _, p := range []*process{canary, other} {
		f.shuts(p, "127.10.1.1", "shut.example", true)
	}
	status := func(want string) {
		t.Helper()
		f.hub.until("status "+want, func() bool {
			out, _ := f.hub.command(os.Getuid(), "fleet", "status", "--lang", "en") // until it says so
			return strings.Contains(out, want)
		})
	}
	more := twoProvinces + "- {id: th-moi, name: TH mới, level: th, parent: lao-cai, networks: [127.12.0.0/16]}\n"
	f.hub.write("policy.yaml", more)
	f.hub.reload()
	f.knows(canary, "th-moi")
	status(`Release 2 of the policy, in the ring "canary": in force on 1 of 1 nodes`)
	if code, _ := other.get("/api/explain?name=x.example&unit=th-moi"); code == http.StatusOK {
		t.Error("a node that is no canary has the release already")
	}
	f.says(f.hub, "done", "fleet", "advance", "--yes")
	f.says(f.hub, "done", "fleet", "advance", "--yes")
	f.knows(other, "th-moi")
	status(`in the ring "all": in force on 2 of 2 nodes`)

	// Files that nodes cannot have: they lack what the lachan.yaml of nodes names.
	f.hub.write("policy.yaml", strings.Replace(more, guests, "", 1))
	f.hub.reload()
	status(`Release 3 of the policy is HELD in the ring "canary": in force on 0 of 1 nodes`)
	for _, p := range []*process{canary, other} {
		if !p.blocked("127.10.1.1", "shut.example") {
			t.Error("a release that was refused opens what was shut")
		}
		f.knows(p, "th-moi")
	}
	f.says(f.hub, "done", "except", "add", "then.example", "--unit", "th-kim-dong", "--block", "--until", "2036-12-31")
	f.shuts(canary, "127.10.1.1", "then.example", true)

	f.says(f.hub, "done", "fleet", "rollback", "--yes")
	status(`Release 4 of the policy, in the ring "all": in force on 2 of 2 nodes`)
	f.says(f.hub, "done", "fleet", "rollback", "--yes") // there and back
	if out, err := f.hub.command(os.Getuid(), "fleet", "advance", "--yes", "--lang", "en"); err == nil || !strings.Contains(out, "no release") {
		t.Errorf("%v %s", err, out)
	}
}

// shortly are the files of which TestADamagedDiskOfANodeOpensNothing damages one each in the
// gate, in place of all: the files of the policy, packed records, what was in force.
var shortly = []string{"policy.yaml", "00000001.jsonl", "in-force.json"}

// A bit that flips in any file of a node, while it has no link, opens nothing and stops no
// answer; with the link everything is whole again.
func TestADamagedDiskOfANodeOpensNothing(t *testing.T) {
	t.Parallel()
	const client = "127.10.1.1"
	f := newFleet(t, "canary: 0s, early: 0s")
	p := f.node("lao-cai-1", "lao-cai")
	f.says(f.hub, "done", "except", "add", "shut.example", "--unit", "th-kim-dong", "--block", "--until", "2036-12-31")
	f.shuts(p, client, "shut.example", true)
	even := func() {
		t.Helper()
		f.hub.until("the node even", func() bool {
			out, _ := f.hub.command(os.Getuid(), "fleet", "status", "--lang", "en") // until it says so
			return strings.Contains(out, "has everything") && !strings.Contains(out, "fleet-damaged")
		})
	}
	even()
	dir := filepath.Join(p.dir, "state", "fleet")
	p.stop()
	var files []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && e.Name() != "lock" {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	for i, path := range files {
		if os.Getenv("TEST_PROOF") == "" && !slices.Contains(shortly, filepath.Base(path)) {
			continue
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(whole) == 0 {
			continue
		}
		broken := slices.Clone(whole)
		broken[len(broken)/2] ^= 4
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		f.hub.kill()
		p.start()
		if !p.blocked(client, "shut.example") {
			t.Errorf("a bit of %s opens what was shut", path[len(dir):])
		}
		if filepath.Base(path) == "membership.json" { // nobody else has it
			p.stop()
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			p.start()
		}
		f.hub.start()
		name := fmt.Sprintf("n%d.example", i)
		f.says(f.hub, "done", "except", "add", name, "--unit", "th-kim-dong", "--block", "--until", "2036-12-31")
		f.shuts(p, client, name, true)
		if !p.blocked(client, "shut.example") {
			t.Errorf("when a bit of %s is mended, what was shut is open", path[len(dir):])
		}
		even()
		p.stop()
	}
	t.Logf("%d files", len(files))
}

// tells has a node's key tell its hub of a request.
func (f *fleet) tells(p *process, r request.Request) {
	f.t.Helper()
	is, _, err := member.Read(filepath.Join(p.dir, "state", "fleet"))
	if err != nil {
		f.t.Fatal(err)
	}
	p.stop() // a node has one connection
	sum := sha256.Sum256([]byte(r.Unit + "\x00" + r.Name))
	r.ID = hex.EncodeToString(sum[:6])
	text, err := json.Marshal(request.Told{Requests: []request.Request{r}})
	if err != nil {
		f.t.Fatal(err)
	}
	forger := f.connects(is)
	defer forger.Close()
	f.hub.until("it is told", func() bool {
		_, err := forger.Tell(f.t.Context(), "requests", text)
		return err == nil
	})
}

// What people ask at a node is answered at the hub: whoever asked sees the answer on the
// page of the node, and what was opened there is open.
func TestWhatIsAskedAtANodeIsAnsweredAtTheHub(t *testing.T) {
	t.Parallel()
	const pupil = "127.10.1.1"
	f := newFleet(t, "canary: 0s, early: 0s")
	f.hub.write("policy.yaml", strings.Replace(twoProvinces, guests+"units:", "profiles: {khach: {extends: thcs}, trang: {extends: tieu-hoc, reply: page}}\nunits:", 1))
	f.hub.write("policy.yaml", strings.Replace(f.hub.read("policy.yaml"), "level: th, parent: lao-cai", "profile: trang, parent: lao-cai", 1))
	f.hub.reload()
	f.says(f.hub, "done", "except", "add", "phim.example", "--unit", "lao-cai", "--block", "--until", "2036-12-31")
	p := newProcess(t, "", "units: [{id: th-cu, name: TH cũ, level: th, networks: [127.0.0.0/8]}]\n"+guests, startStandIn(t).addr)
	p.env = []string{"LACHAN_SERVER_UNKNOWN_CLIENT=khach"}
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), "server: {", `server: {page: {a: 127.0.0.1, http: ["127.0.0.1:0"]}, `, 1))
	p.start()
	page := p.logged(`msg="serving the block page" address=(\S+)`)
	f.says(p, "is the node lao-cai-1", "join", f.address, f.invite("lao-cai-1", "lao-cai"))
	shows := func(what string) {
		t.Helper()
		p.until("the page says "+what, func() bool {
			_, body := visit(t, &http.Client{Transport: &http.Transport{}}, "http://phim.example/", page, pupil)
			return strings.Contains(body, what)
		})
	}
	shows("Trang này không mở được ở đây")
	ask := func(reason string) {
		t.Helper()
		r, err := http.NewRequest("POST", "http://"+page+"/lachan-request", strings.NewReader("reason="+reason))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "phim.example"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := from(pupil).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode >= 400 {
			t.Fatalf("status %d", resp.StatusCode)
		}
	}
	waiting := func(what string) (id string) {
		t.Helper()
		f.hub.until("the hub has "+what, func() bool {
			out, err := f.hub.command(os.Getuid(), "requests", "--json")
			var list struct{ Items []struct{ IDs []string } }
			if err == nil && strings.Contains(out, what) && json.Unmarshal([]byte(out), &list) == nil && len(list.Items) == 1 {
				id = list.Items[0].IDs[0]
			}
			return id != ""
		})
		return id
	}
	ask("cho+lop+5A")
	id := waiting("cho lop 5A")
	f.says(f.hub, "", "requests", "answer", id, "chua duoc")
	shows("chua duoc")
	ask("xin+lai")
	again := waiting("xin lai")
	if again == id {
		t.Error("what is asked after an answer is the answered request")
	}
	f.says(f.hub, "", "requests", "answer", again, "mo cho lop 5A", "--open", "--until", "2036-12-31")
	f.shuts(p, pupil, "phim.example", false)
	p.until("the node's own list has the answer", func() bool {
		return strings.Contains(p.requests(), "mo cho lop 5A")
	})
	// A node of one area tells nothing of another's schools.
	f.tells(f.node("ha-giang-1", "ha-giang"), request.Request{Unit: "th-kim-dong", Name: "forged.example", Times: 1})
	f.hub.logged(`msg="a node tells of a unit that is not in its area" node=ha-giang-1 unit=th-kim-dong`)
	f.hub.kill() // and asks nobody
	f.hub.start()
	if out, _ := f.hub.command(os.Getuid(), "requests", "--json"); strings.Contains(out, again) { // open ones
		t.Errorf("what was answered waits: %s", out)
	}
}
