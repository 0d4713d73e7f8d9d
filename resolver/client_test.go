package resolver_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"

	"github.com/miekg/dns"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"lachan/resolver/listen"
)

// A way is one of the ways in which clients ask: over a transport, in a form.
type way struct {
	name string
	// open connects as a caller; ask asks over the connection, or as often as it
	// takes connections, and end ends it.
	open func(t *testing.T, f *frontage, c caller) (ask func(*dns.Msg) *dns.Msg, end func())
}

// A caller is who asks: from an address and, where the way has a place for it,
// under a name of the server's zone and with an id behind the path.
type caller struct{ from, serverName, path string }

// asPupil is a caller who is known by address alone.
var asPupil = caller{from: pupil, serverName: house}

// ways are all there are.
func ways() (list []way) {
	plain := func(network string) way {
		return way{network, func(t *testing.T, f *frontage, c caller) (func(*dns.Msg) *dns.Msg, func()) {
			return func(m *dns.Msg) *dns.Msg { return f.plainly(t, network, c, m) }, func() {}
		}}
	}
	list = []way{
		plain("udp"),
		plain("tcp"),
		{"dot", func(t *testing.T, f *frontage, c caller) (func(*dns.Msg) *dns.Msg, func()) {
			conn := f.dot(c.from, f.greeting(c.serverName, "dot"))
			return func(m *dns.Msg) *dns.Msg { return exchangeOver(t, conn, m) }, func() { conn.Close() }
		}},
		{"doq", func(t *testing.T, f *frontage, c caller) (func(*dns.Msg) *dns.Msg, func()) {
			conn, end := f.quicConn(t, c)
			return func(m *dns.Msg) *dns.Msg { return askOver(t, conn, m) }, end
		}},
	}
	for _, version := range []string{"1.1", "2", "3"} {
		for _, form := range []string{"get", "post", "json"} {
			list = append(list, way{"doh" + version + " " + form, func(t *testing.T, f *frontage, c caller) (func(*dns.Msg) *dns.Msg, func()) {
				client, end := f.browser(t, version, c)
				return func(m *dns.Msg) *dns.Msg { return askHTTP(t, client, f.base(c), form, m) }, end
			}})
		}
	}
	return list
}

// transport is the label of a way in the metrics.
func (w way) transport() string { return w.name[:3] }

func (f *frontage) plainly(t *testing.T, network string, c caller, m *dns.Msg) *dns.Msg {
	t.Helper()
	r, err := f.exchange(network, c.from, m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// base is the address of the questions over HTTPS.
func (f *frontage) base(c caller) string {
	return "https://" + f.addrs[listen.DoH] + "/dns-query" + c.path
}

// browser is a client of one version of HTTP that connects from an address.
func (f *frontage) browser(t *testing.T, version string, c caller) (client *http.Client, end func()) {
	t.Helper()
	config := f.greeting(c.serverName)
	if version == "3" {
		socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(c.from)})
		if err != nil {
			t.Fatal(err)
		}
		transport := &quic.Transport{Conn: socket}
		h3 := &http3.Transport{TLSClientConfig: config, Dial: func(ctx context.Context, addr string, tc *tls.Config, qc *quic.Config) (*quic.Conn, error) {
			to, err := net.ResolveUDPAddr("udp4", addr)
			if err != nil {
				return nil, err
			}
			return transport.DialEarly(ctx, to, tc, qc)
		}}
		return &http.Client{Transport: h3, Timeout: deadline}, func() { h3.Close(); transport.Close(); socket.Close() }
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(version == "1.1")
	protocols.SetHTTP2(version == "2")
	h := &http.Transport{
		TLSClientConfig: config, Protocols: protocols, MaxConnsPerHost: 5,
		DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(c.from)}}).DialContext,
	}
	return &http.Client{Transport: h, Timeout: deadline}, h.CloseIdleConnections
}

// askHTTP asks in one of the three forms.
func askHTTP(t *testing.T, client *http.Client, base, form string, m *dns.Msg) *dns.Msg {
	t.Helper()
	m = m.Copy()
	m.Id = 0
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	var reply *http.Response
	switch form {
	case "get":
		reply, err = client.Get(base + "?dns=" + base64.RawURLEncoding.EncodeToString(packed))
	case "post":
		reply, err = client.Post(base, "application/dns-message", bytes.NewReader(packed))
	default:
		q := m.Question[0]
		reply, err = client.Get(base + "?" + url.Values{"name": {q.Name}, "type": {fmt.Sprint(q.Qtype)}}.Encode())
	}
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode != http.StatusOK {
		t.Fatalf("status %s, %v: %s", reply.Status, err, body)
	}
	var r dns.Msg
	if form == "json" {
		return fromJSON(t, body)
	}
	if err := r.Unpack(body); err != nil {
		t.Fatal(err)
	}
	return &r
}

// fromJSON makes a message of its form as JSON.
func fromJSON(t *testing.T, body []byte) *dns.Msg {
	t.Helper()
	type record struct {
		Name string `json:"name"`
		Type uint16 `json:"type"`
		TTL  uint32
		Data string `json:"data"`
	}
	var j struct {
		Status     int
		AD, RA, TC bool
		Answer     []record
		Authority  []record
		Comment    []string
	}
	if err := json.Unmarshal(body, &j); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	m := new(dns.Msg)
	m.Rcode, m.AuthenticatedData, m.RecursionAvailable, m.Truncated = j.Status, j.AD, j.RA, j.TC
	rrs := func(records []record) (list []dns.RR) {
		for _, r := range records {
			rr, err := dns.NewRR(fmt.Sprintf("%s %d IN %s %s", r.Name, r.TTL, dns.TypeToString[r.Type], r.Data))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, rr)
		}
		return list
	}
	m.Answer, m.Ns = rrs(j.Answer), rrs(j.Authority)
	for _, c := range j.Comment {
		var code uint16
		if _, err := fmt.Sscanf(c, "EDE %d", &code); err == nil {
			m.SetEdns0(1232, false)
			m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_EDE{InfoCode: code})
		}
	}
	return m
}

// quicConn connects to the door of DNS over QUIC.
func (f *frontage) quicConn(t *testing.T, c caller) (conn *quic.Conn, end func()) {
	t.Helper()
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(c.from)})
	if err != nil {
		t.Fatal(err)
	}
	transport := &quic.Transport{Conn: socket}
	to, err := net.ResolveUDPAddr("udp4", f.addrs[listen.DoQ])
	if err != nil {
		t.Fatal(err)
	}
	conn, err = transport.Dial(t.Context(), to, f.greeting(c.serverName, "doq"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return conn, func() { _ = conn.CloseWithError(0, ""); transport.Close(); socket.Close() }
}

// askOver asks in a stream of its own.
func askOver(t *testing.T, conn *quic.Conn, m *dns.Msg) *dns.Msg {
	t.Helper()
	m = m.Copy()
	m.Id = 0
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	s, err := conn.OpenStreamSync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(packed))), packed...)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	framed, err := io.ReadAll(s)
	if err != nil || len(framed) < 2 || int(binary.BigEndian.Uint16(framed)) != len(framed)-2 {
		t.Fatalf("%d octets, %v", len(framed), err)
	}
	var r dns.Msg
	if err := r.Unpack(framed[2:]); err != nil {
		t.Fatal(err)
	}
	return &r
}
