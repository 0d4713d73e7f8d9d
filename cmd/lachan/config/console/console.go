// Package console is the key `console` of lachan.yaml: how people come in who run the
// program. It is read like the rest, and starts nothing.
package console

import (
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"lachan/blocklist/domain"
	"lachan/internal/wording"
	"lachan/resolver/certificate"
)

// A Console is how people come in.
type Console struct {
	// Listen is where the pages are, over HTTPS unless it is loopback. Default none: there
	// are no pages.
	Listen netip.AddrPort `yaml:"listen"`
	// Names are what browsers may call it besides localhost and its address. Default none.
	Names []string `yaml:"names"`
	// Cert is a PEM file with the chain. Default none: off loopback the server makes a
	// certificate of its own, whose fingerprint it logs.
	Cert string `yaml:"cert"`
	// Key is the PEM file of its key. Default none.
	Key string `yaml:"key"`
	// URL is how browsers reach it: https:// and a name, with a certificate that they
	// trust. Without it there are no passkeys, and nobody logs in elsewhere. Default none.
	URL        string     `yaml:"url"`
	Session    Session    `yaml:"session"`
	Requests   Requests   `yaml:"requests"`
	Exceptions Exceptions `yaml:"exceptions"`
	OIDC       OIDC       `yaml:"oidc"`
	Mail       Mail       `yaml:"mail"`
}

// A Mail is how people are told that something waits for them.
type Mail struct {
	// Server takes mail: HOST or HOST:PORT, with TLS unless it is on this machine. Default
	// none: no mail is sent. Default port 587.
	Server string `yaml:"server"`
	// From is the address that mail comes from.
	From string `yaml:"from"`
	// Username is whom one logs in as there. Default none.
	Username string `yaml:"username"`
	// PasswordFile has the password, in one line. Default none.
	PasswordFile string `yaml:"password_file"`
}

// A Session is how long somebody stays logged in.
type Session struct {
	// Idle is how long without a request. Default 1h; 5m to Lifetime.
	Idle time.Duration `yaml:"idle"`
	// Lifetime is how long from the login on. Default 12h; up to 7d.
	Lifetime time.Duration `yaml:"lifetime"`
}

// An OIDC is a provider of OpenID Connect that lets people in.
type OIDC struct {
	// Issuer is its address: https://. Default none: nobody logs in elsewhere.
	Issuer string `yaml:"issuer"`
	// ClientID is what it calls this program.
	ClientID string `yaml:"client_id"`
	// SecretFile has the secret that it gave, in one line. Default none: PKCE alone.
	SecretFile string `yaml:"secret_file"`
	// Scopes are asked for besides openid. Default profile and email.
	Scopes []string `yaml:"scopes"`
	// Strong are values of the claim amr (RFC 8176) that stand for two factors. Default mfa.
	Strong []string `yaml:"strong"`
	// Ask is whom those are told to ask who were granted nothing. Default none.
	Ask string `yaml:"ask"`
	// Grants are what claims are worth. Default none: nobody may anything.
	Grants []Grant `yaml:"grants"`
}

// A Grant is a role for those of whom the provider claims something.
type Grant struct {
	Claim string `yaml:"claim"` // with dots for one that is in another: realm_access.roles
	Value string `yaml:"value"` // that the claim has, or has among others
	Role  Role   `yaml:"role"`  // school, commune, province, operator, authority or viewer
	Unit  string `yaml:"unit"`  // over which it is; "" is everything
	// UnitClaim is the claim that has the units, in place of Unit. Default none.
	UnitClaim string `yaml:"unit_claim"`
}

// A Role is the name of one.
type Role string

// Roles are those that can be granted.
func Roles() []Role {
	return []Role{"school", "commune", "province", "operator", "authority", "viewer"}
}

// UnmarshalText reads a role.
func (r *Role) UnmarshalText(text []byte) error {
	for _, known := range Roles() {
		if string(text) == string(known) {
			*r = known
			return nil
		}
	}
	return wording.Error(textRole.With(string(text)))
}

// MarshalText writes a role as UnmarshalText reads it.
func (r Role) MarshalText() ([]byte, error) { return []byte(r), nil }

// Default is what holds when a key is left out.
func Default() Console {
	return Console{
		Session:    Session{Idle: time.Hour, Lifetime: 12 * time.Hour},
		Requests:   Requests{Target: 4 * time.Hour},
		Exceptions: Exceptions{Until: End{Days: 30}},
		OIDC:       OIDC{Scopes: []string{"profile", "email"}, Strong: []string{"mfa"}},
	}
}

const (
	leastIdle    = 5 * time.Minute
	mostLifetime = 7 * 24 * time.Hour
	mostSecret   = 4096 // bytes of the file
)

