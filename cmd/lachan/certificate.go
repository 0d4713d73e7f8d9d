package main

import (
	"context"
	"crypto/tls"
	"reflect"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/resolver/certificate"
	"lachan/resolver/certificate/renewal"
	"lachan/resolver/ddr"
)

// certificateEvery is how often the files of the certificate are looked at.
const certificateEvery = 2 * time.Second

// openCertificate reads the certificate of a configuration. It returns nil if
// there is none, or none yet.
func openCertificate(cfg *config.Config) (*certificate.Watcher, error) {
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
		n.renewer = renewal.New(order, n.secrets.Prove)
		n.children.start(ctx, "renewal", n.renewer.Run)
	}
}

// tlsConfig is what the encrypted endpoints take; nil if there is no certificate
// and none to come.
func (n *node) tlsConfig() *tls.Config {
	switch {
	case n.renewer != nil:
		return n.secrets.ACMEConfig()
	case n.certificate != nil:
		return n.secrets.Config()
	}
	return nil
}

// useCertificate has the encrypted endpoints show the certificate that was last
// read.
func (n *node) useCertificate() {
	var s certificate.Secrets
	if n.certificate != nil {
		s = n.certificate.Secrets()
	}
	if err := n.secrets.Use(s); err != nil {
		n.log.Error("use the certificate, the one in force stays", "error", err)
	}
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
		n.useCertificate()
		n.putInForce()
	}
	if err == nil {
		n.conditions.Clear("certificate")
	} else if n.conditions.Set("certificate", textCertificateBroken.With(err).String()) {
		n.log.Error("read the certificate, the one in force stays", "error", err)
	}
	if now.After(n.certificate.Due()) {
		n.conditions.Set("certificate-expiring", textCertificateExpires.With(n.certificate.Expires().Format(time.DateTime)).String())
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
	} else if n.conditions.Set("acme", textCertificateUnmet.With(err).String()) {
		n.log.Error("ask for a certificate, the one in force stays", "error", err)
	}
	files := n.cfg.CertificateFiles()
	if files.Cert == "" || n.certificate != nil && reflect.DeepEqual(files, n.certificate.Files()) {
		return
	}
	watcher, err := certificate.Open(files)
	if err != nil {
		n.log.Error("read the certificate that was given", "error", err)
		return
	}
	n.certificate = watcher
	n.log.Info("new certificate", "expires", watcher.Expires())
	n.useCertificate()
	n.putInForce()
}

// discovery is what clients are told of the server: its name is that of the
// configuration, or else of its certificate.
func (n *node) discovery() ddr.Discovery {
	d := &n.cfg.Server.Discovery
	name := n.cfg.ServerName()
	if name == "" && n.certificate != nil {
		name = n.certificate.Name()
	}
	return ddr.Discovery{Name: name, Addresses: d.Addresses, InfoURL: d.InfoURL}
}
