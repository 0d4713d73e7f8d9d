package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/quic-go/quic-go"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// siegeTime is how long each siege lasts.
const siegeTime = time.Second

// TestPlainQuestionsAreAnsweredUnderSiege: whatever is done to the doors, plain
// questions from elsewhere are answered as fast as ever, memory stays within
// bounds, and every door opens again afterwards.
func TestPlainQuestionsAreAnsweredUnderSiege(t *testing.T) {
	p, d := everyDoor(t)
	p.ask("lesson.example") // from memory from now on
	calm := p.resident()
	for _, s := range []struct {
		name string
		lay  func(ctx context.Context, s *siege)
	}{
		{"1,000 idle connections", func(_ context.Context, s *siege) { s.connect(p.dns, 1000, nil) }},
		{"300 handshakes of TLS that stop half way", func(_ context.Context, s *siege) {
			s.connect(d.dot, 150, []byte{22, 3, 1, 2, 0, 1})
			s.connect(d.doh, 150, []byte{22, 3, 1, 2, 0, 1})
		}},
		{"QUIC connections that go no further", func(ctx context.Context, s *siege) { s.initials(ctx, d.doq, 1000) }},
		{"HTTP/2 rapid reset", func(ctx context.Context, s *siege) { s.http2(ctx, d, rapidReset) }},
		{"HTTP/2 CONTINUATION flood", func(ctx context.Context, s *siege) { s.http2(ctx, d, continuation) }},
		{"clients that read no answers", func(ctx context.Context, s *siege) { s.unread(ctx, p.dns) }},
		{"writers of single octets", func(ctx context.Context, s *siege) { s.octets(ctx, p.dns) }},
	} {
		attackers := &siege{t: t}
		ctx, cancel := context.WithTimeout(t.Context(), siegeTime)
		median := p.medianWhile(ctx, func() { s.lay(ctx, attackers) })
		cancel()
		attackers.lift()
		held := p.resident()
		t.Logf("%s: %d tries, median %s, %d MiB (%d before)", s.name, attackers.tries, median, held>>20, calm>>20)
		if median > 10*time.Millisecond {
			t.Errorf("%s: plain questions take %s", s.name, median)
		}
		if held > calm+200<<20 {
			t.Errorf("%s: %d MiB are held", s.name, held>>20)
		}
	}
	for network, addr := range map[string]string{"tcp": p.dns, "tcp-tls": d.dot} {
		client := dns.Client{Net: network, Timeout: oneReply, TLSConfig: &tls.Config{RootCAs: d.trust, ServerName: servedAs}}
		p.until(network+" is answered again", func() bool {
			m, _, err := client.Exchange(question("lesson.example"), addr)
			return err == nil && len(m.Answer) > 0
		})
	}
}

// medianWhile is how long plain questions take in the middle while f runs and
// until ctx is done.
func (p *process) medianWhile(ctx context.Context, f func()) time.Duration {
	p.t.Helper()
	var laying sync.WaitGroup
	laying.Go(f)
	defer laying.Wait()
	var took []time.Duration
	client := dns.Client{Timeout: oneReply}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		if _, rtt, err := client.Exchange(question("lesson.example"), p.dns); err != nil {
			p.t.Errorf("a plain question is lost: %v", err)
		} else {
			took = append(took, rtt)
		}
		<-tick.C
	}
	slices.Sort(took)
	if len(took) == 0 {
		return oneReply
	}
	return took[len(took)/2]
}

// resident is how many octets of memory the program holds.
func (p *process) resident() int {
	p.t.Helper()
	kib := 0
	each(p.t, fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid), func(_ int, line string) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ = strconv.Atoi(strings.Fields(value)[0])
		}
	})
	return kib << 10
}

// A siege is what is done to a process at a time.
type siege struct {
	t     *testing.T
	mu    sync.Mutex
	open  []io.Closer // mu
	tries int         // mu
}

func (s *siege) hold(c io.Closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = append(s.open, c)
	s.tries++
}

// lift ends all that the siege has open.
func (s *siege) lift() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.open {
		_ = c.Close() // the server may have closed it
	}
}

