package test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lachan/admin/ledger"
)

// What a hub of a newer version decides and a node does not know, the node keeps and tells,
// and it does everything else; so it goes on through restarts.
func TestANodeKeepsAndTellsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "canary: 0s, early: 0s")
	p := f.node("lao-cai-1", "lao-cai")
	f.hub.stop()
	book, err := ledger.Open(filepath.Join(f.hub.dir, "state", "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = book.Append(t.Context(), ledger.Draft{ // of a kind that goes to nodes, and is none yet
		Area: "lao-cai", Unit: "th-kim-dong", By: "fleet", Via: "fleet", What: "plan", Object: "calendar-of-exams/2027", New: []byte(`{"from":"2027-05-10"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	f.hub.start()
	told := func() {
		t.Helper()
		p.until("it is told", func() bool {
			_, text := p.get("/api/conditions")
			return strings.Contains(text, "fleet-unknown") && strings.Contains(text, "calendar-of-exams")
		})
		f.hub.until("the hub shows it", func() bool {
			out, _ := f.hub.command(os.Getuid(), "fleet", "status", "--lang", "en") // until it says so
			return strings.Contains(out, "fleet-unknown")
		})
	}
	for i := range 2 {
		told()
		name := fmt.Sprintf("n%d.example", i)
		f.says(f.hub, "done", "except", "add", name, "--unit", "th-kim-dong", "--block", "--until", "2036-12-31")
		f.shuts(p, "127.10.1.1", name, true)
		p.kill()
		p.start()
	}
	kept, err := filepath.Glob(filepath.Join(p.dir, "state", "fleet", "LEDGER_lao-cai", "*.jsonl"))
	if err != nil || len(kept) == 0 {
		t.Fatal(kept, err)
	}
	if text, err := os.ReadFile(kept[0]); err != nil || !bytes.Contains(text, []byte("calendar-of-exams/2027")) {
		t.Errorf("it is not kept: %s, %v", text, err)
	}
}

// before is the commit before the last one that gave the ledger of a fleet another kind of
// record, "carried/".
const before = "4eee87060b7a00c0d704c209ca7a2ed0bdc8cc51"

// A node of the version before goes on with a hub of this one: exceptions, files of the
// policy, without a link too. What it has it goes on with when it is upgraded. In the gate
// both are of this version, and less is asked.
func TestANodeOfTheVersionBeforeGoesOn(t *testing.T) {
	t.Parallel()
	const client = "127.10.1.1"
	list := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(list, []byte("nha-cai.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := foundFleet(t, "canary: 0s, early: 0s", "feeds:\n- {name: hubs, url: "+list+", category: gambling}\n")
	f.hub.start()
	f.hub.logged(`msg="serving the nodes of the fleet"`)
	p := newProcess(t, "", "units: [{id: th-cu, name: TH cũ, level: th, networks: [127.0.0.0/8]}]\n"+guests, startStandIn(t).addr)
	p.env = []string{"LACHAN_SERVER_UNKNOWN_CLIENT=khach"}
	if proving() {
		p.program = former(t)
	}
	p.start()
	f.says(p, "is the node lao-cai-1", "join", f.address, f.invite("lao-cai-1", "lao-cai"))
	decided := func(name string) {
		t.Helper()
		f.says(f.hub, "done", "except", "add", name, "--unit", "th-kim-dong", "--block", "--until", "2036-12-31")
		f.shuts(p, client, name, true)
	}
	f.knows(p, "th-kim-dong")
	decided("one.example")
	if !proving() {
		return
	}
	f.hub.write("policy.yaml", twoProvinces+"- {id: th-moi, name: TH mới, level: th, parent: lao-cai, networks: [127.12.0.0/16]}\n")
	f.hub.reload()
	f.knows(p, "th-moi")
	f.hub.kill()
	p.kill()
	p.start()
	f.shuts(p, client, "one.example", true)
	f.hub.start()
	decided("two.example")
	f.hub.until("it has everything", func() bool {
		out, _ := f.hub.command(os.Getuid(), "fleet", "status", "--lang", "en") // until it says so
		return strings.Contains(out, "has everything")
	})
	p.stop()
	p.program = "" // upgraded: what it had not known is in force
	p.start()
	f.shuts(p, client, "one.example", true)
	f.shuts(p, client, "www.nha-cai.example", true)
	decided("three.example")
}

// former is the program as it was at the commit before.
func former(t *testing.T) (program string) { return formerOf(t, before) }

// formerOf is the program as it was at a commit.
func formerOf(t *testing.T, before string) (program string) {
	t.Helper()
	dir := t.TempDir()
	packed := exec.Command("git", "archive", before)
	packed.Dir = ".." // the whole tree
	unpack := exec.Command("tar", "-x", "-C", dir)
	from, err := packed.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	unpack.Stdin = from
	if err := packed.Start(); err != nil {
		t.Fatal(err)
	}
	out, err := unpack.CombinedOutput()
	if waited := packed.Wait(); err != nil || waited != nil {
		t.Fatalf("the tree of %s: %v, %v\n%s", before, waited, err, out)
	}
	program = filepath.Join(dir, "lachan-before")
	build := exec.Command("go", "build", "-o", program, "./cmd/lachan")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program of %s: %v\n%s", before, err, out)
	}
	return program
}
