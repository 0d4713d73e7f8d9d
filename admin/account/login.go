package account

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"lachan/admin/account/secret"
	"lachan/admin/account/session"
	"lachan/internal/wording"
)

// Login lets somebody in with the name and the password of an account. Nothing tells whether the name or the
// password is wrong, nor how long it took.
func (d *Door) Login(ctx context.Context, v Visit, name, password string, now time.Time) (Pass, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	try, err := d.begin("password", name, v, now)
	if err != nil {
		return Pass{}, err
	}
	id := d.Store.idOf(name)
	f, err := d.Store.file(id)
	var refused *Refusal
	if err != nil && !errors.As(err, &refused) {
		try.Withdraw()
		return Pass{}, err
	}
	right, err := d.hasher.Matches(ctx, password, f.Password)
	if err != nil {
		try.Withdraw()
		return Pass{}, busy(err)
	}
	if !right {
		return Pass{}, refuse(Wrong, "password", textWrong)
	}
	try.Succeeded()
	if secret.Outdated(f.Password) {
		d.renewHash(ctx, id, f.Password, password)
	}
	return d.enter(ctx, f.account(), "password", false, now)
}

// renewHash hashes a password at today's cost. If that fails, the old hash does as well.
func (d *Door) renewHash(ctx context.Context, id, old, password string) {
	if hash, err := d.hasher.Hash(ctx, password); err == nil {
		_ = d.Store.change(id, func(f *file) error {
			if f.Password == old {
				f.Password = hash
			}
			return nil
		})
	}
}

// enter begins the session of somebody who showed something: a whole one if that was two
// factors, or the account has but one.
func (d *Door) enter(ctx context.Context, a Account, by string, strong bool, now time.Time) (Pass, error) {
	half := !strong && a.SecondFactor()
	token, is, err := d.sessions.Begin(ctx, a.ID, by, strong, half)
	if err != nil {
		return Pass{}, err
	}
	return d.pass(token, is, a, now), nil
}

// pass is what the owner of a session goes on with.
func (d *Door) pass(token string, is session.Session, a Account, now time.Time) Pass {
	p := Pass{Token: token, Session: is, Account: a, NeedsFactor: is.Half}
	if !is.Half {
		p.Device = d.device(a.Name, now)
		_, p.MustEnroll = effective(d.grants.Grants(a.ID), is.Strong)
	}
	return p
}

// Second makes a session whole, or one by two factors, for who shows a code: of an app, or
// one of those kept for when there is none. The token of the session changes.
func (d *Door) Second(ctx context.Context, v Visit, token, code string, now time.Time) (Pass, error) {
	is, ok := d.sessions.Get(ctx, token)
	if !ok {
		return Pass{}, refuse(Ended, "", textSessionEnded)
	}
	a, err := d.Store.Get(is.Account)
	if err != nil {
		return Pass{}, err
	}
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	kind, use := "totp", d.useTOTP
	if len(code) != 6 {
		kind, use = "recovery", d.useRecovery
	}
	try, err := d.begin(kind, a.Name, v, now)
	if err != nil {
		return Pass{}, err
	}
	if err := use(a.ID, code, now); err != nil {
		return Pass{}, err
	}
	try.Succeeded()
	return d.stepUp(ctx, token, now)
}

// stepUp makes a session one by two factors.
func (d *Door) stepUp(ctx context.Context, token string, now time.Time) (Pass, error) {
	token, is, err := d.sessions.StepUp(ctx, token)
	if err != nil {
		return Pass{}, refuse(Ended, "", textSessionEnded)
	}
	a, err := d.Store.Get(is.Account)
	if err != nil {
		return Pass{}, err
	}
	return d.pass(token, is, a, now), nil
}

// useTOTP takes a code of an app, once: its step is on disk before anybody is let in.
func (d *Door) useTOTP(id, code string, now time.Time) error {
	return d.Store.change(id, func(f *file) error {
		if f.TOTP == nil {
			return refuse(Wrong, "code", textWrongCode)
		}
		step, err := d.stepOf(*f.TOTP, id, code, now)
		if err == nil {
			f.TOTP.Step = step
		}
		return err
	})
}

