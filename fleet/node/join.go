package node

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"lachan/fleet"
)

// Client asks hubs by HTTP. trusted reports whether a key is that of a hub.
func Client(trusted func(key ed25519.PublicKey) bool) *http.Client { return clientAs(nil, trusted) }

// clientAs is Client of who has a key, which it proves.
func clientAs(key ed25519.PrivateKey, trusted func(key ed25519.PublicKey) bool) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialTLSContext:  fleet.Dialer{Protocol: fleet.HTTP, Trusted: trusted, Key: key}.DialContext,
		IdleConnTimeout: time.Minute,
	}}
}

// ErrRefused is the error of a machine that may not join; what the hub says comes with it.
var ErrRefused = errors.New("the hub lets nobody join by this")

// Trust asks a hub which hubs the fleet has. It is believed if the root key of the
// fingerprint has signed it.
func Trust(ctx context.Context, address, fingerprint string) (signed fleet.SignedTrust, t fleet.Trust, err error) {
	anybody := Client(func(ed25519.PublicKey) bool { return true }) // what it says is signed
	defer anybody.CloseIdleConnections()
	if err = ask(ctx, anybody, http.MethodGet, "https://"+address+fleet.TrustPath, nil, &signed); err == nil {
		t, err = signed.Open(fingerprint)
	}
	if err != nil {
		return signed, t, fmt.Errorf("ask %s for the hubs of the fleet: %w", address, err)
	}
	return signed, t, nil
}

// Join makes this machine the node that an invitation is for, at a hub that Trust names.
// The code is told to no other.
func Join(ctx context.Context, address string, t fleet.Trust, code, nkey string) (w fleet.Welcome, err error) {
	hubs := Client(func(key ed25519.PublicKey) bool { return t.Has(key, time.Now()) })
	defer hubs.CloseIdleConnections()
	text, err := json.Marshal(fleet.JoinRequest{Code: code, Nkey: nkey})
	if err == nil {
		err = ask(ctx, hubs, http.MethodPost, "https://"+address+fleet.JoinPath, text, &w)
	}
	if err == nil && (!fleet.ValidName(w.Node) || len(w.Streams) == 0) {
		err = fmt.Errorf("it gives no name or no area: %q", w.Node)
	}
	if err != nil {
		return w, fmt.Errorf("join at %s: %w", address, err)
	}
	return w, nil
}

// Secrets asks a hub that Trust names for what this node shares with others. The error is
// ErrRefused if it is none that has joined, or no longer.
func Secrets(ctx context.Context, address string, t fleet.Trust, key ed25519.PrivateKey) (fleet.Secrets, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*lookTime)
	defer cancel()
	hubs := clientAs(key, func(key ed25519.PublicKey) bool { return t.Has(key, time.Now()) })
	defer hubs.CloseIdleConnections()
	var text json.RawMessage
	err := ask(ctx, hubs, http.MethodGet, "https://"+address+fleet.SecretsPath, nil, &text)
	var s fleet.Secrets
	if err == nil {
		s, err = fleet.ParseSecrets(text)
	}
	if err != nil {
		return nil, fmt.Errorf("ask %s for what nodes share: %w", address, err)
	}
	return s, nil
}

// ask asks once for a JSON.
func ask(ctx context.Context, client *http.Client, method, url string, body []byte, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, fleet.MaxAnswer))
	switch {
	case err != nil:
		return err
	case answer.StatusCode == http.StatusForbidden:
		return fmt.Errorf("%w: %s", ErrRefused, strings.TrimSpace(string(text)))
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("it answers %s: %s", answer.Status, strings.TrimSpace(string(text)))
	}
	return json.Unmarshal(text, into)
}
