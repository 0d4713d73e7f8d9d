package test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/resolver/firstseen"
)

// TestDomainsThatWereAskedForAreKnownAfterARestart: what a filter that has learned knows passes,
// what is new does not exist for ten minutes, and after a restart it is as known as the rest.
func TestDomainsThatWereAskedForAreKnownAfterARestart(t *testing.T) {
	up := startStandIn(t)
	p := newProcess(t, "", "profiles: {a: {extends: none, block: [first-seen]}}\n"+
		"units: [{id: truong, name: Truong, kind: school, level: thcs, profile: a, networks: [127.0.0.0/8]}]\n", up.addr)
	filter := firstseen.New([16]byte{7}, time.Now().Add(-firstseen.Learns-time.Hour))
	var known domain.Name
	if err := known.SetText("known.example"); err != nil {
		t.Fatal(err)
	}
	filter.First(&known, time.Now().Add(-time.Hour))
	image, _ := filter.Image()
	path := filepath.Join(p.dir, "state", "first-seen")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
	f := func(name string, want int) {
		t.Helper()
		if reply := p.ask(name); reply.Rcode != want {
			t.Errorf("%s: %s, want %s", name, dns.RcodeToString[reply.Rcode], dns.RcodeToString[want])
		}
	}
	p.start()
	f("www.known.example", dns.RcodeSuccess)
	f("www.new.example", dns.RcodeNameError)
	f("other.new.example", dns.RcodeNameError)
	p.stop()
	if after, err := os.ReadFile(path); err != nil || string(after) == string(image) {
		t.Errorf("what was asked for is not kept: %v", err)
	}
	p.start()
	f("www.known.example", dns.RcodeSuccess)
	f("www.new.example", dns.RcodeSuccess)
	f("www.third.example", dns.RcodeNameError)
}
