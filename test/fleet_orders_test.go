package test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// An urgent order is in force at a canary before all nodes have it; one with which a policy
// script of the canary does not hold goes no further, is gone back from there, and is told.
func TestAnUrgentOrderPassesACanary(t *testing.T) {
	t.Parallel()
	if !proving() {
		t.Log("TEST_PROOF=1 runs it; in small TestAnOrderIsOnTrial and TestAnOrderIsForItsRing are it")
		return
	}
	const client = "127.10.1.1"
	list := filepath.Join(t.TempDir(), "menh-lenh.txt")
	order := func(names ...string) {
		t.Helper()
		if err := os.WriteFile(list, []byte(strings.Join(names, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	order("bet.example")
	f := foundFleet(t, "canary: 0s, early: 0s}, orders: {canary: 1s, early: 0s", "feeds:\n"+
		"- {name: menh-lenh, url: "+list+", category: authority-order, authority: {name: Sở TTTT, document: 12/QĐ, urgent: true}}\n")
	f.hub.write("school.script", "at 2026-09-07 10:15\nth-kim-dong asks bai-hoc.example -> pass\n")
	f.hub.write("policy.yaml", "tests: [school.script]\n"+twoProvinces)
	f.hub.start()
	f.hub.logged(`msg="serving the nodes of the fleet"`)
	canary, other := f.node("lao-cai-1", "lao-cai", "--ring", "canary"), f.node("lao-cai-2", "lao-cai")
	f.shuts(canary, client, "bet.example", true)
	f.shuts(other, client, "bet.example", true)
	status := func(want string, there bool) {
		t.Helper()
		f.hub.until("status "+want, func() bool {
			out, _ := f.hub.command(os.Getuid(), "fleet", "status", "--lang", "en") // until it says so
			return strings.Contains(out, want) == there
		})
	}
	update := func(names ...string) {
		t.Helper()
		order(names...)
		f.says(f.hub, "menh-lenh", "lists", "update", "menh-lenh")
	}
	const isHeld, onWay = "The order of the list menh-lenh is HELD", "The order of the list menh-lenh"

	update("bet.example", "bet-2.example", "bai-hoc.example")
	status(isHeld+` in the ring "canary": in force on 0 of 1 nodes that speak; because: lao-cai-1: school.script:2`, true)
	f.shuts(canary, client, "bai-hoc.example", false)
	for _, p := range []*process{canary, other} {
		if !p.blocked(client, "bet.example") || p.blocked(client, "bet-2.example") {
			t.Error("an order that was held is in force, or what all had before is not")
		}
	}
	for _, p := range []*process{canary, f.hub} {
		if _, text := p.get("/api/conditions"); !strings.Contains(text, "fleet-orders") {
			t.Errorf("nobody is told: %s", text)
		}
	}

	update("bet.example", "bet-3.example")
	t.Logf("at the canary after %v", f.shuts(canary, client, "bet-3.example", true).Round(time.Millisecond))
	if other.blocked(client, "bet-3.example") {
		t.Error("an order waits for no canary")
	}
	t.Logf("at all after %v more", f.shuts(other, client, "bet-3.example", true).Round(time.Millisecond))
	status(onWay, false)
	f.hub.until("the hub knows when nodes had it", func() bool {
		text, _ := os.ReadFile(filepath.Join(f.hub.dir, "state", "orders", "lao-cai-2.jsonl")) // until it is there
		return strings.Count(string(text), `"feed":"menh-lenh"`) == 2
	})
	for _, p := range []*process{canary, f.hub} {
		p.until("no condition is left", func() bool {
			_, text := p.get("/api/conditions")
			return !strings.Contains(text, "fleet-orders")
		})
	}

	// People hold one, have it go on, and take it back.
	f.hub.write("lachan.yaml", strings.Replace(f.hub.read("lachan.yaml"), "orders: {canary: 1s", "orders: {canary: 1h", 1))
	f.hub.reload()
	update("bet.example", "bet-4.example")
	f.shuts(canary, client, "bet-4.example", true)
	f.says(f.hub, "done", "fleet", "hold", "--order", "menh-lenh", "--yes", "--why", "chờ xem")
	status(isHeld+` in the ring "canary": in force on 1 of 1 nodes that speak`, true)
	f.says(f.hub, "done", "fleet", "advance", "--order", "menh-lenh", "--yes")
	f.shuts(other, client, "bet-4.example", true)
	f.says(f.hub, "done", "fleet", "rollback", "--order", "menh-lenh", "--yes")
	for _, p := range []*process{canary, other} {
		f.shuts(p, client, "bet-4.example", false)
		f.shuts(p, client, "bet-3.example", true)
	}
	if out, err := f.hub.command(os.Getuid(), "fleet", "advance", "--order", "other", "--yes", "--lang", "en"); err == nil || !strings.Contains(out, `no order of the list "other"`) {
		t.Errorf("%v %s", err, out)
	}
}
