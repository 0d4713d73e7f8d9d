package upstream

import (
	"crypto/sha256"
	"encoding/base64"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"lachan/blocklist/domain"
	"lachan/internal/printable"
	"lachan/resolver/upstream/stream"
)

// A Secure says which server is asked over an encrypted transport, and how it
// proves its identity. In the configuration it is written as a URL, followed by a
// number sign and settings of ours with ampersands between them:
//
//	tls://dns.example:853#ip=192.0.2.1&ip=2001:db8::1&pin=BASE64
//
// ip is an address of a named server, which then need not be looked up. pin is
// the SHA-256 digest of a public key (RFC 7858 section 4.2), as kdig and openssl
// print it; if there are pins, a server with one of those keys is trusted and no
// other, whatever its certificate says. http=3 asks over HTTP/3 instead of
// HTTP/2.
type Secure struct {
	Host  string // the name in the certificate; "" if that is the address
	Port  uint16
	Path  string // of HTTPS
	IPs   string // addresses, each as "ip=ADDRESS&": text, so that a Server is comparable
	Pins  string // digests, each as "pin=DIGEST&"
	HTTP3 bool
}

// Named reports whether the addresses of the server have to be looked up.
func (s Server) Named() bool { return s.Secure.Host != "" && s.Secure.IPs == "" }

var schemes = map[Transport]string{OverTLS: "tls", OverHTTPS: "https", OverQUIC: "quic"}

var usualPort = map[Transport]uint16{OverTLS: 853, OverHTTPS: 443, OverQUIC: 853}

// text is the URL of the server.
func (s Secure) text(t Transport, addr netip.AddrPort) string {
	host := addr.String()
	if s.Host != "" {
		host = s.Host + ":" + strconv.Itoa(int(s.Port))
	}
	settings := s.IPs + s.Pins
	if s.HTTP3 {
		settings += "http=3&"
	}
	text := schemes[t] + "://" + host + s.Path
	if settings != "" {
		text += "#" + strings.TrimSuffix(settings, "&")
	}
	return text
}

// url is the URL for HTTPS, without our settings.
func (s Server) url() string {
	text, _, _ := strings.Cut(s.String(), "#")
	return text
}

// usualPath is the path if none is written, as in the examples of RFC 8484.
const usualPath = "/dns-query"

// parseSecure reads the URL of an encrypted server.
func parseSecure(t Transport, text string) (Server, error) {
	rest := strings.TrimPrefix(text, schemes[t]+"://")
	address, settings, _ := strings.Cut(rest, "#")
	path := ""
	if t == OverHTTPS {
		address, path, _ = strings.Cut(address, "/")
		if path = "/" + path; path == "/" {
			path = usualPath
		}
		if u, err := url.ParseRequestURI(path); err != nil || u.String() != path {
			return Server{}, &ConfigError{textBadPath.With(printable.Host(text))}
		}
	}
	host, port, err := splitPort(text, address, usualPort[t])
	if err != nil {
		return Server{}, err
	}
	s := Server{Transport: t, Secure: Secure{Port: port, Path: path}}
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr = addr.Unmap(); !oneHost(addr) {
			return Server{}, &ConfigError{textNotOneHost.With(printable.Host(text))}
		}
		s.Addr = netip.AddrPortFrom(addr, port)
	} else if s.Secure.Host, err = domain.Canonical(host); err != nil || !isHostName(s.Secure.Host) {
		return Server{}, &ConfigError{textBadHost.With(printable.Host(text))}
	}
	if settings == "" {
		return s, nil
	}
	for setting := range strings.SplitSeq(settings, "&") {
		if err := s.set(text, setting); err != nil {
			return Server{}, err
		}
	}
	return s, nil
}

// isHostName reports whether a host that is not an address can be the name of a
// server: it has several labels, and the last one is not a number, which would be
// an address that was mistyped.
func isHostName(host string) bool {
	dot := strings.LastIndexByte(host, '.')
	return dot >= 0 && strings.Trim(host[dot+1:], "0123456789") != ""
}

// set takes one of the settings that follow the number sign.
func (s *Server) set(text, setting string) error {
	key, value, _ := strings.Cut(setting, "=")
	switch key {
	case "ip":
		addr, err := netip.ParseAddr(value)
		if err != nil || !oneHost(addr) || s.Secure.Host == "" {
			return &ConfigError{textBadIP.With(printable.Host(text))}
		}
		s.Secure.IPs += "ip=" + addr.Unmap().String() + "&"
	case "pin":
		if _, ok := digest(value); !ok {
			return &ConfigError{textBadPin.With(printable.Host(text))}
		}
		s.Secure.Pins += "pin=" + value + "&"
	case "http":
		if value != "3" || s.Transport != OverHTTPS {
			return &ConfigError{textBadHTTP.With(printable.Host(text))}
		}
		s.Secure.HTTP3 = true
	default:
		return &ConfigError{textUnknownSetting.With(printable.Host(text), key)}
	}
	return nil
}

// digest reads a pin.
func digest(text string) (d [sha256.Size]byte, ok bool) {
	b, err := base64.StdEncoding.DecodeString(text)
	return d, err == nil && copy(d[:], b) == len(d) && len(b) == len(d)
}

// remote is the server as stream connects to it. If it is named and has no
// address, bootstrap is asked for its addresses.
func (s Server) remote(bootstrap Exchanger) stream.Server {
	r := stream.Server{Name: s.Label(), Host: s.Secure.Host, Port: s.Secure.Port, Bootstrap: bootstrap}
	if r.Host == "" {
		r.Host, r.Addresses = s.Addr.Addr().String(), []netip.Addr{s.Addr.Addr()}
	}
	for ip := range values(s.Secure.IPs) {
		if addr, err := netip.ParseAddr(ip); err == nil { // it was checked when it was set
			r.Addresses = append(r.Addresses, addr)
		}
	}
	for pin := range values(s.Secure.Pins) {
		if d, ok := digest(pin); ok { // it was checked when it was set
			r.Pins = append(r.Pins, d)
		}
	}
	return r
}

// values iterates over the values in settings that are kept as one text.
func values(settings string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for setting := range strings.SplitSeq(strings.TrimSuffix(settings, "&"), "&") {
			if _, value, ok := strings.Cut(setting, "="); ok && !yield(value) {
				return
			}
		}
	}
}
