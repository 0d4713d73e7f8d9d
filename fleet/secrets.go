package fleet

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Secrets are what the nodes of an area share, so that a client which comes to another node
// at the same address goes on there: its TLS session, and its DNS cookie. The hub makes them.
// They are in no record; each node asks for them on a connection of its own.
type Secrets []Secret

// A Secret is in use for a while, and known to nodes before that.
type Secret struct {
	From   time.Time `json:"from"`   // what is given to clients is made with it from then on
	Until  time.Time `json:"until"`  // what was made with it is good until then
	Ticket []byte    `json:"ticket"` // encrypts session tickets
	Cookie []byte    `json:"cookie"` // of DNS cookies (RFC 7873)
}

// Sizes of secrets, in bytes.
const (
	TicketSize = 32
	CookieSize = 16
)

const (
	// secretLives is for how many times the time that a secret is in use it is good: clients
	// come back with what was made by it last, and a node without a link goes on by it.
	secretLives = 3
	// ahead is the part of that time for which nodes know a secret before it is used.
	ahead = 4
	// apart is by how much the clocks of hubs that make them together may differ.
	apart = 5 * time.Minute
	// mostSecrets bounds what is read.
	mostSecrets = 8
)

// String keeps secrets out of texts.
func (Secret) String() string { return "[secret]" }

// GoString keeps secrets out of texts.
func (Secret) GoString() string { return "[secret]" }

// ErrSecrets is the error of a text that has no Secrets.
var ErrSecrets = errors.New("these are not the secrets that nodes share")

// ParseSecrets reads what json.Marshal has written.
func ParseSecrets(text []byte) (s Secrets, err error) {
	if len(text) > MaxAnswer {
		return nil, ErrSecrets
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSecrets, err)
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	return s, nil
}

// Check reports what cannot be secrets that Renewed has made.
func (s Secrets) Check() error {
	if len(s) > mostSecrets || !slices.IsSortedFunc(s, func(a, b Secret) int { return a.From.Compare(b.From) }) {
		return fmt.Errorf("%w: %d of them", ErrSecrets, len(s))
	}
	for _, one := range s {
		if len(one.Ticket) != TicketSize || len(one.Cookie) != CookieSize || !one.From.Before(one.Until) {
			return ErrSecrets
		}
	}
	return nil
}

// Renewed are secrets each of which is in use for a time: one for now and one that comes
// after it, which are made if they are missing. Those that are over are left out.
func (s Secrets) Renewed(now time.Time, every time.Duration) (renewed Secrets, changed bool) {
	for _, one := range s {
		if now.Before(one.Until) {
			renewed = append(renewed, one)
		}
	}
	if len(renewed) == 0 || now.Add(min(apart, every)).Before(renewed[0].From) { // the clock may have been wrong
		renewed = Secrets{newSecret(now, every)}
	}
	if last := renewed[len(renewed)-1]; !now.Before(last.From) {
		from := last.From.Add(every)
		if soonest := now.Add(every / ahead); from.Before(soonest) {
			from = soonest
		}
		renewed = append(renewed, newSecret(from, every))
	}
	return renewed, len(renewed) != len(s) || !renewed[0].From.Equal(s[0].From)
}

func newSecret(from time.Time, every time.Duration) Secret {
	one := Secret{
		From: from.UTC(), Until: from.UTC().Add(secretLives * every),
		Ticket: make([]byte, TicketSize), Cookie: make([]byte, CookieSize),
	}
	_, _ = rand.Read(one.Ticket) // it never fails
	_, _ = rand.Read(one.Cookie)
	return one
}

// At are the secrets that are good at a time, the one in use first; none when all are over.
func (s Secrets) At(now time.Time) (good Secrets) {
	for _, one := range s {
		if now.Before(one.Until) {
			good = append(good, one)
		}
	}
	slices.SortStableFunc(good, func(a, b Secret) int {
		begunA, begunB := !now.Before(a.From), !now.Before(b.From)
		switch {
		case begunA != begunB:
			if begunA {
				return -1
			}
			return 1
		case begunA:
			return b.From.Compare(a.From) // the last that has begun
		}
		return a.From.Compare(b.From)
	})
	return good
}

// AskEvery is how often a node asks for them: a few times while one is in use.
func (s Secrets) AskEvery(most time.Duration) time.Duration {
	for _, one := range s {
		most = min(most, one.Until.Sub(one.From)/(secretLives*ahead))
	}
	return max(most, 100*time.Millisecond)
}

// Same reports whether others are the same.
func (s Secrets) Same(o Secrets) bool {
	return slices.EqualFunc(s, o, func(a, b Secret) bool {
		return a.From.Equal(b.From) && a.Until.Equal(b.Until) &&
			bytes.Equal(a.Ticket, b.Ticket) && bytes.Equal(a.Cookie, b.Cookie)
	})
}
