package account

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"lachan/admin/account/secret"
	"lachan/internal/durable"
	"lachan/internal/printable"
)

// Bounds of tokens.
const (
	mostTokens      = 20_000
	mostTokensOfOne = 50
	mostTokenBytes  = 4096 // of a file
	tokenHolds      = 90 * 24 * time.Hour
	mostTokenHolds  = 366 * 24 * time.Hour
	mostTokenName   = 80
	tokenIDPrefix   = "tok_"
	dayForm         = "2006-01-02"
)

// A Token is what a program shows in place of its owner. It may do what its scopes and
// the rights of its owner have in common, and never make another.
type Token struct {
	ID      string    `json:"id"`
	Account string    `json:"account"`
	Name    string    `json:"name"` // as its owner calls it
	Scopes  []Right   `json:"scopes"`
	Unit    string    `json:"unit"` // with all below it; "" is everything
	Made    time.Time `json:"made"`
	Until   time.Time `json:"until"`
	Used    string    `json:"used"`   // the day of the last use; "" is never
	Strong  bool      `json:"strong"` // made by somebody who was there with two factors
	Hash    string    `json:"hash"`
}

// Tokens are those in a directory. Its methods may be called by any number of goroutines;
// a directory has one Tokens.
type Tokens struct {
	dir string

	mu     sync.Mutex
	byHash map[string]Token // mu
}

// OpenTokens opens a directory, which is made when it is not there. Damaged is what was
// set aside.
func OpenTokens(dir string) (t *Tokens, damaged []error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("open tokens: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("open tokens: %w", err)
	}
	t = &Tokens{dir: dir, byHash: map[string]Token{}}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if durable.IsTemporary(e.Name()) {
			err = errors.Join(err, os.Remove(path))
		}
		id, ok := strings.CutSuffix(e.Name(), fileEnd)
		if !ok || !isID(id, tokenIDPrefix) {
			continue
		}
		text, readErr := readBounded(path, mostTokenBytes)
		is, parseErr := parseToken(id, text)
		if readErr = errors.Join(readErr, parseErr); readErr != nil {
			_, aside := durable.SetAside(path)
			damaged = append(damaged, fmt.Errorf("read token %s: %w", id, errors.Join(readErr, aside)))
			continue
		}
		t.byHash[is.Hash] = is
	}
	return t, damaged, err
}

// parseToken reads what write wrote.
func parseToken(id string, text []byte) (is Token, err error) {
	if err := json.Unmarshal(text, &is); err != nil {
		return Token{}, err
	}
	hash, err := hex.DecodeString(is.Hash)
	strange := slices.ContainsFunc(is.Scopes, func(r Right) bool { _, ok := ParseRight(string(r)); return !ok })
	if err != nil || len(hash) != 32 || is.ID != id || is.Account == "" || is.Scopes == nil || strange {
		return Token{}, errNotIt
	}
	if is.Until.Sub(is.Made) > mostTokenHolds {
		return Token{}, errNotIt
	}
	return is, nil
}

func (t *Tokens) write(is Token) error {
	text, err := json.Marshal(is)
	if err == nil {
		err = durable.WriteFile(filepath.Join(t.dir, is.ID+fileEnd), append(text, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("write token %s: %w", is.ID, err)
	}
	return nil
}

// A TokenWish is what a token is to be like.
type TokenWish struct {
	Name   string
	Scopes []Right   // nil: those that change nothing
	Unit   string    // "" is everything that its owner may
	Until  time.Time // zero: in 90 days; at most in a year
}

// Issue makes a token of an account, and returns the text that is shown once. Whether the
// actor may is asked elsewhere, but for one thing: a token makes none.
func (t *Tokens) Issue(by Actor, account string, wish TokenWish, now time.Time) (is Token, text string, err error) {
	if by.Scopes != nil {
		return is, "", refuse(Denied, "", textTokenOfToken)
	}
	if len(wish.Scopes) == 0 {
		wish.Scopes = ReadOnly()
	}
	for _, right := range wish.Scopes {
		if _, ok := ParseRight(string(right)); !ok {
			return is, "", refuse(Invalid, "scopes", textScope.With(string(right)))
		}
	}
	if wish.Until.IsZero() {
		wish.Until = now.Add(tokenHolds)
	}
	if !wish.Until.After(now) || wish.Until.Sub(now) > mostTokenHolds {
		return is, "", refuse(Invalid, "until", textTokenUntil)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.byHash) >= mostTokens || len(t.of(account)) >= mostTokensOfOne {
		return is, "", refuse(Full, "", textTokensFull.With(mostTokensOfOne, mostTokens))
	}
	text, hash := secret.NewToken()
	is = Token{
		ID: newID(tokenIDPrefix), Account: account, Hash: hash, Unit: wish.Unit,
		Name:   printable.Line(wish.Name, mostTokenName),
		Scopes: slices.Compact(slices.Sorted(slices.Values(wish.Scopes))),
		Made:   now.UTC(), Until: wish.Until.UTC(), Strong: by.Strong || by.Machine,
	}
	if err := t.write(is); err != nil {
		return Token{}, "", err
	}
	t.byHash[hash] = is
	return is, text, nil
}

// Find is the token of a text, whose day of last use is noted; ok is false if it is none,
// or has ended.
func (t *Tokens) Find(text string, now time.Time) (is Token, ok bool) {
	hash, ok := secret.HashToken(text)
	if !ok {
		return is, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	is, ok = t.byHash[hash]
	if !ok || !now.Before(is.Until) {
		return Token{}, false
	}
	if day := now.Format(dayForm); is.Used != day {
		is.Used = day
		t.byHash[hash] = is
		_ = t.write(is) // a full disk keeps no program out; memory knows the day
	}
	return is, true
}

// Of are the tokens of an account, the newest first; of all if it is "".
func (t *Tokens) Of(account string) []Token {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.of(account)
}

// of is Of. The caller holds mu.
func (t *Tokens) of(account string) (list []Token) {
	for _, is := range t.byHash {
		if account == "" || is.Account == account {
			is.Scopes = slices.Clone(is.Scopes)
			list = append(list, is)
		}
	}
	slices.SortFunc(list, func(a, b Token) int { return cmp.Compare(b.ID, a.ID) })
	return list
}

// End ends a token by its id.
func (t *Tokens) End(id string) error {
	ended, err := t.end(func(is Token) bool { return is.ID == id })
	if err == nil && ended == 0 {
		return refuse(NotThere, "token", textNoToken)
	}
	return err
}

// EndAll ends the tokens of an account.
func (t *Tokens) EndAll(account string) error {
	_, err := t.end(func(is Token) bool { return is.Account == account })
	return err
}

func (t *Tokens) end(which func(Token) bool) (ended int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for hash, is := range t.byHash {
		if !which(is) {
			continue
		}
		delete(t.byHash, hash)
		ended++
		if e := os.Remove(filepath.Join(t.dir, is.ID+fileEnd)); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, fmt.Errorf("end token %s: %w", is.ID, e))
		}
	}
	if ended > 0 {
		err = errors.Join(err, durable.SyncDir(t.dir))
	}
	return ended, err
}
