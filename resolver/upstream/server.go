package upstream

import (
	"net/netip"
	"strconv"
	"strings"

	"lachan/wording"
)

// A Mistake is a setting that cannot be used. Text says why, and what to write
// instead.
type Mistake struct{ Text wording.Text }

// Error is the sentence in both languages.
func (m *Mistake) Error() string { return m.Text.String() }

// A Transport is how a server is asked.
type Transport uint8

// The transports.
const (
	OverUDP Transport = iota // and over TCP when the reply is truncated
	OverTCP
	System // not one server, but those that the system has; see ExpandSystem
)

const dnsPort = 53

// A Server is one entry of upstream.servers.
type Server struct {
	Transport Transport
	Addr      netip.AddrPort // zero for System
}

// String is the entry in its one canonical form: "1.1.1.1:53",
// "tcp://[2606:4700::1111]:53", "system".
func (s Server) String() string {
	switch s.Transport {
	case System:
		return "system"
	case OverTCP:
		return "tcp://" + s.Addr.String()
	}
	return s.Addr.String()
}

func (s Server) exchanger() Exchanger {
	if s.Transport == OverTCP {
		return NewTCP(s.Addr)
	}
	return NewPlain(s.Addr)
}

// ParseServer reads "1.1.1.1", "1.1.1.1:5353", "2606:4700::1111",
// "[2606:4700::1111]:53", the same behind "udp://" or "tcp://", or "system".
// Port 53 may be left out. Its error is a *Mistake.
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
	case "tls", "https", "quic":
		return Server{}, &Mistake{wording.UpstreamLater.With(text, scheme)}
	}
	return Server{}, &Mistake{wording.UpstreamScheme.With(text, scheme)}
}

func parseAddress(t Transport, text, address string) (Server, error) {
	host, port, mistake := splitPort(text, address)
	if mistake != nil {
		return Server{}, mistake
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return Server{}, &Mistake{wording.UpstreamAddress.With(text)}
	}
	addr = addr.Unmap()
	if addr.IsUnspecified() || addr.IsMulticast() || addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return Server{}, &Mistake{wording.UpstreamNoHost.With(text)}
	}
	return Server{Transport: t, Addr: netip.AddrPortFrom(addr, port)}, nil
}

// splitPort takes "host", "host:port", "v6", "[v6]" and "[v6]:port" apart.
func splitPort(text, address string) (host string, port uint16, mistake error) {
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
		return host, dnsPort, nil
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || n == 0 {
		return "", 0, &Mistake{wording.UpstreamPort.With(text)}
	}
	return host, uint16(n), nil
}
