package udp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"lachan/internal/eventloop"
	"lachan/resolver/upstream/exchange"
)

func newPool(t *testing.T, server string) *Pool {
	t.Helper()
	loops, err := eventloop.New(1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = loops.Close() })
	return New(loops, netip.MustParseAddrPort(server))
}

var query = []byte{2: 1, 5: 1, 14: 6, 16: 1}

// TestWhereNoSocketCanBeMadeExchangesEnd asks a server to which the kernel connects
// no socket.
func TestWhereNoSocketCanBeMadeExchangesEnd(t *testing.T) {
	p := newPool(t, "255.255.255.255:53") // EACCES: broadcasting was not asked for
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for range 3 {
		if reply, err := p.Exchange(ctx, query, nil); reply != nil || !errors.Is(err, exchange.ErrNetwork) {
			t.Errorf("%v, %v", reply, err)
		}
	}
	rests(t, p)
}

// TestAPoolRestsAfterCancels cancels exchanges with a server that says nothing.
func TestAPoolRestsAfterCancels(t *testing.T) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	p := newPool(t, server.LocalAddr().String())
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			_, err := p.Exchange(ctx, query, nil)
			ended <- err
		}()
		_ = server.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, _, err := server.ReadFrom(make([]byte, 512)); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	rests(t, p)
}

// rests waits until a pool has no request under way and no socket open.
func rests(t *testing.T, p *Pool) {
	t.Helper()
	if n := p.inFlight.Load(); n != 0 {
		t.Errorf("%d requests are under way", n)
	}
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	over := time.After(30 * time.Second)
	for {
		p.mu.Lock()
		resting := p.transport == nil && len(p.open) == 0
		p.mu.Unlock()
		if resting {
			return
		}
		select {
		case <-look.C:
		case <-over:
			t.Fatal("the pool does not rest")
		}
	}
}

// A socket that is spent sends nothing more, and says so: what was to be sent goes by another.
func TestASpentSocketSendsNothing(t *testing.T) {
	s := &socket{spent: true}
	if sent, err := s.begin([]*Request{{}}); sent != 0 || err != nil || len(s.requests) != 0 {
		t.Errorf("%d sent, %v", sent, err)
	}
}

// TestWhatIsCanceledIsUnderWayNoMore: its socket ends when nothing else is, as a reply to it
// may still come.
func TestWhatIsCanceledIsUnderWayNoMore(t *testing.T) {
	one, other := new(Request), new(Request)
	s := &socket{requests: []*Request{one, other}, closed: true}
	if !s.remove(one) || s.remove(one) {
		t.Error("what is canceled is canceled once")
	}
	if s.closeUnused() {
		t.Error("a socket ends on which something is under way")
	}
	if !s.remove(other) || !s.closeUnused() {
		t.Error("a socket on which nothing is under way goes on")
	}
}
