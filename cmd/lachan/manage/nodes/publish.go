package nodes

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lachan/admin"
	"lachan/admin/ledger"
	"lachan/cmd/lachan/config"
	"lachan/fleet"
	"lachan/fleet/hub"
	"lachan/internal/durable"
	"lachan/internal/wording"
	"lachan/policy"
)

// trial is for how long a node watches how it fares with a release; not longer than the first
// ring waits.
const trial = 10 * time.Minute

// publish begins a release of the files of the policy, if they are others. Of three hubs the one
// that leads does; each has the files for nodes.
func (h *Hub) publish(
	ctx context.Context, blobs *hub.Blobs, cfg *config.Config, p *policy.Policy, leads bool,
) error {
	var files []hub.File
	for _, f := range policy.FilesOf(p) {
		files = append(files, hub.File{Path: f.Path, SHA256: f.Digest})
	}
	if len(files) == 0 {
		return nil // units are the console's
	}
	for _, script := range p.Tests() { // nodes ask before the files are in force
		if _, err := os.Stat(script); err != nil || !hub.Beside(files[0].Path, script) {
			h.src.Log.Warn("a policy script does not go to nodes", "path", script, "error", cmp.Or(err, hub.ErrOutside))
			continue
		}
		files = append(files, hub.File{Path: script})
	}
	var packed bytes.Buffer
	if err := hub.Pack(&packed, files...); err != nil {
		return err
	}
	digest, size, err := blobs.Put(&packed)
	if err != nil {
		return err
	}
	state := h.src.Ledger.State()
	switch {
	case admin.Published(state, digest):
		return nil
	case len(cfg.Fleet.Hubs) > 0 && admin.Former(state, digest):
		return wording.Error(textFormer)
	case !leads:
		return nil
	}
	_, err = h.src.Desk.Decide(ctx, hubActor(), admin.Publish{
		SHA256: digest, Size: size, Trial: min(trial, cfg.Fleet.Rings.Canary),
	}, admin.How{})
	if err != nil {
		return err
	}
	return keep(&h.src, blobs, digest)
}

// trustFile has which hubs the fleet has, as the root key has signed it.
const trustFile = "trust.json"

// ErrNoTrust is the error of a machine whose fleet has no root key yet.
var ErrNoTrust = wording.Text{
	VI: "chưa có khóa gốc của hệ thống; hãy chạy: lachan fleet init",
	EN: "the fleet has no root key yet; run: lachan fleet init",
}

// ReadTrust reads which hubs a fleet has, as it lies on a hub.
func ReadTrust(dir string) (signed fleet.SignedTrust, t fleet.Trust, fingerprint string, err error) {
	signed, t, fingerprint, err = ReadTrustFile(filepath.Join(dir, trustFile))
	if errors.Is(err, os.ErrNotExist) {
		err = wording.Error(ErrNoTrust)
	}
	return signed, t, fingerprint, err
}

// ReadTrustFile reads it from a file.
func ReadTrustFile(path string) (signed fleet.SignedTrust, t fleet.Trust, fingerprint string, err error) {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &signed)
	}
	if err == nil {
		fingerprint, err = signed.Fingerprint()
	}
	if err == nil {
		t, err = signed.Open(fingerprint)
	}
	if err != nil {
		return signed, t, "", fmt.Errorf("read %s: %w", path, err)
	}
	return signed, t, fingerprint, nil
}

// WriteTrust puts it there.
func WriteTrust(dir string, signed fleet.SignedTrust) error {
	path := filepath.Join(dir, trustFile)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return WriteTrustFile(path, signed)
}

