package account_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"lachan/admin/account"
	"lachan/admin/account/passkey"
)

var b64 = base64.RawURLEncoding

// A device is an authenticator in software, with one key for one account (WebAuthn 6).
type device struct {
	key     *ecdsa.PrivateKey
	id      []byte
	user    []byte
	counter uint32
	flags   byte   // user present, user verified
	origin  string // of the page that the browser shows
	site    string // that the browser asks it for
}

func newDevice(t *testing.T) *device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := &device{key: key, id: make([]byte, 16), flags: 0x05, origin: "https://loc.example:8443", site: "loc.example"}
	_, _ = rand.Read(d.id)
	return d
}

// asked is the challenge and the user of what a browser is asked for.
func asked(t *testing.T, c passkey.Ceremony) (challenge string, user []byte) {
	t.Helper()
	var options struct {
		PublicKey struct {
			Challenge string `json:"challenge"`
			User      struct {
				ID string `json:"id"`
			} `json:"user"`
			UserVerification string `json:"userVerification"`
		} `json:"publicKey"`
	}
	if err := json.Unmarshal(c.Options, &options); err != nil {
		t.Fatal(err)
	}
	user, err := b64.DecodeString(options.PublicKey.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	return options.PublicKey.Challenge, user
}

func (d *device) client(kind, challenge string) []byte {
	text, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.origin, "crossOrigin": false})
	return text
}

// data is what the device signs: for whom, how, how often (6.1).
func (d *device) data(more byte) []byte {
	d.counter++
	site := sha256.Sum256([]byte(d.site))
	return binary.BigEndian.AppendUint32(append(site[:], d.flags|more), d.counter)
}

// make is the answer to being asked for a new key.
func (d *device) make(t *testing.T, c passkey.Ceremony) []byte {
	t.Helper()
	challenge, user := asked(t, c)
	d.user = user
	public, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: padded(d.key.X), -3: padded(d.key.Y)})
	if err != nil {
		t.Fatal(err)
	}
	data := append(d.data(0x40), make([]byte, 16)...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(d.id)))
	data = append(append(data, d.id...), public...)
	object, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	if err != nil {
		t.Fatal(err)
	}
	return d.answer(t, map[string]any{"clientDataJSON": b64.EncodeToString(d.client("webauthn.create", challenge)), "attestationObject": b64.EncodeToString(object)})
}

func padded(n *big.Int) []byte { return n.FillBytes(make([]byte, 32)) }

