package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"lachan/admin/account/secret"
	"lachan/admin/account/session"
)

// An Own is somebody at his own account: what he is entered by, and where he is in.
type Own struct {
	door  *Door
	token string
	is    session.Session
	Account
}

// Own is the account of a session that is whole.
func (d *Door) Own(ctx context.Context, token string) (*Own, error) {
	e, err := d.BySession(ctx, token)
	if err != nil {
		return nil, err
	}
	a, err := d.Store.Get(e.Session.Account)
	if err != nil {
		return nil, err
	}
	return &Own{door: d, token: token, is: e.Session, Account: a}, nil
}

// sure reports whether a session may change what the account is entered by: one by two
// factors, where there are two, so that a session that somebody left open is not the
// account.
func (o *Own) sure() error {
	if o.SecondFactor() && !o.is.Strong {
		return refuse(Denied, "code", textStepUp)
	}
	return nil
}

// SetPassword changes the password for somebody who knows the old one. All other sessions
// end. An account of a provider has none: it would open after the provider has shut.
func (o *Own) SetPassword(ctx context.Context, v Visit, old, password string, now time.Time) error {
	d := o.door
	if err := o.sure(); err != nil {
		return err
	}
	if o.Issuer != "" {
		return refuse(Invalid, "password", textProvided.With(o.Issuer))
	}
	try, err := d.begin("password", o.Name, v, now)
	if err != nil {
		return err
	}
	f, err := d.Store.file(o.ID)
	if err != nil {
		try.Withdraw()
		return err
	}
	right, err := d.hasher.Matches(ctx, old, f.Password)
	if err != nil {
		try.Withdraw()
		return busy(err)
	}
	if !right {
		return refuse(Wrong, "old", textWrongOld)
	}
	try.Succeeded()
	hash, err := d.hash(ctx, password, d.namesOf(o.ID, o.Name))
	if err != nil {
		return err
	}
	err = d.Store.change(o.ID, func(f *file) error {
		f.Password, f.Invite = hash, nil
		return nil
	})
	if err != nil {
		return err
	}
	return d.sessions.EndAll(o.ID, o.is.ID)
}

// A NewTOTP is a secret for an app, until its first code is typed.
type NewTOTP struct {
	Secret string // to be typed
	URL    string // otpauth://, to be shown as a QR code
}

// StartTOTP makes a secret for an app. What was there before holds until ConfirmTOTP.
func (o *Own) StartTOTP(issuer string) (made NewTOTP, err error) {
	if err := o.sure(); err != nil {
		return made, err
	}
	made.Secret, made.URL, err = secret.NewTOTP(issuer, o.Name)
	if err != nil {
		return made, err
	}
	err = o.door.Store.change(o.ID, func(f *file) error {
		f.Pending = &sealedTOTP{Sealed: o.door.Store.key.Seal(made.Secret, "totp "+o.ID)}
		return nil
	})
	return made, err
}

// ConfirmTOTP takes the first code of an app, and makes the session one by two factors.
// Recovery are the codes to keep, the first time there is a second factor.
func (o *Own) ConfirmTOTP(
	ctx context.Context, v Visit, code string, now time.Time,
) (p Pass, recovery []string, err error) {
	d := o.door
	try, err := d.begin("totp", o.Name, v, now)
	if err != nil {
		return p, nil, err
	}
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	err = d.Store.change(o.ID, func(f *file) error {
		if f.Pending == nil {
			return refuse(Wrong, "code", textNoPending)
		}
		step, err := d.stepOf(*f.Pending, o.ID, code, now)
		if err != nil {
			return err
		}
		f.TOTP, f.Pending = &sealedTOTP{f.Pending.Sealed, step}, nil
		if len(f.Recovery) == 0 {
			recovery = f.newRecovery()
		}
		return nil
	})
	if err != nil {
		return p, nil, err
	}
	try.Succeeded()
	p, err = d.stepUp(ctx, o.token, now)
	return p, recovery, err
}

// RemoveTOTP takes the app away. Roles that need a second factor hold no longer if it was
// the last one.
func (o *Own) RemoveTOTP() error {
	return o.changeSurely(func(f *file) error {
		f.TOTP, f.Pending = nil, nil
		return nil
	})
}

// NewRecovery makes new recovery codes; the old ones end.
func (o *Own) NewRecovery() (codes []string, err error) {
	err = o.changeSurely(func(f *file) error {
		if f.TOTP == nil && len(f.Passkeys) == 0 {
			return refuse(Invalid, "", textNoFactor)
		}
		codes = f.newRecovery()
		return nil
	})
	return codes, err
}

// newRecovery puts new recovery codes in place of the old ones.
func (f *file) newRecovery() (codes []string) {
	f.Recovery = nil
	for range recoveryCodes {
		code := secret.NewCode()
		codes, f.Recovery = append(codes, code), append(f.Recovery, secret.HashCode(code))
	}
	return codes
}

// RemovePasskey takes a passkey away by its id.
func (o *Own) RemovePasskey(id string) error {
	return o.changeSurely(func(f *file) error {
		i := slices.IndexFunc(f.Passkeys, func(p Passkey) bool { return p.ID == id })
		if i < 0 {
			return refuse(NotThere, "passkey", textNoPasskey)
		}
		f.Passkeys = slices.Delete(f.Passkeys, i, i+1)
		return nil
	})
}

// changeSurely changes the file of the account for a session that may. Where no second
// factor is left, the recovery codes end too: they stand for one.
func (o *Own) changeSurely(do func(*file) error) error {
	if err := o.sure(); err != nil {
		return err
	}
	return o.door.Store.change(o.ID, func(f *file) error {
		if err := do(f); err != nil {
			return err
		}
		if f.TOTP == nil && len(f.Passkeys) == 0 {
			f.Recovery = nil
		}
		return nil
	})
}

// Sessions are those of the account, the one seen last first.
func (o *Own) Sessions() []session.Session { return o.door.sessions.Of(o.ID) }

// Current is the session that is asked by.
func (o *Own) Current() session.Session { return o.is }

// EndSession ends a session of the account by its id.
func (o *Own) EndSession(id string) error {
	found, err := o.door.sessions.EndOne(o.ID, id)
	if err == nil && !found {
		return refuse(NotThere, "session", textNoSession)
	}
	return err
}

// EndOthers ends all sessions of the account but this one.
func (o *Own) EndOthers() error { return o.door.sessions.EndAll(o.ID, o.is.ID) }
