package upstream_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lachan/resolver/upstream"
	"lachan/resolver/upstream/stream"

	"github.com/miekg/dns"
)

func TestPlainSendsTheQueryWithAnotherIDFromAnotherPort(t *testing.T) {
	var mu sync.Mutex
	ids, ports := map[string]bool{}, map[int]bool{}
	query := askEDNS(t, "www.lop1.example.", dns.TypeA)
	addr := peerUDP(t, func(d datagram) {
		mu.Lock()
		ids[string(d.wire[:2])], ports[d.from.Port] = true, true
		mu.Unlock()
		if !bytes.EqualFold(d.wire[2:], query[2:]) {
			t.Errorf("got %x, want the query %x but for its ID and the case of its letters", d.wire, query)
		}
		d.back(replyTo(t, d.wire, dns.RcodeSuccess, "www.lop1.example. 60 A 192.0.2.1"))
	})
	before := slices.Clone(query)
	plain := upstream.NewPlain(loops, addr)
	const exchanges = 100
	for range exchanges {
		buf := make([]byte, 4096)
		reply, err := plain.Exchange(soon(t), query, buf)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(reply[:2], query[:2]) {
			t.Fatalf("reply has ID %x, query %x", reply[:2], query[:2])
		}
		if &reply[0] != &buf[0] {
			t.Fatal("reply is not in the buffer, which has room for it")
		}
	}
	if !bytes.Equal(query, before) {
		t.Error("the query was written to")
	}
	mu.Lock()
	defer mu.Unlock()
	// Of 100 random IDs, more than 10 repetitions are as good as impossible; of
	// 256 places for sockets, 100 draws meet one twice about 18 times.
	if len(ids) < exchanges-10 || len(ports) < exchanges-40 {
		t.Errorf("%d different IDs and %d ports in %d exchanges", len(ids), len(ports), exchanges)
	}
}

func TestPlainDropsWhatDoesNotAnswer(t *testing.T) {
	f := func(what string, dropped uint64, forge func(d datagram, right []byte)) {
		t.Helper()
		addr := peerUDP(t, func(d datagram) {
			right := replyTo(t, d.wire, dns.RcodeSuccess, "hoc.example. 60 A 192.0.2.1")
			forge(d, slices.Clone(right))
			d.back(right)
		})
		plain := upstream.NewPlain(loops, addr)
		reply, err := plain.Exchange(soon(t), ask(t, "hoc.example.", dns.TypeA), nil)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
		if got := unpack(t, reply).Answer[0].(*dns.A).A.String(); got != "192.0.2.1" {
			t.Errorf("%s: accepted %s", what, got)
		}
		if plain.Mismatches() != dropped {
			t.Errorf("%s: counted %d mismatches, want %d", what, plain.Mismatches(), dropped)
		}
	}
	// Each forgery claims 198.51.100.66 and differs in one thing from a reply.
	poison := func(d datagram, change func(m *dns.Msg)) []byte {
		m := unpack(t, replyTo(t, d.wire, dns.RcodeSuccess, "hoc.example. 60 A 198.51.100.66"))
		change(m)
		return pack(t, m)
	}
	f("another ID", 1, func(d datagram, _ []byte) {
		d.back(poison(d, func(m *dns.Msg) { m.Id++ }))
	})
	f("another name", 1, func(d datagram, _ []byte) {
		d.back(poison(d, func(m *dns.Msg) { m.Question[0].Name = "hoa.example." }))
	})
	f("a longer name", 1, func(d datagram, _ []byte) {
		d.back(poison(d, func(m *dns.Msg) { m.Question[0].Name = "hoc.example.test." }))
	})
	f("another type", 1, func(d datagram, _ []byte) {
		d.back(poison(d, func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeAAAA }))
	})
	f("another class", 1, func(d datagram, _ []byte) {
		d.back(poison(d, func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }))
	})
	f("no question", 1, func(d datagram, _ []byte) {
		d.back(poison(d, func(m *dns.Msg) { m.Question = nil }))
	})
	f("two questions", 1, func(d datagram, _ []byte) {
		d.back(poison(d, func(m *dns.Msg) { m.Question = append(m.Question, m.Question[0]) }))
	})
	f("a query", 1, func(d datagram, _ []byte) {
		d.back(poison(d, func(m *dns.Msg) { m.Response = false }))
	})
	f("another opcode", 1, func(d datagram, _ []byte) {
		d.back(poison(d, func(m *dns.Msg) { m.Opcode = dns.OpcodeNotify }))
	})
	f("a bare NXDOMAIN", 1, func(d datagram, right []byte) {
		d.back([]byte{right[0], right[1], 0x80, 3, 11: 0})
	})
	f("nothing, eleven bytes, a header", 3, func(d datagram, right []byte) {
		d.back(nil)
		d.back(right[:11])
		d.back(right[:12])
	})
	f("another address", 0, func(d datagram, _ []byte) { // the kernel drops it
		other, err := net.DialUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)}, d.from)
		if err != nil {
			t.Error(err)
			return
		}
		defer other.Close()
		_, _ = other.Write(poison(d, func(*dns.Msg) {}))
	})
	f("another port", 0, func(d datagram, _ []byte) {
		other, err := net.DialUDP("udp4", nil, d.from)
		if err != nil {
			t.Error(err)
			return
		}
		defer other.Close()
		_, _ = other.Write(poison(d, func(*dns.Msg) {}))
	})
}

