package upstream

import (
	"net/netip"
	"strconv"
	"strings"

	"lachan/internal/eventloop"
	"lachan/internal/wording"
	"lachan/resolver/upstream/stream"
)

// A Mistake is a setting that cannot be used. Text says why, and what to write
// instead.
type Mistake struct{ Text wording.Text }

// Error is the sentence in both languages.
func (m *Mistake) Error() string { return m.Text.String() }

// Wording is what the error says.
func (m *Mistake) Wording() wording.Text { return m.Text }

// A Transport is how a server is asked.
type Transport uint8

// The transports.
const (
	OverUDP Transport = iota // and over TCP when the reply is truncated
	OverTCP
	System // not one server, but those that the system has; see ExpandSystem
	OverTLS
	OverHTTPS
	OverQUIC
)

const dnsPort = 53

// A Server is one entry of upstream.servers. Servers are the same when they are
// equal.
type Server struct {
	Transport Transport
	Addr      netip.AddrPort // zero for System and for servers that are named
	Secure    Secure         // what encrypted transports need; zero for the others
}

// String is the entry in its one canonical form: "1.1.1.1:53",
// "tcp://[2606:4700::1111]:53", "system", "tls://dns.example:853#ip=192.0.2.1".
func (s Server) String() string {
	switch s.Transport {
	case System:
		return "system"
	case OverUDP:
		return s.Addr.String()
	case OverTCP:
		return "tcp://" + s.Addr.String()
	}
	return s.Secure.text(s.Transport, s.Addr)
}

// exchanger asks others with bootstrap for the addresses of a server that is
// named.
func (s Server) exchanger(loops *eventloop.Loops, bootstrap Exchanger) Exchanger {
	switch s.Transport {
	case OverTLS:
		return stream.NewTLS(s.remote(bootstrap))
	case OverQUIC:
		return stream.NewQUIC(s.remote(bootstrap))
	case OverHTTPS:
		if s.Secure.HTTP3 {
			return stream.NewHTTP3(s.remote(bootstrap), s.url())
		}
		return stream.NewHTTP2(s.remote(bootstrap), s.url())
	case OverTCP:
		return stream.NewTCP(s.Addr)
	}
	return NewPlain(loops, s.Addr)
}

// ParseServer reads "1.1.1.1", "1.1.1.1:5353", "2606:4700::1111",
// "[2606:4700::1111]:53", the same behind "udp://" or "tcp://", or "system".
// Port 53 may be left out. An encrypted server is "tls://9.9.9.9",
// "quic://dns.example" or "https://dns.example/dns-query"; see Secure for what
// may follow. Its error is a *Mistake.
func ParseServer(text string) (Server, error) {
	scheme, address, found := strings.Cut(text, "://")
	if !found {
		scheme, address = "udp", text
	}
	switch {
	case text == "":
		return Server{}, &Mistake{wording.UpstreamEmpty}
	case text == "system":
		return Server{Transport: System}, nil
	}
	switch scheme {
	case "udp":
		return parseAddress(OverUDP, text, address)
	case "tcp":
		return parseAddress(OverTCP, text, address)
	case "tls":
		return parseSecure(OverTLS, text)
	case "https":
		return parseSecure(OverHTTPS, text)
	case "quic":
		return parseSecure(OverQUIC, text)
	}
	return Server{}, &Mistake{wording.UpstreamScheme.With(text, scheme)}
}

func parseAddress(t Transport, text, address string) (Server, error) {
	host, port, mistake := splitPort(text, address, dnsPort)
	if mistake != nil {
		return Server{}, mistake
	}
	addr, err := netip.ParseAddr(host)
	if err != nil || strings.ContainsAny(addr.Zone(), "[]%/ ") { // no interface is called so
		return Server{}, &Mistake{wording.UpstreamAddress.With(text)}
	}
	addr = addr.Unmap()
	if !oneHost(addr) {
		return Server{}, &Mistake{wording.UpstreamNoHost.With(text)}
	}
	return Server{Transport: t, Addr: netip.AddrPortFrom(addr, port)}, nil
}

func oneHost(addr netip.Addr) bool {
	return !addr.IsUnspecified() && !addr.IsMulticast() && addr != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// splitPort takes "host", "host:port", "v6", "[v6]" and "[v6]:port" apart.
func splitPort(text, address string, usual uint16) (host string, port uint16, mistake error) {
	host, digits, found := address, "", false
	if inner, bracketed := strings.CutPrefix(address, "["); bracketed {
		var rest string
		host, rest, found = strings.Cut(inner, "]")
		if !found || !strings.Contains(host, ":") {
			return "", 0, &Mistake{wording.UpstreamAddress.With(text)}
		}
		digits, found = strings.CutPrefix(rest, ":")
		if !found && rest != "" {
			return "", 0, &Mistake{wording.UpstreamAddress.With(text)}
		}
	} else if strings.Count(address, ":") == 1 {
		host, digits, found = strings.Cut(address, ":")
	}
	if !found {
		return host, usual, nil
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || n == 0 {
		return "", 0, &Mistake{wording.UpstreamPort.With(text, usual)}
	}
	return host, uint16(n), nil
}
