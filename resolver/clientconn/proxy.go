package clientconn

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"github.com/pires/go-proxyproto"
)

// Balancers tell the client of a connection or a packet by a header of the PROXY
// protocol in front of it. Only those that the settings name are believed. From
// them the header has to come: to guess whether there is one would let their
// clients write it.

// readProxyHeader reads the PROXY header of a balancer's connection. The client is
// then the one that it names.
func (c *Conn) readProxyHeader() (ok bool) {
	if !c.MayRead(HandshakeTimeout) {
		return false
	}
	over := proxyproto.NewConn(
		c.Conn, proxyproto.WithPolicy(proxyproto.REQUIRE), proxyproto.SetReadHeaderTimeout(HandshakeTimeout))
	header := over.ProxyHeader()
	if header == nil {
		return false
	}
	if client := AddrOf(header.SourceAddr); header.Command.IsProxy() && client.IsValid() {
		c.client = client
	}
	c.Conn = over
	return true
}

const (
	proxySignature = "\r\n\r\n\x00\r\nQUIT\n"
	proxyHead      = len(proxySignature) + 4 // version and command, family, length
	proxyLocal     = 0x20                    // the balancer speaks for itself
	proxyCommand   = 0x21
	proxyIPv4      = 1
	proxyIPv6      = 2
)

// CutProxyHeader reads a header of version 2 and returns what follows it, and the
// client unless the balancer speaks for itself.
func CutProxyHeader(packet []byte) (client netip.Addr, rest []byte, ok bool) {
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

// Contains reports whether an address is in one of the prefixes.
func Contains(prefixes []netip.Prefix, a netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
