package clientconn

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"testing"

	"github.com/pires/go-proxyproto"
)

// TestAHeaderOfAPacketIsWholeOrNone: what is cut short, or is of something else, is none. A
// balancer may send a header with nothing behind it.
func TestAHeaderOfAPacketIsWholeOrNone(t *testing.T) {
	h := &proxyproto.Header{
		Version: 2, Command: proxyproto.PROXY, TransportProtocol: proxyproto.UDPv4,
		SourceAddr: &net.UDPAddr{IP: net.ParseIP("192.0.2.7"), Port: 4000}, DestinationAddr: &net.UDPAddr{IP: net.ParseIP("192.0.2.1"), Port: 53},
	}
	header, err := h.Format()
	if err != nil {
		t.Fatal(err)
	}
	for i := range header {
		if _, _, ok := CutProxyHeader(header[:i]); ok {
			t.Errorf("%d bytes of %d are a header", i, len(header))
		}
		changed := bytes.Clone(header)
		changed[i] ^= 0x10
		if _, _, ok := CutProxyHeader(append(changed, "a question"...)); ok && i < len(proxySignature) {
			t.Errorf("with another byte %d it is a header", i)
		}
	}
	for _, behind := range []string{"", "a question"} {
		client, rest, ok := CutProxyHeader(append(bytes.Clone(header), behind...))
		if !ok || client.String() != "192.0.2.7" || string(rest) != behind {
			t.Errorf("before %q: %v, %s, %q", behind, ok, client, rest)
		}
		local := append([]byte(proxySignature), proxyLocal, 0, 0, 0)
		if client, rest, ok := CutProxyHeader(append(local, behind...)); !ok || client.IsValid() || string(rest) != behind {
			t.Errorf("of the balancer, before %q: %v, %s, %q", behind, ok, client, rest)
		}
	}
	if _, _, ok := CutProxyHeader(append([]byte(proxySignature), 0x22, 0, 0, 0)); ok {
		t.Error("a command that there is not is taken")
	}
}

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
