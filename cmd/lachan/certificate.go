package main

import (
	"context"
	"crypto/tls"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"lachan/blocklist/domain"
	"lachan/internal/wording"
	"lachan/resolver"
	"lachan/resolver/certificate"
	"lachan/resolver/certificate/renewal"
)

// certificateEvery is how often the files of the certificate are looked at.
const certificateEvery = 2 * time.Second

// certificateFiles are those of a configuration: the ones it names, or those that
// an authority has given so far.
func certificateFiles(cfg *Config) certificate.Files {
	t := &cfg.Server.TLS
	files := certificate.Files{Cert: t.Cert, Key: t.Key, TicketKeys: t.TicketKeys}
	order := acmeOrder(cfg)
	if ready := order.Ready(); len(ready) > 0 {
		files.Cert, files.Key, files.More = ready[0].Cert, ready[0].Key, ready[1:]
	}
	return files
}

// acmeOrder is what an authority is asked for; without names, nothing.
func acmeOrder(cfg *Config) renewal.Order {
	a := &cfg.Server.TLS.ACME
	o := renewal.Order{Email: a.Email, Directory: a.DirectoryURL, Dir: filepath.Join(cfg.StateDir, "acme")}
	for _, text := range a.Names {
		if name, err := domain.Canonical(text); err == nil { // it was checked
			o.Names = append(o.Names, name)
		}
	}
	return o
}

// openCertificate reads the certificate of a configuration; nil when it has
// none, or none yet.
func openCertificate(cfg *Config) (*certificate.Keeper, error) {
	files := certificateFiles(cfg)
	if files.Cert == "" {
		return nil, nil
	}
	return certificate.Open(files)
}

// startRenewal asks an authority for certificates where the configuration says.
func (n *node) startRenewal(ctx context.Context) {
	n.children.stop("renewal")
	n.renewer = nil
	if order := acmeOrder(n.cfg); len(order.Names) > 0 {
		n.renewer = renewal.New(order)
		n.children.start(ctx, "renewal", n.renewer.Run)
	}
}

// tlsConfig is what the encrypted doors take; nil when there are none.
func (n *node) tlsConfig() *tls.Config {
	var inForce *tls.Config
	if n.certificate != nil {
		inForce = n.certificate.Config()
	}
	if n.renewer != nil {
		return n.renewer.Config(inForce)
	}
	return inForce
}

// watchCertificate takes a new certificate up. While that cannot be read the
// one that is in force stays.
func (n *node) watchCertificate(now time.Time) {
	n.watchRenewal()
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

// watchRenewal tells whether the authority is asked in vain, and opens what it has
// given for the first time.
func (n *node) watchRenewal() {
	if n.renewer == nil {
		n.conditions.Clear("acme")
		return
	}
	if err := n.renewer.Err(); err == nil {
		n.conditions.Clear("acme")
	} else if n.conditions.Set("acme", wording.CertificateUnmet.With(err).String()) {
		n.log.Error("ask for a certificate, the one in force stays", "error", err)
	}
	files := certificateFiles(n.cfg)
	if files.Cert == "" || n.certificate != nil && reflect.DeepEqual(files, n.certificate.Files()) {
		return
	}
	keeper, err := certificate.Open(files)
	if err != nil {
		n.log.Error("read the certificate that was given", "error", err)
		return
	}
	n.certificate = keeper
	n.log.Info("new certificate", "expires", keeper.Expires())
	n.putInForce()
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
