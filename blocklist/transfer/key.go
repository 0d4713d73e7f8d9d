package transfer

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// This file signs and verifies the messages of zone transfers (TSIG).

const (
	fudge = 300 // seconds that the clocks may differ (RFC 8945 section 10)
	// unsignedMost is how many messages in a row may come without a signature
	// (RFC 8945 section 5.3.1).
	unsignedMost  = 99
	maxSecretFile = 4 << 10
)

// A Key signs and verifies messages (RFC 8945). It may be used by any number of
// goroutines.
type Key struct {
	name      string // absolute, lower case
	algorithm string // likewise
	secret    []byte
	hash      func() hash.Hash
}

// NewKey makes the key of a name, an algorithm (hmac-sha224, -sha256,
// -sha384 or -sha512) and a secret in base64.
func NewKey(name, algorithm, secret string) (*Key, error) {
	k := &Key{name: dns.CanonicalName(name), algorithm: dns.CanonicalName(algorithm)}
	switch k.algorithm {
	case dns.HmacSHA224:
		k.hash = sha256.New224
	case dns.HmacSHA256:
		k.hash = sha256.New
	case dns.HmacSHA384:
		k.hash = sha512.New384
	case dns.HmacSHA512:
		k.hash = sha512.New
	default:
		return nil, fmt.Errorf("%w: algorithm %q", ErrKey, algorithm)
	}
	if _, ok := dns.IsDomainName(name); !ok || name == "" {
		return nil, fmt.Errorf("%w: name %q", ErrKey, name)
	}
	var err error
	if k.secret, err = base64.StdEncoding.DecodeString(strings.TrimSpace(secret)); err != nil || len(k.secret) == 0 {
		return nil, fmt.Errorf("%w: secret is not base64", ErrKey)
	}
	return k, nil
}

// ReadKey is NewKey with the secret from a file that holds nothing else.
func ReadKey(name, algorithm, file string) (*Key, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	defer f.Close()
	secret, err := io.ReadAll(io.LimitReader(f, maxSecretFile))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return NewKey(name, algorithm, string(secret))
}

// Name returns the name of the key, absolute and in lower case.
func (k *Key) Name() string { return k.name }

// Generate computes the MAC of msg. With Verify it makes the key a TsigProvider of
// github.com/miekg/dns.
func (k *Key) Generate(msg []byte, t *dns.TSIG) ([]byte, error) {
	if dns.CanonicalName(t.Hdr.Name) != k.name || dns.CanonicalName(t.Algorithm) != k.algorithm {
		return nil, dns.ErrSecret
	}
	h := hmac.New(k.hash, k.secret)
	h.Write(msg)
	return h.Sum(nil), nil
}

// Verify compares the MAC of a message with the computed one.
func (k *Key) Verify(msg []byte, t *dns.TSIG) error {
	want, err := k.Generate(msg, t)
	if err != nil {
		return err
	}
	got, err := hex.DecodeString(t.MAC)
	if err != nil || !hmac.Equal(got, want) {
		return dns.ErrSig
	}
	return nil
}

// Algorithm returns the algorithm of the key, as TSIG records name it.
func (k *Key) Algorithm() string { return k.algorithm }

// sign packs a question with its signature and returns the MAC, which the reply
// depends on.
func (k *Key) sign(m *dns.Msg) (wire []byte, mac string, err error) {
	m.SetTsig(k.name, k.algorithm, fudge, time.Now().Unix())
	return dns.TsigGenerateWithProvider(m, k, "", false)
}

// A chain verifies a reply of several messages, in which each signature covers
// the one before it and the unsigned messages between the two (RFC 8945 section
// 5.3.1).
type chain struct {
	*Key
	mac     string // of the question, then of the last signed message
	later   bool   // a message was signed
	between []byte // messages since
	count   int    // of them
}

// check is called with each message, packed and unpacked.
func (c *chain) check(wire []byte, m *dns.Msg) error {
	t := m.IsTsig()
	if t == nil {
		if !c.later || c.count == unsignedMost || m.Rcode != dns.RcodeSuccess {
			return fmt.Errorf("%w: not signed (%s)", ErrSignature, dns.RcodeToString[m.Rcode])
		}
		c.between = append(c.between, wire...)
		c.count++
		return nil
	}
	if err := dns.TsigVerifyWithProvider(wire, c, c.mac, c.later); err != nil {
		return fmt.Errorf("%w: %w (%s)", ErrSignature, err, dns.RcodeToString[int(t.Error)])
	}
	c.mac, c.later, c.between, c.count = t.MAC, true, c.between[:0], 0
	return nil
}

// Verify puts the unsigned messages where the signature covers them: after the MAC
// of the last signed one.
func (c *chain) Verify(msg []byte, t *dns.TSIG) error {
	if c.count == 0 {
		return c.Key.Verify(msg, t)
	}
	behind := 2 + len(c.mac)/2
	return c.Key.Verify(slices.Concat(msg[:behind], c.between, msg[behind:]), t)
}

// end checks that the last message was signed.
func (c *chain) end() error {
	if c.count > 0 {
		return fmt.Errorf("%w: the last message is not signed", ErrSignature)
	}
	return nil
}
