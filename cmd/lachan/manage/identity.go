package manage

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/inforce"
	"lachan/internal/message"
	"lachan/resolver/certificate"
	"lachan/resolver/certificate/renewal"
	"lachan/resolver/cookie"
)

// certificateEvery is how often the files of the certificate are looked at.
const certificateEvery = 2 * time.Second

// identity is what the server proves itself with, and what others prove
// themselves to it with.
type identity struct {
	certificate *certificate.Watcher // of the encrypted transports; nil if there is none
	renewer     *renewal.Renewer     // nil if no authority is asked
	cookies     cookie.Secrets
	links       links
	told        []byte // the secrets that resolve was told last
}

// openCertificate reads the certificate of a configuration; nil when it has
// none, or none yet.
func openCertificate(cfg *config.Config) (*certificate.Watcher, error) {
	files := cfg.CertificateFiles()
	if files.Cert == "" {
		return nil, nil
	}
	return certificate.Open(files)
}

// startRenewal asks an authority for certificates where the configuration says.
func (n *node) startRenewal(ctx context.Context) error {
	n.identity.renewer = nil
	if order := n.cfg.ACMEOrder(); len(order.Names) > 0 {
		n.identity.renewer = renewal.New(order, n.prove)
		n.children.start(ctx, "renewal", n.identity.renewer.Run)
	}
	return nil
}

// prove shows an authority, by the resolve that answers, that names lead here.
func (n *node) prove(challenges certificate.Challenges) error {
	m, err := message.JSON(message.Challenges, challenges)
	if err != nil {
		return err
	}
	answer, err := ask(context.Background(), &n.resolves, m, n.resolves.proven)
	if err != nil {
		return err
	}
	if answer.Error != "" {
		return errors.New(answer.Error)
	}
	return nil
}

// secrets are what resolve must know.
func (n *node) secrets() inforce.Secrets {
	s := inforce.Secrets{Cookies: n.identity.cookies.Text()}
	if n.identity.certificate != nil {
		s.Certificates = n.identity.certificate.Secrets()
	}
	return s
}

// publishSecrets tells resolve the secrets when they have changed.
func (n *node) publishSecrets() {
	m, err := message.JSON(message.Secrets, n.secrets())
	if err != nil {
		n.log.Error("tell secrets", "error", err)
		return
	}
	if !bytes.Equal(m.Body, n.identity.told) {
		n.identity.told = m.Body
		n.sendAll(m)
	}
}

// watchCertificate takes a new certificate up. While that cannot be read the
// one that is in force stays.
func (n *node) watchCertificate(now time.Time) {
	n.watchRenewal()
	if n.identity.certificate == nil {
		n.conditions.Clear("certificate")
		n.conditions.Clear("certificate-expiring")
		return
	}
	changed, err := n.identity.certificate.Refresh()
	if changed {
		n.log.Info("new certificate", "expires", n.identity.certificate.Expires())
		n.putInForce()
	}
	if err == nil {
		n.conditions.Clear("certificate")
	} else if n.conditions.Set("certificate", textCertificateBroken.With(err).String()) {
		n.log.Error("read the certificate, the one in force stays", "error", err)
	}
	if now.After(n.identity.certificate.Due()) {
		n.conditions.Set("certificate-expiring", textCertificateExpires.With(n.identity.certificate.Expires().Format(time.DateTime)).String())
	} else {
		n.conditions.Clear("certificate-expiring")
	}
}

// watchRenewal tells whether the authority is asked in vain, and opens what it has
// given for the first time.
func (n *node) watchRenewal() {
	if n.identity.renewer == nil {
		n.conditions.Clear("acme")
		return
	}
	if err := n.identity.renewer.Err(); err == nil {
		n.conditions.Clear("acme")
	} else if n.conditions.Set("acme", textCertificateUnmet.With(err).String()) {
		n.log.Error("ask for a certificate, the one in force stays", "error", err)
	}
	files := n.cfg.CertificateFiles()
	if files.Cert == "" || n.identity.certificate != nil && reflect.DeepEqual(files, n.identity.certificate.Files()) {
		return
	}
	keeper, err := certificate.Open(files)
	if err != nil {
		n.log.Error("read the certificate that was given", "error", err)
		return
	}
	n.identity.certificate = keeper
	n.log.Info("new certificate", "expires", keeper.Expires())
	n.putInForce()
}

// discoveryName is the name that clients are told of the server: that of the
// configuration, or else of its certificate.
func (n *node) discoveryName() string {
	name := n.cfg.ServerName()
	if name == "" && n.identity.certificate != nil {
		name = n.identity.certificate.Name()
	}
	return name
}