// Check reports what is wrong with values that are right by themselves, each with its
// path below `console`.
func (c *Console) Check(wrong func(path string, text wording.Text)) {
	for i, name := range c.Names {
		if _, err := netip.ParseAddr(name); err == nil {
			continue
		}
		if _, err := domain.Canonical(name); err != nil {
			wrong("names["+strconv.Itoa(i)+"]", textName.With(name))
		}
	}
	if (c.Cert == "") != (c.Key == "") {
		wrong("cert", textCertAndKey)
	} else if c.Cert != "" {
		if _, err := certificate.Open(c.Files()); err != nil {
			wrong("cert", textCertificate.With(err))
		}
	}
	if c.URL != "" && !isAddress(c.URL) {
		wrong("url", textURL)
	}
	s := c.Session
	if s.Lifetime < leastIdle || s.Lifetime > mostLifetime {
		wrong("session.lifetime", textLifetime)
	}
	if s.Idle < leastIdle || s.Idle > s.Lifetime {
		wrong("session.idle", textIdle)
	}
	if t := c.Requests.Target; t < leastTarget || t > mostTarget {
		wrong("requests.target", textTarget)
	}
	c.Mail.check(func(path string, text wording.Text) { wrong("mail."+path, text) })
	c.OIDC.check(c.URL, func(path string, text wording.Text) { wrong("oidc."+path, text) })
}

// Files are those of the certificate.
func (c *Console) Files() certificate.Files { return certificate.Files{Cert: c.Cert, Key: c.Key} }

// Encrypted reports whether HTTPS is spoken there: off loopback always.
func (c *Console) Encrypted() bool { return c.Cert != "" || !c.Listen.Addr().Unmap().IsLoopback() }

func (m *Mail) check(wrong func(path string, text wording.Text)) {
	if m.Server == "" {
		if m.From+m.Username+m.PasswordFile != "" {
			wrong("server", textMailServer)
		}
		return
	}
	if a, err := mail.ParseAddress(m.From); err != nil || a.Address != m.From {
		wrong("from", textMailFrom)
	}
	if (m.Username == "") != (m.PasswordFile == "") {
		wrong("username", textMailUser)
	}
	if _, err := readSecret(m.PasswordFile); err != nil {
		wrong("password_file", textSecret.With(err))
	}
}

// isAddress reports whether a text is https:// and a host, and no more. Loopback needs no
// TLS.
func isAddress(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	return (u.Path == "" || u.Path == "/") && isSafe(u)
}

func isSafe(u *url.URL) bool {
	a, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && a.IsLoopback())
}

func (o *OIDC) check(address string, wrong func(path string, text wording.Text)) {
	if o.Issuer == "" {
		if o.ClientID != "" || o.SecretFile != "" || len(o.Grants) > 0 {
			wrong("issuer", textIssuerMissing)
		}
		return
	}
	if u, err := url.Parse(o.Issuer); err != nil || u.Hostname() == "" || !isSafe(u) || u.RawQuery != "" {
		wrong("issuer", textIssuer)
	}
	if address == "" {
		wrong("issuer", textIssuerURL)
	}
	if o.ClientID == "" {
		wrong("client_id", textClientID)
	}
	if _, err := o.Secret(); err != nil {
		wrong("secret_file", textSecret.With(err))
	}
	if len(o.Grants) == 0 {
		wrong("grants", textNoGrants)
	}
	for i, g := range o.Grants {
		at := "grants[" + strconv.Itoa(i) + "]"
		switch {
		case g.Claim == "" || g.Value == "":
			wrong(at, textGrantClaim)
		case g.Role == "":
			wrong(at, textGrantRole)
		case g.UnitClaim != "" && (g.Unit != "" || g.Role != "school" && g.Role != "commune" && g.Role != "viewer"):
			wrong(at+".unit_claim", textGrantUnits)
		case g.Unit == "" && g.UnitClaim == "" && g.Role != "operator" && g.Role != "viewer":
			wrong(at+".unit", textGrantUnit.With(string(g.Role)))
		}
	}
}

// Secret is what the provider gave; "" if nothing.
func (o *OIDC) Secret() (string, error) { return readSecret(o.SecretFile) }

// readSecret is the secret in a file, "" if there is none.
func readSecret(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(text))
	strange := func(c rune) bool { return c <= ' ' || c > '~' }
	if secret == "" || len(text) > mostSecret || strings.ContainsFunc(secret, strange) {
		return "", wording.Error(textSecretLine)
	}
	return secret, nil
}

// Redirect is where the provider sends people back to.
func (c *Console) Redirect() string {
	return strings.TrimSuffix(c.URL, "/") + RedirectPath
}

// RedirectPath is the path that a provider sends people back to.
const RedirectPath = "/api/v1/session/oidc"
