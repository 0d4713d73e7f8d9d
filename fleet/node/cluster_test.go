package node_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"lachan/fleet/hub"
	"lachan/internal/testserver"
)

// newCluster is a cluster of servers that know the hub's keys.
func newCluster(t testing.TB, servers int) (*hub.Cluster, *testserver.NATS) {
	t.Helper()
	text, err := hub.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := hub.ParseKeys(text)
	if err != nil {
		t.Fatal(err)
	}
	nats := testserver.StartNATS(t, servers, keys.Settings())
	return &hub.Cluster{URL: nats.URL, Keys: keys, CAs: authorities(t, nats)}, nats
}

func authorities(t testing.TB, nats *testserver.NATS) *x509.CertPool {
	t.Helper()
	text, err := os.ReadFile(nats.CA)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return pool
}

// inProof is something else in a proof than in the gate.
func inProof[T any](proof, gate T) T {
	if os.Getenv("TEST_PROOF") != "" {
		return proof
	}
	return gate
}

// What holds of the hub's own server holds of servers of others: of one in the gate, since
// three take seconds to agree who leads, and of three in a proof.
func TestServersOfOthersCarryAsWell(t *testing.T) {
	for _, is := range []struct {
		name  string
		test  func(*testing.T)
		proof bool // it takes long
	}{
		{"WhatAHubDecidesEachNodeHas", TestWhatAHubDecidesEachNodeHas, false},
		{"ANodeMayDoNothingElse", TestANodeMayDoNothingElse, false},
		{"OnlyMembersComeIn", TestOnlyMembersComeIn, false},
		{"AHeadIsOfTheHubAndOfThisLedger", TestAHeadIsOfTheHubAndOfThisLedger, true},
		{"ANodeTellsAndIsAnswered", TestANodeTellsAndIsAnswered, false},
		{"AHubThatStopsCarriesTheRestLater", TestAHubThatStopsCarriesTheRestLater, false},
		{"ADecisionHeardTooEarlyIsNotMissed", TestADecisionHeardTooEarlyIsNotMissed, true},
		{"WhoWasAwayCatchesUp", TestWhoWasAwayCatchesUp, true},
		{"ANodeIsNotDeceived", TestANodeIsNotDeceived, true},
		{"AStrangerAtTheAddressOfTheHubIsToldNothing", TestAStrangerAtTheAddressOfTheHubIsToldNothing, true},
		{"WhoIsBehindIsTold", TestWhoIsBehindIsTold, true},
		{"ANodeSaysWhatItDoes", TestANodeSaysWhatItDoes, false},
		{"AnAreaHasItsOwnRecords", TestAnAreaHasItsOwnRecords, true},
		{"ALostStreamIsMadeAgain", TestALostStreamIsMadeAgain, true},
		{"AMachineJoinsByACode", TestAMachineJoinsByACode, true},
	} {
		if inProof(true, !is.proof) {
			t.Run(is.name, is.test)
		}
	}
}

// looks is within what a node looks by itself: where a server is killed, a bell may be lost.
const looks = 100 * time.Second

// One of three servers is killed again and again, whichever it is: what was carried stays,
// and each decision is on the node.
func TestServersOfOthersMayBeKilledOneByOne(t *testing.T) {
	t.Parallel()
	kills := inProof(50, 1)
	f := newField(t)
	b := f.box("node-a")
	b.follow()
	f.decide("before.example")
	b.has(1)
	for i := range kills {
		f.nats.Kill(i % 3)
		f.append(area.Area, "allow/", fmt.Sprintf("n%d.example", i))
		for late := time.Now().Add(looks); ; {
			err := f.feed.Carry(t.Context())
			if err == nil {
				break
			}
			if time.Now().After(late) {
				t.Fatalf("kill %d: %v", i, err)
			}
		}
		b.hasWithin(looks, uint64(i+2))
		f.nats.Start(i % 3)
	}
	if seq, err := f.hub.Carried(t.Context(), area); err != nil || seq != uint64(kills+1) {
		t.Errorf("the stream has %d records, %v", seq, err)
	}
}

// Who has not set its servers up is told what is missing, before any node comes.
func TestServersOfOthersThatCannotCarryAreTold(t *testing.T) {
	text, err := hub.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := hub.ParseKeys(text)
	if err != nil {
		t.Fatal(err)
	}
	right := keys.Settings()
	without := func(from, to string) string {
		t.Helper()
		before, rest, _ := strings.Cut(right, from)
		_, after, ok := strings.Cut(rest, to)
		if !ok {
			t.Fatalf("%q to %q is not in %s", from, to, right)
		}
		return before + after
	}
	f := func(settings string, want error) {
		t.Helper()
		nats := testserver.StartNATS(t, 1, settings)
		c := &hub.Cluster{URL: nats.URL, Keys: keys, CAs: authorities(t, nats)}
		h, err := hub.Start(t.Context(), hub.Config{Name: "hub-1", Cluster: c, Member: nobody})
		if err == nil {
			h.Close()
		}
		if !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
		c.CAs = x509.NewCertPool()
		if _, err := hub.Start(t.Context(), hub.Config{Name: "hub-1", Cluster: c, Member: nobody}); err == nil ||
			want == nil && !strings.Contains(err.Error(), "certificate") {
			t.Errorf("a certificate of nobody: %v", err)
		}
	}
	f(right, nil)
	f(without("authorization {", "\n}\n"), hub.ErrNotAsked)
	f(without("jetstream {", "\n}\n"), hub.ErrNoStreams)
	f(without("    jetstream: ", "\n"), hub.ErrNoStreams)
	f("authorization: {token: secret}\n", hub.ErrUnknown)
	_, err = hub.Start(t.Context(), hub.Config{Name: "hub-1", Cluster: &hub.Cluster{URL: "tls://127.0.0.1:1", Keys: keys}, Member: nobody})
	if !errors.Is(err, hub.ErrAway) {
		t.Errorf("%v, want %v", err, hub.ErrAway)
	}
}

func nobody(string) (m hub.Member, ok bool) { return m, false }

// A node has no way to the servers but by the port of a hub, which can end its connection.
func TestServersOfOthersTakeNodesFromHubsAlone(t *testing.T) {
	f := newField(t)
	k := f.join("node-a", area)
	through, err := nats.Connect("nats://"+f.listen, f.dial(), nats.Nkey(k.public, k.sign))
	if err != nil {
		t.Fatal(err)
	}
	through.Close()
	past, err := nats.Connect(f.nats.URL, nats.RootCAs(f.nats.CA), nats.Nkey(k.public, k.sign))
	if !errors.Is(err, nats.ErrAuthorization) {
		past.Close()
		t.Errorf("past the hub: %v", err)
	}
}