func TestPlainTakesTheNameInAnyCase(t *testing.T) {
	addr := peerUDP(t, func(d datagram) {
		reply := replyTo(t, d.wire, dns.RcodeSuccess)
		copy(reply[12:], bytes.ToLower(reply[12:12+len("\x03HoC\x07exAMPle")]))
		d.back(reply)
	})
	if _, err := upstream.NewPlain(loops, addr).Exchange(soon(t), ask(t, "HoC.exAMPle.", dns.TypeA), nil); err != nil {
		t.Error(err)
	}
}

func TestPlainLeavesUDPToWhoGuesses(t *testing.T) {
	addr := peerBoth(t, func(d datagram) {
		for guess := range 64 {
			wrong := replyTo(t, d.wire, dns.RcodeSuccess, "hoc.example. 60 A 198.51.100.66")
			wrong[1] ^= byte(guess + 1)
			d.back(wrong)
		}
	}, func(query []byte) []byte {
		return framed(replyTo(t, query, dns.RcodeSuccess, "hoc.example. 60 A 192.0.2.1"))
	})
	reply, err := upstream.NewPlain(loops, addr).Exchange(soon(t), ask(t, "hoc.example.", dns.TypeA), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := unpack(t, reply).Answer[0].(*dns.A).A.String(); got != "192.0.2.1" {
		t.Errorf("accepted %s", got)
	}
}

// The guess that hits after too many that did not is worth nothing, also where it
// is read together with them.
func TestPlainTakesNoLateGuess(t *testing.T) {
	addr := peerBoth(t, func(d datagram) {
		for guess := range 60 {
			forged := replyTo(t, d.wire, dns.RcodeSuccess, "hoc.example. 60 A 198.51.100.66")
			if guess < 40 {
				forged[1] ^= byte(guess + 1)
			}
			d.back(forged)
		}
	}, func(query []byte) []byte {
		return framed(replyTo(t, query, dns.RcodeSuccess, "hoc.example. 60 A 192.0.2.1"))
	})
	plain := upstream.NewPlain(loops, addr)
	for range 20 { // they are read in batches as it happens
		reply, err := plain.Exchange(soon(t), ask(t, "hoc.example.", dns.TypeA), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := unpack(t, reply).Answer[0].(*dns.A).A.String(); got != "192.0.2.1" {
			t.Fatalf("accepted %s", got)
		}
	}
}

func TestPlainSendsAgainAtHalfOfTheTime(t *testing.T) {
	t.Parallel() // it waits two seconds
	var first []byte
	addr := peerUDP(t, func(d datagram) {
		if first == nil {
			first = d.wire
			return
		}
		if !bytes.Equal(first, d.wire) {
			t.Errorf("sent %x, then %x", first, d.wire)
		}
		d.back(replyTo(t, d.wire, dns.RcodeSuccess))
	})
	start := time.Now()
	if _, err := upstream.NewPlain(loops, addr).Exchange(within(t, 4*time.Second), ask(t, "hoc.example.", dns.TypeA), nil); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < 2*time.Second {
		t.Errorf("sent again after %v, want 2s", took)
	}
}

func TestPlainEndsWith(t *testing.T) {
	f := func(what string, want error, serve func(datagram)) {
		t.Helper()
		ctx := soon(t)
		if errors.Is(want, upstream.ErrTimeout) {
			ctx = within(t, 200*time.Millisecond)
		}
		start := time.Now()
		_, err := upstream.NewPlain(loops, peerUDP(t, serve)).Exchange(ctx, ask(t, "hoc.example.", dns.TypeA), nil)
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: took %v", what, took)
		}
		if err != nil && strings.Contains(err.Error(), "hoc") {
			t.Errorf("%s: the error tells the name: %v", what, err)
		}
	}
	f("silence", upstream.ErrTimeout, func(datagram) {})
	f("nothing but other questions", upstream.ErrTimeout, func(d datagram) {
		d.back(replyTo(t, ask(t, "hoa.example.", dns.TypeA), dns.RcodeSuccess))
	})
	f("more records announced than there are", upstream.ErrMalformed, func(d datagram) {
		reply := replyTo(t, d.wire, dns.RcodeSuccess, "hoc.example. 60 A 192.0.2.1")
		reply[7]++
		d.back(reply)
	})
	f("record data beyond the end", upstream.ErrMalformed, func(d datagram) {
		reply := replyTo(t, d.wire, dns.RcodeSuccess, "hoc.example. 60 A 192.0.2.1")
		reply[len(reply)-5]++ // RDLENGTH
		d.back(reply)
	})
	f("truncated, and nobody at TCP", upstream.ErrNetwork, func(d datagram) {
		reply := replyTo(t, d.wire, dns.RcodeSuccess)
		reply[2] |= 2
		d.back(reply)
	})
}

func TestPlainAtAClosedPort(t *testing.T) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	addr := conn.LocalAddr().(*net.UDPAddr).AddrPort()
	_ = conn.Close()
	query := ask(t, "hoc.example.", dns.TypeA)
	start := time.Now()
	if _, err := upstream.NewPlain(loops, addr).Exchange(soon(t), query, nil); !errors.Is(err, upstream.ErrNetwork) {
		t.Errorf("UDP: %v", err)
	}
	if _, err := stream.NewTCP(addr).Exchange(soon(t), query, nil); !errors.Is(err, upstream.ErrNetwork) {
		t.Errorf("TCP: %v", err)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("took %v though the host said so at once", took)
	}
}

