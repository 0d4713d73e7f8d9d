package test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/quic-go/quic-go"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// An attack is carried out by a process of its own, of low priority, as attackers
// have machines of their own: the test's process measures, and must not be held
// up by what it does itself.

// besieging is set where the tests' program is started to attack: the name of
// an attack, the addresses of the doors and for how long.
const besieging = "SIEGE"

// An attack is one way to make a server's life hard.
type attack struct {
	name string
	lay  func(ctx context.Context, s *siege)
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
	dns, dot, doh, doq string
	tries              atomic.Int64
	laid               sync.WaitGroup
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
	cmd.Env = append(os.Environ(), besieging+"="+strings.Join([]string{name, p.dns, d.dot, d.doh, d.doq, length.String()}, "|"))
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
func besiege(order string) (status int) {
	words := strings.Split(order, "|")
	length, err := time.ParseDuration(words[5])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	log.SetOutput(io.Discard) // of quic-go, which misses an ear of the deaf
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	s := &siege{dns: words[1], dot: words[2], doh: words[3], doq: words[4]}
	for _, a := range attacks() {
		if a.name == words[0] {
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

// occupy keeps as many connections open until ctx is done, saying the same on
// each; those that are closed are opened again.
func (s *siege) occupy(ctx context.Context, addr string, count int, say []byte) {
	const pause = 100 * time.Millisecond // who is turned away tries again after it
	way := s.plain(addr)
	for i := range count {
		s.laid.Go(func() {
			for ctx.Err() == nil {
				s.tries.Add(1)
				if c, err := way(ctx, i); err == nil {
					stop := context.AfterFunc(ctx, func() { c.Close() })
					_, _ = c.Write(say)            // who is turned away cannot
					_, _ = c.Read(make([]byte, 1)) // until it is closed
					stop()
					c.Close()
				}
				select {
				case <-ctx.Done():
				case <-time.After(pause):
				}
			}
		})
	}
}

// initials begin handshakes of QUIC and hear nothing of the replies.
func (s *siege) initials(ctx context.Context, addr, alpn string, count int) {
	to, err := net.ResolveUDPAddr("udp4", addr)
	if err != nil {
		panic(err) // the address is the test's
	}
	for from := range besiegers {
		socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 66, 0, byte(1+from))})
		if err != nil {
			panic(err)
		}
		ears := make(chan struct{})
		transport := &quic.Transport{Conn: &deaf{socket, ears, sync.OnceFunc(func() { close(ears) })}}
		s.laid.Go(func() {
			defer transport.Close()
			defer transport.Conn.Close() // first, as the transport waits for its reader
			var live sync.WaitGroup
			defer live.Wait()
			for range count / besiegers {
				s.tries.Add(1)
				live.Go(func() {
					c, err := transport.Dial(ctx, to, unchecked(alpn), nil)
					if err == nil {
						panic("a deaf client has a connection to " + c.RemoteAddr().String())
					}
				})
			}
		})
	}
}

// deaf is a socket that hears nothing.
type deaf struct {
	net.PacketConn
	closed <-chan struct{}
	close  func()
}

func (d *deaf) ReadFrom([]byte) (int, net.Addr, error) {
	<-d.closed
	return 0, nil, net.ErrClosed
}

func (d *deaf) Close() error {
	d.close()
	return d.PacketConn.Close()
}

// http2 opens connections of HTTP/2, from each address one after the other, and
// does its worst on each until the server ends it.
func (s *siege) http2(ctx context.Context, worst func(*http2.Framer, uint32, []byte) error) {
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, f := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", servedAs}, {":path", "/dns-query?name=lesson.example"}} {
		_ = encoder.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]}) // to memory
	}
	way := s.overTLS(s.doh, "h2")
	for from := range besiegers {
		s.laid.Go(func() {
			for ctx.Err() == nil {
				c, err := way(ctx, from)
				if err != nil {
					continue // the handshake takes its time
				}
				s.doWorst(ctx, c, block.Bytes(), worst)
				c.Close()
			}
		})
	}
}

func (s *siege) doWorst(ctx context.Context, c net.Conn, header []byte, worst func(*http2.Framer, uint32, []byte) error) {
	go func() { _, _ = io.Copy(io.Discard, c) }() // ends with the connection
	defer context.AfterFunc(ctx, func() { c.Close() })()
	framer := http2.NewFramer(c, nil)
	_, err := io.WriteString(c, http2.ClientPreface)
	err = errors.Join(err, framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0}))
	for id := uint32(1); err == nil && ctx.Err() == nil; id += 2 {
		err = worst(framer, id, header)
		s.tries.Add(1)
	}
}

// rapidReset asks and takes it back at once.
func rapidReset(f *http2.Framer, id uint32, header []byte) error {
	return errors.Join(windowless(f, id, header), f.WriteRSTStream(id, http2.ErrCodeCancel))
}

// windowless asks, and never opens a window for the answer.
func windowless(f *http2.Framer, id uint32, header []byte) error {
	return f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: header, EndStream: true, EndHeaders: true})
}

// continuation begins a header and never ends it.
func continuation(f *http2.Framer, id uint32, header []byte) error {
	if id == 1 {
		return f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: header})
	}
	var more bytes.Buffer
	_ = hpack.NewEncoder(&more).WriteField(hpack.HeaderField{Name: "x-" + strconv.Itoa(int(id)), Value: strings.Repeat("x", 4000)}) // to memory
	return f.WriteContinuation(1, false, more.Bytes())
}

// framed is a question as it goes over a stream.
func framed() []byte {
	packed, err := question("lesson.example").Pack()
	if err != nil {
		panic(err) // it is a good one
	}
	return append([]byte{byte(len(packed) >> 8), byte(len(packed))}, packed...)
}

// unread asks as fast as it can and reads nothing.
func (s *siege) unread(ctx context.Context, way road) {
	many := bytes.Repeat(framed(), 1000)
	for from := range 20 {
		s.laid.Go(func() {
			for ctx.Err() == nil {
				c, err := way(ctx, from)
				if err != nil {
					continue
				}
				stop := context.AfterFunc(ctx, func() { c.Close() })
				for err == nil && ctx.Err() == nil {
					_, err = c.Write(many)
					s.tries.Add(1)
				}
				stop()
				c.Close()
			}
		})
	}
}

// octets says something octet by octet, again and again, on many connections.
func (s *siege) octets(ctx context.Context, way road, say []byte) {
	const pause = 100 * time.Millisecond
	for from := range 100 {
		s.laid.Go(func() {
			tick := time.NewTicker(pause)
			defer tick.Stop()
			c, err := way(ctx, from)
			if err != nil {
				return // it was turned away
			}
			defer c.Close()
			for i := 0; ctx.Err() == nil; i++ {
				_, _ = c.Write(say[i%len(say) : i%len(say)+1]) // who is let go cannot
				s.tries.Add(1)
				<-tick.C
			}
		})
	}
}
