package node_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aead.dev/minisign"

	"lachan/fleet"
	"lachan/fleet/hub"
	"lachan/fleet/node"
)

// invite gives a fleet a root key and one code; used counts how often it was told.
func (f *field) invite() (code fleet.Invitation, used *atomic.Int32) {
	f.t.Helper()
	public, root, err := minisign.GenerateKey(nil)
	if err != nil {
		f.t.Fatal(err)
	}
	text, signature, err := f.trust().Signed(root)
	if err != nil {
		f.t.Fatal(err)
	}
	code = fleet.Invitation{Secret: "aaaa-bbbb-cccc-dddd", Root: fleet.Fingerprint(public)}
	used = &atomic.Int32{}
	blobs, err := hub.OpenBlobs(f.t.TempDir(), 1<<20)
	if err != nil {
		f.t.Fatal(err)
	}
	f.pages = hub.Pages{
		Blobs: blobs,
		Trust: func() fleet.SignedTrust {
			return fleet.SignedTrust{Root: public.String(), Text: string(text), Signature: string(signature)}
		},
		Join: func(_ context.Context, r fleet.JoinRequest) (fleet.Welcome, error) {
			if used.Add(1) > 1 || r.Code != code.Secret {
				return fleet.Welcome{}, hub.ErrCode
			}
			f.change(func(members map[string]hub.Member) {
				members[r.Nkey] = hub.Member{Node: "node-a", Streams: []fleet.Stream{area}}
			})
			return fleet.Welcome{Node: "node-a", Streams: []fleet.Stream{area}}, nil
		},
	}
	f.stop()
	f.start()
	return code, used
}

// A machine that has the code pins the root key by it, joins a hub that the key names, and
// is that node from then on; the code is good once.
func TestAMachineJoinsByACode(t *testing.T) {
	f := newField(t)
	given, _ := f.invite()
	code, err := fleet.ParseInvitation(" " + strings.ToUpper(strings.ReplaceAll(given.String(), "-", " ")))
	if err != nil || code != given {
		t.Fatal(code, err)
	}
	_, trust, err := node.Trust(t.Context(), f.listen, code.Root)
	if err != nil {
		t.Fatal(err)
	}
	welcome, err := node.Join(t.Context(), f.listen, trust, code.Secret, "UAFIRST")
	if err != nil || welcome.Node != "node-a" || welcome.Streams[0] != area {
		t.Fatal(welcome, err)
	}
	if _, err := node.Join(t.Context(), f.listen, trust, code.Secret, "UASECOND"); !errors.Is(err, node.ErrRefused) {
		t.Errorf("the code is good twice: %v", err)
	}
}

// Where a stranger answers in place of the hub, the code is not told: another root key is
// seen by the code, and another server by what the root key has signed.
func TestACodeIsToldToNoStranger(t *testing.T) {
	f := newField(t)
	code, used := f.invite()
	if _, _, err := node.Trust(t.Context(), f.listen, "aaaa-aaaa-aaaa-aaaa"); !errors.Is(err, fleet.ErrTrust) {
		t.Errorf("another root key: %v", err)
	}
	_, trust, err := node.Trust(t.Context(), f.listen, code.Root)
	if err != nil {
		t.Fatal(err)
	}
	_, stray, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	f.stop()
	f.key = stray
	f.start()
	for what, late := range map[string]fleet.Trust{"another key": trust, "a key that is over": over(trust)} {
		if _, err := node.Join(t.Context(), f.listen, late, code.Secret, "UAFIRST"); !errors.Is(err, fleet.ErrStranger) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := used.Load(); n != 0 {
		t.Errorf("the code was told %d times", n)
	}
}

// over is a Trust whose hubs' time is over.
func over(t fleet.Trust) fleet.Trust {
	hubs := append([]fleet.HubKey(nil), t.Hubs...)
	for i := range hubs {
		hubs[i].Until = time.Now().Add(-time.Second)
	}
	t.Hubs = hubs
	return t
}

// What knocks at the port and is no node costs nothing that stays.
func TestWhatIsAskedAtThePortIsBounded(t *testing.T) {
	f := newField(t)
	f.invite()
	client := node.Client(func(ed25519.PublicKey) bool { return true })
	defer client.CloseIdleConnections()
	for what, body := range map[string]string{
		"no JSON": "{", "too long": `{"code":"` + strings.Repeat("a", fleet.MaxAnswer) + `"}`, "another code": `{"code":"x","nkey":"y"}`,
	} {
		answer, err := client.Post("https://"+f.listen+fleet.JoinPath, "application/json", strings.NewReader(body))
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if _ = answer.Body.Close(); answer.StatusCode != http.StatusBadRequest && answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", what, answer.Status)
		}
	}
	for _, path := range []string{"/", "/fleet/", "/fleet/blob/../x", "/fleet/blob/" + strings.Repeat("0", 64), "/metrics"} {
		answer, err := client.Get("https://" + f.listen + path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if _ = answer.Body.Close(); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
}

// Codes that nobody has given out are none.
func TestOnlyCodesAreCodes(t *testing.T) {
	for _, text := range []string{"", "aaaa", "aaaa-bbbb-cccc-dddd", strings.Repeat("a", 33), strings.Repeat("á", 16), "../" + strings.Repeat("a", 29)} {
		if code, err := fleet.ParseInvitation(text); !errors.Is(err, fleet.ErrInvitation) {
			t.Errorf("%q: %v, %v", text, code, err)
		}
	}
}
