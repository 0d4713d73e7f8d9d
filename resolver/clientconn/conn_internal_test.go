package clientconn

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"lachan/internal/testserver"
)

// A client that is agreeing on TLS when the server ends does so to its end, and what follows is
// given no more time than on other connections.
func TestTLSIsAgreedOnWhenTheServerEnds(t *testing.T) {
	cert, key, err := testserver.PEM("dns.example")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := net.Pipe()
	defer ours.Close()
	if err := theirs.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	c := &Conn{Conn: ours, socket: ours, opened: time.Now()}
	agreed := make(chan *tls.Conn, 1)
	go func() {
		over, ok := c.Handshake(&tls.Config{Certificates: []tls.Certificate{pair}})
		if !ok {
			over = nil
		}
		agreed <- over
	}()
	for !c.greeting.Load() {
		<-time.After(time.Millisecond)
	}
	if err := c.stop(); err != nil {
		t.Fatal(err)
	}
	<-time.After(3 * stopSilence) // a client far away, or on a busy machine
	client := tls.Client(theirs, &tls.Config{InsecureSkipVerify: true})
	defer client.Close()
	if err := client.Handshake(); err != nil {
		t.Fatal(err)
	}
	over := <-agreed
	if over == nil {
		t.Fatal("the server has given up")
	}
	began := time.Now()
	if c.MayRead(time.Minute) {
		if _, err := over.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) > stopLimit {
			t.Errorf("a silent client is waited for: %v after %v", err, time.Since(began))
		}
	}
}

// TestAClientThatHasSentTooMuchIsCutOff: 256 KiB beyond its bound, up to which it may be
// let go as the protocol has it.
func TestAClientThatHasSentTooMuchIsCutOff(t *testing.T) {
	for received, want := range map[int64]bool{0: true, 1000 + 256<<10: true, 1001 + 256<<10: false} {
		ours, theirs := net.Pipe()
		go func() { _, _ = theirs.Write([]byte("x")) }() // until it is closed
		c := &Conn{Conn: ours, maxBytes: 1000}
		c.received.Store(received)
		n, err := c.Read(make([]byte, 1))
		if (err == nil) != want || !want && !errors.Is(err, errSentTooMuch) {
			t.Errorf("after %d bytes: %d, %v", received, n, err)
		}
		if got := c.received.Load(); want && got != received+1 {
			t.Errorf("after %d bytes and one more: %d", received, got)
		}
		theirs.Close()
	}
}

// TestFewGiveWayGentlyAtATime: an eighth of all connections, and at least one, may take what
// is on its way to them when they give way. Who has ended makes room for the next.
func TestFewGiveWayGentlyAtATime(t *testing.T) {
	limits := Limits{Connections: 16}
	l := NewLimiter(func() *Limits { return &limits }, nil)
	connection := func() *Conn {
		ours, theirs := net.Pipe()
		t.Cleanup(func() { theirs.Close() })
		return &Conn{Conn: ours, socket: ours, limiter: l, opened: time.Now()}
	}
	for range 3 {
		one, two, three := connection(), connection(), connection()
		for _, c := range []*Conn{one, two, three} {
			c.giveWay()
		}
		if one.closed.Load() || !one.Stopped() || two.closed.Load() || !two.Stopped() {
			t.Error("one of the first two that give way is cut off")
		}
		if !three.closed.Load() {
			t.Error("three of sixteen take their time")
		}
		one.Close()
		two.Close()
	}
	gone := connection()
	gone.Close()
	gone.giveWay()
	if n := l.ending.Load(); n != 0 {
		t.Errorf("%d are ending when all have ended", n)
	}
}
