package config

import (
	"net/netip"

	"lachan/resolver/certificate"
)

// A Page is the block page.
type Page struct {
	// A is the IPv4 address that blocked names get, where a profile replies with the
	// page. Default none.
	A netip.Addr `yaml:"a"`
	// AAAA is the same for IPv6. Default none.
	AAAA netip.Addr `yaml:"aaaa"`
	// HTTP has the addresses on which this server shows the page. Default none:
	// A and AAAA are of another server.
	HTTP []netip.AddrPort `yaml:"http"`
	// HTTPS has those on which it does so over TLS, with Cert and Key. Default
	// none.
	HTTPS []netip.AddrPort `yaml:"https"`
	Cert  string           `yaml:"cert"` // PEM, with the chain, of an authority that the devices trust; default none
	Key   string           `yaml:"key"`  // PEM; default none
}

func (p *Page) check(k *checker) {
	if a := p.A; a.IsValid() && !a.Is4() {
		k.wrong("server.page.a", textFamily.With(a, "IPv4"))
	}
	if a := p.AAAA; a.IsValid() && (!a.Is6() || a.Is4In6()) {
		k.wrong("server.page.aaaa", textFamily.With(a, "IPv6"))
	}
	if len(p.HTTP)+len(p.HTTPS) > 0 && !p.A.IsValid() && !p.AAAA.IsValid() {
		k.wrong("server.page", textPageNowhere)
	}
	if (p.Cert == "") != (p.Key == "") || len(p.HTTPS) > 0 && p.Cert == "" {
		k.wrong("server.page", textPageTLS)
	} else if p.Cert != "" {
		if _, err := certificate.Open(p.Files()); err != nil {
			k.wrong("server.page", textTLSFile.With(err))
		}
	}
}

// Files are those of the certificate.
func (p *Page) Files() certificate.Files { return certificate.Files{Cert: p.Cert, Key: p.Key} }
