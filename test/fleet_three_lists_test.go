package test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	carried "lachan/fleet"
)

// Each of three hubs has the files of lists that one of them has made. When that one goes, another
// leads: it does not hand on what nodes have already, a node that comes then has the list from the
// two that are left, and the next version comes from the one before.
func TestNodesTakeWhatHasChangedWhenTheHubThatMadeItIsGone(t *testing.T) {
	t.Parallel()
	if !proving() {
		return // hubs look for each other for long
	}
	list := filepath.Join(t.TempDir(), "khoa.txt")
	write := func(more string) {
		t.Helper()
		var text strings.Builder
		for i := range 5000 {
			fmt.Fprintf(&text, "ten-%d.example\n", i)
		}
		if err := os.WriteFile(list, []byte(text.String()+more), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("khoa.example\n")
	f := newTrio(t, 3)
	for _, h := range f.hubs {
		h.write("lachan.yaml", h.read("lachan.yaml")+"feeds:\n- {name: khoa, url: "+list+", category: gambling}\n")
		h.write("policy.yaml", strings.Replace(twoProvinces, "kind: province}", "kind: province, lock: [gambling]}", 2))
	}
	f.start()
	one := f.node("lao-cai-1", "lao-cai")
	f.shuts(one, "127.10.1.1", "khoa.example", true)
	is := f.carries("khoa")
	for _, h := range f.hubs {
		h.within(looks, "the file of the list", func() bool { return f.holds(h, is.SHA256) })
	}
	f.goesOn(f.hub, "before.example")
	f.agree()

	leader := f.leader("khoa")
	leader.kill()
	var left []*process
	for _, h := range f.hubs {
		if h != leader {
			left = append(left, h)
		}
	}
	f.hub = left[0]
	f.goesOn(left[0], "after.example")
	two := f.node("lao-cai-2", "lao-cai")
	f.shuts(two, "127.10.1.1", "khoa.example", true)
	before := bytes.Count(f.hub.ledger(), []byte(`"object":"carried/khoa"`))
	write("khoa.example\nmoi.example\n")
	for _, h := range left {
		f.says(h, "", "lists", "update", "khoa")
	}
	for _, p := range []*process{one, two} {
		f.shuts(p, "127.10.1.1", "moi.example", true)
		p.logged(`msg="a delta of a list of the hub's has come" feed=khoa`)
	}
	after := bytes.Count(f.hub.ledger(), []byte(`"object":"carried/khoa"`))
	if before != 1 || after != 2 {
		t.Errorf("the list was handed on %d times before it changed, %d in all", before, after)
	}
}

// carries is a list as the ledger of the hubs has it.
func (f *trio) carries(name string) (is carried.List) {
	f.t.Helper()
	f.hub.within(looks, "the list is handed on", func() bool {
		for line := range bytes.Lines(f.hub.ledger()) {
			var r struct {
				Object string       `json:"object"`
				New    carried.List `json:"new"`
			}
			if json.Unmarshal(line, &r) == nil && r.Object == carried.ListObjects+name {
				is = r.New
			}
		}
		return is.SHA256 != ""
	})
	return is
}

// holds reports whether a hub has a file for nodes.
func (f *trio) holds(h *process, digest string) bool {
	_, err := os.Stat(filepath.Join(h.dir, "state", "fleet", "blobs", digest))
	return err == nil
}

// leader is the hub that has handed a list on: the one that has signed the record.
func (f *trio) leader(name string) *process {
	f.t.Helper()
	for line := range bytes.Lines(f.hub.ledger()) {
		if !bytes.Contains(line, []byte(`"object":"`+carried.ListObjects+name+`"`)) {
			continue
		}
		parts := regexp.MustCompile(`^(.*),"sig":"([^"]*)"(.*)\n$`).FindSubmatch(line)
		sig, err := base64.RawStdEncoding.DecodeString(string(parts[2]))
		if err != nil {
			f.t.Fatal(err)
		}
		for _, h := range f.hubs {
			key, _ := ed25519.NewKeyFromSeed([]byte(h.read("state/ledger/key"))).Public().(ed25519.PublicKey)
			if ed25519.Verify(key, slices.Concat(parts[1], parts[3]), sig) {
				return h
			}
		}
	}
	f.t.Fatal("no hub has handed the list on")
	return nil
}
