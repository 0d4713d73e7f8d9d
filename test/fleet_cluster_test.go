package test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A fleet over three servers of others does what one over the hub's own server does: all of
// it in a proof, in the gate that what is decided is in force, also when servers go.
func TestAFleetOverServersOfOthers(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*testing.T){"Killed": killServers}
	if proving() {
		tests["NodesDoWhatTheirHubDecides"] = TestNodesDoWhatTheirHubDecides
		tests["AMachineJoinsByItsCodeAlone"] = TestAMachineJoinsByItsCodeAlone
		tests["FilesOfThePolicyGoOutByRings"] = TestFilesOfThePolicyGoOutByRings
		tests["ADamagedDiskOfANodeOpensNothing"] = TestADamagedDiskOfANodeOpensNothing
		tests["WhatIsAskedAtANodeIsAnsweredAtTheHub"] = TestWhatIsAskedAtANodeIsAnsweredAtTheHub
		tests["ListsOfTheHubAreThoseOfItsNodes"] = TestListsOfTheHubAreThoseOfItsNodes
		tests["AKilledHubLosesNoDecision"] = TestAKilledHubLosesNoDecision
		tests["AHubWhoseStreamsHaveMore"] = TestAHubWhoseStreamsHaveMoreThanItsLedgerBeginsAnew
		tests["AnUrgentOrderPassesACanary"] = TestAnUrgentOrderPassesACanary
		tests["NodesTakeWhatHasChangedInAList"] = TestNodesTakeWhatHasChangedInAList
		tests["WhatANodeDecidesAloneComesToItsHub"] = TestWhatANodeDecidesAloneComesToItsHub
		tests["ClientsGoOnAtAnotherNodeOfTheirArea"] = TestClientsGoOnAtAnotherNodeOfTheirArea
		tests["AHubIsMadeAnewOfWhatItsNodesHave"] = TestAHubIsMadeAnewOfWhatItsNodesHave
		tests["ANodeGoesBackFromAReleaseByItself"] = TestANodeGoesBackFromAReleaseByItself
	}
	for name, test := range tests {
		t.Run(name, test)
	}
}

// looks is within what a node looks by itself: where a server is killed, a bell may be lost.
const looks = 100 * time.Second

// killServers kills one server after the other, in a proof 50 times, and then all: what was
// confirmed at the hub is on the node, and the hub tells when no server is there.
func killServers(t *testing.T) {
	f := newFleet(t, "canary: 0s, early: 0s")
	p := f.node("lao-cai-1", "lao-cai")
	decide := func(name string) {
		t.Helper()
		f.says(f.hub, "done", "except", "add", name, "--unit", "th-kim-dong", "--block", "--until", "2036-12-31")
	}
	for i := range sized(50, 0) {
		name := fmt.Sprintf("n%d.example", i)
		f.nats.Kill(i % 3)
		decide(name)
		p.within(looks, name+" blocked", func() bool { return p.blocked("127.10.1.1", name) })
		f.nats.Start(i % 3)
	}
	for i := range 3 {
		f.nats.Kill(i)
	}
	f.hub.until("the hub tells of the cluster", func() bool {
		_, text := f.hub.get("/api/conditions")
		return strings.Contains(text, "fleet-cluster")
	})
	decide("apart.example")
	for i := range 3 {
		f.nats.Start(i)
	}
	p.within(looks, "what was decided meanwhile blocked", func() bool { return p.blocked("127.10.1.1", "apart.example") })
	f.hub.until("the hub tells of it no more", func() bool {
		_, text := f.hub.get("/api/conditions")
		return !strings.Contains(text, "fleet-cluster")
	})
}
