package selftest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"lachan/cmd/lachan/config"
)

// A Door is a way in by which clients ask: a protocol and an address of this machine.
type Door struct {
	Protocol string // udp, tcp, dot, doh, doh3 (the same over HTTP/3), doq
	Address  netip.AddrPort

	path   string // of DNS over HTTPS
	name   string // of the certificate
	header []byte // that a balancer sends first; nil if none is expected from here

	// untrusted is set when a certificate was shown that clients do not believe.
	untrusted atomic.Bool
}

// String is what people are told of it.
func (d *Door) String() string { return d.Protocol + " " + d.Address.String() }

// patience is how long an answer may take. All of it comes from memory.
const patience = 2 * time.Second

// localHeader is that of PROXY version 2 by which a balancer speaks for itself.
var localHeader = []byte("\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00")

// Doors are those of a configuration, as this machine reaches them. Those whose port the
// system chooses are left out, and those at addresses that this machine does not have now:
// they may be another machine's.
func Doors(cfg *config.Config) (list []*Door) {
	own := addresses()
	add := func(protocol string, addresses []netip.AddrPort) {
		for _, at := range addresses {
			d := &Door{Protocol: protocol, Address: reached(at), path: cfg.Server.DoHPath, name: cfg.ServerName()}
			believed := func(p netip.Prefix) bool { return p.Contains(origin(d.Address)) }
			if slices.ContainsFunc(cfg.Server.ProxyProtocol, believed) {
				d.header = localHeader
			}
			here := d.Address.Addr().IsLoopback() || slices.Contains(own, d.Address.Addr().Unmap().WithZone(""))
			known := slices.ContainsFunc(list, func(o *Door) bool { return o.String() == d.String() })
			if here && at.Port() != 0 && !known {
				list = append(list, d)
			}
		}
	}
	s := &cfg.Server
	add("udp", s.Listen)
	add("tcp", s.Listen)
	add("dot", s.DoT)
	add("doh", s.DoH)
	add("doh3", s.DoH)
	add("doq", s.DoQ)
	return list
}

// addresses are those of this machine.
func addresses() (list []netip.Addr) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil // what is on loopback is tested
	}
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			list = append(list, p.Addr().Unmap())
		}
	}
	return list
}

// reached is where this machine reaches what listens at an address.
func reached(at netip.AddrPort) netip.AddrPort {
	if a := at.Addr(); a.IsUnspecified() {
		return netip.AddrPortFrom(origin(at), at.Port())
	}
	return at
}

// origin is the address that questions to an address come from. A node believes itself
// from loopback alone, and what is for this machine may come from there to any address.
func origin(to netip.AddrPort) netip.Addr {
	if to.Addr().Unmap().Is4() {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return netip.IPv6Loopback()
}

// A caller asks at one door, one question after the other over one connection.
type caller interface {
	ask(ctx context.Context, m *dns.Msg) (*dns.Msg, error)
	close()
}

func (d *Door) open() caller {
	switch d.Protocol {
	case "doh":
		return d.overHTTP2()
	case "doh3":
		return d.overHTTP3()
	case "doq":
		return &overQUIC{door: d}
	}
	return &overConn{door: d}
}

// tls is how a door is greeted. It is this machine's own, and whoever answers there has nothing of
// the question that would be worth anything. Which authorities clients believe is not known here;
// that a certificate is of this time and of the name is.
func (d *Door) tls(protocols ...string) *tls.Config {
	return &tls.Config{
		ServerName: d.name, InsecureSkipVerify: true, NextProtos: protocols,
		VerifyConnection: func(s tls.ConnectionState) error {
			shown, now := s.PeerCertificates[0], time.Now() // a server shows one
			named := d.name == "" || shown.VerifyHostname(d.name) == nil
			if !named || now.Before(shown.NotBefore) || now.After(shown.NotAfter) {
				d.untrusted.Store(true)
			}
			return nil // what comes by it is tested all the same
		},
	}
}

// dial connects over a network, and says what a balancer would.
func (d *Door) dial(ctx context.Context, network string) (net.Conn, error) {
	from := origin(d.Address)
	local := net.Addr(&net.TCPAddr{IP: from.AsSlice()})
	if network == "udp" {
		local = &net.UDPAddr{IP: from.AsSlice()}
	}
	conn, err := (&net.Dialer{LocalAddr: local}).DialContext(ctx, network, d.Address.String())
	if err != nil {
		return nil, err
	}
	if network == "tcp" && d.header != nil {
		if _, err = conn.Write(d.header); err != nil {
			_ = conn.Close() // it is of no use
			return nil, err
		}
	}
	return conn, nil
}

// An overConn asks over UDP, TCP or TLS.
type overConn struct {
	door *Door
	conn *dns.Conn // nil: none is open
}

func (o *overConn) ask(ctx context.Context, m *dns.Msg) (*dns.Msg, error) {
	reused := o.conn != nil
	r, err := o.once(ctx, m)
	if err != nil && reused && o.door.Protocol != "udp" { // the server has closed it meanwhile
		r, err = o.once(ctx, m)
	}
	return r, err
}

func (o *overConn) once(ctx context.Context, m *dns.Msg) (r *dns.Msg, err error) {
	if o.conn == nil {
		if err = o.connect(ctx); err != nil {
			return nil, err
		}
	}
	deadline, _ := ctx.Deadline()
	err = o.conn.SetDeadline(deadline)
	if err == nil {
		err = o.write(m)
	}
	for err == nil {
		r, err = o.conn.ReadMsg()
		if err == nil && r.Id == m.Id {
			return r, nil
		}
	}
	o.close()
	return nil, err
}

func (o *overConn) write(m *dns.Msg) error {
	if o.door.Protocol != "udp" || o.door.header == nil {
		return o.conn.WriteMsg(m)
	}
	wire, err := m.Pack()
	if err == nil {
		_, err = o.conn.Conn.Write(append(bytes.Clone(o.door.header), wire...))
	}
	return err
}

func (o *overConn) connect(ctx context.Context) error {
	network := o.door.Protocol
	if network == "dot" {
		network = "tcp"
	}
	conn, err := o.door.dial(ctx, network)
	if err == nil && o.door.Protocol == "dot" {
		secured := tls.Client(conn, o.door.tls("dot"))
		if err = secured.HandshakeContext(ctx); err != nil {
			_ = conn.Close() // it is of no use
		}
		conn = secured
	}
	if err != nil {
		return err
	}
	o.conn = &dns.Conn{Conn: conn, UDPSize: 4096}
	return nil
}

func (o *overConn) close() {
	if o.conn != nil {
		_ = o.conn.Close() // nothing is written any more
		o.conn = nil
	}
}

// An overHTTPS asks over HTTPS.
type overHTTPS struct {
	door   *Door
	client *http.Client
	end    func()
}

func (d *Door) overHTTP2() *overHTTPS {
	transport := &http.Transport{
		TLSClientConfig: d.tls(), ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return d.dial(ctx, "tcp") },
	}
	return &overHTTPS{d, &http.Client{Transport: transport}, transport.CloseIdleConnections}
}

