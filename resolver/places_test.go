package resolver_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver"
	"lachan/resolver/listen"
)

// stay opens connections from an address, over TLS if config is not nil, until the
// server has so many of them or lets no more in, and asks over each now and then, so
// that none is ever idle for long. What the server ends is opened again.
func (f *frontage) stay(t *testing.T, from, addr string, config *tls.Config, connections int) {
	t.Helper()
	ended := make(chan struct{})
	var live sync.WaitGroup
	t.Cleanup(func() { close(ended); live.Wait() })
	_, question := frame(t, "localhost.")
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: deadline}
	var opened sync.WaitGroup
	opened.Add(connections)
	for range connections {
		live.Go(func() {
			first := sync.OnceFunc(opened.Done)
			defer first()
			for {
				c, err := dialer.Dial("tcp", addr)
				if err != nil {
					t.Error(err)
					return
				}
				if config != nil {
					c = tls.Client(c, config)
				}
				for answered := true; answered; {
					_ = c.SetDeadline(time.Now().Add(time.Second))
					_, err := c.Write(question)
					if err == nil {
						_, err = io.ReadFull(c, make([]byte, 12))
					}
					answered = err == nil
					first()
					select {
					case <-ended:
						c.Close()
						return
					case <-time.After(100 * time.Millisecond):
					}
				}
				c.Close()
			}
		})
	}
	opened.Wait()
}

// Two addresses open as many connections as they may, ask over each again and again,
// and keep nobody out: neither those that a unit knows nor those that none knows.
func TestClientsThatStayKeepNobodyOut(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	n.settings.Connections.Connections, n.settings.Connections.PerClient = 60, 0
	f := newFrontage(t, n, listen.DoT, listen.DoH, listen.DoQ)
	f.stay(t, "127.66.0.1", n.addr, nil, 80)
	f.stay(t, "127.66.0.2", f.addrs[listen.DoT], f.greeting(house, "dot"), 40)
	answered, asked := 0, 0
	for i := range 5 {
		for _, client := range []string{fmt.Sprintf("127.1.0.%d", i+1), fmt.Sprintf("127.99.0.%d", i+1)} {
			for _, w := range ways() {
				if w.name == "udp" {
					continue
				}
				ask, end := w.open(t, f, caller{from: client, serverName: house})
				if asked++; tell(ask(new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA).SetEdns0(1232, false))) == "192.0.2.10" {
					answered++
				}
				end()
			}
		}
	}
	t.Logf("120 connections of two addresses that never idle, 60 places: %d of %d others answered, %d places taken",
		answered, asked, n.resolver.Load().Connections)
	if open := n.resolver.Load().Connections; answered != asked || open > 60 {
		t.Errorf("%d of %d answered, %d places are taken", answered, asked, open)
	}
}

// A thousand idle connections of one address never keep a new one out, of that
// address or another.
func TestIdleConnectionsGiveWay(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	n.settings.Connections.Connections, n.settings.Connections.PerClient = 200, 12
	n.settings.Connections.Idle = time.Minute
	n.use()
	const connections = 1000
	for range connections {
		c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.66.0.1")}}).Dial("tcp", n.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	asks(t, n.stream("127.66.0.1"))
	asks(t, n.stream(pupil))
	open := n.resolver.Load().Connections
	t.Logf("%d idle connections of one address that may have 12: %d places taken", connections, open)
	if open > 13 {
		t.Errorf("%d places are taken", open)
	}
}

// Visitors that no unit claims, however many there are, leave places to those that
// one does.
func TestAnonymousVisitorsHaveTheirOwnPlaces(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	n.settings.Connections.Connections, n.settings.Connections.Idle = 40, time.Minute
	n.use()
	own := n.stream(pupil)
	asks(t, own)
	for i := range 100 {
		asks(t, n.stream(fmt.Sprintf("127.99.%d.1", i)))
	}
	asks(t, own)
	if open := n.resolver.Load().Connections; open > 21 {
		t.Errorf("a pupil and anonymous visitors have %d of 40 places", open)
	}
}

// Where clients that no unit claims are refused, a connection of one ends before it is
// read from; a forwarder that speaks for others stays.
func TestAPlainConnectionOfARefusedClientEndsAtOnce(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	n.settings.Clients = resolver.Clients{RefuseUnknown: true}
	n.use()
	if !n.stream("127.99.0.1").ended() {
		t.Error("the connection of a refused client stays open")
	}
	asks(t, n.stream(pupil))
}

// An address that a whole school is behind has places for more than one device: one
// that is the network of a unit, and a forwarder's. An address in a wider network is one
// device.
func TestASchoolBehindOneAddressHasPlacesForIt(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	n.load(strings.Replace(standing, "127.1.0.0/16", `127.1.0.0/16, 127.7.0.1/32, 127.7.1.0/31`, 1))
	limits := &n.settings.Connections
	limits.Connections, limits.PerClient, limits.PerShared, limits.Idle = 100, 3, 9, time.Minute
	n.settings.Clients.TrustedForwarders = []netip.Prefix{netip.MustParsePrefix("127.8.0.0/16")}
	n.use()
	f := func(from string, want int) {
		t.Helper()
		before := n.resolver.Load().Connections
		for range 20 {
			asks(t, n.stream(from))
		}
		taken := n.resolver.Load().Connections - before
		t.Logf("%s has %d places for 20 connections", from, taken)
		if taken != want {
			t.Errorf("%s has %d places, want %d", from, taken, want)
		}
	}
	f("127.1.0.9", 3)
	f("127.7.0.1", 9)
	f("127.7.1.1", 3)
	f("127.8.0.1", 9)
	f("127.99.0.1", 3)
}
