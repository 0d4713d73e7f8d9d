package member

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lachan/fleet"
	"lachan/fleet/node"
	"lachan/internal/durable"
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

// renewTrust asks which hubs there are, and reports whether they are others.
func (m *Member) renewTrust(ctx context.Context, trust fleet.Trust) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, address := range m.is.hubs(trust) {
		signed, now, err := node.Trust(ctx, address, m.is.Root)
		if err != nil {
			m.src.Log.Warn("ask for the hubs of the fleet", "error", err)
			continue
		}
		if now.Serial <= trust.Serial {
			return false
		}
		is := m.is
		is.Trust = signed
		if err := is.Write(m.dir); err != nil {
			m.src.Log.Error("keep the hubs of the fleet", "error", err)
			return false
		}
		m.close() // its copies are opened with the keys of now
		return true
	}
	return false
}
