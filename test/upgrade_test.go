package test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestAnUpgradeLosesNothing replaces the running program by another build of it,
// again and again, while it is asked over UDP, TCP, TLS, QUIC and HTTP/3. No question
// over UDP goes without an answer. Streams answer what they were asked and end cleanly:
// a client that is told so connects again.
func TestAnUpgradeLosesNothing(t *testing.T) {
	upgrades, pace, streams := sized(20, 3), sized(10_000, 2000), sized(200, 20)
	up := startStandIn(t)
	p := newProcess(t, "", twoSchools, up.addr)
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `server: {listen: ["127.0.0.1:0"]}`,
		`server: {listen: ["127.0.0.1:0"], dot: ["127.0.0.1:0"], doh: ["127.0.0.1:0"], doq: ["127.0.0.1:0"], tcp: {per_client: 1000}, tls: {cert: cert.pem, key: key.pem, name: `+servedAs+`}}`, 1))
	p.certify()
	p.program = copyProgram(t, "first")
	p.start()
	door := func(protocol string) string {
		return p.logged(`msg="serving encrypted" protocol=` + protocol + ` address=(\S+)`)
	}
	if p.from("127.10.1.1", "blocked.example").Rcode != dns.RcodeSuccess {
		t.Fatal("not answered")
	}
	s := startPulse(t, p.dns, "blocked.example", pace, "127.10.1.1", "127.10.1.2")
	dot, doq, doh := door("dot"), door("doq"), door("doh")
	g := startStreams(p.dns, dot, streams)
	for i := range streams / 4 {
		g.wg.Go(func() { g.askQUIC(&doqClient{addr: doq}, i) })
		g.wg.Go(func() { g.askQUIC(&h3Client{addr: doh}, i) })
	}
	for range upgrades {
		<-time.After(500 * time.Millisecond)
		resolve, manage := p.child("resolve"), p.child("manage")
		place(t, copyProgram(t, "next"), p.program)
		p.signal(syscall.SIGUSR2)
		p.until("both are new", func() bool {
			r, m := p.child("resolve"), p.child("manage")
			return r != resolve && m != manage && p.alive() && childOf(p.cmd.Process.Pid, "resolve") == r
		})
		p.until("the old one has ended", func() bool { return syscall.Kill(resolve, 0) != nil })
	}
	lost := s.end()
	answered, broken := g.end()
	t.Logf("%d upgrades at %d questions a second: %d sent, %d lost, longest silence %s; %d streams: %d answered, %d not",
		upgrades, pace, s.sent.Load(), lost, time.Duration(s.silence.Load()), streams, answered, broken)
	if lost > 0 {
		t.Errorf("%d of %d questions over UDP were lost", lost, s.sent.Load())
	}
	if broken > 0 {
		t.Errorf("%d questions over streams had no answer: %v", broken, g.first.Load())
	}
	p.until("everything is counted, once", func() bool {
		counted := int64(p.exposed("truong-a", "allowed") + p.exposed("truong-a", "blocked"))
		return counted == s.sent.Load()+1
	})
	if text := p.log.String(); strings.Contains(text, "level=ERROR") {
		t.Errorf("the log tells of errors")
	}
}

// copyProgram is another file with the program.
func copyProgram(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	text, err := os.ReadFile(binary)
	if err == nil {
		err = os.WriteFile(path, text, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// place puts a file in the place of another, as packages do.
func place(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// streams ask over TCP and TLS, one question after the other, and connect again
// when the server has ended a connection between two of them.
type streams struct {
	answered, broken atomic.Int64
	first            atomic.Value // the first error
	stop             chan struct{}
	wg               sync.WaitGroup
}

func startStreams(overTCP, overTLS string, n int) *streams {
	return startStreamsFrom(&net.Dialer{}, overTCP, overTLS, n)
}

// startStreamsFrom has them ask from the address of a dialer.
func startStreamsFrom(from *net.Dialer, overTCP, overTLS string, n int) *streams {
	g := &streams{stop: make(chan struct{})}
	for i := range n {
		dial := func() (net.Conn, error) { return from.Dial("tcp", overTCP) }
		if i%2 == 1 {
			dial = func() (net.Conn, error) {
				return tls.DialWithDialer(from, "tcp", overTLS, &tls.Config{InsecureSkipVerify: true})
			}
		}
		g.wg.Go(func() { g.ask(dial, i) })
	}
	return g
}

func (g *streams) ask(dial func() (net.Conn, error), i int) {
	var conn *dns.Conn
	defer func() {
		if conn != nil {
			conn.Close()
		}
	}()
	for n := 0; ; n++ {
		select {
		case <-g.stop:
			return
		case <-time.After(20 * time.Millisecond):
		}
		if conn == nil {
			c, err := dial()
			if err != nil {
				g.failed(fmt.Errorf("connect: %w", err))
				continue
			}
			conn = &dns.Conn{Conn: c}
		}
		_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
		err := conn.WriteMsg(question(fmt.Sprintf("s%d.lesson.example", i)))
		if err == nil {
			_, err = conn.ReadMsg()
		}
		switch {
		case err == nil:
			g.answered.Add(1)
		case errors.Is(err, io.EOF), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNRESET):
			// The server had ended the connection before it read the question, as it
			// may at any time (RFC 7766 section 6.2.4): it is asked again.
			conn.Close()
			conn = nil
		default:
			g.failed(err)
			conn.Close()
			conn = nil
		}
	}
}

func (g *streams) failed(err error) {
	g.broken.Add(1)
	g.first.CompareAndSwap(nil, err)
}

func (g *streams) end() (answered, broken int64) {
	close(g.stop)
	g.wg.Wait()
	return g.answered.Load(), g.broken.Load()
}
