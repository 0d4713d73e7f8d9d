// Package passkey holds the ceremonies of WebAuthn: a device makes a key for a site, and
// later signs with it, after it has verified who holds it. What a browser says is parsed
// by go-webauthn; here it is bounded, bound to one ceremony, and good once.
package passkey

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"lachan/admin/account/secret"
)

// Bounds of what a browser says.
const (
	mostResponse = 32 << 10
	mostKept     = 8 << 10
	mostUsed     = 10_000          // ceremonies that ended lately
	holds        = 5 * time.Minute // a ceremony
)

// A Party is the site that keys are made for. Its methods may be called by any number of
// goroutines.
type Party struct {
	web     *webauthn.WebAuthn
	key     *secret.Key
	purpose string // of this run: a ceremony does not outlast it

	mu   sync.Mutex
	used map[string]time.Time // mu; challenges that ended, and until when they would hold
}

// ErrAddress means that keys cannot be made for a site: browsers make them for names that
// are reached by HTTPS.
var ErrAddress = errors.New("passkeys take an address that begins with https:// and has a name")

// New is a Party for a site that is reached at an address, and called by a name.
func New(address, name string, key *secret.Key) (*Party, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.Path != "" && u.Path != "/" {
		return nil, ErrAddress
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return nil, ErrAddress
	}
	must, timeout := true, webauthn.TimeoutConfig{Enforce: true, Timeout: holds, TimeoutUVD: holds}
	web, err := webauthn.New(&webauthn.Config{
		RPID: strings.ToLower(u.Hostname()), RPDisplayName: name,
		RPOrigins:             []string{"https://" + strings.ToLower(u.Host)},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: &must, ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: timeout, Registration: timeout},
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys for %s: %w", address, err)
	}
	var run [8]byte
	_, _ = rand.Read(run[:])
	return &Party{web: web, key: key, purpose: "passkey " + hex.EncodeToString(run[:]), used: map[string]time.Time{}}, nil
}

// An Owner is an account with the keys that it has.
type Owner struct {
	ID, Name    string
	Credentials []json.RawMessage
}

// user is an owner as go-webauthn asks for it.
type user struct {
	owner       Owner
	credentials []webauthn.Credential
}

// WebAuthnID implements webauthn.User.
func (u *user) WebAuthnID() []byte { return []byte(u.owner.ID) }

// WebAuthnName implements webauthn.User.
func (u *user) WebAuthnName() string { return u.owner.Name }

// WebAuthnDisplayName implements webauthn.User.
func (u *user) WebAuthnDisplayName() string { return u.owner.Name }

// WebAuthnCredentials implements webauthn.User.
func (u *user) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

// userOf leaves out what cannot be read: it opens nothing.
func userOf(o Owner) *user {
	u := &user{owner: o}
	for _, text := range o.Credentials {
		var c webauthn.Credential
		if err := json.Unmarshal(text, &c); err == nil && len(c.ID) > 0 && len(c.PublicKey) > 0 {
			u.credentials = append(u.credentials, c)
		}
	}
	return u
}

// A Ceremony is what a browser is asked for, and what it keeps until it answers.
type Ceremony struct {
	Options json.RawMessage // for navigator.credentials
	Kept    string          // sealed
}

// A Key is a key of a device, as it is kept.
type Key struct {
	ID         string // base64url
	Credential json.RawMessage
}

// ErrRefused means that an answer proves nothing.
var ErrRefused = errors.New("the answer of the device proves nothing")

// Make begins making a key for an owner; one that has a key already makes none.
func (p *Party) Make(o Owner) (c Ceremony, err error) {
	u := userOf(o)
	has := webauthn.Credentials(u.credentials).CredentialDescriptors()
	options, session, err := p.web.BeginRegistration(u, webauthn.WithExclusions(has))
	return p.ceremony(options, session, err)
}

