package hub

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/nats-io/nkeys"

	"lachan/fleet"
)

// Pages are what nodes ask once: which hubs the fleet has, to join it, files.
type Pages struct {
	// Trust is which hubs there are, as the root key has signed it.
	Trust func() fleet.SignedTrust
	// Join makes a machine the node that its code is for. The error is ErrCode if the code
	// is none, or none any more.
	Join  func(ctx context.Context, request fleet.JoinRequest) (fleet.Welcome, error)
	Blobs *Blobs
	// Secrets are those that the node of an nkey shares with others. The error is ErrNoNode if
	// there is no such node.
	Secrets func(ctx context.Context, nkey string) (fleet.Secrets, error)
}

// ErrNoNode is the error of a connection that is no node's.
var ErrNoNode = errors.New("this is for nodes, by the key that they have joined with")

// ErrCode is the error of a code by which nobody joins.
var ErrCode = errors.New("this code was never given out, was used, or is over")

// Handler answers what nodes ask.
func (p Pages) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+fleet.TrustPath, func(w http.ResponseWriter, _ *http.Request) { tell(w, p.Trust()) })
	mux.HandleFunc("POST "+fleet.JoinPath, p.join)
	mux.Handle("GET "+fleet.BlobPath+"{digest}", p.Blobs)
	mux.HandleFunc("GET "+fleet.SecretsPath, p.secrets)
	return mux
}

// secrets gives a node what it shares, by the key that its connection has proven.
func (p Pages) secrets(w http.ResponseWriter, r *http.Request) {
	key, _ := r.Context().Value(shownKey{}).(ed25519.PublicKey)
	nkey, err := nkeys.Encode(nkeys.PrefixByteUser, key)
	if len(key) == 0 || err != nil {
		http.Error(w, ErrNoNode.Error(), http.StatusForbidden)
		return
	}
	switch secrets, err := p.Secrets(r.Context(), string(nkey)); {
	case errors.Is(err, ErrNoNode):
		http.Error(w, err.Error(), http.StatusForbidden)
	case err != nil:
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	default:
		tell(w, secrets)
	}
}

func (p Pages) join(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, fleet.MaxAnswer))
	var request fleet.JoinRequest
	if err != nil || json.Unmarshal(text, &request) != nil {
		http.Error(w, "it is no request to join", http.StatusBadRequest)
		return
	}
	welcome, err := p.Join(r.Context(), request)
	switch {
	case errors.Is(err, ErrCode):
		http.Error(w, err.Error(), http.StatusForbidden)
	case err != nil:
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	default:
		tell(w, welcome)
	}
}

// tell answers with JSON.
func tell(w http.ResponseWriter, what any) {
	text, err := json.Marshal(what)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(text) // whoever asked may be gone
}
