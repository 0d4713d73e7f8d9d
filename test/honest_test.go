package test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// Honest clients ask what the tests' upstream knows, at a steady pace and by every way,
// and compare what each answer says with what it has to say.

// honestNames is how many names they ask for. Most answers are from memory, and each
// is asked for anew when it has ended.
const honestNames = 3000

// honestQuestion is the question of a number, and what the answer says; "" if the name
// does not exist.
func honestQuestion(n int) (name, answer string) {
	n %= honestNames
	if n%10 == 9 {
		return fmt.Sprintf("n%d.nx.example", n), ""
	}
	answer = fmt.Sprintf("45.33.%d.%d", n>>8, n&255)
	return fmt.Sprintf("45-33-%d-%d.addr.example", n>>8, n&255), answer
}

// A way is one way in, and how it fared.
type way struct {
	name               string
	asked, lost, wrong atomic.Int64
	mu                 sync.Mutex
	example            string // mu; of what was wrong, or else of why one was lost
}

// failed notes a question that was lost or answered wrongly.
func (w *way) failed(count *atomic.Int64, why string) {
	count.Add(1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.example == "" || count == &w.wrong {
		w.example = why
	}
}

// heed looks at an answer to the question of a number.
func (w *way) heed(n int, m *dns.Msg) {
	name, want := honestQuestion(n)
	got := ""
	switch {
	case m.Rcode == dns.RcodeServerFailure || m.Rcode == dns.RcodeRefused:
		w.failed(&w.lost, fmt.Sprintf("%s: %s", name, dns.RcodeToString[m.Rcode]))
		return
	case len(m.Question) != 1 || m.Question[0].Name != dns.Fqdn(name):
		w.failed(&w.wrong, fmt.Sprintf("%s: an answer to %v", name, m.Question))
		return
	case len(m.Answer) == 1:
		if a, ok := m.Answer[0].(*dns.A); ok {
			got = a.A.String()
		}
	}
	if got != want || len(m.Answer) > 1 || (want == "") != (m.Rcode == dns.RcodeNameError) {
		w.failed(&w.wrong, fmt.Sprintf("%s: %s", name, m))
	}
}

// honest are all of them.
type honest struct {
	t    *testing.T
	ways []*way
	stop chan struct{}
	wg   sync.WaitGroup
}

// startHonest has perSecond questions asked, seven in ten of them over UDP.
func startHonest(t *testing.T, p *process, d encryptedDoors, perSecond int) *honest {
	t.Helper()
	h := &honest{t: t, stop: make(chan struct{})}
	udp := h.way("UDP")
	const sockets = 10
	for i := range sockets {
		conn, err := dialFrom(fmt.Sprintf("127.20.0.%d", 1+i), p.dns)
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.Conn.(*net.UDPConn).SetReadBuffer(4 << 20); err != nil {
			t.Fatal(err)
		}
		h.wg.Go(func() { h.overUDP(udp, conn.Conn, i, perSecond*7/10/sockets) })
	}
	const connections = 4
	dialer := func(i int) *net.Dialer {
		return &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 20, 1, byte(1+i))}, Timeout: oneReply}
	}
	tcp, dot, doh := h.way("TCP"), h.way("TLS"), h.way("HTTPS")
	for i := range connections {
		pace := perSecond / 10 / connections
		h.wg.Go(func() {
			h.overStream(tcp, i, pace, func() (net.Conn, error) { return dialer(i).Dial("tcp", p.dns) })
		})
		h.wg.Go(func() {
			h.overStream(dot, i, pace, func() (net.Conn, error) {
				return tls.DialWithDialer(dialer(i), "tcp", d.dot, d.greeting("dot"))
			})
		})
		transport := &http.Transport{TLSClientConfig: d.greeting("h2"), ForceAttemptHTTP2: true, DialContext: dialer(i).DialContext}
		h.wg.Go(func() { h.overHTTPS(doh, i, pace, "https://"+d.doh+"/dns-query", transport) })
	}
	return h
}

func (h *honest) way(name string) *way {
	w := &way{name: name}
	h.ways = append(h.ways, w)
	return w
}

// paced calls ask at a pace, with a number that is another one each time, until the
// end.
func (h *honest) paced(seed, perSecond int, ask func(n int)) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	begin := time.Now()
	for n := 0; ; {
		select {
		case <-h.stop:
			return
		case <-tick.C:
		}
		for due := int(time.Since(begin).Seconds() * float64(perSecond)); n < due; n++ {
			ask(n*7 + seed*311)
		}
	}
}