// WriteTrustFile writes it to a file.
func WriteTrustFile(path string, signed fleet.SignedTrust) error {
	text, err := json.Marshal(signed)
	if err == nil {
		err = durable.WriteFile(path, text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// readTrust reads which hubs there are, one of which this has to be.
func (h *Hub) readTrust(dir string) error {
	signed, t, _, err := ReadTrust(dir)
	if err != nil {
		return err
	}
	if !t.Has(h.public(), time.Now()) {
		return wording.Error(textNotNamed)
	}
	if before := h.trust.Swap(&signed); before != nil && before.Text != signed.Text {
		cfg, _ := h.src.InForce()
		err := Share(h, cfg) // records of hubs that are new are taken, too
		if err == nil {
			err = meetOnly(h, t)
		}
		if err != nil {
			h.trust.Store(before) // again in a moment
			return err
		}
	}
	h.secrets.revoked.Store(int64(len(t.Hubs) - len(t.Writers()))) // which know what nodes share
	return nil
}

// meetOnly has a hub part from those that are none any more.
func meetOnly(h *Hub, t fleet.Trust) error {
	h.mu.Lock()
	running := h.running
	h.mu.Unlock()
	if running == nil {
		return nil // it looks at each when they meet
	}
	var keys []ed25519.PublicKey
	for _, is := range t.Hubs {
		if key := ed25519.PublicKey(is.Key); t.Has(key, time.Now()) {
			keys = append(keys, key)
		}
	}
	return hub.Trust(running, keys...)
}

// public is the key of this hub.
func (h *Hub) public() ed25519.PublicKey {
	key, _ := ledger.Key(h.src.Ledger).Public().(ed25519.PublicKey) // it is one
	return key
}

// awaitTrust waits until this machine is a hub, and tells meanwhile why it is none. It
// reports whether it is.
func (h *Hub) awaitTrust(ctx context.Context, dir string) bool {
	for {
		err := h.readTrust(dir)
		if err == nil {
			h.src.Conditions.Clear("fleet-trust")
			return true
		}
		if h.src.Conditions.Set("fleet-trust", err.Error()) {
			h.src.Log.Error("serve the nodes of the fleet", "error", wording.ErrorIn(err, wording.English))
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(watchEvery):
		}
	}
}

// tellRevoked records which hubs are none any more. What they have written counts for as long as a
// record of another hub follows it, in the ledger and in the stream of each area.
func tellRevoked(ctx context.Context, src *Sources, t fleet.Trust) {
	for _, key := range t.Revoked() {
		object := fleet.HubObjects + hex.EncodeToString(key)
		if _, there := src.Ledger.State().Get("", object); there {
			continue
		}
		former, _ := t.Former(key)
		text, err := json.Marshal(map[string]any{"name": former.Name, "revoked": t.Serial})
		if err == nil {
			_, err = src.Ledger.Append(ctx, ledger.Draft{By: "fleet", Via: "fleet", What: "revoke-hub", Object: object, New: text})
		}
		if err != nil && !errors.Is(err, ledger.ErrConflict) && ctx.Err() == nil { // another hub has
			src.Log.Warn("record which hubs were revoked", "error", err) // again in a moment
			return
		}
	}
}

// renewBefore is how long before the end of its certificate a hub says so.
const renewBefore = 14 * 24 * time.Hour

// tellTrust reads it again, and tells in time that it ends.
func (h *Hub) tellTrust(ctx context.Context, dir string, leads bool) {
	err := h.readTrust(dir)
	if err == nil {
		_, t, _, _ := ReadTrust(dir) // it was just read
		if leads {
			tellRevoked(ctx, &h.src, t)
		}
		if !t.Has(h.public(), time.Now().Add(renewBefore)) {
			err = wording.Error(textEnds)
		}
	}
	if err != nil {
		h.src.Conditions.Set("fleet-trust", err.Error())
		return
	}
	h.src.Conditions.Clear("fleet-trust")
}

var (
	textFormer = wording.Text{
		VI: "tệp chính sách của máy này là của một bản phát trước: hãy đặt tệp mới lên cả ba máy trung tâm, hoặc lachan fleet rollback nếu muốn trở về bản ấy",
		EN: "the files of the policy here are those of a former release: put the newer ones on all three hubs, or call lachan fleet rollback to go back to them",
	}
	textNotNamed = wording.Text{
		VI: "khóa gốc không công nhận máy này là máy trung tâm, hoặc đã hết hạn; hãy chạy: lachan fleet init --root TỆP",
		EN: "the root key does not name this machine as a hub, or no longer; run: lachan fleet init --root FILE",
	}
	textEnds = wording.Text{
		VI: "công nhận của khóa gốc cho máy trung tâm này sắp hết hạn; hãy chạy: lachan fleet init --root TỆP",
		EN: "what the root key says of this hub is over soon; run: lachan fleet init --root FILE",
	}
)