// Made ends making a key.
func (p *Party) Made(o Owner, kept string, response []byte, now time.Time) (k Key, err error) {
	session, err := p.open(kept, response)
	if err != nil {
		return k, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return k, ErrRefused
	}
	c, err := p.web.CreateCredential(userOf(o), session, parsed)
	if err != nil {
		return k, ErrRefused
	}
	return p.kept(c, session, now)
}

// Ask begins a login: by any key that the device has for this site, of whomever, or by one
// of an owner if there is one.
func (p *Party) Ask(o *Owner) (c Ceremony, err error) {
	verified := webauthn.WithUserVerification(protocol.VerificationRequired)
	if o == nil {
		options, session, err := p.web.BeginDiscoverableLogin(verified)
		return p.ceremony(options, session, err)
	}
	options, session, err := p.web.BeginLogin(userOf(*o), verified)
	return p.ceremony(options, session, err)
}

// Answered ends a login. Who says whose a key is, by the id of an account; the key is as
// it is to be kept from now on.
func (p *Party) Answered(
	kept string, response []byte, who func(id string) (Owner, error), now time.Time,
) (o Owner, k Key, err error) {
	session, err := p.open(kept, response)
	if err != nil {
		return o, k, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return o, k, ErrRefused
	}
	find := func(id []byte) (webauthn.User, error) {
		if o, err = who(string(id)); err != nil {
			return nil, err
		}
		return userOf(o), nil
	}
	var c *webauthn.Credential
	if len(session.UserID) > 0 {
		u, findErr := find(session.UserID)
		if findErr != nil {
			return o, k, ErrRefused
		}
		c, err = p.web.ValidateLogin(u, session, parsed)
	} else {
		of := func(_, id []byte) (webauthn.User, error) { return find(id) }
		_, c, err = p.web.ValidatePasskeyLogin(of, session, parsed)
	}
	if err != nil || c.Authenticator.CloneWarning { // a counter that went back: there are two of it
		return o, k, ErrRefused
	}
	k, err = p.kept(c, session, now)
	return o, k, err
}

// ceremony seals what go-webauthn wants back.
func (p *Party) ceremony(options any, session *webauthn.SessionData, err error) (Ceremony, error) {
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin a ceremony: %w", err)
	}
	text, err1 := json.Marshal(session)
	asked, err2 := json.Marshal(options)
	if err := errors.Join(err1, err2); err != nil {
		return Ceremony{}, fmt.Errorf("begin a ceremony: %w", err)
	}
	return Ceremony{asked, base64.RawURLEncoding.EncodeToString(p.key.Seal(string(text), p.purpose))}, nil
}

// open is what ceremony sealed, of a ceremony that did not end yet.
func (p *Party) open(kept string, response []byte) (session webauthn.SessionData, err error) {
	if len(kept) > mostKept || len(response) > mostResponse {
		return session, ErrRefused
	}
	sealed, err := base64.RawURLEncoding.DecodeString(kept)
	if err != nil {
		return session, ErrRefused
	}
	text, err := p.key.Unseal(sealed, p.purpose)
	if err != nil || json.Unmarshal([]byte(text), &session) != nil {
		return session, ErrRefused
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, used := p.used[session.Challenge]; used {
		return session, ErrRefused
	}
	return session, nil
}

// kept ends a ceremony, once, with a key.
func (p *Party) kept(c *webauthn.Credential, session webauthn.SessionData, now time.Time) (k Key, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, used := p.used[session.Challenge]; used {
		return k, ErrRefused
	}
	for challenge, until := range p.used {
		if now.After(until) {
			delete(p.used, challenge)
		}
	}
	if len(p.used) >= mostUsed {
		return k, ErrRefused
	}
	p.used[session.Challenge] = session.Expires.Add(holds)
	c.Attestation = webauthn.CredentialAttestation{} // which model it is, is nobody's business
	text, err := json.Marshal(c)
	return Key{base64.RawURLEncoding.EncodeToString(c.ID), text}, err
}