// overUDP asks over one socket. A question without an answer is not asked again.
func (h *honest) overUDP(w *way, conn net.Conn, seed, perSecond int) {
	var mu sync.Mutex
	waiting := map[uint16]int{} // mu; the number of the question, by ID
	read := make(chan struct{})
	go func() {
		defer close(read)
		for buffer := make([]byte, 1500); ; {
			size, err := conn.Read(buffer)
			if err != nil {
				return // it is closed at the end
			}
			m := new(dns.Msg)
			if m.Unpack(buffer[:size]) != nil {
				w.failed(&w.wrong, "an answer that cannot be read")
				continue
			}
			mu.Lock()
			n, asked := waiting[m.Id]
			delete(waiting, m.Id)
			mu.Unlock()
			if asked {
				w.heed(n, m)
			}
		}
	}()
	id := uint16(0)
	h.paced(seed, perSecond, func(n int) {
		name, _ := honestQuestion(n)
		m := question(name)
		id++
		m.Id = id
		packed, err := m.Pack()
		if err != nil {
			panic(err) // it is a good one
		}
		mu.Lock()
		if _, late := waiting[id]; late {
			w.failed(&w.lost, name+": no answer")
		}
		waiting[id] = n
		mu.Unlock()
		w.asked.Add(1)
		_, _ = conn.Write(packed) // what is refused has no answer
	})
	// The last answers have their time; it ends as soon as all are there.
	for late := time.Now().Add(oneReply); time.Now().Before(late); time.Sleep(10 * time.Millisecond) {
		mu.Lock()
		left := len(waiting)
		mu.Unlock()
		if left == 0 {
			break
		}
	}
	conn.Close()
	<-read
	for _, n := range waiting {
		name, _ := honestQuestion(n)
		w.failed(&w.lost, name+": no answer")
	}
}

// overStream asks over a connection, one question after the other. A server may end it
// between two of them at any time: then it is asked over another (RFC 7766).
func (h *honest) overStream(w *way, seed, perSecond int, dial func() (net.Conn, error)) {
	var conn *dns.Conn
	h.paced(seed, perSecond, func(n int) {
		name, _ := honestQuestion(n)
		w.asked.Add(1)
		var err error
		for late := time.Now().Add(oneReply); time.Now().Before(late); {
			if conn == nil {
				var c net.Conn
				if c, err = dial(); err != nil {
					continue
				}
				conn = &dns.Conn{Conn: c}
			}
			_ = conn.SetDeadline(time.Now().Add(oneReply)) // fails with what follows
			var m *dns.Msg
			if err = conn.WriteMsg(question(name)); err == nil {
				m, err = conn.ReadMsg()
			}
			if err == nil {
				w.heed(n, m)
				return
			}
			conn.Close()
			conn = nil
		}
		w.failed(&w.lost, fmt.Sprintf("%s: %v", name, err))
	})
	if conn != nil {
		conn.Close()
	}
}

// overHTTPS asks over HTTP/2, likewise.
func (h *honest) overHTTPS(w *way, seed, perSecond int, url string, transport *http.Transport) {
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport}
	h.paced(seed, perSecond, func(n int) {
		name, _ := honestQuestion(n)
		packed, err := question(name).Pack()
		if err != nil {
			panic(err) // it is a good one
		}
		w.asked.Add(1)
		ctx, cancel := context.WithTimeout(context.Background(), oneReply)
		defer cancel()
		for ctx.Err() == nil {
			var m *dns.Msg
			if m, err = post(ctx, &client, url, packed); err == nil {
				w.heed(n, m)
				return
			}
		}
		w.failed(&w.lost, fmt.Sprintf("%s: %v", name, err))
	})
}

func post(ctx context.Context, client *http.Client, url string, packed []byte) (*dns.Msg, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/dns-message")
	reply, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err == nil && reply.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s", reply.Status)
	}
	m := new(dns.Msg)
	if err == nil {
		err = m.Unpack(text)
	}
	return m, err
}

// end stops asking and waits for what is late.
func (h *honest) end() {
	close(h.stop)
	h.wg.Wait()
}

// lost is how many questions were lost so far.
func (h *honest) lost() (lost int64) {
	for _, w := range h.ways {
		lost += w.lost.Load()
	}
	return lost
}

// judge fails the test if an answer was wrong, or more than one in ten thousand was
// lost.
func (h *honest) judge() {
	h.t.Helper()
	asked, lost := int64(0), h.lost()
	for _, w := range h.ways {
		asked += w.asked.Load()
		if wrong := w.wrong.Load(); wrong > 0 {
			h.t.Errorf("%s: %d answers are wrong, such as %s", w.name, wrong, w.example)
		} else if n := w.lost.Load(); n > 0 {
			h.t.Logf("%s: %d are lost, such as %s", w.name, n, w.example)
		}
	}
	if lost > asked/10_000 { // in the short form that is one
		h.t.Errorf("%d of %d questions were lost", lost, asked)
	}
}

func (h *honest) String() (text string) {
	for _, w := range h.ways {
		text += fmt.Sprintf("%s %d asked, %d lost, %d wrong; ", w.name, w.asked.Load(), w.lost.Load(), w.wrong.Load())
	}
	return text
}
