package upstream

import (
	"net/netip"
	"strconv"
	"strings"

	"lachan/internal/eventloop"
	"lachan/internal/printable"
	"lachan/internal/wording"
	"lachan/resolver/upstream/stream"
)

// A ConfigError is a setting that cannot be used. Text says why, and what to
// write instead.
type ConfigError struct{ Text wording.Text }

// Error is the sentence in both languages.
func (e *ConfigError) Error() string { return e.Text.String() }

// Wording is what the error says.
func (e *ConfigError) Wording() wording.Text { return e.Text }

// A Transport is how a server is asked.
type Transport uint8

// The transports.
const (
	OverUDP Transport = iota // and over TCP if the reply is truncated
	OverTCP
	System // stands for the servers that the system has; see SystemServers
	OverTLS
	OverHTTPS
	OverQUIC
)

const dnsPort = 53

// A Server is one entry of upstream.servers. Servers can be compared with ==.
type Server struct {
	Transport Transport
	Addr      netip.AddrPort // zero for System and for named servers
	Secure    Secure         // zero if the transport is not encrypted
}

// Authenticated reports whether nobody on the way can change what the server says: it is
// on this machine, or asked over TLS by its name or key.
func (s Server) Authenticated() bool {
	switch s.Transport {
	case OverTLS, OverHTTPS, OverQUIC:
		return true
	case System:
		return false
	}
	return s.Addr.Addr().IsLoopback()
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

// Label is what may be shown of the server. The path of HTTPS is left out unless
// it is the usual one: providers put keys of their customers there.
func (s Server) Label() string {
	if s.Secure.Path == "" || s.Secure.Path == usualPath {
		return s.String()
	}
	s.Secure.Path = "/..."
	return s.String()
}

// exchanger asks the server. bootstrap is asked for the addresses of a named
// server; loops wait for the sockets of one that is asked over UDP.
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
// "[2606:4700::1111]:53", the same after "udp://" or "tcp://", or "system".
// Port 53 may be left out. An encrypted server is "tls://9.9.9.9",
// "quic://dns.example" or "https://dns.example/dns-query"; see Secure for the
// settings that may follow. Its error is a *ConfigError.
func ParseServer(text string) (Server, error) {
	scheme, address, found := strings.Cut(text, "://")
	if !found {
		scheme, address = "udp", text
	}
	switch {
	case text == "":
		return Server{}, &ConfigError{textEmptyServer}
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
	return Server{}, &ConfigError{textUnknownScheme.With(printable.Host(text), scheme)}
}

// parseAddress reads the address of a server that is not encrypted. text is the
// whole setting.
func parseAddress(t Transport, text, address string) (Server, error) {
	host, port, err := splitPort(text, address, dnsPort)
	if err != nil {
		return Server{}, err
	}
	addr, err := netip.ParseAddr(host)
	if err != nil || strings.ContainsAny(addr.Zone(), "[]%/ ") { // no interface has such a name
		return Server{}, &ConfigError{textNotAnAddress.With(printable.Host(text))}
	}
	addr = addr.Unmap()
	if !oneHost(addr) {
		return Server{}, &ConfigError{textNotOneHost.With(printable.Host(text))}
	}
	return Server{Transport: t, Addr: netip.AddrPortFrom(addr, port)}, nil
}

// oneHost reports whether addr is the address of a single host.
func oneHost(addr netip.Addr) bool {
	return !addr.IsUnspecified() && !addr.IsMulticast() && addr != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// splitPort divides "host", "host:port", "v6", "[v6]" and "[v6]:port". Without a
// port it returns the usual one. text is the whole setting.
func splitPort(text, address string, usual uint16) (host string, port uint16, err error) {
	host, digits, found := address, "", false
	if inner, bracketed := strings.CutPrefix(address, "["); bracketed {
		var rest string
		host, rest, found = strings.Cut(inner, "]")
		if !found || !strings.Contains(host, ":") {
			return "", 0, &ConfigError{textNotAnAddress.With(printable.Host(text))}
		}
		digits, found = strings.CutPrefix(rest, ":")
		if !found && rest != "" {
			return "", 0, &ConfigError{textNotAnAddress.With(printable.Host(text))}
		}
	} else if strings.Count(address, ":") == 1 {
		host, digits, found = strings.Cut(address, ":")
	}
	if !found {
		return host, usual, nil
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || n == 0 {
		return "", 0, &ConfigError{textBadPort.With(printable.Host(text), usual)}
	}
	return host, uint16(n), nil
}
