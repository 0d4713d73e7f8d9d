package resolver_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/miekg/dns"
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
