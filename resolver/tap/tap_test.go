package tap_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"lachan/blocklist/domain"
	"lachan/resolver/dnswire"
	"lachan/resolver/tap"
)

// question is one as the route has it, of so many bytes of answer.
func question(size int) *tap.Question {
	return &tap.Question{
		Client: netip.MustParseAddr("192.0.2.7"), Transport: tap.UDP, ID: 1, Flags: dnswire.FlagRD,
		Wire: []byte("\x01a\x07example\x00\x00\x01\x00\x01"), Reply: make([]byte, size), Error: dnswire.EDENone,
	}
}

// pair is a connection to a collector, and its end.
func pair(t *testing.T) (ours, theirs net.Conn) {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if ours, err = net.Dial("unix", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if theirs, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { theirs.Close() })
	return ours, theirs
}

// TestACollectorThatDoesNotReadHoldsNobodyUp: what is put in waits in so many bytes and no more,
// the newest is dropped and counted, and what the collector is told in the end is whole frames.
func TestACollectorThatDoesNotReadHoldsNobodyUp(t *testing.T) {
	const bytesHeld, workers, each = 64 << 10, 4, 2000
	var counts tap.Counts
	to := tap.New(tap.Settings{Queries: true, Responses: true, Addresses: true, Until: time.Now().Add(time.Hour), Bytes: bytesHeld}, &counts)
	to.Put(question(100))
	if n := counts.Dropped.Load(); n != 2 || to.Held() != 0 {
		t.Errorf("without a collector %d messages are dropped, %d bytes held", n, to.Held())
	}
	ours, theirs := pair(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- to.Run(ctx, ours) }()
	for deadline := time.Now().Add(10 * time.Second); !to.Connected(); {
		if time.Now().After(deadline) {
			t.Fatal("it does not begin to tell")
		}
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			q := question(900)
			for range each {
				if to.Put(q); to.Held() > bytesHeld/2 {
					t.Errorf("%d bytes are held", to.Held())
				}
			}
		})
	}
	wg.Wait()
	if counts.Dropped.Load() < 1000 {
		t.Errorf("%d messages were dropped", counts.Dropped.Load())
	}
	cancel()
	read, frames := make(chan error, 1), uint64(0)
	go func() {
		for {
			var size uint32
			if err := binary.Read(theirs, binary.BigEndian, &size); err != nil {
				read <- err
				return
			}
			if size == 0 {
				rest, err := io.ReadAll(theirs)
				if !bytes.Equal(rest, []byte{0, 0, 0, 4, 0, 0, 0, 3}) {
					t.Errorf("the stream ends with %x", rest)
				}
				read <- err
				return
			}
			if _, err := io.CopyN(io.Discard, theirs, int64(size)); err != nil {
				read <- err
				return
			}
			frames++
		}
	}()
	if err := <-read; err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if sent, all := counts.Sent.Load(), counts.Sent.Load()+counts.Dropped.Load(); sent != frames || all != 2*(workers*each+1) {
		t.Errorf("%d frames were read, %d sent, %d accounted for", frames, sent, all)
	}
}

// TestNothingIsToldAfterTheEnd: whatever else is on still.
func TestNothingIsToldAfterTheEnd(t *testing.T) {
	var counts tap.Counts
	to := tap.New(tap.Settings{Queries: true, Until: time.Now(), Bytes: 1 << 16}, &counts)
	ours, theirs := pair(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- to.Run(ctx, ours) }()
	to.Put(question(10))
	cancel()
	if told, err := io.ReadAll(theirs); err != nil || len(told) != 12 {
		t.Errorf("%x %v, want STOP alone", told, err)
	}
	if err := <-ended; err != nil || counts.Sent.Load()+counts.Dropped.Load() != 0 {
		t.Errorf("%v, %d and %d", err, counts.Sent.Load(), counts.Dropped.Load())
	}
}

// TestACollectorThatIsGoneIsTold: what it was not told is counted.
func TestACollectorThatIsGoneIsTold(t *testing.T) {
	var counts tap.Counts
	to := tap.New(tap.Settings{Responses: true, Until: time.Now().Add(time.Hour), Bytes: 1 << 16}, &counts)
	ours, theirs := pair(t)
	theirs.Close()
	ended := make(chan error, 1)
	go func() { ended <- to.Run(t.Context(), ours) }()
	for {
		select {
		case err := <-ended:
			if err == nil || counts.Sent.Load() != 0 || counts.Dropped.Load() == 0 || to.Connected() {
				t.Errorf("%v, %d and %d", err, counts.Sent.Load(), counts.Dropped.Load())
			}
			return
		default:
			to.Put(question(10))
		}
	}
}

// TestNamesOfDevicesAreUntold: and those that say nothing of one are told.
func TestNamesOfDevicesAreUntold(t *testing.T) {
	f := func(name string, want bool) {
		t.Helper()
		var n domain.Name
		if err := n.SetText(name); err != nil {
			t.Fatal(err)
		}
		truong := func(n *domain.Name) bool { return string(n.Suffix(2)) == "\x06truong\x02vn" }
		if got := tap.Untold(&n, truong); got != want {
			t.Errorf("%s: untold is %t", name, got)
		}
	}
	f("olm.vn", false)
	f("www.olm.vn", false)
	f("lan.example", false)
	f("may-an", true)
	f("may-an.lan", true)
	f("may-an.phong-may.local", true)
	f("may-an.truong.vn", true)
	f("7.2.0.192.in-addr.arpa", true)
	f("8.b.d.0.1.0.0.2.ip6.arpa", true)
	f("may-an.home.arpa", true)
	f("may-an.fritz.box", true)
}
