package account

import (
	"context"
	"encoding/base64"
	"errors"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"lachan/admin/account/backoff"
	"lachan/admin/account/passkey"
	"lachan/admin/account/secret"
	"lachan/admin/account/session"
	"lachan/internal/wording"
)

// Grants are what accounts may do: a ledger.
type Grants interface {
	// Grants are those of an account, ended ones too.
	Grants(account string) []Grant
}

// siteName is what devices call the program.
const siteName = "Lá Chắn"

// Settings are what a Door is opened with.
type Settings struct {
	Dir    string // of the state; accounts, sessions and tokens are below it
	Grants Grants
	// UnitName is what people call a unit; it makes no good password.
	UnitName func(unit string) string
	Limits   session.Limits
	Provider ProviderSettings // off if it has no Provider
	// Address is how browsers reach the console: https:// and a name, for passkeys; they
	// are off where it is something else.
	Address string
}

// A Door is how people and programs come in. Its methods may be called by any number of
// goroutines.
type Door struct {
	Store    *Store
	Tokens   *Tokens
	Provider *ByProvider
	Passkeys *ByPasskey

	sessions *session.Sessions
	hasher   *secret.Hasher
	backoff  *backoff.Backoff
	grants   Grants
	unitName func(string) string
	first    *firstCode
}

// Open opens what is below the directory of the state. Damaged is what was set aside: a
// condition, and nothing that opens.
func Open(s Settings) (d *Door, damaged []error, err error) {
	if s.Limits == (session.Limits{}) {
		s.Limits = session.DefaultLimits()
	}
	store, damaged1, err1 := OpenStore(filepath.Join(s.Dir, "accounts"))
	tokens, damaged2, err2 := OpenTokens(filepath.Join(s.Dir, "tokens"))
	sessions, damaged3, err3 := session.Open(filepath.Join(s.Dir, "sessions"), s.Limits)
	damaged = slices.Concat(damaged1, damaged2, damaged3)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, damaged, err
	}
	d = &Door{
		Store: store, Tokens: tokens, sessions: sessions, hasher: secret.NewHasher(), backoff: backoff.New(),
		grants: s.Grants, unitName: s.UnitName, first: &firstCode{},
	}
	d.Provider = &ByProvider{d, s.Provider}
	party, err := passkey.New(s.Address, siteName, store.key)
	if err != nil && !errors.Is(err, passkey.ErrAddress) {
		return nil, damaged, err
	}
	d.Passkeys = &ByPasskey{d, party}
	return d, damaged, nil
}

// ByProvider is the way in for those who log in elsewhere.
func (d *Door) ByProvider() *ByProvider { return d.Provider }

// ByPasskey is the way in by the key of a device.
func (d *Door) ByPasskey() *ByPasskey { return d.Passkeys }

// A Visit is from where somebody comes.
type Visit struct {
	From netip.Addr
	// Device is what a Pass told the browser to keep, "" if it has nothing: who was let in
	// from it before is not held up by those who try the same account beside it.
	Device string
}

// A Pass is what somebody who was let in goes on with.
type Pass struct {
	Token   string // of the session; what the browser shows from now on
	Session session.Session
	Account Account
	Device  string // what the browser keeps for a year; see Visit
	// NeedsFactor is set if the session is not whole before a second factor was shown:
	// see Second.
	NeedsFactor bool
	// MustEnroll are roles that hold only when there is a second factor, and there is none.
	MustEnroll []Role
}

// An Entrance is somebody who is in.
type Entrance struct {
	Actor   Actor
	Session session.Session // zero for a token
	// MustEnroll is as in Pass.
	MustEnroll []Role
}

// BySession is who shows the token of a session, and may do. A session whose second factor is
// waited for, or whose account is gone, is none.
func (d *Door) BySession(ctx context.Context, token string) (Entrance, error) {
	is, ok := d.sessions.Get(ctx, token)
	if !ok || is.Half {
		return Entrance{}, refuse(Ended, "", textSessionEnded)
	}
	name, ok := d.Store.nameOf(is.Account)
	if !ok {
		return Entrance{}, refuse(Ended, "", textSessionEnded)
	}
	e := Entrance{Session: is, Actor: Actor{ID: is.Account, Name: name, Via: "console", Strong: is.Strong}}
	e.Actor.Grants, e.MustEnroll = effective(d.grants.Grants(is.Account), is.Strong)
	return e, nil
}

