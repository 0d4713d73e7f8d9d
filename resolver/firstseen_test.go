package resolver_test

import (
	"strings"
	"testing"
	"time"

	"lachan/metrics"
	"lachan/resolver"
	"lachan/resolver/firstseen"
)

const seenFirst = `
profiles:
  hs: {extends: none, block: [first-seen]}
  gv: {extends: none, block: [gambling], observe: [first-seen]}
units:
  - id: truong
    kind: school
    profile: hs
    networks: [127.1.0.0/16]
    allow: [allowed.example]
    groups: [{id: gv, networks: [127.2.0.0/16], profile: gv}]
`

const domains = `
www.new.example.     A 192.0.2.1
new.example.         A 192.0.2.2
www.known.example.   A 192.0.2.3
other.known.example. A 192.0.2.4
www.allowed.example. A 192.0.2.5
metric.gstatic.com.  A 192.0.2.6
other.gstatic.com.   A 192.0.2.7
`

// learned has a node whose filter has learned, and knows known.example.
func learned(t *testing.T, up *source) *node {
	t.Helper()
	n := newNode(t, nil, up.addr)
	n.load(seenFirst)
	n.use()
	resolver.UseFirstSeen(n.resolver, firstseen.New([16]byte{7}, time.Now()))
	n.wants(pupil, "www.known.example", "192.0.2.3") // it learns, and so nothing is new
	return n
}

func TestADomainThatNobodyHasAskedForIsBlockedWhereTheProfileSaysSo(t *testing.T) {
	up := newSource(t, domains)
	n := newNode(t, map[string]string{neverBlocked: "0.0.0.0 metric.gstatic.com\n"}, up.addr)
	n.load(seenFirst)
	n.use()
	filter := firstseen.New([16]byte{7}, time.Now().Add(-firstseen.Learns))
	resolver.UseFirstSeen(n.resolver, filter)
	asked := up.asked.Load()
	n.wants(pupil, "www.new.example", "NXDOMAIN")
	n.wants(pupil, "new.example", "NXDOMAIN")
	if up.asked.Load() != asked {
		t.Error("the upstream is asked for what is blocked")
	}
	n.wants(pupil, "www.allowed.example", "192.0.2.5")
	n.wants(pupil, "metric.gstatic.com", "192.0.2.6") // is never blocked
	n.wants(pupil, "other.gstatic.com", "NXDOMAIN")   // as new as that
	n.wants(teacher, "www.new.example", "192.0.2.1")
	n.wants(pupil, "www.new.example", "NXDOMAIN") // from memory it is as new
	counts := map[string]uint64{}
	totals := n.counters.Totals()
	totals.Each(func(of metrics.Counter, value uint64) { counts[strings.Join(totals.Labels(of), ",")] = value })
	const observed = "__name__,lachan_school_observed_total,node,test,school,truong,group,gv,category,first-seen"
	if counts[observed] != 1 {
		t.Errorf("observed %d times, want once: %v", counts[observed], counts)
	}
	image, _ := filter.Image()
	again, err := firstseen.Read(image, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	resolver.UseFirstSeen(n.resolver, again) // as after a restart: what was asked for is known
	n.wants(pupil, "new.example", "192.0.2.2")
}

func TestAFilterThatLearnsTakesAllForKnown(t *testing.T) {
	n := learned(t, newSource(t, domains))
	n.wants(pupil, "other.known.example", "192.0.2.4")
	n.wants(pupil, "www.new.example", "192.0.2.1")
}

func TestNobodyAsksTheFilterUnlessAProfileDoes(t *testing.T) {
	n := newNode(t, nil, newSource(t, domains).addr)
	if resolver.WantsFirstSeen(n.resolver) {
		t.Error("a policy without it wants it")
	}
	n.load(seenFirst)
	n.use()
	if !resolver.WantsFirstSeen(n.resolver) {
		t.Error("a policy that blocks it does not want it")
	}
}
