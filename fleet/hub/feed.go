package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lachan/admin/ledger"
	"lachan/fleet"
)

// A Feed carries the records of the hub's ledger into the streams of their areas, each of
// which is a chain of its own: a node sees that it has everything of its area, and has
// nothing of another. The ledger is the truth; a stream that was lost is made again from
// it as the next generation.
type Feed struct {
	hub     *Hub
	book    *ledger.Ledger
	streams map[string]*carried // by area
	areaOf  func(unit string) string
	behind  uint64 // the last record of the ledger that was looked at
	stale   bool   // another hub has carried meanwhile
	log     *slog.Logger
}

// carried is a stream and how far it has come.
type carried struct {
	fleet.Stream
	chain *ledger.Chain
	from  uint64 // the last record of the ledger that it has
}

// kinds are the beginnings of the objects that nodes need: the policy, what was decided about it,
// and which nodes there are, for a hub that is made anew of what nodes have. Who may decide, and
// what people typed, stays with the hub.
var kinds = [...]string{
	"allow/", "block/", "calendar", fleet.ListObjects, nodeKind, "profile/", "release/", "timetable/", "unit/",
}

// nodeKind begins the objects that are nodes.
const nodeKind = "node/"

// carries is the unit at the top of which a record is; ok is false if it stays with the hub.
func carries(r *ledger.Record) (unit string, ok bool) {
	if !strings.HasPrefix(r.Object, nodeKind) {
		known := func(kind string) bool { return strings.HasPrefix(r.Object, kind) }
		return r.Area, slices.ContainsFunc(kinds[:], known)
	}
	var node struct {
		Area string `json:"area"`
		Code string `json:"code"`
	}
	text := r.New
	removed := len(text) == 0 || string(text) == "null"
	if removed {
		text = r.Old
	}
	if json.Unmarshal(text, &node) != nil {
		return "", false
	}
	return node.Area, removed || node.Code == "" // nobody may join by it any more
}

// NewFeed continues streams where they end. areaOf is the area of the unit at the top of a
// record, and fleet.Root for what is for all; streams are those of all areas, which have to
// be open.
func (h *Hub) NewFeed(
	ctx context.Context, book *ledger.Ledger, areaOf func(unit string) string, log *slog.Logger,
	streams ...fleet.Stream,
) (*Feed, error) {
	f := &Feed{hub: h, book: book, streams: map[string]*carried{}, areaOf: areaOf, log: log}
	for _, s := range streams {
		f.streams[s.Area] = &carried{Stream: s, chain: ledger.Continue(book, 0, "")}
	}
	if h.cfg.Partners != nil { // the hub that leads may have carried what has still to come here
		f.stale = true
		return f, nil
	}
	return f, f.goOn(ctx)
}

// goOn has all streams go on after what is in them.
func (f *Feed) goOn(ctx context.Context) error {
	for _, c := range f.streams {
		if err := f.resume(ctx, c); err != nil {
			return err
		}
	}
	f.behind, f.stale = f.least(), false
	return nil
}

// takeOver has this hub carry, if it is the one of three that does.
func (f *Feed) takeOver(ctx context.Context) (leads bool, err error) {
	if !f.hub.Leads() {
		f.stale = true
		return false, f.readEnds(ctx)
	}
	if !f.stale {
		return true, nil
	}
	if _, err := ledger.CatchUp(ctx, f.book); err != nil { // what was carried is in the ledger
		return true, err
	}
	if err := f.goOn(ctx); err != nil {
		return true, err
	}
	return true, f.putHeads(ctx, nil)
}

// readEnds has from the heads where streams end, which another hub carries.
func (f *Feed) readEnds(ctx context.Context) error {
	for area := range f.streams {
		entry, err := f.hub.heads.Get(ctx, area)
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			continue
		}
		var head fleet.Head
		if err == nil {
			err = json.Unmarshal(entry.Value(), &head)
		}
		if err != nil {
			return fmt.Errorf("read the head of %s: %w", area, err)
		}
		f.hub.setEnd(area, head.Seq)
	}
	return nil
}

// ErrAhead is the error of a stream that was made of a ledger which had more than this one.
var ErrAhead = errors.New("it has records that the ledger has not")

// resume has a stream go on after what is in it.
func (f *Feed) resume(ctx context.Context, c *carried) error {
	line, err := f.hub.last(ctx, c.Stream)
	seq, hash := uint64(0), ""
	if c.from = 0; err == nil && line != nil {
		if seq, c.from, hash, err = ledger.ParseLink(line); err == nil {
			err = f.knows(line)
		}
	}
	if err != nil {
		return fmt.Errorf("continue stream %s: %w", c.Name(), err)
	}
	c.chain = ledger.Continue(f.book, seq, hash)
	return nil
}

// knows is nil if a line of a stream is of a record of the ledger.
func (f *Feed) knows(line []byte) error {
	ok, err := ledger.Knows(f.book, line)
	if err == nil && !ok {
		return ErrAhead
	}
	return err
}

// least is the last record of the ledger that all streams have, if it is for them.
func (f *Feed) least() (from uint64) {
	first := true
	for _, c := range f.streams {
		if first || c.from < from {
			from, first = c.from, false
		}
	}
	return from
}

