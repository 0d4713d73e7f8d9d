package resolver_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/pires/go-proxyproto"
	"github.com/quic-go/quic-go"

	"lachan/resolver/listen"
)

// balancer is the address of one that is trusted.
const balancer = "127.8.0.1"

// proxyHeader says that who speaks is a client's balancer.
func proxyHeader(t *testing.T, version byte, client string, udp bool) []byte {
	t.Helper()
	h := &proxyproto.Header{Version: version, Command: proxyproto.PROXY, TransportProtocol: proxyproto.TCPv4}
	from, to := netip.MustParseAddrPort(client+":4000"), netip.MustParseAddrPort("192.0.2.1:53")
	h.SourceAddr, h.DestinationAddr = net.TCPAddrFromAddrPort(from), net.TCPAddrFromAddrPort(to)
	if udp {
		h.TransportProtocol = proxyproto.UDPv4
		h.SourceAddr, h.DestinationAddr = net.UDPAddrFromAddrPort(from), net.UDPAddrFromAddrPort(to)
	}
	octets, err := h.Format()
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

// behind is a node that trusts the balancer, and nobody else.
func behind(t *testing.T) *frontage {
	t.Helper()
	n := newNode(t, badLists, newSource(t, lesson+"bet.example. A 192.0.2.66\n").addr)
	n.settings.Connections.ProxyProtocol = []netip.Prefix{netip.MustParsePrefix(balancer + "/32")}
	n.settings.Clients.TrustedForwarders = []netip.Prefix{netip.MustParsePrefix("127.7.0.0/16")}
	return newFrontage(t, n, listen.DoT, listen.DoH)
}

const passes, blocks, silence = "192.0.2.66", "NXDOMAIN", "nothing"

// askBet asks for a name that pupils are denied and teachers are not.
func askBet(c net.Conn) string {
	conn := &dns.Conn{Conn: c}
	m := new(dns.Msg).SetQuestion("bet.example.", dns.TypeA)
	if conn.WriteMsg(m) != nil {
		return silence
	}
	r, err := conn.ReadMsg()
	if err != nil {
		return silence
	}
	return tell(r)
}

// from connects from an address, says the header, and waits not for long.
func (f *frontage) from(addr string, p listen.Protocol, header []byte) net.Conn {
	f.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(addr)}}
	c, err := d.DialContext(f.t.Context(), "tcp", f.addrs[p])
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(deadline)); err != nil {
		f.t.Fatal(err)
	}
	if _, err := c.Write(header); err != nil {
		f.t.Fatal(err)
	}
	return c
}

func TestOnlyTrustedBalancersSayWhoAsks(t *testing.T) {
	f := behind(t)
	local, err := (&proxyproto.Header{Version: 2, Command: proxyproto.LOCAL, TransportProtocol: proxyproto.UNSPEC}).Format()
	if err != nil {
		t.Fatal(err)
	}
	for _, overTLS := range []bool{false, true} {
		ask := func(from string, header []byte, want string) {
			t.Helper()
			protocol := listen.Plain
			if overTLS {
				protocol = listen.DoT
			}
			c := f.from(from, protocol, header)
			if want == silence {
				if err := c.SetDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
					t.Fatal(err)
				}
			}
			if overTLS {
				c = tls.Client(c, f.greeting(house, "dot"))
			}
			if got := askBet(c); got != want {
				t.Errorf("%s, TLS %v, header %q: %s, want %s", from, overTLS, header, got, want)
			}
		}
		for _, version := range []byte{1, 2} {
			ask(balancer, proxyHeader(t, version, teacher, false), passes)
			ask(balancer, proxyHeader(t, version, pupil, false), blocks)
			ask(pupil, proxyHeader(t, version, teacher, false), silence)
		}
		ask(balancer, nil, silence) // it has to say who
		ask(balancer, local, blocks)
		ask(pupil, nil, blocks)
	}
}

func TestPacketsOfBalancersSayWhoAsks(t *testing.T) {
	f := behind(t)
	ask := func(from string, header []byte, want string) {
		t.Helper()
		d := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(from)}}
		c, err := d.DialContext(t.Context(), "udp", f.addrs[listen.Plain])
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		packed, err := new(dns.Msg).SetQuestion("bet.example.", dns.TypeA).Pack()
		if err != nil {
			t.Fatal(err)
		}
		wait := deadline
		if want == silence {
			wait = 200 * time.Millisecond
		}
		if err := c.SetDeadline(time.Now().Add(wait)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write(append(bytes.Clone(header), packed...)); err != nil {
			t.Fatal(err)
		}
		got, buf := silence, make([]byte, 1500)
		if n, err := c.Read(buf); err == nil {
			var m dns.Msg
			if err := m.Unpack(buf[:n]); err != nil {
				t.Fatal(err)
			}
			got = tell(&m)
		}
		if got != want {
			t.Errorf("%s, header %q: %s, want %s", from, header, got, want)
		}
	}
	forTeacher := proxyHeader(t, 2, teacher, true)
	ask(balancer, forTeacher, passes)
	ask(balancer, proxyHeader(t, 2, pupil, true), blocks)
	ask(pupil, nil, blocks)
	ask(balancer, nil, silence)
	ask(balancer, forTeacher[:14], silence)
	// What a pupil puts before a question is no question.
	ask(pupil, forTeacher, "NOTIMP")
}

