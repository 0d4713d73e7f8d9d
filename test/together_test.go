package test

import (
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

func TestFiveHundredQuestionsForOneNameAreOneUpstreamQuery(t *testing.T) {
	up := startStandIn(t)
	p := serveProcess(t, "", "", up.addr)
	up.holdBack()
	var waiting sync.WaitGroup
	for i := range 500 {
		waiting.Go(func() {
			network := "udp"
			if i%10 == 0 { // 50 in all: fewer than one client may have before the idlest gives way
				network = "tcp"
			}
			m := question("one.example")
			m.Id = uint16(i)
			reply, _, err := (&dns.Client{Net: network, Timeout: soon}).Exchange(m, p.dns)
			if err != nil || reply.Id != m.Id || len(reply.Answer) != 1 {
				t.Errorf("question %d over %s: %v, %v", i, network, reply, err)
			}
		})
	}
	p.until("the upstream is asked", func() bool { return up.asked.Load() > 0 })
	p.metricAtLeast("lachan_cache_misses_total", 500)
	up.release()
	waiting.Wait()
	if n := up.asked.Load(); n != 1 {
		t.Errorf("500 simultaneous questions for one name made %d upstream queries", n)
	}
}

// metricAtLeast waits until a series without labels has reached a value.
func (p *process) metricAtLeast(series string, least float64) {
	p.t.Helper()
	p.until(fmt.Sprintf("metric %s is %g", series, least), func() bool {
		_, body := p.get("/metrics")
		return number(body, series) >= least
	})
}

// A load asks at a steady pace over UDP and knows every question that has no
// answer yet.
type load struct {
	conn    net.Conn
	name    func(i int) string
	sent    int
	mu      sync.Mutex
	replies map[uint16]*dns.Msg // mu; by question
	done    chan struct{}
}

// startLoad prepares questions from a client's address. At most 65,536 can be
// told apart by their ids.
func startLoad(t *testing.T, client, server string, name func(i int) string) *load {
	t.Helper()
	conn, err := dialFrom(client, server)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Conn.(*net.UDPConn).SetReadBuffer(4 << 20); err != nil {
		t.Fatal(err)
	}
	l := &load{conn: conn.Conn, name: name, replies: map[uint16]*dns.Msg{}, done: make(chan struct{})}
	t.Cleanup(func() { conn.Close() })
	go l.receive()
	return l
}

// run sends questions for a time at a pace.
func (l *load) run(perSecond int, length time.Duration) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	start := time.Now()
	for elapsed := time.Duration(0); elapsed < length; elapsed = time.Since(start) {
		<-tick.C
		for due := int(time.Since(start).Seconds() * float64(perSecond)); l.sent < due; l.sent++ {
			if err := l.send(l.sent); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *load) send(i int) error {
	m := question(l.name(i))
	m.Id = uint16(i)
	packed, err := m.Pack()
	if err != nil {
		return err
	}
	_, err = l.conn.Write(packed)
	return err
}

func (l *load) receive() {
	defer close(l.done)
	buf := make([]byte, 4096)
	for {
		n, err := l.conn.Read(buf)
		if err != nil {
			return
		}
		m := new(dns.Msg)
		if m.Unpack(buf[:n]) == nil {
			l.mu.Lock()
			l.replies[m.Id] = m
			l.mu.Unlock()
		}
	}
}

// answers is how many questions have one.
func (l *load) answers() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.replies)
}

// reply is the one to question i; nil when there is none.
func (l *load) reply(i int) *dns.Msg {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.replies[uint16(i)]
}
