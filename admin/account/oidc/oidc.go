// Package oidc asks a provider of OpenID Connect who somebody is: by a code that only
// the browser that began can use (PKCE), bound to what it began with (state, nonce). It
// knows no accounts: what the claims of a provider are worth is said elsewhere.
package oidc

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"lachan/admin/account/secret"
)

// Bounds of what a provider may say, and for how long.
const (
	mostAnswerBytes = 1 << 20
	patience        = 10 * time.Second // for one answer
	mostText        = 4096             // of a code, a state, what a browser kept
	holds           = 10 * time.Minute // from the start to the end of a login
	mostValues      = 1000             // of a claim
)

// Settings are what is agreed with a provider.
type Settings struct {
	Issuer   string // its address: https://
	ClientID string
	Secret   string // "" if the provider takes PKCE alone
	Redirect string // where it sends people back to
	Scopes   []string
	Client   *http.Client // nil: the usual one; its time and answers are bounded here
}

// A Provider is asked who somebody is. Its methods may be called by any number of
// goroutines.
type Provider struct {
	settings Settings
	client   *http.Client

	mu    sync.Mutex
	known *oidc.Provider // mu; nil until it answered
}

// New is a Provider that was not asked yet.
func New(s Settings) *Provider {
	client := &http.Client{}
	if s.Client != nil {
		*client = *s.Client
	}
	next := client.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	client.Timeout, client.Transport = patience, bounded{next}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Provider{settings: s, client: client}
}

// Host is the host of the provider's address.
func (p *Provider) Host() string {
	u, err := url.Parse(p.settings.Issuer)
	if err != nil {
		return p.settings.Issuer
	}
	return u.Host
}

// bounded cuts answers that are too long.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, mostAnswerBytes), answer.Body}
	}
	return answer, err
}

// flow is what a browser keeps, sealed, between the start and the end of a login.
type flow struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Until    time.Time `json:"until"`
}

const purpose = "oidc flow"

// Start begins a login. The browser is sent to url and keeps kept, for Finish.
func (p *Provider) Start(ctx context.Context, key *secret.Key, now time.Time) (url string, kept []byte, err error) {
	config, _, err := p.config(ctx)
	if err != nil {
		return "", nil, err
	}
	f := flow{oauth2.GenerateVerifier(), oauth2.GenerateVerifier(), oauth2.GenerateVerifier(), now.Add(holds)}
	text, err := json.Marshal(f)
	if err != nil {
		return "", nil, fmt.Errorf("begin a login: %w", err)
	}
	url = config.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier))
	return url, key.Seal(string(text), purpose), nil
}

// config asks the provider for what it offers, once it can be reached.
func (p *Provider) config(ctx context.Context) (*oauth2.Config, *oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		// The keys of the provider are asked for later, and not by who asks first.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		known, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.settings.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("ask %s what it offers: %w", p.settings.Issuer, err)
		}
		p.known = known
	}
	s := p.settings
	return &oauth2.Config{
		ClientID: s.ClientID, ClientSecret: s.Secret, Endpoint: p.known.Endpoint(), RedirectURL: s.Redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, s.Scopes...),
	}, p.known, nil
}

// ErrNotYours means that a login was begun by another browser, or too long ago.
var ErrNotYours = errors.New("the login was not begun in this browser, or too long ago")

// Finish ends a login with what the provider sent back and what the browser kept.
func (p *Provider) Finish(
	ctx context.Context, key *secret.Key, kept []byte, state, code string, now time.Time,
) (c Claims, err error) {
	if len(kept) > mostText || len(state) > mostText || len(code) > mostText {
		return c, ErrNotYours
	}
	text, err := key.Unseal(kept, purpose)
	if err != nil {
		return c, ErrNotYours
	}
	var f flow
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return c, ErrNotYours
	}
	if now.After(f.Until) || subtle.ConstantTimeCompare([]byte(f.State), []byte(state)) != 1 {
		return c, ErrNotYours
	}
	config, known, err := p.config(ctx)
	if err != nil {
		return c, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	answer, err := config.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return c, fmt.Errorf("exchange the code: %w", err)
	}
	raw, _ := answer.Extra("id_token").(string)
	token, err := known.VerifierContext(ctx, &oidc.Config{ClientID: p.settings.ClientID}).Verify(ctx, raw)
	if err != nil {
		return c, fmt.Errorf("verify who it is: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(f.Nonce)) != 1 {
		return c, ErrNotYours
	}
	if token.Issuer == "" || token.Subject == "" {
		return c, errors.New("verify who it is: the provider names nobody")
	}
	c = Claims{Issuer: token.Issuer, Subject: token.Subject}
	if err := token.Claims(&c.values); err != nil {
		return c, fmt.Errorf("read claims: %w", err)
	}
	return c, nil
}

// Claims are what a provider says of somebody.
type Claims struct {
	Issuer, Subject string // who it is, now and later
	values          map[string]any
}

// Of are the values of a claim, which may be one text or a list. A name with dots leads
// into what is in others, unless there is one of that very name.
func (c Claims) Of(name string) []string {
	value, ok := c.values[name]
	if !ok {
		value = any(c.values)
		for part := range strings.SplitSeq(name, ".") {
			inner, _ := value.(map[string]any)
			value = inner[part]
		}
	}
	var texts []string
	switch v := value.(type) {
	case string:
		texts = []string{v}
	case []any:
		for _, one := range v[:min(len(v), mostValues)] {
			if text, ok := one.(string); ok {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

// First is the first value of the first claim that has one; "" if none has.
func (c Claims) First(names ...string) string {
	for _, name := range names {
		if values := c.Of(name); len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// Has reports whether a claim has a value.
func (c Claims) Has(name, value string) bool { return slices.Contains(c.Of(name), value) }
