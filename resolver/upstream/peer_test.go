package upstream_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// ask packs a query for name.
func ask(t testing.TB, name string, rrtype uint16) []byte {
	t.Helper()
	return pack(t, new(dns.Msg).SetQuestion(name, rrtype))
}

// askEDNS packs a query for name with an OPT record.
func askEDNS(t testing.TB, name string, rrtype uint16) []byte {
	t.Helper()
	return pack(t, new(dns.Msg).SetQuestion(name, rrtype).SetEdns0(1232, true))
}

func pack(t testing.TB, m *dns.Msg) []byte {
	t.Helper()
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

func unpack(t testing.TB, wire []byte) *dns.Msg {
	t.Helper()
	m := new(dns.Msg)
	if err := m.Unpack(wire); err != nil {
		t.Fatalf("unpack %x: %v", wire, err)
	}
	return m
}

// replyTo packs the reply to a packed query, with a response code and records
// in their text form.
func replyTo(t testing.TB, query []byte, rcode int, records ...string) []byte {
	t.Helper()
	m := new(dns.Msg)
	m.SetRcode(unpack(t, query), rcode)
	for _, text := range records {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatal(err)
		}
		m.Answer = append(m.Answer, rr)
	}
	return pack(t, m)
}

// soon is a context for an exchange that is expected to end by itself.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// within is a context with a deadline.
func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// A datagram is what a peer got.
type datagram struct {
	from *net.UDPAddr
	wire []byte
	conn *net.UDPConn // where it came in
}

// back sends wire to where the datagram came from.
func (d datagram) back(wire []byte) {
	_, _ = d.conn.WriteToUDP(wire, d.from) // the client may be gone
}

// peerUDP runs a server on loopback that does what the test says with each
// datagram.
func peerUDP(t testing.TB, serve func(datagram)) netip.AddrPort {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	servePackets(t, conn, serve)
	return conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

func servePackets(t testing.TB, conn *net.UDPConn, serve func(datagram)) {
	var done sync.WaitGroup
	t.Cleanup(func() { _ = conn.Close(); done.Wait() })
	done.Go(func() {
		for {
			buf := make([]byte, 4096)
			n, from, err := conn.ReadFromUDP(buf)
			if err != nil {
				return
			}
			serve(datagram{from, buf[:n], conn})
		}
	})
}

// peerBoth runs a server on loopback with one port for UDP and TCP. overTCP
// returns the bytes to send for a message, frame included; nil closes the
// connection.
func peerBoth(t testing.TB, overUDP func(datagram), overTCP func(query []byte) []byte) netip.AddrPort {
	t.Helper()
	listener, conn := listenBoth(t)
	serveConnections(t, listener, overTCP)
	servePackets(t, conn, overUDP)
	return listener.Addr().(*net.TCPAddr).AddrPort()
}

// listenBoth finds a port that is free for TCP and for UDP.
func listenBoth(t testing.TB) (net.Listener, *net.UDPConn) {
	t.Helper()
	var last error
	for range 20 {
		listener, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := listener.Addr().(*net.TCPAddr)
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: addr.IP, Port: addr.Port})
		if err == nil {
			return listener, conn
		}
		last = errors.Join(err, listener.Close())
	}
	t.Fatal(last)
	return nil, nil
}

func serveConnections(t testing.TB, listener net.Listener, serve func(query []byte) []byte) {
	var done sync.WaitGroup
	t.Cleanup(func() { _ = listener.Close(); done.Wait() })
	done.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			done.Go(func() { serveConnection(conn, serve) })
		}
	})
}

func serveConnection(conn net.Conn, serve func(query []byte) []byte) {
	defer conn.Close()
	frame := make([]byte, 2)
	if _, err := io.ReadFull(conn, frame); err != nil {
		return
	}
	query := make([]byte, int(frame[0])<<8|int(frame[1]))
	if _, err := io.ReadFull(conn, query); err != nil {
		return
	}
	if reply := serve(query); reply != nil {
		_, _ = conn.Write(reply)
		_, _ = io.Copy(io.Discard, conn) // until the other side closes
	}
}

// framed puts the two length bytes of TCP before a message.
func framed(wire []byte) []byte {
	return append([]byte{byte(len(wire) >> 8), byte(len(wire))}, wire...)
}