// connect opens connections and says the same on each.
func (s *siege) connect(addr string, count int, say []byte) {
	for range count {
		c, err := net.DialTimeout("tcp", addr, oneReply)
		if err != nil {
			s.t.Error(err)
			return
		}
		_, _ = c.Write(say) // who is turned away cannot
		s.hold(c)
	}
}

// initials begin handshakes of QUIC and hear nothing of the replies.
func (s *siege) initials(ctx context.Context, addr string, count int) {
	to, err := net.ResolveUDPAddr("udp4", addr)
	if err != nil {
		s.t.Error(err)
		return
	}
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 66, 0, 1)})
	if err != nil {
		s.t.Error(err)
		return
	}
	ears := make(chan struct{})
	transport := &quic.Transport{Conn: &deaf{socket, ears, sync.OnceFunc(func() { close(ears) })}}
	defer transport.Close()
	defer transport.Conn.Close() // first, as the transport waits for its reader
	var live sync.WaitGroup
	defer live.Wait()
	for range count {
		live.Go(func() {
			c, err := transport.Dial(ctx, to, &tls.Config{ServerName: servedAs, NextProtos: []string{"doq"}}, nil)
			if err == nil {
				s.t.Error("a deaf client has a connection")
				_ = c.CloseWithError(0, "")
			}
		})
		s.mu.Lock()
		s.tries++
		s.mu.Unlock()
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

// http2 opens connections of HTTP/2, one after the other, and does its worst on
// each until the server ends it.
func (s *siege) http2(ctx context.Context, d encryptedDoors, worst func(*http2.Framer, uint32, []byte) error) {
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, f := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", servedAs}, {":path", "/dns-query?name=lesson.example"}} {
		_ = encoder.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]}) // to memory
	}
	for ctx.Err() == nil {
		c, err := (&tls.Dialer{Config: &tls.Config{RootCAs: d.trust, ServerName: servedAs, NextProtos: []string{"h2"}}}).DialContext(ctx, "tcp", d.doh)
		if err != nil {
			if !errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
				s.t.Error(err)
			}
			return
		}
		go func() { _, _ = io.Copy(io.Discard, c) }() // ends with the connection
		stop := context.AfterFunc(ctx, func() { c.Close() })
		framer := http2.NewFramer(c, nil)
		_, err = io.WriteString(c, http2.ClientPreface)
		err = errors.Join(err, framer.WriteSettings())
		for id := uint32(1); err == nil && ctx.Err() == nil; id += 2 {
			err = worst(framer, id, block.Bytes())
			s.mu.Lock()
			s.tries++
			s.mu.Unlock()
		}
		stop()
		c.Close()
	}
}

// rapidReset asks and takes it back at once.
func rapidReset(f *http2.Framer, id uint32, header []byte) error {
	err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: header, EndStream: true, EndHeaders: true})
	return errors.Join(err, f.WriteRSTStream(id, http2.ErrCodeCancel))
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

// unread asks as fast as it can and reads nothing.
func (s *siege) unread(ctx context.Context, addr string) {
	packed, err := question("lesson.example").Pack()
	if err != nil {
		s.t.Error(err)
		return
	}
	many := bytes.Repeat(append([]byte{byte(len(packed) >> 8), byte(len(packed))}, packed...), 1000)
	var live sync.WaitGroup
	defer live.Wait()
	for range 20 {
		live.Go(func() {
			c, err := net.DialTimeout("tcp", addr, oneReply)
			if err != nil {
				s.t.Error(err)
				return
			}
			s.hold(c)
			defer context.AfterFunc(ctx, func() { c.Close() })()
			for err == nil && ctx.Err() == nil {
				_, err = c.Write(many)
			}
		})
	}
}

// octets writes questions octet by octet.
func (s *siege) octets(ctx context.Context, addr string) {
	s.connect(addr, 200, nil)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ctx.Err() == nil; i++ {
		for _, c := range s.open {
			_, _ = c.(net.Conn).Write([]byte{byte(i)}) // who is let go cannot
		}
		<-tick.C
	}
}