// ByToken is what a program may that shows a token.
func (d *Door) ByToken(text string, now time.Time) (Actor, error) {
	t, ok := d.Tokens.Find(text, now)
	if !ok {
		return Actor{}, refuse(Ended, "", textTokenEnded)
	}
	name, ok := d.Store.nameOf(t.Account)
	if !ok {
		return Actor{}, refuse(Ended, "", textTokenEnded)
	}
	a := Actor{ID: t.Account, Name: name, Via: "api", Scopes: t.Scopes, Within: t.Unit}
	if a.Scopes == nil {
		a.Scopes = []Right{} // nil is no token: a file without scopes gives no rights
	}
	a.Grants, _ = effective(d.grants.Grants(t.Account), t.Strong)
	return a, nil
}

// effective are the grants that hold for somebody who showed one factor or two, and the
// roles that do not for want of the second.
func effective(grants []Grant, strong bool) (hold []Grant, missing []Role) {
	for _, g := range grants {
		if !strong && g.Role.NeedsSecondFactor() {
			missing = append(missing, g.Role)
			continue
		}
		hold = append(hold, g)
	}
	slices.Sort(missing)
	return hold, slices.Compact(missing)
}

// nameOf is the name of an account.
func (s *Store) nameOf(id string) (name string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, ok = s.names[id]
	return name, ok
}

// Logout ends the session of a token.
func (d *Door) Logout(token string) error { return d.sessions.End(token) }

// Remove takes an account away, with its sessions and tokens.
func (d *Door) Remove(id string) error {
	return errors.Join(d.Store.remove(id), d.sessions.EndAll(id, ""), d.Tokens.EndAll(id))
}

// Reset takes away what an account is entered by, and its sessions and tokens, and
// returns a code by which its owner sets a new password; "" if it is of a provider.
func (d *Door) Reset(id string, now time.Time) (code string, err error) {
	code = secret.NewCode()
	err = d.Store.change(id, func(f *file) error {
		f.Password, f.TOTP, f.Pending, f.Recovery, f.Passkeys = "", nil, nil, nil, nil
		if f.OIDC != nil {
			code = "" // its provider lets it in
			return nil
		}
		f.Invite = &invitation{secret.HashCode(code), now.Add(resetHolds).UTC()}
		return nil
	})
	if err != nil {
		return "", err
	}
	return code, errors.Join(d.sessions.EndAll(id, ""), d.Tokens.EndAll(id))
}

// begin is a try to be an account; it is refused if it comes too early.
func (d *Door) begin(kind, account string, v Visit, now time.Time) (*backoff.Try, error) {
	try, wait := d.backoff.Begin(kind, account, v.From, d.known(account, v.Device, now), now)
	if try == nil {
		return nil, &Refusal{Kind: TooSoon, Text: textTooSoon.With(int(wait/time.Second) + 1), Wait: wait}
	}
	return try, nil
}

// deviceHolds is how long a device is known that was let in.
const deviceHolds = 365 * 24 * time.Hour

// device is what a browser keeps that was let in to an account.
func (d *Door) device(name string, now time.Time) string {
	text := secret.NewCode() + " " + strconv.FormatInt(now.Add(deviceHolds).Unix(), 10)
	return base64.RawURLEncoding.EncodeToString(d.Store.key.Seal(text, "device "+name))
}

// known is what a device is called that was let in to an account by that name; "" if it
// was not. It proves nothing but that.
func (d *Door) known(name, device string, now time.Time) string {
	if len(device) > 200 {
		return ""
	}
	sealed, err := base64.RawURLEncoding.DecodeString(device)
	if err != nil {
		return ""
	}
	text, err := d.Store.key.Unseal(sealed, "device "+name)
	if err != nil {
		return ""
	}
	number, until, _ := strings.Cut(text, " ")
	if end, err := strconv.ParseInt(until, 10, 64); err != nil || now.Unix() > end {
		return ""
	}
	return number
}

// namesOf is what makes no good password of an account: its name, and those of its units.
func (d *Door) namesOf(id, name string) []string {
	names := []string{name}
	for _, g := range d.grants.Grants(id) {
		names = append(names, g.Unit)
		if d.unitName != nil {
			names = append(names, d.unitName(g.Unit))
		}
	}
	return names
}

// hash checks a new password and hashes it.
func (d *Door) hash(ctx context.Context, password string, names []string) (string, error) {
	if err := secret.Check(password, names...); err != nil {
		return "", refuse(Invalid, "password", wording.Of(err))
	}
	hash, err := d.hasher.Hash(ctx, password)
	return hash, busy(err)
}

// busy is ErrBusy as people are told.
func busy(err error) error {
	if errors.Is(err, secret.ErrBusy) {
		return &Refusal{Kind: TooSoon, Text: textBusy, Wait: time.Second}
	}
	return err
}