func TestOnlyTrustedForwardersAreBelievedInHTTP(t *testing.T) {
	f := behind(t)
	packed, err := new(dns.Msg).SetQuestion("bet.example.", dns.TypeA).Pack()
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string]func(body []byte) *dns.Msg{
		"?name=bet.example": func(body []byte) *dns.Msg { return fromJSON(t, body) },
		"?dns=" + base64.RawURLEncoding.EncodeToString(packed): func(body []byte) *dns.Msg {
			m := new(dns.Msg)
			if err := m.Unpack(body); err != nil {
				t.Errorf("%v: %q", err, body)
			}
			return m
		},
	}
	ask := func(from, header, want string) {
		t.Helper()
		for _, version := range []string{"1.1", "2"} {
			client, end := f.browser(t, version, caller{from: from, serverName: house})
			defer end()
			for query, read := range forms {
				req, err := http.NewRequestWithContext(t.Context(), "GET", f.base(caller{})+query, nil)
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("X-Forwarded-For", header)
				reply, err := client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				defer reply.Body.Close()
				body, err := io.ReadAll(reply.Body)
				if err != nil {
					t.Fatal(err)
				}
				if got := tell(read(body)); got != want {
					t.Errorf("%s for %q over HTTP/%s, %s: %s, want %s", from, header, version, query, got, want)
				}
			}
		}
	}
	const nginx = "127.7.0.1"
	ask(nginx, teacher, passes)
	ask(nginx, pupil, blocks)
	ask(nginx, teacher+", "+pupil, blocks) // the pupil wrote the first
	ask(nginx, pupil+", "+teacher+", 127.7.0.2", passes)
	ask(nginx, "unknown", blocks)
	ask(pupil, teacher, blocks)
}

// The balancer carries HTTPS as it is: what it says comes before the handshake.
func TestBalancersCarryHTTPS(t *testing.T) {
	f := behind(t)
	for _, client := range []string{teacher, pupil} {
		transport := &http.Transport{
			TLSClientConfig: f.greeting(house), ForceAttemptHTTP2: true,
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				return f.from(balancer, listen.DoH, proxyHeader(t, 2, client, false)), nil
			},
		}
		m := askHTTP(t, &http.Client{Transport: transport}, f.base(caller{}), "post", new(dns.Msg).SetQuestion("bet.example.", dns.TypeA))
		if got := tell(m); (got == passes) != (client == teacher) {
			t.Errorf("for %s: %s", client, got)
		}
		transport.CloseIdleConnections()
	}
}

// The places of a balancer are those of its clients.
func TestABalancerIsNotOneClient(t *testing.T) {
	f := behind(t)
	f.settings.Connections.PerClient = 2
	f.use()
	for i := range byte(5) {
		client := netip.AddrFrom4([4]byte{127, 2, 0, i + 1}).String()
		var open []net.Conn
		for range 3 {
			c := f.from(balancer, listen.Plain, proxyHeader(t, 2, client, false))
			if got := askBet(c); got != passes {
				t.Errorf("%s: %s", client, got)
			}
			open = append(open, c)
		}
		if n, err := open[0].Read(make([]byte, 1)); n > 0 || isTimeout(err) {
			t.Errorf("%s: the first connection of three is still open", client)
		}
		for _, c := range open[1:] {
			if got := askBet(c); got != passes {
				t.Errorf("%s, again: %s", client, got)
			}
		}
	}
}

// Over QUIC a balancer cannot say for whom it speaks, so it has no connection there.
func TestABalancerHasNoConnectionOverQUIC(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	n.settings.Connections.ProxyProtocol = []netip.Prefix{netip.MustParsePrefix(balancer + "/32")}
	f := newFrontage(t, n, listen.DoH, listen.DoQ)
	for alpn, protocol := range map[string]listen.Protocol{"doq": listen.DoQ, "h3": listen.DoH} {
		for from, want := range map[string]bool{balancer: false, pupil: true} {
			socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(from)})
			if err != nil {
				t.Fatal(err)
			}
			transport := &quic.Transport{Conn: socket}
			to, err := net.ResolveUDPAddr("udp4", f.addrs[protocol])
			if err != nil {
				t.Fatal(err)
			}
			c, err := transport.Dial(t.Context(), to, f.greeting(house, alpn), nil)
			if (err == nil) != want {
				t.Errorf("%s from %s: %v", alpn, from, err)
			}
			if err == nil {
				_ = c.CloseWithError(0, "")
			}
			_ = transport.Close()
			_ = socket.Close()
		}
	}
}
