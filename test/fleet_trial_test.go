package test

import (
	"os"
	"strings"
	"testing"
)

// A release that a node fares worse with is in force there for a while only: the node goes
// back by itself, and the hub holds it. One whose scripts say otherwise is never in force.
func TestANodeGoesBackFromAReleaseByItself(t *testing.T) {
	t.Parallel()
	const client, much = "127.10.1.1", "much.example"
	f := newFleet(t, "canary: 15s, early: 1h")
	p := f.node("lao-cai-1", "lao-cai", "--ring", "canary")
	ask := func() {
		before := p.exposed("th-kim-dong", "")
		for range 400 {
			p.blocked(client, much)
		}
		p.until("the questions counted", func() bool { return p.exposed("th-kim-dong", "") >= before+400 })
	}
	status := func(want string) {
		t.Helper()
		f.hub.until("status "+want, func() bool {
			out, _ := f.hub.command(os.Getuid(), "fleet", "status", "--lang", "en") // until it says so
			return strings.Contains(out, want)
		})
	}
	release := func(policy string) {
		t.Helper()
		f.hub.write("policy.yaml", policy)
		f.hub.reload()
	}
	school := "- {id: th-kim-dong, name: TH Kim Đồng, level: th, parent: lao-cai, networks: [127.10.0.0/16]}\n"
	with := func(more string) string {
		return strings.Replace(twoProvinces, school, strings.Replace(school, "}", ", "+more+"}", 1), 1)
	}
	ask()
	release(with("block: [" + much + ", kept.example]"))
	f.shuts(p, client, much, true)
	status(`Release 2 of the policy, in the ring "canary": in force on 1 of 1 nodes that speak; 1 of them watch it still`)
	ask()
	f.shuts(p, client, much, false)
	status(`Release 2 of the policy is HELD in the ring "canary": in force on 0 of 1 nodes that speak; because: lao-cai-1: blocked queries are`)
	p.kill()
	p.start() // it does not try again
	p.logged(`msg="following the hub"`)
	if p.blocked(client, much) {
		t.Error("a release that was gone back from is in force after a restart")
	}

	release(with("block: [kept.example]"))
	f.shuts(p, client, "kept.example", true)
	p.logged(`msg="a release of the policy has stood its trial"`)
	status(`Release 3 of the policy, in the ring "early"`)

	f.hub.write("school.script", "at 2026-09-07 10:15\nth-kim-dong asks kept.example -> nxdomain by own\nth-kim-dong asks olm.vn -> pass\n")
	release("tests: [school.script]\n" + with("block: [other.example]"))
	status(`Release 4 of the policy is HELD in the ring "canary": in force on 0 of 1 nodes that speak; because: lao-cai-1: school.script:2`)
	if !p.blocked(client, "kept.example") || p.blocked(client, "other.example") {
		t.Error("a release whose script says otherwise is in force")
	}
}
