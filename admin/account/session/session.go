// Package session keeps who is logged in, from a login to its end, across starts of the
// program. What lies on disk is the hash of what a browser shows: who reads the directory
// cannot log in with it. FORMAT.md of admin/account says how it lies there.
package session

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
)

// Limits are how long a session lasts.
type Limits struct {
	Idle     time.Duration // without a request; default 1h
	Lifetime time.Duration // from the login on; default 12h
}

// DefaultLimits hold where nothing else is said.
func DefaultLimits() Limits { return Limits{Idle: time.Hour, Lifetime: 12 * time.Hour} }

// Bounds of what is kept. Whatever is too much, the session that was idle longest ends:
// nobody is kept out by those that are open.
const (
	mostInAll     = 10_000
	mostOfAccount = 50
	touchAfter    = time.Minute      // how fine the time of the last request is kept
	halfLifetime  = 10 * time.Minute // of one that waits for the second factor
)

// A Session is somebody who is logged in.
type Session struct {
	ID      string    `json:"-"` // what it is ended by; it is no secret
	Account string    `json:"account"`
	By      string    `json:"by"`             // password, passkey, oidc, code
	Strong  bool      `json:"strong"`         // by two factors
	Half    bool      `json:"half,omitempty"` // the second factor is waited for: nothing may be done
	Begun   time.Time `json:"begun"`
	Seen    time.Time `json:"seen"` // the last request, to the minute
	Until   time.Time `json:"-"`    // when it ends if nothing is asked; at most the lifetime
}

// Sessions are those there are. Its methods may be called by any number of goroutines.
type Sessions struct {
	manager *scs.SessionManager
	files   *files

	mu sync.Mutex // held where a session is written or ended, so that none comes back
}

// Open opens a directory, which is made when it is not there. Damaged are the files that
// were set aside.
func Open(dir string, l Limits) (s *Sessions, damaged []error, err error) {
	store, damaged, err := openFiles(dir)
	if err != nil {
		return nil, nil, err
	}
	// Not by scs.New, which begins a goroutine that never ends.
	m := &scs.SessionManager{
		Store: store, Codec: codec{}, HashTokenInStore: true, IdleTimeout: l.Idle, Lifetime: l.Lifetime,
	}
	return &Sessions{manager: m, files: store}, damaged, nil
}

// errGone means that a session has ended.
var errGone = errors.New("the session has ended")

// Begin begins a session, and returns the token that the browser shows from now on.
func (s *Sessions) Begin(
	ctx context.Context, account, by string, strong, half bool,
) (token string, is Session, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if err := s.files.makeRoom(account, now); err != nil {
		return "", is, err
	}
	ctx, err = s.manager.Load(ctx, "")
	if err != nil {
		return "", is, fmt.Errorf("begin a session: %w", err)
	}
	is = Session{Account: account, By: by, Strong: strong, Half: half, Begun: now.UTC(), Seen: now.UTC()}
	if half {
		s.manager.SetDeadline(ctx, now.Add(halfLifetime))
	}
	return s.write(ctx, is)
}

// Get is the session of a token, whose idle time begins anew; ok is false if there is
// none.
func (s *Sessions) Get(ctx context.Context, token string) (is Session, ok bool) {
	_, is, err := s.load(ctx, token)
	if err != nil || time.Since(is.Seen) < touchAfter {
		return is, err == nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	loaded, is, err := s.load(ctx, token)
	if err != nil {
		return is, false
	}
	is.Seen = time.Now().UTC()
	if _, touched, err := s.write(loaded, is); err == nil { // else it lasts as long as it did
		is = touched
	}
	return is, true
}

// StepUp makes a session one by two factors, under a new token: the old one is worth
// nothing any more.
func (s *Sessions) StepUp(ctx context.Context, token string) (renewed string, is Session, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, is, err = s.load(ctx, token)
	if err != nil {
		return "", is, err
	}
	deadline := is.Begun.Add(s.manager.Lifetime)
	if err := s.manager.RenewToken(ctx); err != nil {
		return "", is, fmt.Errorf("renew a session: %w", err)
	}
	s.manager.SetDeadline(ctx, deadline)
	is.Strong, is.Half, is.Seen = true, false, time.Now().UTC()
	return s.write(ctx, is)
}

// load reads a session. The context is that of its values.
func (s *Sessions) load(ctx context.Context, token string) (context.Context, Session, error) {
	if token == "" {
		return ctx, Session{}, errGone
	}
	ctx, err := s.manager.Load(ctx, token)
	if err != nil {
		return ctx, Session{}, fmt.Errorf("read a session: %w", err)
	}
	is, ok := s.manager.Get(ctx, valueKey).(Session)
	if !ok {
		return ctx, is, errGone
	}
	is.ID = idOf(token)
	is.Until = s.files.until(is.ID)
	return ctx, is, nil
}

// write writes a session. The caller holds mu.
func (s *Sessions) write(ctx context.Context, is Session) (token string, written Session, err error) {
	s.manager.Put(ctx, valueKey, is)
	token, until, err := s.manager.Commit(ctx)
	if err != nil {
		return "", is, fmt.Errorf("write a session: %w", err)
	}
	is.ID, is.Until = idOf(token), until
	return token, is, nil
}

// End ends the session of a token.
func (s *Sessions) End(token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files.Delete(idOf(token))
}

// EndOne ends a session of an account by its ID; found is false if it has none such.
func (s *Sessions) EndOne(account, id string) (found bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, is := range s.files.of(account) {
		if is.ID == id {
			return true, s.files.Delete(id)
		}
	}
	return false, nil
}

// EndAll ends the sessions of an account, but for the one of an ID; "" is none.
func (s *Sessions) EndAll(account, but string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var failed []error
	for _, is := range s.files.of(account) {
		if is.ID != but {
			failed = append(failed, s.files.Delete(is.ID))
		}
	}
	return errors.Join(failed...)
}

// Of are the sessions of an account, the one seen last first.
func (s *Sessions) Of(account string) []Session { return s.files.of(account) }

// idOf is what scs stores a token by.
func idOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
