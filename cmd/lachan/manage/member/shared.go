package member

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/nats-io/nkeys"

	"lachan/fleet"
	"lachan/fleet/node"
	"lachan/internal/durable"
)

// Clients that come to another node at the same address go on there with their TLS sessions
// and cookies: the nodes of an area have the same secrets of the hub's.

// sharedFile has them, for a start without the hub.
const sharedFile = "shared.json"

// shareEvery is how often a node asks for them at most, also after it was not answered.
const shareEvery = 5 * time.Minute

// Shared are the secrets that are good at a time, the one in use first. There are none where
// nothing was joined, or the hub was away for too long: the machine's own are in use then.
func (m *Member) Shared(now time.Time) fleet.Secrets {
	if is := m.shared.Load(); is != nil {
		return is.At(now)
	}
	return nil
}

// readShared reads them; what cannot be read the hub gives again.
func (m *Member) readShared() {
	text, err := os.ReadFile(filepath.Join(m.dir, sharedFile))
	if err != nil {
		return
	}
	if is, err := fleet.ParseSecrets(text); err == nil {
		m.shared.Store(&is)
	}
}

// share asks for them until ctx is done.
func (m *Member) share(ctx context.Context, is Membership, trust fleet.Trust) {
	key, err := keyOf(is.Seed)
	if err != nil {
		m.src.Log.Error("ask for what nodes share", "error", err)
		return
	}
	for told := ""; ; {
		every := shareEvery
		shared, err := askShared(sameOrder(is.hubs(trust)), func(hub string) (fleet.Secrets, error) {
			return node.Secrets(ctx, hub, trust, key)
		})
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			told = ""
			m.useShared(shared)
			every = shared.AskEvery(shareEvery)
		case errors.Is(err, node.ErrRefused):
			m.useShared(nil)
		}
		if err != nil && told != err.Error() {
			told = err.Error()
			m.src.Log.Warn("ask for what nodes share", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(every/2 + rand.N(every/2)):
		}
	}
}

// keyOf is the private key of an nkey.
func keyOf(seed string) (ed25519.PrivateKey, error) {
	_, raw, err := nkeys.DecodeSeed([]byte(seed))
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(raw), nil
}

// sameOrder is that in which all nodes ask: hubs of an older version make secrets of their own.
func sameOrder(hubs []string) []string { return slices.Sorted(slices.Values(hubs)) }

// askShared asks the first hub, and the next one where one does not answer: all have the same.
func askShared(hubs []string, ask func(hub string) (fleet.Secrets, error)) (fleet.Secrets, error) {
	var errs []error
	for _, hub := range hubs {
		s, err := ask(hub)
		if err == nil || errors.Is(err, node.ErrRefused) {
			return s, err
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// useShared has secrets in use from now on, also after a restart.
func (m *Member) useShared(s fleet.Secrets) {
	before := m.shared.Load()
	if len(s) == 0 && before == nil {
		return
	}
	text, err := json.Marshal(s)
	if err == nil && before != nil {
		if was, err := json.Marshal(*before); err == nil && string(was) == string(text) {
			return
		}
	}
	if err == nil {
		err = durable.WriteFile(filepath.Join(m.dir, sharedFile), append(text, '\n'), 0o600)
	}
	if err != nil {
		m.src.Log.Error("keep what nodes share", "error", err)
	}
	m.shared.Store(&s)
	m.src.Log.Info("what the nodes of the area share is another", "secrets", len(s))
}
