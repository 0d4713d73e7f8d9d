package test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A hub whose disk is gone is made anew, on another machine: of a backup that is older than what its
// nodes have, and of what they have; then of what nodes have alone, with another key. Nothing that
// was decided is lost, a forged copy is refused, and nodes go on without being joined again, also
// one that had joined since the backup.
func TestAHubIsMadeAnewOfWhatItsNodesHave(t *testing.T) {
	t.Parallel()
	if !proving() {
		return // in the gate those of package ledger do, which puts it together
	}
	const north, south = "127.10.1.1", "127.11.1.1"
	f := foundFleet(t, "canary: 0s, early: 0s", "")
	f.hub.start()
	f.hub.logged(`msg="serving the nodes of the fleet"`)
	one, two := f.node("lao-cai-1", "lao-cai"), f.node("ha-giang-1", "ha-giang")
	f.blocks("one.example")
	f.shuts(one, north, "one.example", true)
	backup := t.TempDir()
	if err := os.CopyFS(filepath.Join(backup, "ledger"), os.DirFS(filepath.Join(f.hub.dir, "state", "ledger"))); err != nil {
		t.Fatal(err)
	}
	trust := f.hub.read("state/fleet/trust.json")
	late := f.node("lao-cai-2", "lao-cai")
	for _, name := range []string{"two.example", "three.example"} {
		f.blocks(name)
		f.shuts(one, north, name, true)
	}
	f.says(f.hub, "done", "except", "add", "far.example", "--unit", "th-dong-van", "--block", "--until", "2036-12-31")
	f.shuts(two, south, "far.example", true)

	// It is gone; there is an older backup, with its key.
	former := f.hub
	former.kill()
	f.hub = newProcess(t, "", twoProvinces, startStandIn(t).addr)
	f.hub.write("lachan.yaml", former.read("lachan.yaml"))
	if err := os.CopyFS(filepath.Join(f.hub.dir, "state", "ledger"), os.DirFS(filepath.Join(backup, "ledger"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(f.hub.dir, "state", "fleet"), 0o700); err != nil {
		t.Fatal(err)
	}
	f.hub.write("state/fleet/trust.json", trust)
	if f.nats != nil { // the backup has them
		f.hub.write("state/fleet/nats.keys", former.read("state/fleet/nats.keys"))
	}
	copies := filepath.Join(t.TempDir(), "copies")
	f.copies(copies, one, two, late)
	f.refusesForged(copies)
	before := f.hub.ledger()
	said := f.says(f.hub, "Nothing is changed", "fleet", "reseed", "--from", copies, "--dry-run")
	if !strings.Contains(said, "lao-cai-1/LEDGER_lao-cai") || !strings.Contains(said, "records that nodes alone have: ") {
		t.Errorf("what would be done is %s", said)
	}
	if out, err := f.hub.command(os.Getuid(), "fleet", "reseed", "--from", copies, "--lang", "en"); err == nil || !strings.Contains(out, "--yes") {
		t.Errorf("%v %s", err, out)
	}
	if !bytes.Equal(before, f.hub.ledger()) {
		t.Error("something has changed before it was meant")
	}
	f.says(f.hub, "The ledger has", "fleet", "reseed", "--from", copies, "--yes")
	f.madeAnew(map[*process]string{one: north, late: north, two: south}, "four.example")

	// All of it is gone, and its key: there are the root key, and what nodes have.
	former = f.hub
	former.kill()
	f.hub = newProcess(t, "", twoProvinces, startStandIn(t).addr)
	f.hub.write("lachan.yaml", former.read("lachan.yaml"))
	copies = filepath.Join(t.TempDir(), "copies")
	f.copies(copies, one, late, two)
	if out, err := f.hub.command(os.Getuid(), "fleet", "reseed", "--from", copies, "--lang", "en"); err == nil || !strings.Contains(out, "lachan fleet init") {
		t.Errorf("of a machine that is no hub: %v %s", err, out)
	}
	f.says(f.hub, "This machine is a hub until", "fleet", "init", "--root", f.root, "--trust", filepath.Join(copies, "lao-cai-1", "trust.json"))
	f.says(f.hub, "The ledger has", "fleet", "reseed", "--from", copies, "--yes")
	if f.nats != nil { // and their servers are told of those of the new one
		f.nats.Restart(f.settings())
	}
	f.madeAnew(map[*process]string{one: north, late: north, two: south}, "five.example")
	f.says(f.hub, "nothing to do", "fleet", "reseed", "--from", copies, "--dry-run")
}

// copies copies what nodes have, which run.
func (f *fleet) copies(to string, nodes ...*process) {
	f.t.Helper()
	for _, p := range nodes {
		f.says(p, "LEDGER_root", "fleet", "copy", to)
	}
	err := filepath.WalkDir(to, func(path string, d os.DirEntry, err error) error {
		if err == nil && (d.Name() == "key" || strings.HasPrefix(d.Name(), "membership")) {
			f.t.Errorf("a copy has %s", path)
		}
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// refusesForged has a hub refuse copies with one byte changed, and with the end cut off.
func (f *fleet) refusesForged(copies string) {
	f.t.Helper()
	name := filepath.Join(copies, "lao-cai-1", "LEDGER_lao-cai", "00000001.jsonl")
	right, err := os.ReadFile(name)
	if err != nil {
		f.t.Fatal(err)
	}
	before := f.hub.ledger()
	forged := bytes.Replace(right, []byte("three.example"), []byte("threa.example"), 1)
	cut := right[:bytes.LastIndexByte(right[:len(right)-1], '\n')+1]
	for what, text := range map[string][]byte{"signed it": forged, "cut off": cut} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			f.t.Fatal(err)
		}
		line := bytes.Count(right[:bytes.Index(right, []byte("three.example"))], []byte("\n")) + 1
		if what == "cut off" {
			line = bytes.Count(right, []byte("\n"))
		}
		out, err := f.hub.command(os.Getuid(), "fleet", "reseed", "--from", copies, "--yes", "--lang", "en")
		if err == nil || !strings.Contains(out, fmt.Sprintf("%s, line %d, record %d", name, line, line)) || !strings.Contains(out, what) {
			f.t.Errorf("%v %s", err, out)
		}
	}
	if !bytes.Equal(before, f.hub.ledger()) {
		f.t.Error("a forged copy has changed the ledger")
	}
	if err := os.WriteFile(name, right, 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// madeAnew starts a hub that was made anew: nodes have what they had and what is decided from then on.
func (f *fleet) madeAnew(nodes map[*process]string, next string) {
	f.t.Helper()
	f.says(f.hub, "", "ledger", "verify")
	f.hub.start()
	f.hub.logged(`msg="serving the nodes of the fleet"`)
	f.blocks(next)
	f.says(f.hub, "done", "except", "add", next, "--unit", "th-dong-van", "--block", "--until", "2036-12-31")
	for p, client := range nodes {
		p.within(looks, next+" blocked", func() bool { return p.blocked(client, next) })
		was := []string{"one.example", "two.example", "three.example"}
		if client != "127.10.1.1" {
			was = []string{"far.example"}
		}
		for _, name := range was {
			if !p.blocked(client, name) || !f.hub.blocked(client, name) {
				f.t.Errorf("%s is open", name)
			}
		}
	}
	f.hub.within(looks, "all have everything", func() bool {
		out, _ := f.hub.command(os.Getuid(), "fleet", "status", "--lang", "en") // until it says so
		_, text := f.hub.get("/api/conditions")
		return strings.Count(out, "has everything") == len(nodes) && !strings.Contains(text, "fleet-ahead")
	})
}
