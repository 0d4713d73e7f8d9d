package secret

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Bounds of the work for passwords. Two at a time take 38 MiB and leave processors to
// others; what waits longer than the queue is told to come again.
const (
	atATime    = 2
	mostQueued = 64
	saltBytes  = 16
	hashBytes  = 32
)

// cost is what one hash takes: about 20 ms.
var cost = parameters{memory: 19 << 10, passes: 2, threads: 1}

// parameters of argon2id.
type parameters struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// affordable bounds what a file may ask for.
func (p parameters) affordable() bool {
	return p.memory >= 8 && p.memory <= 64<<10 && p.passes >= 1 && p.passes <= 8 && p.threads >= 1 && p.threads <= 4
}

// ErrBusy means that too many passwords wait to be looked at.
var ErrBusy = errors.New("too many passwords wait to be checked")

// A Hasher works on passwords, few at a time. Its methods may be called by any number of
// goroutines.
type Hasher struct {
	working chan struct{}
	queued  chan struct{}
	nobody  string // a hash that no password has: the work for those that are not there
}

// NewHasher is a Hasher that nobody waits for.
func NewHasher() *Hasher {
	salt, sum := make([]byte, saltBytes), make([]byte, hashBytes)
	_, _ = rand.Read(salt)
	_, _ = rand.Read(sum)
	return &Hasher{make(chan struct{}, atATime), make(chan struct{}, mostQueued), encode(cost, salt, sum)}
}

// Hash is what is kept of a password.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt)
	sum, err := h.sum(ctx, password, cost, salt)
	if err != nil {
		return "", err
	}
	return encode(cost, salt, sum), nil
}

// Matches reports whether a password is the one that a hash is of. A hash that is empty
// or damaged is that of none, after the same work.
func (h *Hasher) Matches(ctx context.Context, password, hash string) (bool, error) {
	p, salt, want, ok := decode(hash)
	if !ok {
		p, salt, want, _ = decode(h.nobody)
	}
	sum, err := h.sum(ctx, password, p, salt)
	return ok && subtle.ConstantTimeCompare(sum, want) == 1, err
}

// Outdated reports whether a hash was made at another cost than today's.
func Outdated(hash string) bool {
	p, _, _, ok := decode(hash)
	return ok && p != cost
}

// sum waits for its turn.
func (h *Hasher) sum(ctx context.Context, password string, p parameters, salt []byte) ([]byte, error) {
	select {
	case h.queued <- struct{}{}:
		defer func() { <-h.queued }()
	default:
		return nil, ErrBusy
	}
	select {
	case h.working <- struct{}{}:
		defer func() { <-h.working }()
	case <-ctx.Done():
		return nil, fmt.Errorf("check a password: %w", ctx.Err())
	}
	return argon2.IDKey(norm.NFC.Bytes([]byte(password)), salt, p.passes, p.memory, p.threads, hashBytes), nil
}

func encode(p parameters, salt, sum []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.threads, b64(salt), b64(sum))
}

// decode reads what encode wrote; ok is false if it is something else, or asks for more
// than can be afforded.
func decode(text string) (p parameters, salt, sum []byte, ok bool) {
	parts := strings.Split(text, "$")
	if len(text) > 200 || len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return p, nil, nil, false
	}
	var version int
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &p.memory, &p.passes, &p.threads); err != nil {
		return p, nil, nil, false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	whole := errors.Join(err1, err2) == nil && len(salt) >= 8 && len(sum) == hashBytes && text == encode(p, salt, sum)
	return p, salt, sum, whole && version == argon2.Version && p.affordable()
}
