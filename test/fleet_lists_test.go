package test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Lists of the hub are those of its nodes, which fetch nothing: as the hub has verified them,
// with what the hub says of them, also without a link; a node's own lists are its own.
func TestListsOfTheHubAreThoseOfItsNodes(t *testing.T) {
	t.Parallel()
	const client = "127.10.1.1"
	dir := t.TempDir()
	list := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	hubs := list("hubs.txt", "nha-cai.example\n")
	own := list("own.txt", "own.example\n")
	f := foundFleet(t, "canary: 0s, early: 0s", "feeds:\n- {name: hubs, url: "+hubs+", category: gambling}\n"+
		"- {name: locked, url: "+list("locked.txt", "locked.example\n")+", category: ads, locked_by: lao-cai}\n"+
		"- {name: same, url: "+list("same.txt", "same-of-hub.example\n")+", category: gambling}\n")
	f.hub.start()
	f.hub.logged(`msg="serving the nodes of the fleet"`)
	p := newProcess(t, "feeds:\n- {name: own, url: "+own+", category: gambling}\n- {name: same, url: "+own+", category: gambling}\n",
		"units: [{id: th-cu, name: TH cũ, level: th, networks: [127.0.0.0/8]}]\n"+guests, startStandIn(t).addr)
	p.env = []string{"LACHAN_SERVER_UNKNOWN_CLIENT=khach"}
	p.start()
	f.says(p, "is the node lao-cai-1", "join", f.address, f.invite("lao-cai-1", "lao-cai"))
	f.shuts(p, client, "www.nha-cai.example", true)
	f.shuts(p, client, "own.example", true)
	f.shuts(p, client, "locked.example", true)
	if p.blocked(client, "same-of-hub.example") {
		t.Error("a list of the hub is in place of the node's own of that name")
	}
	if out := f.says(p, "locked.example", "explain", "locked.example", "--client", client); !strings.Contains(out, "lao-cai") {
		t.Errorf("a lock of the hub is none on its node: %s", out)
	}

	list("hubs.txt", "nha-cai-2.example\nnha-cai-3.example\n")
	f.says(f.hub, "hubs", "lists", "update", "hubs")
	f.shuts(p, client, "nha-cai-2.example", true)
	f.shuts(p, client, "nha-cai.example", false)
	if out, err := p.command(os.Getuid(), "lists", "update", "hubs", "--lang", "en"); err == nil || !strings.Contains(out, `"hubs" comes from the hub`) {
		t.Errorf("a list of the hub is fetched by its node: %v %s", err, out)
	}

	// Without a link, and over a restart.
	f.hub.kill()
	p.kill()
	p.start()
	for _, name := range []string{"nha-cai-2.example", "locked.example", "own.example"} {
		if !p.blocked(client, name) {
			t.Errorf("%s is open after a restart without the hub", name)
		}
	}
	f.hub.write("lachan.yaml", strings.Replace(f.hub.read("lachan.yaml"), "- {name: hubs, url: "+hubs+", category: gambling}\n", "", 1))
	f.hub.start()
	f.shuts(p, client, "nha-cai-2.example", false)
	f.shuts(p, client, "locked.example", true)
	if damaged, err := filepath.Glob(filepath.Join(p.dir, "state", "feeds", "locked", "source-*")); err != nil || len(damaged) != 1 {
		t.Fatal(damaged, err)
	} else if err := os.WriteFile(damaged[0], []byte("open.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.kill()
	p.start()
	f.shuts(p, client, "locked.example", true)
	p.until("the list whole again", func() bool {
		status := p.feedStatus("locked")
		return status.Copy.Digest != "" && !p.blocked(client, "open.example") && p.blocked(client, "locked.example")
	})
	f.says(p, "This machine", "leave")
	f.shuts(p, "127.0.0.1", "locked.example", false)
	f.shuts(p, "127.0.0.1", "own.example", true)
}

// A node that has a list takes what has changed in it, and all of it where it has another one
// before, or where what comes is damaged.
func TestNodesTakeWhatHasChangedInAList(t *testing.T) {
	t.Parallel()
	if !proving() {
		t.Log("TEST_PROOF=1 runs it; in small TestADeltaOfNoUseIsNone is it")
		return
	}
	const client = "127.10.1.1"
	list := filepath.Join(t.TempDir(), "list.txt")
	write := func(names ...string) {
		t.Helper()
		text := &strings.Builder{}
		for i := range 5_000 {
			sum := sha256.Sum256([]byte{byte(i), byte(i >> 8)})
			fmt.Fprintf(text, "%x.example\n", sum[:8])
		}
		text.WriteString(strings.Join(names, "\n") + "\n")
		if err := os.WriteFile(list, []byte(strings.ReplaceAll(text.String(), "\n\n", "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one.example")
	f := foundFleet(t, "canary: 0s, early: 0s", "feeds:\n- {name: la, url: "+list+", category: gambling}\n")
	f.hub.start()
	f.hub.logged(`msg="serving the nodes of the fleet"`)
	p := f.node("lao-cai-1", "lao-cai")
	f.shuts(p, client, "one.example", true)
	update := func(names ...string) (delta string) {
		t.Helper()
		write(names...)
		text, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		f.says(f.hub, "la", "lists", "update", "la")
		is := regexp.MustCompile(fmt.Sprintf(`"new":\{[^}]*"delta":\{[^}]*"sha256":"([0-9a-f]{64})"[^}]*\},"digest":"%x"`, sum))
		f.hub.until("it is handed on", func() bool {
			if found := is.FindSubmatch(f.hub.ledger()); found != nil {
				delta = string(found[1])
			}
			return delta != ""
		})
		return delta
	}
	came := func() (all, deltas int) {
		log := p.log.String()
		return strings.Count(log, `msg="a list of the hub's has come"`), strings.Count(log, `msg="a delta of a list of the hub's has come"`)
	}
	update("one.example", "two.example")
	f.shuts(p, client, "two.example", true)
	if all, deltas := came(); all != 1 || deltas != 1 {
		t.Errorf("%d lists and %d deltas have come: %s", all, deltas, p.logged(`a delta of a list of the hub's has come" feed=la bytes=(\d+)`))
	}

	p.kill() // it misses one
	update("one.example", "two.example", "three.example")
	update("four.example")
	p.start()
	f.shuts(p, client, "four.example", true)
	f.shuts(p, client, "one.example", false)
	if all, deltas := came(); all != 1 || deltas != 0 { // since it was started
		t.Errorf("%d lists and %d deltas have come after two that were missed", all, deltas)
	}

	p.kill()
	name := filepath.Join(f.hub.dir, "state", "fleet", "blobs", update("four.example", "five.example"))
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	p.start()
	f.shuts(p, client, "five.example", true)
	p.logged(`msg="a delta of a list is of no use, all of it comes" feed=la`)
}
