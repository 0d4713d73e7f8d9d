package hub

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lachan/admin/ledger"
	"lachan/fleet"
)

// TestAServerThatWritesNoMoreIsRenewed: JetStream ends itself when a disk is full. The feed
// has it go on with what is on the disk, without the nodes' connections being lost.
func TestAServerThatWritesNoMoreIsRenewed(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	h, err := Start(t.Context(), Config{Name: "hub-1", Dir: t.TempDir(), Key: key, Store: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	book, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	root := fleet.Stream{Area: fleet.Root, Generation: 1}
	if err := h.Open(t.Context(), root, 1<<20); err != nil {
		t.Fatal(err)
	}
	said := &bytes.Buffer{}
	f, err := h.NewFeed(t.Context(), book, func(string) string { return fleet.Root }, slog.New(slog.NewTextHandler(said, nil)), root)
	if err != nil {
		t.Fatal(err)
	}
	head := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		return f.putHeads(ctx, nil)
	}
	if err := head(); err != nil {
		t.Fatal(err)
	}
	if err := h.engine.(*inside).server.ShutdownJetStream(); err != nil {
		t.Fatal(err)
	}
	if err := head(); err == nil {
		t.Error("a head is put where nothing can be written")
	}
	f.renew(t.Context())
	if err := head(); err != nil || !strings.Contains(said.String(), "are written again") {
		t.Errorf("after it was renewed: %v\n%s", err, said)
	}
	if _, err := h.Carried(t.Context(), root); err != nil {
		t.Errorf("the stream is gone: %v", err)
	}
	if err := h.conn.Publish(fleet.StatusSubject("a"), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	for _, _, ok := h.Status(t.Context(), "a"); !ok; _, _, ok = h.Status(t.Context(), "a") {
		if t.Context().Err() != nil {
			t.Fatal("a node's status is not kept")
		}
	}
}