// stepOf is the step of the code of an app.
func (d *Door) stepOf(t sealedTOTP, id, code string, now time.Time) (int64, error) {
	app, err := d.Store.key.Unseal(t.Sealed, "totp "+id)
	if err != nil {
		return 0, refuse(Wrong, "code", textTOTPLost)
	}
	step, ok := secret.TOTPStep(app, code, t.Step, now)
	if !ok {
		return 0, refuse(Wrong, "code", textWrongCode)
	}
	return step, nil
}

// useRecovery takes a recovery code, once.
func (d *Door) useRecovery(id, code string, _ time.Time) error {
	hash := secret.HashCode(code)
	return d.Store.change(id, func(f *file) error {
		i := slices.Index(f.Recovery, hash)
		if i < 0 {
			return refuse(Wrong, "code", textWrongCode)
		}
		f.Recovery = slices.Delete(f.Recovery, i, i+1)
		return nil
	})
}

// Redeem sets the password of an account by the code that it was made or reset with, and
// lets its owner in.
func (d *Door) Redeem(ctx context.Context, v Visit, name, code, password string, now time.Time) (Pass, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	try, err := d.begin("code", name, v, now)
	if err != nil {
		return Pass{}, err
	}
	id, hash := d.Store.idOf(name), secret.HashCode(code)
	waits := func(f *file) bool {
		return f.Invite != nil && f.Invite.Hash == hash && now.Before(f.Invite.Until)
	}
	f, err := d.Store.file(id)
	if err != nil || !waits(&f) {
		return Pass{}, refuse(Wrong, "code", textWrongInvite)
	}
	try.Succeeded() // the code is right, whatever the password
	password, err = d.hash(ctx, password, d.namesOf(id, name))
	if err != nil {
		return Pass{}, err
	}
	err = d.Store.change(id, func(f *file) error {
		if !waits(f) {
			return refuse(Wrong, "code", textWrongInvite)
		}
		f.Password, f.Invite = password, nil
		return nil
	})
	if err != nil {
		return Pass{}, err
	}
	a, err := d.Store.Get(id)
	if err != nil {
		return Pass{}, err
	}
	return d.enter(ctx, a, "code", false, now)
}

// firstHolds is how long the code of the first account holds.
const firstHolds = 30 * time.Minute

// firstCode is the code by which the first account is made.
type firstCode struct {
	mu    sync.Mutex
	hash  string
	until time.Time
}

// FirstCode is a code by which the first account is made within half an hour, to be told
// where only those read it who run the machine; ok is false if there is an account, or ever
// was one.
func (d *Door) FirstCode(now time.Time) (code string, ok bool) {
	if !d.Store.isEmpty() {
		return "", false
	}
	d.first.mu.Lock()
	defer d.first.mu.Unlock()
	code = secret.NewCode()
	d.first.hash, d.first.until = secret.HashCode(code), now.Add(firstHolds)
	return code, true
}

// First makes the first account by the code of FirstCode. It has no grants: the caller has
// to see to that, before the Pass is handed over.
func (d *Door) First(ctx context.Context, v Visit, code, name, password string, now time.Time) (Pass, error) {
	try, err := d.begin("first", "", v, now)
	if err != nil {
		return Pass{}, err
	}
	d.first.mu.Lock()
	defer d.first.mu.Unlock()
	if !d.Store.isEmpty() || d.first.hash == "" || secret.HashCode(code) != d.first.hash || !now.Before(d.first.until) {
		return Pass{}, refuse(Wrong, "code", textWrongFirst)
	}
	try.Succeeded()
	name, err = canonicalName(name)
	if err != nil {
		return Pass{}, err
	}
	hash, err := d.hash(ctx, password, []string{name})
	if err != nil {
		return Pass{}, err
	}
	a, err := d.Store.add(file{Name: name, Made: now.UTC(), Password: hash})
	if err != nil {
		return Pass{}, err
	}
	d.first.hash = ""
	return d.enter(ctx, a, "code", false, now)
}

// FirstText is what the terminal and the journal say of the code of the first account.
func FirstText(code string, now time.Time) wording.Text {
	return textFirst.With(code, now.Add(firstHolds).Format("15:04"))
}
