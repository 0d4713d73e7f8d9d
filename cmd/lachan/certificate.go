package main

import (
	"strings"
	"time"

	"lachan/resolver"
	"lachan/resolver/certificate"
	"lachan/wording"
)

// certificateEvery is how often the files of the certificate are looked at.
const certificateEvery = 2 * time.Second

func certificateFiles(cfg *Config) certificate.Files {
	t := &cfg.Server.TLS
	return certificate.Files{Cert: t.Cert, Key: t.Key, TicketKeys: t.TicketKeys}
}

// openCertificate reads the certificate of a configuration; nil when it has
// none.
func openCertificate(cfg *Config) (*certificate.Keeper, error) {
	if cfg.Server.TLS.Cert == "" {
		return nil, nil
	}
	return certificate.Open(certificateFiles(cfg))
}

// watchCertificate takes a new certificate up. While that cannot be read the
// one that is in force stays.
func (n *node) watchCertificate(now time.Time) {
	if n.certificate == nil {
		n.conditions.Clear("certificate")
		n.conditions.Clear("certificate-expiring")
		return
	}
	changed, err := n.certificate.Refresh()
	if changed {
		n.log.Info("new certificate", "expires", n.certificate.Expires())
		n.putInForce()
	}
	if err == nil {
		n.conditions.Clear("certificate")
	} else if n.conditions.Set("certificate", wording.CertificateBroken.With(err).String()) {
		n.log.Error("read the certificate, the one in force stays", "error", err)
	}
	if now.After(n.certificate.Due()) {
		n.conditions.Set("certificate-expiring", wording.CertificateExpires.With(n.certificate.Expires().Format(time.DateTime)).String())
	} else {
		n.conditions.Clear("certificate-expiring")
	}
}

// doors are what the resolver shall open.
func doors(cfg *Config) (list []resolver.Door) {
	s := &cfg.Server
	list = append(list, resolver.Doors(resolver.Plain, s.Listen...)...)
	list = append(list, resolver.Doors(resolver.DoT, s.DoT...)...)
	list = append(list, resolver.Doors(resolver.DoH, s.DoH...)...)
	return append(list, resolver.Doors(resolver.DoQ, s.DoQ...)...)
}

// discovery is what clients are told of the server: its name is that of the
// configuration, or else of its certificate.
func (n *node) discovery() resolver.Discovery {
	d := &n.cfg.Server.Discovery
	name := serverName(n.cfg)
	if name == "" && n.certificate != nil {
		name = n.certificate.Name()
	}
	return resolver.Discovery{Name: name, Addresses: d.Addresses, InfoURL: d.InfoURL}
}

// serverName is the server's own name as it is compared with what clients ask
// for.
func serverName(cfg *Config) string {
	return strings.ToLower(strings.TrimSuffix(cfg.Server.TLS.Name, "."))
}
