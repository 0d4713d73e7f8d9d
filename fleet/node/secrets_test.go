package node_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/nats-io/nkeys"

	"lachan/fleet"
	"lachan/fleet/hub"
	"lachan/fleet/node"
)

// What nodes share is given to a node by the key that it proves, and to nobody else: not to one
// that was removed, nor to one that shows no key or another.
func TestWhatNodesShareIsGivenToNodesAlone(t *testing.T) {
	f := newField(t)
	f.invite()
	shared, _ := fleet.Secrets(nil).Renewed(time.Now(), time.Hour)
	key := func() (ed25519.PrivateKey, string) {
		public, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		nkey, err := nkeys.Encode(nkeys.PrefixByteUser, public)
		if err != nil {
			t.Fatal(err)
		}
		return private, string(nkey)
	}
	member, nkey := key()
	stranger, _ := key()
	f.change(func(members map[string]hub.Member) { members[nkey] = hub.Member{Node: "node-a"} })
	f.pages.Secrets = func(_ context.Context, nkey string) (fleet.Secrets, error) {
		if _, ok := (*f.members.Load())[nkey]; !ok {
			return nil, hub.ErrNoNode
		}
		return shared, nil
	}
	f.stop()
	f.start()
	ask := func(what string, key ed25519.PrivateKey, want error) {
		t.Helper()
		is, err := node.Secrets(t.Context(), f.listen, f.trust(), key)
		if !errors.Is(err, want) || err == nil && (len(is) != len(shared) || string(is[0].Ticket) != string(shared[0].Ticket)) {
			t.Errorf("%s: %d secrets, %v", what, len(is), err)
		}
	}
	ask("a node", member, nil)
	ask("a key of nobody", stranger, node.ErrRefused)
	anybody := node.Client(func(ed25519.PublicKey) bool { return true })
	defer anybody.CloseIdleConnections()
	answer, err := anybody.Get("https://" + f.listen + fleet.SecretsPath)
	if err != nil {
		t.Fatal(err)
	}
	if _ = answer.Body.Close(); answer.StatusCode != http.StatusForbidden {
		t.Errorf("without a key: %s", answer.Status)
	}
	f.change(func(members map[string]hub.Member) { delete(members, nkey) })
	ask("a node that was removed", member, node.ErrRefused)
}
