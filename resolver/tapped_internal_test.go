package resolver

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/miekg/dns"
	"google.golang.org/protobuf/encoding/protowire"

	"lachan/metrics"
	"lachan/resolver/tap"
)

// tapped is what a collector was told of one question, and of its answer.
type tapped struct {
	kind, protocol uint64
	address        string
	message        *dns.Msg
	raw            []byte
}

// fields are those of a message of protobuf, by number.
func fields(t *testing.T, message []byte) (numbers map[protowire.Number]uint64, texts map[protowire.Number][]byte) {
	t.Helper()
	numbers, texts = map[protowire.Number]uint64{}, map[protowire.Number][]byte{}
	for len(message) > 0 {
		field, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		message = message[n:]
		switch kind {
		case protowire.VarintType:
			numbers[field], n = protowire.ConsumeVarint(message)
		case protowire.BytesType:
			texts[field], n = protowire.ConsumeBytes(message)
		default:
			n = protowire.ConsumeFieldValue(field, kind, message)
		}
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		message = message[n:]
	}
	return numbers, texts
}

// readTold reads frames until a stream ends with STOP.
func readTold(t *testing.T, from io.Reader) (list []tapped) {
	t.Helper()
	for {
		var size uint32
		if err := binary.Read(from, binary.BigEndian, &size); err != nil {
			t.Fatal(err)
		}
		if size == 0 {
			rest, err := io.ReadAll(from)
			if stop := []byte{0, 0, 0, 4, 0, 0, 0, 3}; err != nil || !bytes.Equal(rest, stop) {
				t.Errorf("the stream ends with %x %v, want STOP", rest, err)
			}
			return list
		}
		frame := make([]byte, size)
		if _, err := io.ReadFull(from, frame); err != nil {
			t.Fatal(err)
		}
		_, outer := fields(t, frame)
		numbers, texts := fields(t, outer[14])
		is := tapped{kind: numbers[1], protocol: numbers[3], address: string(texts[4]), message: new(dns.Msg), raw: frame}
		text := texts[10]
		if is.kind == 6 {
			text = texts[14]
		}
		if err := is.message.Unpack(text); err != nil {
			t.Fatalf("%x: %v", text, err)
		}
		list = append(list, is)
	}
}

// tapping is a tap that tells everything into a pipe, and what ends it and reads what it told.
func tapping(t *testing.T, settings tap.Settings) (*tap.Tap, func() []tapped) {
	t.Helper()
	settings.Until, settings.Bytes = time.Now().Add(time.Hour), 1<<20
	to := tap.New(settings, new(tap.Counts))
	ours, theirs := net.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- to.Run(ctx, ours) }()
	for deadline := time.Now().Add(10 * time.Second); !to.Connected(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("it does not begin to tell")
		}
	}
	return to, func() []tapped {
		cancel()
		list := readTold(t, theirs)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		return list
	}
}

// TestWhatMayBeOnesDevicesIsNotTold: names of devices, addresses written as names, what is
// answered here and what is blocked as child abuse; nor options that a client sent.
func TestWhatMayBeOnesDevicesIsNotTold(t *testing.T) {
	settings := quietSettings()
	to, end := tapping(t, tap.Settings{Queries: true, Responses: true, Addresses: true})
	settings.Tap = to
	r := newTestResolver(t, settings, func(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
		return records(0, q.Question[0].Name+" 3600 A 198.51.100.7"), nil
	})
	for _, name := range []string{
		"may-cua-an.", "an.lan.", "an.local.", "an.home.arpa.", "an.fritz.box.", "7.2.0.192.in-addr.arpa.",
		"1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.", "localhost.", "resolver.arpa.",
	} {
		<-r.send(t, name, dns.TypeA)
	}
	options := func(m *dns.Msg) {
		m.IsEdns0().Option = []dns.EDNS0{
			&dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1, SourceNetmask: 32, Address: net.IPv4(192, 0, 2, 7).To4()},
			&dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: "2464c4abcf10c957"},
			&dns.EDNS0_LOCAL{Code: optionMAC, Data: []byte{2, 0xab, 0xcd, 0xef, 1, 2}},
			&dns.EDNS0_LOCAL{Code: optionCPE, Data: []byte("may-cua-an")},
			&dns.EDNS0_LOCAL{Code: 65500, Data: []byte("may-cua-an")}, // whatever it is
		}
	}
	<-r.send(t, "www.lesson.example.", dns.TypeA, options)
	q := r.question(t, "www.other.example.", dns.TypeA, options)
	q.client, q.transport, q.id = netip.MustParseAddr("2001:db8:1:2:3:4:5:6"), metrics.TransportDoH, "ma-cua-an"
	<-r.put(q)
	abuse := r.question(t, "abuse.example.", dns.TypeA)
	abuse.begin(r.snapshot.Load(), r.clock())
	for tag := range abuse.snapshot.untold {
		is := abuse.snapshot.rules.Policy().CategoryCode(uint8(tag)) == "csam"
		if abuse.snapshot.untold[tag] != is {
			t.Errorf("tag %d is told of: %t", tag, is)
		}
		if is {
			abuse.decided, abuse.decision.Category = true, uint8(tag)
			tell(abuse, to)
		}
	}
	list := end()
	if len(list) != 4 {
		t.Fatalf("%d messages, want those of two questions: %+v", len(list), list)
	}
	for i := range list {
		is := &list[i]
		opt := is.message.IsEdns0()
		switch {
		case opt == nil || len(opt.Option) > 1 || len(opt.Option) == 1 && opt.Option[0].Option() != dns.EDNS0EDE:
			t.Errorf("message %d: %v", i, is.message)
		case bytes.Contains(is.raw, []byte("cua-an")), bytes.Contains(is.raw, []byte{192, 0, 2, 7}):
			t.Errorf("message %d: %q", i, is.raw)
		}
		want := []string{"\xc0\x00\x02\x00", " \x01\x0d\xb8\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"}[i/2]
		if is.address != want || is.protocol != []uint64{1, 4}[i/2] || is.kind != uint64(5+i%2) {
			t.Errorf("message %d: %x by %d, kind %d", i, is.address, is.protocol, is.kind)
		}
	}
	if a := list[1].message.Answer; len(a) != 1 {
		t.Errorf("the answer is %v", a)
	}
}

// TestTellingAllocatesNothing: nor does what is not told.
func TestTellingAllocatesNothing(t *testing.T) {
	settings := quietSettings()
	to, end := tapping(t, tap.Settings{Queries: true, Responses: true})
	settings.Tap = to
	r := newTestResolver(t, settings, func(context.Context, *dns.Msg) (*dns.Msg, error) {
		return records(0, "www.lesson.example. 3600 A 198.51.100.7"), nil
	})
	r.asks(t, "www.lesson.example.")
	q := r.question(t, "www.lesson.example.", dns.TypeA)
	q.to = discard{}
	w := r.snapshot.Load()
	if n := testing.AllocsPerRun(200, func() {
		q.begin(w, r.clock())
		if !r.serve(q) {
			t.Fatal("not answered from memory")
		}
		r.finish(q, r.clock(), r.lane)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if list := end(); len(list) < 400 || list[0].address != "" {
		t.Errorf("%d messages", len(list))
	}
}
