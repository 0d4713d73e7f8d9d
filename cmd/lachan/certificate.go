package main

import (
	"context"
	"crypto/tls"
	"reflect"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/internal/wording"
	"lachan/resolver"
	"lachan/resolver/certificate"
	"lachan/resolver/certificate/renewal"
)

// certificateEvery is how often the files of the certificate are looked at.
const certificateEvery = 2 * time.Second

// openCertificate reads the certificate of a configuration; nil when it has
// none, or none yet.
func openCertificate(cfg *config.Config) (*certificate.Keeper, error) {
	files := cfg.CertificateFiles()
	if files.Cert == "" {
		return nil, nil
	}
	return certificate.Open(files)
}

// startRenewal asks an authority for certificates where the configuration says.
func (n *node) startRenewal(ctx context.Context) {
	n.children.stop("renewal")
	n.renewer = nil
	if order := n.cfg.ACMEOrder(); len(order.Names) > 0 {
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
	files := n.cfg.CertificateFiles()
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

// discovery is what clients are told of the server: its name is that of the
// configuration, or else of its certificate.
func (n *node) discovery() resolver.Discovery {
	d := &n.cfg.Server.Discovery
	name := n.cfg.ServerName()
	if name == "" && n.certificate != nil {
		name = n.certificate.Name()
	}
	return resolver.Discovery{Name: name, Addresses: d.Addresses, InfoURL: d.InfoURL}
}