// sign is the answer to being asked who it is.
func (d *device) sign(t *testing.T, c passkey.Ceremony) []byte {
	t.Helper()
	challenge, _ := asked(t, c)
	client, data := d.client("webauthn.get", challenge), d.data(0)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(data[:len(data):len(data)], hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return d.answer(t, map[string]any{
		"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data),
		"signature": b64.EncodeToString(signature), "userHandle": b64.EncodeToString(d.user),
	})
}

func (d *device) answer(t *testing.T, response map[string]any) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{"id": b64.EncodeToString(d.id), "rawId": b64.EncodeToString(d.id), "type": "public-key", "response": response})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func openAt(t *testing.T, dir, address string) *account.Door {
	t.Helper()
	d, _, err := account.Open(account.Settings{Dir: dir, Grants: ledger{}, Address: address})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// own is the account of somebody who logs in by password.
func own(t *testing.T, d *account.Door, name string) *account.Own {
	t.Helper()
	p, err := d.Login(t.Context(), home, name, password, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	o, err := d.Own(t.Context(), p.Token)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// register gives an account a device.
func register(t *testing.T, d *account.Door, name string) *device {
	t.Helper()
	o, key := own(t, d, name), newDevice(t)
	c, err := o.StartPasskey()
	if err != nil {
		t.Fatal(err)
	}
	p, recovery, err := o.FinishPasskey(t.Context(), "điện thoại", c.Kept, key.make(t, c), time.Now())
	if err != nil || !p.Session.Strong || len(recovery) != 8 {
		t.Fatal(p, recovery, err)
	}
	return key
}

func TestADeviceLetsItsOwnerIn(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, "https://loc.example:8443/")
	newAccount(t, d, "lan")
	newAccount(t, d, "minh")
	key := register(t, d, "lan")
	login := func(d *account.Door, key *device) (account.Pass, error) {
		t.Helper()
		c, err := d.Passkeys.Start()
		if err != nil {
			t.Fatal(err)
		}
		return d.Passkeys.Finish(t.Context(), home, c.Kept, key.sign(t, c), time.Now())
	}
	p, err := login(d, key)
	if err != nil || p.Account.Name != "lan" || !p.Session.Strong || p.NeedsFactor {
		t.Fatal(p, err)
	}
	d = openAt(t, dir, "https://loc.example:8443") // as after a start
	if p, err = login(d, key); err != nil || p.Account.Name != "lan" {
		t.Fatal(p, err)
	}
	// As the second factor, after the password.
	half, err := d.Login(t.Context(), home, "lan", password, time.Now())
	if err != nil || !half.NeedsFactor {
		t.Fatal(half, err)
	}
	c, err := d.Passkeys.StartSecond(t.Context(), half.Token)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := d.Passkeys.FinishSecond(t.Context(), home, half.Token, c.Kept, key.sign(t, c), time.Now())
	if err != nil || !whole.Session.Strong || whole.Token == half.Token {
		t.Fatal(whole, err)
	}
	// Another's device is no factor of this account.
	other := register(t, d, "minh")
	if half, err = d.Login(t.Context(), home, "lan", password, time.Now()); err != nil {
		t.Fatal(err)
	}
	if c, err = d.Passkeys.Start(); err != nil {
		t.Fatal(err)
	}
	_, err = d.Passkeys.FinishSecond(t.Context(), home, half.Token, c.Kept, other.sign(t, c), time.Now())
	refused(t, err, account.Wrong)
	// One that was removed lets nobody in.
	o, err := d.Own(t.Context(), whole.Token)
	if err != nil || len(o.Passkeys) != 1 || o.Passkeys[0].Name != "điện thoại" || o.Passkeys[0].Credential != nil {
		t.Fatal(o.Passkeys, err)
	}
	if err := o.RemovePasskey(o.Passkeys[0].ID); err != nil {
		t.Fatal(err)
	}
	_, err = login(d, key)
	refused(t, err, account.Wrong)
}

// TestAnAnswerProvesOneThingOnce: of the site, the page, the ceremony, the device that it
// is for, once.
func TestAnAnswerProvesOneThingOnce(t *testing.T) {
	d := openAt(t, t.TempDir(), "https://loc.example:8443")
	newAccount(t, d, "lan")
	key, tried := register(t, d, "lan"), byte(0)
	f := func(what string, change func(key *device), edit func(string) string) {
		t.Helper()
		c, err := d.Passkeys.Start()
		if err != nil {
			t.Fatal(err)
		}
		changed := *key
		change(&changed)
		tried++
		from := account.Visit{From: netip.AddrFrom4([4]byte{127, 4, tried, 1})}
		_, err = d.Passkeys.Finish(t.Context(), from, c.Kept, []byte(edit(string(changed.sign(t, c)))), time.Now())
		t.Log(what)
		refused(t, err, account.Wrong)
		key.counter = changed.counter
	}
	same := func(text string) string { return text }
	f("a page of another site", func(k *device) { k.origin = "https://loc.example.evil.test" }, same)
	f("a page without TLS", func(k *device) { k.origin = "http://loc.example:8443" }, same)
	f("a key for another site", func(k *device) { k.site = "evil.test" }, same)
	f("without verifying the user", func(k *device) { k.flags = 0x01 }, same)
	f("without a user", func(k *device) { k.flags = 0 }, same)
	f("another key", func(k *device) { k.key = newDevice(t).key }, same)
	f("another account", func(k *device) { k.user = []byte("acc_01JZZZZZZZZZZZZZZZZZZZZZZZ") }, same)
	f("no account", func(k *device) { k.user = nil }, same)
	f("cut", func(*device) {}, func(text string) string { return text[:len(text)/2] })
	f("too long", func(*device) {}, func(text string) string { return text + strings.Repeat(" ", 1<<20) })
	f("a counter that went back", func(k *device) { k.counter = 0 }, same)

	key.counter = 100
	at := account.Visit{From: cafe.From}
	c, err := d.Passkeys.Start()
	if err != nil {
		t.Fatal(err)
	}
	signed := key.sign(t, c)
	other, err := d.Passkeys.Start()
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range []string{"", other.Kept, c.Kept[:len(c.Kept)-2]} {
		_, err = d.Passkeys.Finish(t.Context(), at, kept, signed, time.Now())
		refused(t, err, account.Wrong)
	}
	if _, err := d.Passkeys.Finish(t.Context(), at, c.Kept, signed, time.Now()); err != nil {
		t.Fatal(err)
	}
	_, err = d.Passkeys.Finish(t.Context(), at, c.Kept, signed, time.Now()) // once
	refused(t, err, account.Wrong)
}

func TestPasskeysAreOfferedWhereTheyWork(t *testing.T) {
	for address, want := range map[string]bool{
		"https://loc.example": true, "https://loc.example:8443": true, "https://loc.example/": true,
		"": false, "http://loc.example": false, "https://127.0.0.1": false, "https://[::1]:8443": false, "https://loc.example/path": false, "loc.example": false, "https://": false,
	} {
		d := openAt(t, t.TempDir(), address)
		if d.Passkeys.On() != want {
			t.Errorf("%q: %v", address, d.Passkeys.On())
		}
		if want {
			continue
		}
		newAccount(t, d, "lan")
		_, err := own(t, d, "lan").StartPasskey()
		refused(t, err, account.Off)
		_, err = d.Passkeys.Start()
		refused(t, err, account.Off)
		_, err = d.Passkeys.Finish(t.Context(), home, "", nil, now)
		refused(t, err, account.Off)
	}
}

// FuzzAnswersOfDevices: whatever a browser sends, nobody is let in by it, and no key is
// made, and nothing fails but that.
func FuzzAnswersOfDevices(f *testing.F) {
	f.Add([]byte(`{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AAAA","signature":"AAAA","userHandle":"AAAA"}}`))
	f.Add([]byte(`{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVggAAAA"}}`))
	dir := f.TempDir()
	d, _, err := account.Open(account.Settings{Dir: dir, Grants: ledger{}, Address: "https://loc.example"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		c, err := d.Passkeys.Start()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Passkeys.Finish(t.Context(), home, c.Kept, answer, now); err == nil {
			t.Error("let in")
		}
		party, owner := d.Passkeys.Party(), passkey.Owner{ID: "acc_1", Name: "lan"}
		if c, err = party.Make(owner); err != nil {
			t.Fatal(err)
		}
		if _, err := party.Made(owner, c.Kept, answer, now); err == nil {
			t.Error("a key was made")
		}
	})
}