func (d *Door) overHTTP3() *overHTTPS {
	transport := &http3.Transport{
		TLSClientConfig: d.tls(http3.NextProtoH3),
		Dial: func(ctx context.Context, _ string, config *tls.Config, more *quic.Config) (*quic.Conn, error) {
			socket, err := d.socket()
			if err != nil {
				return nil, err
			}
			conn, err := quic.Dial(ctx, socket, net.UDPAddrFromAddrPort(d.Address), config, more)
			if err != nil {
				_ = socket.Close() // it is of no use
				return nil, err
			}
			context.AfterFunc(conn.Context(), func() { _ = socket.Close() }) // nothing is asked any more
			return conn, nil
		},
	}
	return &overHTTPS{d, &http.Client{Transport: transport}, func() { _ = transport.Close() }}
}

// socket is one of QUIC, at the address that questions come from.
func (d *Door) socket() (*net.UDPConn, error) {
	return net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(origin(d.Address), 0)))
}

func (o *overHTTPS) ask(ctx context.Context, m *dns.Msg) (*dns.Msg, error) {
	const media = "application/dns-message"
	wire, err := m.Pack()
	if err != nil {
		return nil, err
	}
	to := "https://" + o.door.Address.String() + o.door.path
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(wire))
	if err != nil {
		return nil, err
	}
	if o.door.name != "" {
		request.Host = o.door.name
	}
	request.Header.Set("Content-Type", media)
	response, err := o.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if wire, err = io.ReadAll(io.LimitReader(response.Body, dns.MaxMsgSize)); err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask over HTTPS: %s", response.Status)
	}
	r := new(dns.Msg)
	return r, r.Unpack(wire)
}

func (o *overHTTPS) close() { o.end() }

// An overQUIC asks over QUIC (RFC 9250), each question on a stream of its own.
type overQUIC struct {
	door   *Door
	socket *net.UDPConn
	conn   *quic.Conn // nil: none is open
}

func (o *overQUIC) ask(ctx context.Context, m *dns.Msg) (*dns.Msg, error) {
	m.Id = 0 // RFC 9250 section 4.2.1
	reused := o.conn != nil
	r, err := o.once(ctx, m)
	if err != nil && reused {
		r, err = o.once(ctx, m)
	}
	return r, err
}

func (o *overQUIC) once(ctx context.Context, m *dns.Msg) (*dns.Msg, error) {
	if o.conn == nil {
		if err := o.connect(ctx); err != nil {
			return nil, err
		}
	}
	r, err := o.exchange(ctx, m)
	if err != nil {
		o.close()
	}
	return r, err
}

func (o *overQUIC) connect(ctx context.Context) (err error) {
	if o.socket, err = o.door.socket(); err != nil {
		return err
	}
	to := net.UDPAddrFromAddrPort(o.door.Address)
	if o.conn, err = quic.Dial(ctx, o.socket, to, o.door.tls("doq"), &quic.Config{}); err != nil {
		_ = o.socket.Close() // it is of no use
	}
	return err
}

func (o *overQUIC) exchange(ctx context.Context, m *dns.Msg) (*dns.Msg, error) {
	wire, err := m.Pack()
	if err != nil {
		return nil, err
	}
	stream, err := o.conn.OpenStreamSync(ctx)
	if err != nil {
		return nil, err
	}
	deadline, _ := ctx.Deadline()
	err = stream.SetDeadline(deadline)
	if err == nil {
		_, err = stream.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(wire))), wire...))
	}
	if err == nil {
		err = stream.Close() // the question ends; the answer is to come
	}
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(io.LimitReader(stream, 2+dns.MaxMsgSize))
	if err != nil {
		return nil, err
	}
	if len(answer) < 2 {
		return nil, io.ErrUnexpectedEOF
	}
	r := new(dns.Msg)
	return r, r.Unpack(answer[2:])
}

func (o *overQUIC) close() {
	if o.conn != nil {
		_ = o.conn.CloseWithError(0, "") // nothing is asked any more
		_ = o.socket.Close()
		o.conn = nil
	}
}
