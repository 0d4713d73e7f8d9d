package account

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"lachan/admin/account/passkey"
	"lachan/internal/printable"
)

// ByPasskey is the way in by the key of a device. The device has verified its owner, so
// that it stands for two factors.
type ByPasskey struct {
	door  *Door
	party *passkey.Party // nil if off
}

const mostPasskeyName = 60

// On reports whether passkeys can be used.
func (b *ByPasskey) On() bool { return b.party != nil }

// owner is an account with its keys.
func (f file) owner() passkey.Owner {
	o := passkey.Owner{ID: f.ID, Name: f.Name}
	for _, p := range f.Passkeys {
		o.Credentials = append(o.Credentials, p.Credential)
	}
	return o
}

// Start begins a login by whatever key the device has.
func (b *ByPasskey) Start() (passkey.Ceremony, error) {
	if !b.On() {
		return passkey.Ceremony{}, refuse(Off, "", textNoPasskeys)
	}
	return b.party.Ask(nil)
}

// Finish ends a login that Start began. An account of a provider is not let in by a key
// alone: the provider may have shut it.
func (b *ByPasskey) Finish(ctx context.Context, v Visit, kept string, response []byte, now time.Time) (Pass, error) {
	a, err := b.answered(v, kept, response, func(f file) bool { return f.OIDC == nil }, now)
	if err != nil {
		return Pass{}, err
	}
	return b.door.enter(ctx, a, "passkey", true, now)
}

// StartSecond begins showing a key as the second factor of a session.
func (b *ByPasskey) StartSecond(ctx context.Context, token string) (c passkey.Ceremony, err error) {
	if !b.On() {
		return c, refuse(Off, "", textNoPasskeys)
	}
	is, ok := b.door.sessions.Get(ctx, token)
	if !ok {
		return c, refuse(Ended, "", textSessionEnded)
	}
	f, err := b.door.Store.file(is.Account)
	if err != nil {
		return c, err
	}
	if len(f.Passkeys) == 0 {
		return c, refuse(NotThere, "passkey", textNoPasskey)
	}
	o := f.owner()
	return b.party.Ask(&o)
}

// FinishSecond ends what StartSecond began. The token of the session changes.
func (b *ByPasskey) FinishSecond(
	ctx context.Context, v Visit, token, kept string, response []byte, now time.Time,
) (Pass, error) {
	is, ok := b.door.sessions.Get(ctx, token)
	if !ok {
		return Pass{}, refuse(Ended, "", textSessionEnded)
	}
	if _, err := b.answered(v, kept, response, func(f file) bool { return f.ID == is.Account }, now); err != nil {
		return Pass{}, err
	}
	return b.door.stepUp(ctx, token, now)
}

// answered is the account whose key answered, if it may.
func (b *ByPasskey) answered(
	v Visit, kept string, response []byte, may func(file) bool, now time.Time,
) (a Account, err error) {
	if !b.On() {
		return a, refuse(Off, "", textNoPasskeys)
	}
	d := b.door
	try, err := d.begin("passkey", "", v, now)
	if err != nil {
		return a, err
	}
	owner := func(id string) (passkey.Owner, error) {
		f, err := d.Store.file(id)
		if err == nil && !may(f) {
			err = passkey.ErrRefused
		}
		return f.owner(), err
	}
	o, key, err := b.party.Answered(kept, response, owner, now)
	if err != nil {
		return a, refuse(Wrong, "passkey", textPasskeyRefused)
	}
	err = d.Store.change(o.ID, func(f *file) error {
		i := slices.IndexFunc(f.Passkeys, func(p Passkey) bool { return p.ID == key.ID })
		if i < 0 {
			return refuse(Wrong, "passkey", textPasskeyRefused)
		}
		if back(f.Passkeys[i].Credential, key.Credential) {
			return refuse(Wrong, "passkey", textPasskeyRefused)
		}
		f.Passkeys[i].Credential = key.Credential
		return nil
	})
	if err != nil {
		return a, err
	}
	try.Succeeded()
	return d.Store.Get(o.ID)
}

// back reports whether the counter of a key went back between two answers that came at
// once: there are two of it.
func back(before, after json.RawMessage) bool {
	count := func(text json.RawMessage) (n uint32, err error) {
		var c struct {
			Authenticator struct {
				SignCount uint32 `json:"signCount"`
			} `json:"authenticator"`
		}
		err = json.Unmarshal(text, &c)
		return c.Authenticator.SignCount, err
	}
	was, err1 := count(before)
	is, err2 := count(after)
	return errors.Join(err1, err2) != nil || was > 0 && is <= was
}

// StartPasskey begins making a key of a device for the account.
func (o *Own) StartPasskey() (c passkey.Ceremony, err error) {
	b := o.door.Passkeys
	if !b.On() {
		return c, refuse(Off, "", textNoPasskeys)
	}
	if err := o.sure(); err != nil {
		return c, err
	}
	f, err := o.door.Store.file(o.ID)
	if err != nil {
		return c, err
	}
	return b.party.Make(f.owner())
}

// FinishPasskey ends what StartPasskey began, and makes the session one by two factors.
// Recovery are the codes to keep, the first time there is a second factor.
func (o *Own) FinishPasskey(
	ctx context.Context, name, kept string, response []byte, now time.Time,
) (p Pass, recovery []string, err error) {
	b := o.door.Passkeys
	if !b.On() {
		return p, nil, refuse(Off, "", textNoPasskeys)
	}
	if err := o.sure(); err != nil {
		return p, nil, err
	}
	f, err := o.door.Store.file(o.ID)
	if err != nil {
		return p, nil, err
	}
	key, err := b.party.Made(f.owner(), kept, response, now)
	if err != nil {
		return p, nil, refuse(Wrong, "passkey", textPasskeyRefused)
	}
	err = o.door.Store.change(o.ID, func(f *file) error {
		if len(f.Passkeys) >= mostPasskeys {
			return refuse(Full, "", textPasskeysFull.With(mostPasskeys))
		}
		if slices.ContainsFunc(f.Passkeys, func(p Passkey) bool { return p.ID == key.ID }) {
			return refuse(Wrong, "passkey", textPasskeyRefused)
		}
		name = printable.Line(name, mostPasskeyName)
		f.Passkeys = append(f.Passkeys, Passkey{ID: key.ID, Name: name, Made: now.UTC(), Credential: key.Credential})
		if len(f.Recovery) == 0 {
			recovery = f.newRecovery()
		}
		return nil
	})
	if err != nil {
		return p, nil, err
	}
	p, err = o.door.stepUp(ctx, o.token, now)
	return p, recovery, err
}
