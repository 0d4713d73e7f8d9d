package manage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/inforce"
	"lachan/cmd/lachan/manage/seen"
	"lachan/fleet"
	"lachan/internal/durable"
	"lachan/internal/fault"
	"lachan/internal/message"
	"lachan/resolver/certificate"
	"lachan/resolver/certificate/renewal"
	"lachan/resolver/cookie"
	"lachan/resolver/standin"
)

// certificateEvery is how often the files of the certificate are looked at.
const certificateEvery = 2 * time.Second

// identity is what the server proves itself with, and what others prove
// themselves to it with.
type identity struct {
	*shared
	resolves    *resolves
	certificate *certificate.Watcher // of the encrypted transports; nil if there is none
	renewer     *renewal.Renewer     // nil if no authority is asked
	cookies     cookie.Secrets
	standIn     standin.Key // by which this node asks itself
	links       linkFile
	seen        seen.File
	// fleet are the secrets that the nodes of a fleet share, the one in use first.
	fleet func(now time.Time) fleet.Secrets
	told  []byte       // the secrets that resolve was told last
	fault *fault.Error // of the renewer that was told last; nil: none
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
func (i *identity) startRenewal(ctx context.Context) error {
	i.renewer = nil
	if order := i.cfg.ACMEOrder(); len(order.Names) > 0 {
		i.renewer = renewal.New(order, i.prove)
		i.children.start(ctx, "renewal", i.renewer.Run)
	}
	return nil
}

// prove shows an authority, by the resolve that answers, that names lead here.
func (i *identity) prove(challenges certificate.Challenges) error {
	m, err := message.JSON(message.Challenges, challenges)
	if err != nil {
		return err
	}
	answer, err := ask(context.Background(), i.resolves, m, i.resolves.proven)
	if err != nil {
		return err
	}
	if answer.Error != "" {
		return errors.New(answer.Error)
	}
	return nil
}

// secrets are what resolve must know. Those of files are before those of a fleet, and the
// latter before the server's own, whose cookies stay right.
func (i *identity) secrets() inforce.Secrets {
	shared := i.fleet(time.Now())
	var s inforce.Secrets
	if i.certificate != nil {
		s.Certificates = i.certificate.Secrets()
	}
	if s.Certificates.TicketKeys == nil {
		for _, one := range shared {
			s.Certificates.TicketKeys = append(s.Certificates.TicketKeys, certificate.TicketKey(one.Ticket))
		}
	}
	cookies := i.cookies
	if i.cfg.Server.Cookies.SecretFile == "" && len(shared) > 0 {
		cookies = nil
		for _, one := range shared {
			cookies = append(cookies, [16]byte(one.Cookie))
		}
		cookies = append(cookies, i.cookies[:min(1, len(i.cookies))]...)
	}
	s.Cookies, s.StandIn = cookies.Text(), i.standIn[:]
	return s
}

// publishSecrets tells resolve the secrets when they have changed.
func (i *identity) publishSecrets() {
	m, err := message.JSON(message.Secrets, i.secrets())
	if err != nil {
		i.log.Error("tell secrets", "error", err)
		return
	}
	if !bytes.Equal(m.Body, i.told) {
		i.told = m.Body
		i.resolves.sendAll(m)
	}
}

// watchCertificate takes a new certificate up, and reports whether there is one.
// While that cannot be read the one that is in force stays.
func (i *identity) watchCertificate(now time.Time) (changed bool) {
	given := i.watchRenewal()
	if i.certificate == nil {
		i.conditions.Clear("certificate")
		i.conditions.Clear("certificate-expiring")
		return given
	}
	changed, err := i.certificate.Refresh()
	if changed {
		i.log.Info("new certificate", "expires", i.certificate.Expires())
	}
	if err == nil {
		i.conditions.Clear("certificate")
	} else if i.conditions.Set("certificate", textCertificateBroken.With(err).String()) {
		i.log.Error("read the certificate, the one in force stays", "error", err)
	}
	if now.After(i.certificate.Due()) {
		i.conditions.Set("certificate-expiring", textCertificateExpires.With(i.certificate.Expires().Format(time.DateTime)).String())
	} else {
		i.conditions.Clear("certificate-expiring")
	}
	return changed || given
}

// watchRenewal tells of an authority that gives no certificate, and opens what it
// has given for the first time. It reports whether there is such a one.
func (i *identity) watchRenewal() (given bool) {
	if i.renewer == nil {
		i.conditions.Clear("acme")
		return false
	}
	if err := i.renewer.Err(); err == nil {
		i.conditions.Clear("acme")
	} else if i.conditions.Set("acme", textCertificateUnmet.With(err).String()) {
		i.log.Error("ask for a certificate, the one in force stays", "error", err)
	}
	if met := (*fault.Error)(nil); errors.As(i.renewer.Err(), &met) && met != i.fault {
		i.fault = met
		i.children.failed("renewal", met)
	}
	files := i.cfg.CertificateFiles()
	if files.Cert == "" || i.certificate != nil && reflect.DeepEqual(files, i.certificate.Files()) {
		return false
	}
	keeper, err := certificate.Open(files)
	if err != nil {
		i.log.Error("read the certificate that was given", "error", err)
		return false
	}
	i.certificate = keeper
	i.log.Info("new certificate", "expires", keeper.Expires())
	return true
}

// discoveryName is the name that clients are told of the server: that of the
// configuration, or else of its certificate.
func (i *identity) discoveryName() string {
	name := i.cfg.ServerName()
	if name == "" && i.certificate != nil {
		name = i.certificate.Name()
	}
	return name
}

// secretLife is after how long the server's own secret of cookies is renewed.
const secretLife = 24 * time.Hour

// renewCookies takes the secrets of cookies up: those that a fleet shares, or the
// server's own. While they cannot be had those in force stay; without any the
// server makes one for itself.
func (i *identity) renewCookies(now time.Time) {
	secrets, err := cookieSecrets(i.cfg, now)
	if secrets != nil {
		i.cookies = secrets
	}
	if err == nil {
		i.conditions.Clear("cookies")
		return
	}
	if i.conditions.Set("cookies", textCookiesBroken.With(err).String()) {
		i.log.Error("renew the secret of cookies", "error", err)
	}
	if i.cookies == nil {
		i.cookies = cookie.Secrets(nil).Renewed()
	}
}

func cookieSecrets(cfg *config.Config, now time.Time) (cookie.Secrets, error) {
	if file := cfg.Server.Cookies.SecretFile; file != "" {
		return cookie.ReadFile(file)
	}
	return ownSecrets(filepath.Join(cfg.StateDir, "cookies.key"), now)
}

// ownSecrets are in a file that is as old as its first secret. One that cannot be
// read is replaced: clients get new cookies.
func ownSecrets(file string, now time.Time) (cookie.Secrets, error) {
	secrets, err := cookie.ReadFile(file)
	if info, statErr := os.Stat(file); err == nil && statErr == nil && now.Sub(info.ModTime()) < secretLife {
		return secrets, nil
	}
	secrets = secrets.Renewed()
	if err := durable.WriteFile(file, secrets.Text(), 0o600); err != nil {
		return nil, fmt.Errorf("write secrets of cookies: %w", err)
	}
	return secrets, nil
}
