package fleet_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"
	"time"

	"aead.dev/minisign"

	"lachan/fleet"
)

func newRoot(t testing.TB) (minisign.PublicKey, minisign.PrivateKey) {
	t.Helper()
	public, secret, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return public, secret
}

// A hub is one for as long as the root says; a key that was revoked is good for nothing,
// one that is over for what it has written.
func TestTheRootSaysWhoIsAHub(t *testing.T) {
	public, secret := newRoot(t)
	now := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	var keys []ed25519.PublicKey
	for range 3 {
		key, _ := newKey(t)
		keys = append(keys, key)
	}
	text, signature, err := fleet.Trust{Serial: 3, At: now, Hubs: []fleet.HubKey{
		{Name: "hub-1", Key: fleet.PublicKey(keys[0]), Until: now.AddDate(0, 0, 90)},
		{Name: "hub-2", Key: fleet.PublicKey(keys[1]), Until: now.AddDate(0, 0, 90), Revoked: true},
		{Name: "hub-3", Key: fleet.PublicKey(keys[2]), Until: now},
	}}.Signed(secret)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := fleet.ParseTrust(text, signature, public)
	if err != nil {
		t.Fatal(err)
	}
	same := func(got, want []ed25519.PublicKey) bool {
		return slices.EqualFunc(got, want, func(a, b ed25519.PublicKey) bool { return a.Equal(b) })
	}
	if got := trust.Writers(); !same(got, []ed25519.PublicKey{keys[0], keys[2]}) {
		t.Errorf("writers %x", got)
	}
	if got := trust.Signers(now); !same(got, keys[:1]) {
		t.Errorf("signers %x", got)
	}
	if !trust.Has(keys[0], now) || trust.Has(keys[1], now) || trust.Has(keys[2], now) || trust.Has(keys[0], now.AddDate(0, 0, 90)) {
		t.Error("a key signs that may not, or may and does not")
	}
}

// What the root has not signed is believed in nothing, whichever byte was changed.
func TestOnlyTheRootSaysIt(t *testing.T) {
	public, secret := newRoot(t)
	stranger, strange := newRoot(t)
	key, _ := newKey(t)
	trust := fleet.Trust{Serial: 1, Hubs: []fleet.HubKey{{Name: "hub-1", Key: fleet.PublicKey(key)}}}
	text, signature, err := trust.Signed(secret)
	if err != nil {
		t.Fatal(err)
	}
	f := func(what string, text, signature []byte, root minisign.PublicKey) {
		t.Helper()
		if _, err := fleet.ParseTrust(text, signature, root); !errors.Is(err, fleet.ErrTrust) {
			t.Errorf("%s: %v", what, err)
		}
	}
	f("of another root", text, signature, stranger)
	for i := range text {
		changed := bytes.Clone(text)
		changed[i]++
		f("one byte changed", changed, signature, public)
	}
	f("no signature", text, nil, public)
	f("too long", append(bytes.Clone(text), make([]byte, 1<<20)...), signature, public)
	sign := func(text string) ([]byte, []byte) { return []byte(text), minisign.Sign(strange, []byte(text)) }
	for what, text := range map[string]string{
		"no JSON":       "hubs",
		"no serial":     `{"serial":0,"hubs":[{"name":"a","key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}`,
		"no hub":        `{"serial":1,"hubs":[]}`,
		"no key":        `{"serial":1,"hubs":[{"name":"a"}]}`,
		"a short key":   `{"serial":1,"hubs":[{"name":"a","key":"AAAA"}]}`,
		"a name":        `{"serial":1,"hubs":[{"name":"a/b","key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}`,
		"one key twice": `{"serial":1,"hubs":[{"name":"a","key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},{"name":"b","key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}`,
	} {
		text, signature := sign(text)
		f(what, text, signature, stranger)
	}
	if _, _, err := (fleet.Trust{Serial: 1}).Signed(secret); !errors.Is(err, fleet.ErrTrust) {
		t.Errorf("without a hub it is signed: %v", err)
	}
}

// FuzzTrust: what the root has signed is read or refused, and what is read can be signed
// again.
func FuzzTrust(f *testing.F) {
	public, secret := newRoot(f)
	f.Add([]byte(`{"serial":1,"at":"2026-11-29T08:00:00Z","hubs":[{"name":"hub-1","key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","until":"2027-01-01T00:00:00Z"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		trust, err := fleet.ParseTrust(text, minisign.Sign(secret, text), public)
		if err != nil {
			return
		}
		again, signature, err := trust.Signed(secret)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		back, err := fleet.ParseTrust(again, signature, public)
		if err != nil || back.Serial != trust.Serial || len(back.Hubs) != len(trust.Hubs) {
			t.Fatalf("%q is written as %q and read as %+v, %v", text, again, back, err)
		}
	})
}
