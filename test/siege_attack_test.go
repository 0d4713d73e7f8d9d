package test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// An attack is carried out by a process of its own, of low priority, as attackers
// have machines of their own: the test's process measures, and must not be held
// up by what it does itself.

// besieging is set where the tests' program is started to attack: a siegeOrder.
const besieging = "SIEGE"

// An attack is one way to make a server's life hard.
type attack struct {
	name string
	lay  func(ctx context.Context, s *siege)
}

// A siegeOrder is what a process that attacks is told.
type siegeOrder struct {
	Attack                   string
	DNS, DoT, DoH, DoQ, HTTP string // addresses of the doors
	Length                   time.Duration
}

func attacks() []attack {
	return []attack{
		{"1,000 idle connections", func(ctx context.Context, s *siege) { s.occupy(ctx, s.dns, 1000, nil) }},
		{"300 handshakes of TLS that stop half way", func(ctx context.Context, s *siege) {
			s.occupy(ctx, s.dot, 150, []byte{22, 3, 1, 2, 0, 1})
			s.occupy(ctx, s.doh, 150, []byte{22, 3, 1, 2, 0, 1})
		}},
		{"QUIC connections that go no further", func(ctx context.Context, s *siege) {
			s.initials(ctx, s.doq, "doq", sized(5000, 500))
			s.initials(ctx, s.doh, "h3", sized(5000, 500))
		}},
		{"HTTP/2 rapid reset", func(ctx context.Context, s *siege) { s.http2(ctx, rapidReset) }},
		{"HTTP/2 CONTINUATION flood", func(ctx context.Context, s *siege) { s.http2(ctx, continuation) }},
		{"HTTP/2 clients that take no answers", func(ctx context.Context, s *siege) { s.http2(ctx, windowless) }},
		{"clients that read no answers", func(ctx context.Context, s *siege) {
			s.unread(ctx, s.plain(s.dns))
			s.unread(ctx, s.overTLS(s.dot, "dot"))
		}},
		{"writers of single octets", func(ctx context.Context, s *siege) {
			s.octets(ctx, s.plain(s.dns), framed())
			s.octets(ctx, s.overTLS(s.dot, "dot"), framed())
			s.octets(ctx, s.overTLS(s.doh, "http/1.1"), []byte("GET /dns-query?name=lesson.example HTTP/1.1\r\nX: "))
		}},
	}
}

// A siege is an attack under way.
type siege struct {
	dns, dot, doh, doq, http string
	tries                    atomic.Int64
	laid                     sync.WaitGroup
}

// startAttack begins an attack; the returned function waits for its end and
// returns how often it tried.
func (p *process) startAttack(name string, d encryptedDoors, length time.Duration) (wait func() string) {
	p.t.Helper()
	self, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.CommandContext(p.t.Context(), "nice", "-n", "19", self)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	order, err := json.Marshal(siegeOrder{name, p.dns, d.dot, d.doh, d.doq, strings.TrimPrefix(p.http, "http://"), length})
	if err != nil {
		p.t.Fatal(err)
	}
	cmd.Env = append(os.Environ(), besieging+"="+string(order))
	var said, wrong bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &wrong
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	return func() string {
		if err := cmd.Wait(); err != nil {
			p.t.Errorf("%s: %v: %s", name, err, wrong.String())
		}
		return strings.TrimSpace(said.String())
	}
}

// besiege is the main function of an attacker. It prints how often it tried.
func besiege(text string) (status int) {
	var o siegeOrder
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	log.SetOutput(io.Discard) // of quic-go, which misses an ear of the deaf
	ctx, cancel := context.WithTimeout(context.Background(), o.Length)
	defer cancel()
	s := &siege{dns: o.DNS, dot: o.DoT, doh: o.DoH, doq: o.DoQ, http: o.HTTP}
	for _, a := range slices.Concat(attacks(), answerAttacks()) {
		if a.name == o.Attack {
			a.lay(ctx, s)
		}
	}
	<-ctx.Done()
	fmt.Println(s.tries.Load())
	return 0 // connections end with the process
}

// A road is a way to a door, from one of several addresses.
type road func(ctx context.Context, from int) (net.Conn, error)

// besiegers is how many addresses attacks come from.
const besiegers = 8

func (s *siege) plain(addr string) road {
	return func(ctx context.Context, from int) (net.Conn, error) {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 66, 0, byte(1+from%besiegers))}, Timeout: oneReply}
		return d.DialContext(ctx, "tcp", addr)
	}
}

func (s *siege) overTLS(addr, alpn string) road {
	plain := s.plain(addr)
	return func(ctx context.Context, from int) (net.Conn, error) {
		c, err := plain(ctx, from)
		if err != nil {
			return nil, err
		}
		secure := tls.Client(c, unchecked(alpn))
		if err := secure.HandshakeContext(ctx); err != nil {
			c.Close()
			return nil, err
		}
		return secure, nil
	}
}

// unchecked is an attacker's side of the handshake.
func unchecked(alpn string) *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, ServerName: servedAs, NextProtos: []string{alpn}}
}

// framed is a question as it goes over a stream.
func framed() []byte {
	packed, err := question("lesson.example").Pack()
	if err != nil {
		panic(err) // it is a good one
	}
	return append([]byte{byte(len(packed) >> 8), byte(len(packed))}, packed...)
}