func TestExchangeEndsWhenItIsCanceled(t *testing.T) {
	asked := make(chan struct{}, 2)
	addr := peerBoth(t, func(datagram) { asked <- struct{}{} }, func([]byte) []byte {
		asked <- struct{}{}
		return []byte{1} // half a frame
	})
	for _, e := range []upstream.Exchanger{upstream.NewPlain(loops, addr), stream.NewTCP(addr)} {
		ctx, cancel := context.WithCancel(soon(t))
		go func() { <-asked; cancel() }()
		if _, err := e.Exchange(ctx, ask(t, "hoc.example.", dns.TypeA), nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%T: %v", e, err)
		}
	}
}

func TestExchangeRefusesWhatIsNoQuery(t *testing.T) {
	addr := peerBoth(t, func(datagram) { t.Error("it was sent") }, func([]byte) []byte { t.Error("it was sent"); return nil })
	f := func(query []byte) {
		t.Helper()
		for _, e := range []upstream.Exchanger{upstream.NewPlain(loops, addr), stream.NewTCP(addr)} {
			if _, err := e.Exchange(soon(t), query, nil); !errors.Is(err, upstream.ErrQuery) {
				t.Errorf("%T %x: %v", e, query, err)
			}
		}
	}
	query := ask(t, "hoc.example.", dns.TypeA)
	f(nil)
	f(query[:12])
	f(query[:len(query)-1])
	f(append(slices.Clone(query), make([]byte, 65536)...))
	query[5] = 2
	f(query)
}

func TestTCPEndsWith(t *testing.T) {
	f := func(what string, want error, serve func(query []byte) []byte) {
		t.Helper()
		addr := peerBoth(t, func(datagram) { t.Error("asked over UDP") }, serve)
		ctx := soon(t)
		if errors.Is(want, upstream.ErrTimeout) {
			ctx = within(t, 200*time.Millisecond)
		}
		reply, err := stream.NewTCP(addr).Exchange(ctx, ask(t, "hoc.example.", dns.TypeTXT), nil)
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
		if err == nil {
			unpack(t, reply)
		}
	}
	f("a reply", nil, func(q []byte) []byte { return framed(replyTo(t, q, dns.RcodeSuccess)) })
	f("a reply of 65,535 bytes", nil, func(q []byte) []byte {
		reply := replyTo(t, q, dns.RcodeSuccess)
		size := 65535 - len(reply) - 11
		reply[7] = 1
		reply = append(reply, 0, 0xFF, 0, 0, 1, 0, 0, 0, 0, byte(size>>8), byte(size)) // a record of private use
		return framed(append(reply, make([]byte, size)...))
	})
	f("a reply to something else", upstream.ErrMismatch, func([]byte) []byte {
		return framed(replyTo(t, ask(t, "hoa.example.", dns.TypeTXT), dns.RcodeSuccess))
	})
	f("a damaged reply", upstream.ErrMalformed, func(q []byte) []byte {
		reply := replyTo(t, q, dns.RcodeSuccess)
		reply[11] = 9
		return framed(reply)
	})
	f("a closed connection", upstream.ErrNetwork, func([]byte) []byte { return nil })
	f("half a reply and silence", upstream.ErrTimeout, func(q []byte) []byte {
		return framed(replyTo(t, q, dns.RcodeSuccess))[:20]
	})
}

func TestReplyEndsWithItsLastRecord(t *testing.T) {
	const record = "hoc.example. 60 A 192.0.2.1"
	addr := peerUDP(t, func(d datagram) {
		d.back(append(replyTo(t, d.wire, dns.RcodeSuccess, record), "more"...))
	})
	query := ask(t, "hoc.example.", dns.TypeA)
	want := len(replyTo(t, query, dns.RcodeSuccess, record))
	reply, err := upstream.NewPlain(loops, addr).Exchange(soon(t), query, nil)
	if err != nil || len(reply) != want {
		t.Errorf("got %d bytes, %v, want %d", len(reply), err, want)
	}
}
