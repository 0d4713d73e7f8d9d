package test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A hub is its ledger: another machine that has that, with its key, and what the root key
// has signed, is the hub. Nodes go on where they were, and others join; what else the hub had
// it makes again.
func TestAHubIsItsLedger(t *testing.T) {
	t.Parallel()
	const client = "127.10.1.1"
	list := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(list, []byte("nha-cai.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := foundFleet(t, "canary: 0s, early: 0s", "feeds:\n- {name: hubs, url: "+list+", category: gambling}\n")
	f.hub.start()
	f.hub.logged(`msg="serving the nodes of the fleet"`)
	p := f.node("lao-cai-1", "lao-cai")
	decided := func(name string) {
		t.Helper()
		f.says(f.hub, "done", "except", "add", name, "--unit", "th-kim-dong", "--block", "--until", "2036-12-31")
		f.shuts(p, client, name, true)
	}
	decided("before.example")
	f.shuts(p, client, "www.nha-cai.example", true)
	f.hub.kill()

	former := f.hub
	f.hub = newProcess(t, "", twoProvinces, startStandIn(t).addr)
	f.hub.write("lachan.yaml", former.read("lachan.yaml"))
	for _, name := range []string{"ledger", "fleet/trust.json"} {
		from, to := filepath.Join(former.dir, "state", name), filepath.Join(f.hub.dir, "state", name)
		if strings.HasSuffix(name, ".json") {
			text, err := os.ReadFile(from)
			if err == nil {
				err = os.MkdirAll(filepath.Dir(to), 0o700)
			}
			if err == nil {
				err = os.WriteFile(to, text, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	f.hub.start()
	f.hub.logged(`msg="serving the nodes of the fleet"`)
	decided("after.example")
	if !p.blocked(client, "before.example") || !p.blocked(client, "www.nha-cai.example") {
		t.Error("with another machine as the hub, what was shut is open")
	}
	f.hub.stop() // and with less of the rest
	if err := os.RemoveAll(filepath.Join(f.hub.dir, "state", "fleet", "blobs")); err != nil {
		t.Fatal(err)
	}
	f.hub.start()
	late := f.node("lao-cai-2", "lao-cai")
	for _, name := range []string{"before.example", "after.example", "www.nha-cai.example"} {
		f.shuts(late, client, name, true)
	}
}

// Whenever a hub is killed, what it has confirmed is on its node.
func TestAKilledHubLosesNoDecision(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "canary: 0s, early: 0s")
	p := f.node("lao-cai-1", "lao-cai")
	var confirmed []string
	for i := range sized(50, 2) {
		begun, done := make(chan struct{}), make(chan struct{})
		go func() { // decides until the hub is gone
			defer close(done)
			once := sync.OnceFunc(func() { close(begun) })
			defer once()
			for k := 0; ; k++ {
				name := fmt.Sprintf("n%d-%d.example", i, k)
				if _, err := f.hub.command(os.Getuid(), "except", "add", name, "--unit", "th-kim-dong", "--block", "--until", "2036-12-31"); err != nil {
					return
				}
				confirmed = append(confirmed, name)
				if k == i%3 {
					once()
				}
			}
		}()
		<-begun
		f.hub.kill()
		<-done
		f.hub.start()
	}
	if len(confirmed) < 2 {
		t.Fatalf("only %q was confirmed", confirmed)
	}
	for _, name := range confirmed {
		p.within(looks, name+" blocked", func() bool { return p.blocked("127.10.1.1", name) })
	}
	f.hub.within(looks, "the node even", func() bool {
		out, _ := f.hub.command(os.Getuid(), "fleet", "status", "--lang", "en") // until it says so
		return strings.Contains(out, "has everything")
	})
	t.Logf("%d decisions", len(confirmed))
}

// blocks decides that a name is shut at a school.
func (f *fleet) blocks(name string) {
	f.t.Helper()
	f.says(f.hub, "done", "except", "add", name, "--unit", "th-kim-dong", "--block", "--until", "2036-12-31")
}

// restoresOlder has a node shut one.example, two.example and three.example, of which the hub
// knows the first alone then: of its state some is lost, and its ledger comes from a copy.
func (f *fleet) restoresOlder(p *process, lost ...string) {
	f.t.Helper()
	const client = "127.10.1.1"
	f.blocks("one.example")
	f.shuts(p, client, "one.example", true)
	f.hub.stop()
	state, older := filepath.Join(f.hub.dir, "state"), f.t.TempDir()
	if err := os.CopyFS(older, os.DirFS(filepath.Join(state, "ledger"))); err != nil {
		f.t.Fatal(err)
	}
	f.hub.start()
	for _, name := range []string{"two.example", "three.example"} {
		f.blocks(name)
		f.shuts(p, client, name, true)
	}
	f.hub.kill()
	for _, name := range lost {
		if err := os.RemoveAll(filepath.Join(state, name)); err != nil {
			f.t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(state, "ledger"), os.DirFS(older)); err != nil {
		f.t.Fatal(err)
	}
	f.hub.start()
}

// A hub whose streams have more than its ledger, since that is an older copy, carries nothing
// as if it followed: it is told, and nodes keep what they have until it begins anew.
func TestAHubWhoseStreamsHaveMoreThanItsLedgerBeginsAnew(t *testing.T) {
	t.Parallel()
	const client = "127.10.1.1"
	f := newFleet(t, "canary: 0s, early: 0s")
	p := f.node("lao-cai-1", "lao-cai")
	f.restoresOlder(p, "ledger")
	for _, name := range []string{"four.example", "five.example", "six.example"} { // as many as are lost, and more
		f.blocks(name)
	}
	told := func() {
		t.Helper()
		f.hub.until("it is told", func() bool {
			_, text := f.hub.get("/api/conditions")
			return strings.Contains(text, "fleet-ahead")
		})
	}
	told()
	f.hub.kill()
	f.hub.start() // and that there are as many records hides nothing
	told()
	for _, name := range []string{"one.example", "two.example", "three.example"} {
		if !p.blocked(client, name) {
			t.Errorf("%s is open before the hub has begun anew", name)
		}
	}
	if out, err := f.hub.command(os.Getuid(), "fleet", "reseed", "--lang", "en"); err == nil || !strings.Contains(out, "--yes") {
		t.Errorf("%v %s", err, out)
	}
	f.says(f.hub, "take everything anew", "fleet", "reseed", "--yes")
	f.hub.reload()
	p.within(looks, "six.example blocked", func() bool { return p.blocked(client, "six.example") })
	f.shuts(p, client, "two.example", false)
	for _, name := range []string{"one.example", "four.example", "five.example"} {
		f.shuts(p, client, name, true)
	}
	f.hub.until("it is told no more", func() bool {
		_, text := f.hub.get("/api/conditions")
		return !strings.Contains(text, "fleet-ahead")
	})
}

// A hub whose ledger is an older copy has less than its nodes: they keep what they have, and
// it is told. Begun anew, nodes go by what the ledger has, and nothing is open in between.
func TestAHubOfAnOlderCopyBeginsAnew(t *testing.T) {
	t.Parallel()
	const client = "127.10.1.1"
	f := newFleet(t, "canary: 0s, early: 0s")
	p := f.node("lao-cai-1", "lao-cai")
	say := func(name string) { t.Helper(); f.blocks(name) }
	f.restoresOlder(p, "ledger", "fleet/streams")
	f.hub.within(looks, "it is told", func() bool {
		_, text := f.hub.get("/api/conditions")
		return strings.Contains(text, "fleet-ahead") && strings.Contains(text, "lao-cai-1")
	})
	if !proving() {
		return // how it begins anew is asked of the one whose streams have more
	}
	say("four.example")
	if out, err := f.hub.command(os.Getuid(), "fleet", "reseed", "--lang", "en"); err == nil || !strings.Contains(out, "--yes") {
		t.Errorf("%v %s", err, out)
	}
	f.says(f.hub, "take everything anew", "fleet", "reseed", "--yes")
	for _, name := range []string{"one.example", "two.example", "three.example"} {
		if !p.blocked(client, name) {
			t.Errorf("%s is open before the hub has begun anew", name)
		}
	}
	f.hub.reload()
	p.within(looks, "four.example blocked", func() bool {
		if !p.blocked(client, "one.example") {
			t.Fatal("what was shut is open in between")
		}
		return p.blocked(client, "four.example")
	})
	f.shuts(p, client, "two.example", false) // the ledger knows nothing of it
	f.hub.until("it is told no more", func() bool {
		_, text := f.hub.get("/api/conditions")
		out, _ := f.hub.command(os.Getuid(), "fleet", "status", "--lang", "en") // until it says so
		return !strings.Contains(text, "fleet-ahead") && strings.Contains(out, "has everything")
	})
	p.kill()
	f.hub.kill()
	if err := os.Remove(filepath.Join(f.hub.dir, "state", "fleet", "generation.json")); err != nil { // it has the ledger alone
		t.Fatal(err)
	}
	p.start()
	f.hub.start()
	f.hub.within(looks, "it is told again", func() bool {
		_, text := f.hub.get("/api/conditions")
		return strings.Contains(text, "fleet-ahead")
	})
	f.says(f.hub, "take everything anew", "fleet", "reseed", "--yes")
	f.hub.reload()
	say("five.example")
	p.within(looks, "five.example blocked", func() bool { return p.blocked(client, "five.example") })
	f.shuts(p, client, "five.example", true)
	late := f.node("lao-cai-2", "lao-cai")
	f.shuts(late, client, "four.example", true)
	if copies, err := filepath.Glob(filepath.Join(p.dir, "state", "fleet", "LEDGER_*")); err != nil || len(copies) != 2 {
		t.Errorf("copies of records on the node: %q, %v", copies, err)
	}
}
