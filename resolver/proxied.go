package resolver

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/pires/go-proxyproto"
)

// Balancers say in front of a connection or a packet whom it comes from, by the
// PROXY protocol, and web servers in a header of each request. Only those that
// the settings name are believed. From them a PROXY header has to come: to guess
// whether there is one would let their clients write it.

// introduce reads the PROXY header of a balancer's connection; the guest is then
// whoever it speaks for.
func (g *guest) introduce() bool {
	if !g.listen(handshakeTime) {
		return false
	}
	c := proxyproto.NewConn(g.Conn, proxyproto.WithPolicy(proxyproto.REQUIRE), proxyproto.SetReadHeaderTimeout(handshakeTime))
	header := c.ProxyHeader()
	if header == nil {
		return false
	}
	if client := addrOf(header.SourceAddr); header.Command.IsProxy() && client.IsValid() {
		g.client = client
	}
	g.Conn = c
	return true
}

// introduce reads the PROXY headers of the packets in a batch that balancers
// sent. A packet that should have one and does not is no message.
func introduce(batch []*Query, s *Settings) {
	for _, q := range batch {
		if !contains(s.ProxyProtocol, q.client) {
			continue
		}
		client, rest, ok := cutProxyHeader(q.message)
		q.message = rest
		if ok && client.IsValid() {
			q.client = client
		}
	}
}

const (
	proxySignature = "\r\n\r\n\x00\r\nQUIT\n"
	proxyHead      = len(proxySignature) + 4 // version and command, family, length
	proxyLocal     = 0x20                    // the balancer speaks for itself
	proxyCommand   = 0x21
	proxyIPv4      = 1
	proxyIPv6      = 2
)

// cutProxyHeader reads a header of version 2 and returns what stands behind it,
// and the client unless the balancer speaks for itself.
func cutProxyHeader(packet []byte) (client netip.Addr, rest []byte, ok bool) {
	if len(packet) < proxyHead || !bytes.HasPrefix(packet, []byte(proxySignature)) {
		return client, nil, false
	}
	command, family := packet[proxyHead-4], packet[proxyHead-3]>>4
	size := int(binary.BigEndian.Uint16(packet[proxyHead-2:]))
	body := packet[proxyHead:]
	if len(body) < size || command != proxyLocal && command != proxyCommand {
		return client, nil, false
	}
	body, rest = body[:size], body[size:]
	if command == proxyLocal {
		return client, rest, true
	}
	switch { // of each pair of addresses the first is the client's
	case family == proxyIPv4 && size >= 12:
		client = netip.AddrFrom4([4]byte(body))
	case family == proxyIPv6 && size >= 36:
		client = netip.AddrFrom16([16]byte(body)).Unmap()
	case family == proxyIPv4, family == proxyIPv6:
		return client, nil, false
	}
	return client, rest, true
}

// forwarded is whom a web server asks for: of the addresses in X-Forwarded-For
// the last that is not one of the trusted forwarders' own.
func (s *Settings) forwarded(h http.Header, client netip.Addr) netip.Addr {
	if !s.trusts(client) {
		return client
	}
	hops := strings.Split(strings.Join(h.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		if client = a.Unmap().WithZone(""); !s.trusts(client) {
			break
		}
	}
	return client
}

func contains(prefixes []netip.Prefix, a netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
