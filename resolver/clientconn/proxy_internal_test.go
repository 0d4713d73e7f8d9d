package clientconn

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"testing"

	"github.com/pires/go-proxyproto"
)

// FuzzCutProxyHeader: whatever a packet holds, cutting its header ends and gives
// back a part of it; where the library of streams reads a header of version 2
// too, both find the same client and the same rest.
func FuzzCutProxyHeader(f *testing.F) {
	for _, transport := range []proxyproto.AddressFamilyAndProtocol{proxyproto.UDPv4, proxyproto.UDPv6} {
		from, to := net.ParseIP("192.0.2.7"), net.ParseIP("192.0.2.1")
		if transport == proxyproto.UDPv6 {
			from, to = net.ParseIP("2001:db8::7"), net.ParseIP("2001:db8::1")
		}
		h := &proxyproto.Header{
			Version: 2, Command: proxyproto.PROXY, TransportProtocol: transport,
			SourceAddr: &net.UDPAddr{IP: from, Port: 4000}, DestinationAddr: &net.UDPAddr{IP: to, Port: 53},
		}
		octets, err := h.Format()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(append(octets, "a question"...))
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		client, rest, ok := CutProxyHeader(packet)
		if !ok {
			return
		}
		if !bytes.HasSuffix(packet, rest) {
			t.Fatalf("the rest %q is no part of %q", rest, packet)
		}
		in := bufio.NewReader(bytes.NewReader(packet))
		h, err := proxyproto.Read(in)
		if err != nil {
			return // it is stricter with what no client depends on
		}
		theirs, err := io.ReadAll(in)
		if err != nil || !bytes.Equal(theirs, rest) {
			t.Fatalf("rest %q, theirs %q", rest, theirs)
		}
		if from, ok := h.SourceAddr.(*net.UDPAddr); ok && h.Command.IsProxy() && AddrOf(from) != client {
			t.Fatalf("client %v, theirs %v", client, from)
		}
	})
}
