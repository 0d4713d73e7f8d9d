package config

import (
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/resolver/certificate"
	"lachan/resolver/certificate/renewal"
	"lachan/resolver/cookie"
)

// A TLS is the certificate of the encrypted transports. Its files are
// read again when they change.
type TLS struct {
	Cert string `yaml:"cert"` // PEM, with the chain; default none
	Key  string `yaml:"key"`  // PEM; default none
	// ACME has certificates asked for instead, and renewed.
	ACME ACME `yaml:"acme"`
	// Name is the server's own in the certificate, such as dns.example.vn: a
	// client that connects to ID.dns.example.vn calls itself ID. Default none.
	Name string `yaml:"name"`
	// UnitIDs lets clients whose address no unit claims call themselves by the id
	// of a school without link ids, which anybody can guess. Their questions count in
	// no figures. Default false.
	UnitIDs bool `yaml:"unit_ids"`
	// TicketKeys is a file of keys that a fleet shares, so that its servers resume
	// each other's sessions. Default none: each has its own.
	TicketKeys string `yaml:"ticket_keys"`
}

// An ACME asks an authority for certificates (RFC 8555). Naming a name
// agrees to the authority's terms of service.
type ACME struct {
	// Names are those to have a certificate for, the server's own first. Each has
	// to lead to this server, at port 443 where DNS over HTTPS is (TLS-ALPN-01) or
	// at port 80 where the block page is (HTTP-01). Default none.
	Names []string `yaml:"names"`
	// Email is told of trouble by authorities that do so. Default none.
	Email string `yaml:"email"`
	// DirectoryURL is the authority's. Default that of Let's Encrypt.
	DirectoryURL string `yaml:"directory_url"`
}

// A Discovery is what clients are told of this server.
type Discovery struct {
	// Addresses are where the encrypted doors can be reached (RFC 9462). Default
	// none: where they listen, as far as that is not every address.
	Addresses []netip.Addr `yaml:"addresses"`
	// InfoURL leads to a page for people about this server (RFC 9606). Default
	// none.
	InfoURL string `yaml:"info_url"`
}

func (t *TLS) check(k *checker) {
	if (t.Cert == "") != (t.Key == "") {
		k.wrong("server.tls", textBothTLS)
	} else if t.Cert != "" {
		if _, err := certificate.Open(k.cfg.CertificateFiles()); err != nil {
			k.wrong("server.tls", textTLSFile.With(err))
		}
	}
	if _, ok := dns.IsDomainName(t.Name); t.Name != "" && (!ok || strings.Trim(t.Name, ".") == "") {
		k.wrong("server.tls.name", textZoneName.With(t.Name))
	}
	if len(t.ACME.Names) > 0 && t.Cert+t.Key != "" {
		k.wrong("server.tls", textACMEOrFiles)
	}
	t.ACME.check(k)
}

func (a *ACME) check(k *checker) {
	for i, name := range a.Names {
		if canonical, err := domain.Canonical(name); err != nil || !strings.Contains(canonical, ".") {
			k.wrong(Item("server.tls.acme.names", i), textACMEName.With(name))
		}
	}
	if u, err := url.Parse(a.DirectoryURL); err != nil || u.Scheme != "https" || u.Host == "" {
		k.wrong("server.tls.acme.directory_url", textACMEURL.With(a.DirectoryURL))
	}
}

// encrypted reports encrypted doors without a certificate.
func (k *checker) encrypted() {
	s := &k.cfg.Server
	needs := func(path string, doors []netip.AddrPort) {
		if len(doors) > 0 && s.TLS.Cert == "" && len(s.TLS.ACME.Names) == 0 {
			k.wrong(path, textNeedsTLS)
		}
	}
	needs("server.dot", s.DoT)
	needs("server.doh", s.DoH)
	needs("server.doq", s.DoQ)
}

func (d *Discovery) check(k *checker) {
	for i, a := range d.Addresses {
		if a.IsUnspecified() || a.IsMulticast() || a.Zone() != "" {
			k.wrong(Item("server.discovery.addresses", i), textReached.With(a))
		}
	}
	if text := d.InfoURL; text != "" {
		if u, err := url.Parse(text); err != nil || u.Scheme != "https" || u.Host == "" || len(text) > maxInfoURL {
			k.wrong("server.discovery.info_url", textInfoURL.With(text))
		}
	}
}

// maxInfoURL is how many bytes of an address fit into what clients are told.
const maxInfoURL = 255 - len("infourl=")

func (c *Cookies) check(k *checker) {
	if c.SecretFile != "" {
		if _, err := cookie.ReadFile(c.SecretFile); err != nil {
			k.wrong("server.cookies.secret_file", textCookies.With(err))
		}
	}
}

// CertificateFiles are those of the certificate: the ones that are named, or those that
// an authority has given so far.
func (c *Config) CertificateFiles() certificate.Files {
	t := &c.Server.TLS
	files := certificate.Files{Cert: t.Cert, Key: t.Key, TicketKeys: t.TicketKeys}
	order := c.ACMEOrder()
	if ready := order.Ready(); len(ready) > 0 {
		files.Cert, files.Key, files.More = ready[0].Cert, ready[0].Key, ready[1:]
	}
	return files
}

// ACMEOrder is what an authority is asked for; without names, nothing.
func (c *Config) ACMEOrder() renewal.Order {
	a := &c.Server.TLS.ACME
	o := renewal.Order{Email: a.Email, Directory: a.DirectoryURL, Dir: filepath.Join(c.StateDir, "acme")}
	for _, text := range a.Names {
		if name, err := domain.Canonical(text); err == nil { // it was checked
			o.Names = append(o.Names, name)
		}
	}
	return o
}

// ServerName is the server's own name as it is compared with what clients ask
// for.
func (c *Config) ServerName() string {
	return strings.ToLower(strings.TrimSuffix(c.Server.TLS.Name, "."))
}
