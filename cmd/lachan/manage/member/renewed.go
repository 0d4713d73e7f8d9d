package member

import (
	"context"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lachan/fleet"
	"lachan/fleet/node"
	"lachan/internal/durable"
	"lachan/internal/wording"
)

// The hubs of a fleet may be others than before, and a hub may begin the streams of its nodes
// anew. What was in force here stays until all of the new stream has come.

// hubs are the addresses of all hubs: the one where this machine has joined, and those that the
// root key names.
func (m *Membership) hubs(trust fleet.Trust) []string {
	all := slices.Clone(m.Hubs)
	for _, address := range trust.Addresses(time.Now()) {
		if !slices.Contains(all, address) {
			all = append(all, address)
		}
	}
	return all
}

// offer puts a head into a channel that holds one, unless one is there.
func offer(to chan<- fleet.Head, head fleet.Head) {
	select {
	case to <- head:
	default: // it is looked at already
	}
}

// renew has this node follow the generation of a head that its hub has signed; what the head
// tells of is what has to come before anything else is in force.
func (m *Member) renew(head fleet.Head) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	is, kept := m.is, m.kept
	is.Streams = slices.Clone(is.Streams)
	at := slices.IndexFunc(is.Streams, func(s fleet.Stream) bool { return s.Area == head.Area })
	if at < 0 || head.Generation <= is.Streams[at].Generation {
		return nil
	}
	is.Streams[at].Generation = head.Generation
	seq := map[string]uint64{head.Area: head.Seq}
	for area, n := range kept.Seq {
		if area != head.Area {
			seq[area] = n
		}
	}
	kept.Seq = seq
	if err := errors.Join(kept.write(m.dir), is.Write(m.dir)); err != nil {
		return err
	}
	m.src.Log.Info("the hub has begun its records anew",
		"area", head.Area, "generation", head.Generation, "records", head.Seq)
	m.close() // the copies of the new streams are opened
	return nil
}

// forgetFormer removes copies of streams that are followed no more. mu is held.
func (m *Member) forgetFormer() {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return // another time
	}
	for _, e := range entries {
		is := func(s fleet.Stream) bool { return s.Name() == e.Name() }
		ours := e.IsDir() && strings.HasPrefix(e.Name(), fleet.StreamNames)
		aside := strings.HasSuffix(e.Name(), durable.DamagedSuffix)
		if !ours || aside || slices.ContainsFunc(m.is.Streams, is) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(m.dir, e.Name())); err != nil {
			m.src.Log.Warn("remove a former copy of the hub's records", "error", err)
		}
	}
}

// renewTrust asks all hubs which hubs there are, and reports whether they are others: one that was
// revoked, and is somebody else's now, says what was.
func (m *Member) renewTrust(ctx context.Context, trust fleet.Trust) bool {
	m.mu.Lock()
	is := m.is
	m.mu.Unlock()
	newest := trust.Serial
	for _, address := range is.hubs(trust) {
		signed, now, err := node.Trust(ctx, address, is.Root)
		if err != nil {
			m.src.Log.Warn("ask for the hubs of the fleet", "error", err)
			continue
		}
		if now.Serial > newest {
			is.Trust, newest = signed, now.Serial
		}
	}
	if newest == trust.Serial {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := is.Write(m.dir); err != nil {
		m.src.Log.Error("keep the hubs of the fleet", "error", err)
		return false
	}
	m.close() // its copies are opened with the keys of now
	return true
}

// strangerEvery is how often a node asks which hubs there are while what answers is none.
const strangerEvery = 30 * time.Second

// A strange is what answers at the address of a hub and is none.
type strange struct {
	*Member
	trust fleet.Trust
	told  string
	asked time.Time
}

// look tells of it, and reports whether the hubs are others than this node knew.
func (s *strange) look(ctx context.Context, key ed25519.PublicKey, now time.Time) (others bool) {
	if key == nil {
		s.told = ""
		s.src.Conditions.Clear("fleet-stranger")
		return false
	}
	public, _ := fleet.PublicKey(key).MarshalText() // every key has one
	text, cause := textStranger.With(string(public)), "the root key does not name it"
	if former, ok := s.trust.Former(key); ok {
		text, cause = textRevoked.With(former.Name, string(public)), "the root key has revoked it"
	}
	s.src.Conditions.Set("fleet-stranger", text.String())
	if s.told != string(public) {
		s.told = string(public)
		s.src.Log.Error("what answers at the address of a hub is refused", "key", s.told, "cause", cause)
	}
	if now.Sub(s.asked) < strangerEvery {
		return false
	}
	s.asked = now
	return s.renewTrust(ctx, s.trust)
}

var (
	textStranger = wording.Text{
		VI: "máy trả lời ở địa chỉ của máy trung tâm có khóa %s mà khóa gốc không công nhận; nút không nghe theo, và vẫn theo điều đã có. Máy trung tâm vừa được thay thì cho nó gia nhập: lachan fleet init --root",
		EN: "what answers at the address of a hub has the key %s, which the root key does not name; this node takes nothing of it and goes on by what there is. If the hub was replaced, have the root key name it: lachan fleet init --root",
	}
	textRevoked = wording.Text{
		VI: "máy trung tâm cũ %q còn trả lời, với khóa %s mà khóa gốc đã thu hồi; nút không nghe theo. Hãy tắt máy ấy, hoặc tìm xem ai đang giữ nó",
		EN: "the former hub %q still answers, with the key %s that the root key has revoked; this node takes nothing of it. Switch that machine off, or find out who has it",
	}
)
