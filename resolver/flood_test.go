package resolver_test

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver/dnswire"
	"lachan/resolver/listen"
)

// A flood of names against upstreams that say nothing costs them, and us, no more than
// what may wait: exchanges whose last client was dropped end, and are not sent again.
func TestAFloodCostsUpstreamsOneQuestionEach(t *testing.T) {
	up := newSource(t, "")
	up.answer(func(*dns.Msg) *dns.Msg { return nil })
	n := newNode(t, nil, up.addr)
	const names, waiting = 3000, 100
	n.settings.WaitingBytes = waiting * 10 << 10
	n.use()
	c, err := net.Dial("udp", n.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	most := 0
	for i := range names {
		wire, err := new(dns.Msg).SetQuestion(fmt.Sprintf("n%d.flood.example.", i), dns.TypeA).Pack()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write(wire); err != nil {
			t.Fatal(err)
		}
		if i%waiting == waiting-1 {
			sent := uint64(i + 1)
			await(t, "the flood is taken", deadline, func() bool {
				load := n.resolver.Load()
				most = max(most, load.Exchanges)
				return uint64(load.Exchanges)+load.Abandoned >= sent || up.asked.Load() >= int64(sent)
			})
		}
	}
	await(t, "all exchanges end", deadline, func() bool {
		load := n.resolver.Load()
		most = max(most, load.Exchanges)
		return load.Exchanges == 0 && load.Waiting == 0
	})
	abandoned := n.resolver.Load().Abandoned
	asked := up.asked.Load()
	t.Logf("%d names, %d may wait: %d questions to the upstream, at most %d exchanges under way, %d abandoned", names, waiting, asked, most, abandoned)
	if asked > names+3*waiting || abandoned < names-3*waiting {
		t.Errorf("%d questions to the upstream, %d exchanges abandoned", asked, abandoned)
	}
	up.serve("lesson.example. A 192.0.2.10\n")
	begin := time.Now()
	n.wants(pupil, "lesson.example", "192.0.2.10")
	t.Logf("a name after it: %s", time.Since(begin))
}

// A question that gives way is answered at once, with an error that says why, by
// whatever way it came: its client does not wait for nothing.
func TestAQuestionThatGivesWayIsAnswered(t *testing.T) {
	up := newSource(t, "")
	arrived := make(chan struct{}, 1)
	up.answer(func(m *dns.Msg) *dns.Msg {
		if strings.HasPrefix(m.Question[0].Name, "way") {
			select {
			case arrived <- struct{}{}:
			default: // it was asked again
			}
		}
		return nil
	})
	f := newFrontage(t, newNode(t, nil, up.addr), listen.DoT, listen.DoH, listen.DoQ)
	const waiting = 100
	f.settings.WaitingBytes = waiting * 10 << 10
	f.use()
	for i, w := range ways() {
		ask, end := w.open(t, f, asPupil)
		answered := make(chan struct{})
		var flood sync.WaitGroup
		flood.Go(func() {
			select {
			case <-arrived:
				f.flood(t, fmt.Sprintf("flood%d.example.", i), answered)
			case <-answered:
			}
		})
		begin := time.Now()
		m := ask(new(dns.Msg).SetQuestion(fmt.Sprintf("way%d.example.", i), dns.TypeA).SetEdns0(1232, false))
		took := time.Since(begin)
		close(answered)
		flood.Wait()
		t.Logf("%s: %s, reason %d, after %s", w.name, tell(m), ede(m), took)
		if m.Rcode != dns.RcodeServerFailure || took >= exchangeLimit {
			t.Errorf("%s: %s after %s", w.name, tell(m), took)
		}
		if !strings.HasSuffix(w.name, "json") && ede(m) != dnswire.EDEOther {
			t.Errorf("%s: reason %d", w.name, ede(m))
		}
		end()
	}
}

// flood asks for names below a zone from the address of a pupil until ended.
func (n *node) flood(t *testing.T, zone string, ended <-chan struct{}) {
	c, err := (&net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(pupil)}}).Dial("udp", n.addr)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		wire, err := new(dns.Msg).SetQuestion(fmt.Sprintf("n%d.%s", i, zone), dns.TypeA).Pack()
		if err == nil {
			_, err = c.Write(wire)
		}
		if err != nil {
			t.Error(err)
			return
		}
		select {
		case <-ended:
			return
		case <-tick.C:
		}
	}
}