// last is the last line in a stream; nil if it has none.
func (h *Hub) last(ctx context.Context, s fleet.Stream) ([]byte, error) {
	stream, err := h.js.Stream(ctx, s.Name())
	if err != nil {
		return nil, err
	}
	m, err := stream.GetLastMsgForSubject(ctx, s.Subject())
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return m.Data, nil
}

// retryAfter is how long the feed waits after an error.
const retryAfter = time.Second

// mostFailed is how often the feed tries in a row until the server reads its files again.
const mostFailed = 3

// headEvery is how often a head is signed anew when nothing has changed: its age says that
// the hub is there.
const headEvery = 30 * time.Second

// leadEvery is how often a hub looks whether it is the one of three that carries.
const leadEvery = time.Second

// Run carries until ctx is done: what is there, and what comes. Of three hubs one does.
func (f *Feed) Run(ctx context.Context) {
	heads := time.NewTicker(headEvery)
	defer heads.Stop()
	look := time.NewTicker(leadEvery)
	defer look.Stop()
	if !f.stale {
		if err := f.putHeads(ctx, nil); err != nil { // also of areas about which nothing was decided yet
			f.log.Error("sign the heads of areas", "error", err)
		}
	}
	failed := 0
	for told := ""; ; {
		grown := ledger.Grown(f.book)
		leads, err := f.takeOver(ctx)
		if err == nil && leads {
			err = f.Carry(ctx)
		}
		if err != nil && ctx.Err() == nil {
			f.stale = f.hub.cfg.Partners != nil
			if told != err.Error() {
				told = err.Error()
				f.log.Error("carry records to nodes", "error", err)
			}
			if failed++; failed%mostFailed == 0 && !errors.Is(err, ErrBehind) && !errors.Is(err, ErrAhead) {
				f.renew(ctx)
			}
			select {
			case <-ctx.Done():
			case <-time.After(retryAfter):
			}
			continue
		}
		told, failed = "", 0
		select {
		case <-ctx.Done():
			return
		case <-grown:
		case <-look.C:
		case <-heads.C:
			if !leads {
				continue
			}
			if err := f.putHeads(ctx, nil); err != nil && ctx.Err() == nil {
				f.log.Error("sign the heads of areas", "error", err)
				f.renew(ctx)
			}
		}
	}
}

// renew has the server write again that does not, and goes on with what it has. Of three hubs
// the others carry meanwhile.
func (f *Feed) renew(ctx context.Context) {
	if f.hub.cfg.Partners != nil {
		return
	}
	err := f.hub.engine.renew()
	if err == nil {
		err = f.hub.openBuckets(ctx)
	}
	for _, c := range f.streams {
		if err == nil {
			err = f.resume(ctx, c)
		}
	}
	if err != nil {
		f.log.Error("have the records for nodes written again", "error", err)
		return
	}
	f.behind = f.least()
	f.log.Warn("the records for nodes are written again")
}

// Carry carries what the ledger has and the streams do not.
func (f *Feed) Carry(ctx context.Context) error {
	var group []ledger.Record
	grown := map[string]bool{}
	for r, err := range f.book.Records(f.behind) {
		if err != nil {
			return err
		}
		if group = append(group, r); r.More > 0 {
			continue
		}
		if err := f.carry(ctx, group, grown); err != nil {
			return err
		}
		f.behind, group = r.Seq, nil
	}
	return f.putHeads(ctx, grown)
}

// carry carries a group, of each area its part.
func (f *Feed) carry(ctx context.Context, group []ledger.Record, grown map[string]bool) error {
	parts := map[*carried][]ledger.Record{}
	for _, r := range group {
		if strings.HasPrefix(r.Object, fleet.HubObjects) { // for all, so that no stream ends with its records
			for _, c := range f.streams {
				if r.Seq > c.from {
					parts[c] = append(parts[c], r)
				}
			}
			continue
		}
		unit, known := carries(&r)
		c := f.streams[f.areaOf(unit)]
		if c == nil || !known || r.Seq <= c.from {
			continue
		}
		parts[c] = append(parts[c], r)
	}
	for c, part := range parts {
		after, _ := c.chain.End()
		lines, err := c.chain.Link(part...)
		if err == nil {
			err = f.hub.Carry(ctx, c.Stream, after, lines...)
		}
		if err != nil {
			err = errors.Join(err, f.resume(ctx, c)) // a part may be there, or something may be gone
			f.behind = min(f.behind, f.least())
			return err
		}
		c.from, grown[c.Area] = part[len(part)-1].Seq, true
	}
	return nil
}

// putHeads says where streams end: those that have grown, or all if grown is nil.
func (f *Feed) putHeads(ctx context.Context, grown map[string]bool) error {
	for area, c := range f.streams {
		if grown != nil && !grown[area] {
			continue
		}
		seq, hash := c.chain.End()
		f.hub.setEnd(area, seq)
		head := fleet.Head{Area: area, At: time.Now(), Generation: c.Generation, Hash: hash, Seq: seq}
		if err := f.hub.PutHead(ctx, head); err != nil {
			return err
		}
	}
	return nil
}

// setEnd notes where an area ends.
func (h *Hub) setEnd(area string, seq uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ends[area] = seq
}

// Ends are by area the last record of its chain.
func (h *Hub) Ends() map[string]uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.ends)
}
