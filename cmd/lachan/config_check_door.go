package main

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/internal/wording"
	"lachan/resolver/certificate"
)

// encryption checks the certificate and that those who need it have it.
func (k *configCheck) encryption() {
	s := &k.Server
	if (s.TLS.Cert == "") != (s.TLS.Key == "") {
		k.wrong("server.tls", wording.ConfigBothTLS)
	} else if s.TLS.Cert != "" {
		if _, err := certificate.Open(certificateFiles(k.Config)); err != nil {
			k.wrong("server.tls", wording.ConfigTLSFile.With(err))
		}
	}
	if _, ok := dns.IsDomainName(s.TLS.Name); s.TLS.Name != "" && (!ok || strings.Trim(s.TLS.Name, ".") == "") {
		k.wrong("server.tls.name", wording.ConfigZoneName.With(s.TLS.Name))
	}
	k.acme()
	needs := func(path string, doors []netip.AddrPort) {
		if len(doors) > 0 && s.TLS.Cert == "" && len(s.TLS.ACME.Names) == 0 {
			k.wrong(path, wording.ConfigNeedsTLS)
		}
	}
	needs("server.dot", s.DoT)
	needs("server.doh", s.DoH)
	needs("server.doq", s.DoQ)
}

// discovery checks what clients are told.
func (k *configCheck) discovery() {
	for i, a := range k.Server.Discovery.Addresses {
		if a.IsUnspecified() || a.IsMulticast() || a.Zone() != "" {
			k.wrong(item("server.discovery.addresses", i), wording.ConfigReached.With(a))
		}
	}
	if text := k.Server.Discovery.InfoURL; text != "" {
		if u, err := url.Parse(text); err != nil || u.Scheme != "https" || u.Host == "" || len(text) > maxInfoURL {
			k.wrong("server.discovery.info_url", wording.ConfigInfoURL.With(text))
		}
	}
}

// maxInfoURL is how many octets of an address fit into what clients are told.
const maxInfoURL = 255 - len("infourl=")

// cookies checks the secrets that a fleet shares.
func (k *configCheck) cookies() {
	if file := k.Server.Cookies.SecretFile; file != "" {
		if _, err := sharedSecrets(file); err != nil {
			k.wrong("server.cookies.secret_file", wording.ConfigCookies.With(err))
		}
	}
}

// acme checks what is asked of an authority.
func (k *configCheck) acme() {
	t := &k.Server.TLS
	if len(t.ACME.Names) > 0 && t.Cert+t.Key != "" {
		k.wrong("server.tls", wording.ConfigACMEOrFiles)
	}
	for i, name := range t.ACME.Names {
		if canonical, err := domain.Canonical(name); err != nil || !strings.Contains(canonical, ".") {
			k.wrong(item("server.tls.acme.names", i), wording.ConfigACMEName.With(name))
		}
	}
	if u, err := url.Parse(t.ACME.DirectoryURL); err != nil || u.Scheme != "https" || u.Host == "" {
		k.wrong("server.tls.acme.directory_url", wording.ConfigACMEURL.With(t.ACME.DirectoryURL))
	}
}

// listeners checks that no two listeners want the same address and port.
func (k *configCheck) listeners() {
	if len(k.Server.Listen) == 0 {
		k.wrong("server.listen", wording.ConfigNoListen)
	}
	var places sockets
	add := func(path string, addrs []netip.AddrPort, on carriers) {
		for i, a := range addrs {
			if other, taken := places.take(a, on, path); taken {
				k.wrong(item(path, i), wording.ConfigListenTwice.With(a, other.addr, other.path))
			}
		}
	}
	add("server.listen", k.Server.Listen, onUDP|onTCP)
	add("server.dot", k.Server.DoT, onTCP)
	add("server.doh", k.Server.DoH, onUDP|onTCP)
	add("server.doq", k.Server.DoQ, onUDP)
	add("server.rpz_out.listen", k.Server.RPZOut.Listen, onUDP|onTCP)
	add("server.page.http", k.Server.Page.HTTP, onTCP)
	add("server.page.https", k.Server.Page.HTTPS, onTCP)
	if a := k.HTTP.Listen; a.IsValid() {
		if other, taken := places.take(a, onTCP, "http.listen"); taken {
			k.wrong("http.listen", wording.ConfigListenTwice.With(a, other.addr, other.path))
		}
	}
}

// carriers are the transports that a listener has sockets of.
type carriers uint8

const (
	onUDP carriers = 1 << iota
	onTCP
)

// sockets are those that listeners want.
type sockets []socket

// A socket is what the listener at path wants.
type socket struct {
	addr netip.AddrPort
	on   carriers
	path string
}

// take adds one unless another listener has it already, which is returned.
func (s *sockets) take(addr netip.AddrPort, on carriers, path string) (other socket, taken bool) {
	for _, other := range *s {
		if other.on&on != 0 && sameSocket(other.addr, addr) {
			return other, true
		}
	}
	*s = append(*s, socket{addr, on, path})
	return socket{}, false
}

// sameSocket says whether b cannot be listened on beside a: the same port, and
// the same address or one that stands for all of its family.
func sameSocket(a, b netip.AddrPort) bool {
	x, y := a.Addr().Unmap(), b.Addr().Unmap()
	return a.Port() != 0 && a.Port() == b.Port() && x.Is4() == y.Is4() &&
		(x == y || x.IsUnspecified() || y.IsUnspecified())
}
