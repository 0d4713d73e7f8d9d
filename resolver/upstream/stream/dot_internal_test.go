package stream

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver/upstream/exchange"
)

// A plainConn is a connection on which nothing is held.
type plainConn struct{ net.Conn }

func (plainConn) flush() error { return nil }

// piped is a pipeline whose server is the test.
func piped(t *testing.T) (*pipeline, net.Conn) {
	t.Helper()
	ours, server := net.Pipe()
	p := &pipeline{conn: plainConn{ours}, waiting: map[uint16]chan<- []byte{}, more: make(chan struct{}, 1), done: make(chan struct{})}
	go p.read()
	go p.write()
	t.Cleanup(p.close)
	if err := server.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return p, server
}

func framed(message []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(message))), message...)
}

// TestTheShortestReplyIsAHeader: with less the connection ends, and says why.
func TestTheShortestReplyIsAHeader(t *testing.T) {
	query, err := new(dns.Msg).SetQuestion("hoc.example.", dns.TypeA).Pack()
	if err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int]error{12: nil, 11: errFrame, 0: errFrame} {
		p, server := piped(t)
		go func() {
			sent, err := readFramed(server, nil)
			if err != nil || !bytes.Equal(sent[2:], query[2:]) {
				t.Errorf("sent is %x: %v", sent, err)
				return
			}
			reply := append(bytes.Clone(sent[:2]), 0x80, dns.RcodeFormatError, 0, 0, 0, 0, 0, 0, 0, 0)
			if _, err := server.Write(framed(reply[:size])); err != nil {
				t.Error(err)
			}
		}()
		reply, err := p.exchange(t.Context(), query, nil)
		if !errors.Is(err, want) || want == nil && (err != nil || !exchange.BareFormErr(reply) || !bytes.Equal(reply[:2], query[:2])) {
			t.Errorf("a reply of %d bytes: %x, %v; want %v", size, reply, err, want)
		}
	}
}

// TestAnExchangeWithdrawsItselfAlone: nobody waits for its reply any more, and another
// exchange that has its ID by now does.
func TestAnExchangeWithdrawsItselfAlone(t *testing.T) {
	p, server := piped(t)
	mine, other := make(chan []byte, 1), make(chan []byte, 1)
	p.waiting[7], p.waiting[8] = mine, other
	p.withdraw(7, mine)
	p.withdraw(8, mine)
	p.withdraw(9, mine)
	p.mu.Lock()
	if p.waiting[7] != nil || p.waiting[8] != other || len(p.waiting) != 1 {
		t.Errorf("waiting are %v", p.waiting)
	}
	p.mu.Unlock()
	for _, id := range []byte{7, 8} {
		if _, err := server.Write(framed([]byte{0, id, 0x80, 11: 0})); err != nil {
			t.Fatal(err)
		}
	}
	if got := <-other; got[1] != 8 || len(mine) > 0 {
		t.Errorf("%x comes, and %d to who does not wait", got, len(mine))
	}
}

// TestAServerThatDoesNotReadIsGivenUp: neither exchanges nor bytes wait without a bound.
func TestAServerThatDoesNotReadIsGivenUp(t *testing.T) {
	p := &pipeline{waiting: map[uint16]chan<- []byte{}, more: make(chan struct{}, 1), done: make(chan struct{})}
	replies, query := make(chan []byte), make([]byte, 60_000)
	for n := 0; ; n++ {
		sent, err := p.send(query, replies)
		if err != nil {
			if !errors.Is(err, errBusy) || len(p.unsent) > maxUnsent+len(query)+2 || len(p.unsent) <= maxUnsent || len(p.waiting) != n {
				t.Errorf("%v with %d bytes of %d exchanges", err, len(p.unsent), n)
			}
			break
		}
		if len(sent) != len(query) || n > 100 {
			t.Fatalf("%d bytes are sent, %d wait", len(sent), len(p.unsent))
		}
	}
	p.unsent, p.waiting = nil, map[uint16]chan<- []byte{}
	for id := range maxPipelined - 1 {
		p.waiting[uint16(id)] = replies
	}
	for _, want := range []error{nil, errBusy} {
		if _, err := p.send(query[:12], replies); !errors.Is(err, want) {
			t.Errorf("with %d exchanges: %v", len(p.waiting), err)
		}
	}
	p.err = errEnded
	if _, err := p.send(query[:12], replies); !errors.Is(err, errEnded) {
		t.Errorf("after the end: %v", err)
	}
}
