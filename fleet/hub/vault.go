package hub

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// A Vault has what the nodes of an area share and all hubs have to know: by area one text, in
// the memory of each hub and on no disk of the streams. No node may read it, or ask whether it
// is there. Its methods may be called by any goroutine.
type Vault struct{ kv jetstream.KeyValue }

// Bounds of a vault, in bytes.
const (
	vaultBucket = "SECRETS"
	vaultBytes  = 4 << 20
	mostVaulted = 32 << 10 // of an area
)

// alreadyComing is the code of JetStream for a text before which another one is on its way.
const alreadyComing jetstream.ErrorCode = 10164

// OpenVault is that of the hubs, which is made if there is none.
func OpenVault(ctx context.Context, h *Hub) (*Vault, error) {
	kv, err := h.bucket(ctx, jetstream.KeyValueConfig{
		Bucket: vaultBucket, Storage: jetstream.MemoryStorage, History: 1,
		MaxBytes: vaultBytes, MaxValueSize: mostVaulted,
	})
	if err != nil {
		return nil, err
	}
	return &Vault{kv}, nil
}

// Get is the text of an area, nil if there is none, and which one that is.
func (v *Vault) Get(ctx context.Context, area string) (text []byte, revision uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, partnersTime)
	defer cancel()
	entry, err := v.kv.Get(ctx, area)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("ask the hubs for what nodes of %s share: %w", area, err)
	}
	return entry.Value(), entry.Revision(), nil
}

// Put has a text take the place of the one of a revision, 0 for none. The error is ErrBehind if
// another has; after any other error it may be there.
func (v *Vault) Put(ctx context.Context, area string, text []byte, revision uint64) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	switch _, err := v.kv.Update(ctx, area, text, revision); {
	case code(err) == jetstream.JSErrCodeStreamWrongLastSequence, code(err) == alreadyComing:
		return ErrBehind
	case err != nil:
		return fmt.Errorf("tell the hubs what nodes of %s share: %w", area, err)
	}
	return nil
}
