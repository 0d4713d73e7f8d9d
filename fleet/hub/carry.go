package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"lachan/admin/ledger"
	"lachan/fleet"
)

// ErrBehind is the error of records that were not put into a stream because it has others
// already: another hub was first. Who wrote them reads those and decides again.
var ErrBehind = errors.New("another hub has written to the stream meanwhile")

// Open makes the stream of an area if there is none.
func (h *Hub) Open(ctx context.Context, s fleet.Stream, maxBytes int64) error {
	return h.stream(ctx, jetstream.StreamConfig{
		Name: s.Name(), Subjects: []string{s.Subject()}, Storage: jetstream.FileStorage, Replicas: h.replicas,
		MaxBytes: maxBytes, MaxMsgSize: ledger.MaxCarried, Discard: jetstream.DiscardNew,
		DenyDelete: true, DenyPurge: true, AllowDirect: true, AllowAtomicPublish: true,
	})
}

// stream makes a stream if there is none. Where there are other hubs, who have made it alike,
// one that is there stays as it is.
func (h *Hub) stream(ctx context.Context, is jetstream.StreamConfig) error {
	if h.cfg.Partners != nil {
		try, cancel := part(ctx)
		_, err := h.js.Stream(try, is.Name)
		cancel()
		if err == nil {
			return nil
		}
	}
	if _, err := h.js.CreateOrUpdateStream(ctx, is); err != nil {
		return fmt.Errorf("make stream %s: %w", is.Name, err)
	}
	return nil
}

// Keep removes the streams of records that are none of those: of former generations, and of
// areas that are none any more, which another of three hubs may serve still.
func (h *Hub) Keep(ctx context.Context, streams ...fleet.Stream) error {
	names := h.js.StreamNames(ctx)
	for name := range names.Name() {
		is := func(s fleet.Stream) bool { return s.Name() == name }
		if !strings.HasPrefix(name, fleet.StreamNames) || slices.ContainsFunc(streams, is) ||
			h.cfg.Partners != nil && !former(name, streams) {
			continue
		}
		if err := h.js.DeleteStream(ctx, name); err != nil {
			return fmt.Errorf("remove stream %s: %w", name, err)
		}
	}
	if err := names.Err(); err != nil {
		return fmt.Errorf("list the streams: %w", err)
	}
	return nil
}

// former reports whether a stream is of an earlier generation than others.
func former(name string, streams []fleet.Stream) bool {
	generation := 1
	if _, text, ok := strings.Cut(strings.TrimPrefix(name, fleet.StreamNames), "_g"); ok {
		generation, _ = strconv.Atoi(text) // as Stream.Name has written it
	}
	return len(streams) > 0 && generation < streams[0].Generation
}

// carriedAtOnce is how many records the server puts into a stream as one.
const carriedAtOnce = 500

// Carry puts the lines of records into a stream, which ends with record after. When it
// returns they are on the hub's disk, and each node that is connected hears of them. The
// error is ErrBehind if the stream has others; of more than 500 lines the first may be
// there after an error, and are not to be carried again: see Carried.
func (h *Hub) Carry(ctx context.Context, s fleet.Stream, after uint64, lines ...[]byte) error {
	for some := range slices.Chunk(lines, carriedAtOnce) {
		if err := h.carry(ctx, s, after, some); err != nil {
			if code(err) == jetstream.JSErrCodeStreamWrongLastSequence {
				return ErrBehind
			}
			return fmt.Errorf("carry records to stream %s: %w", s.Name(), err)
		}
		after += uint64(len(some))
	}
	return nil
}

// carry puts lines into a stream, all or none.
func (h *Hub) carry(ctx context.Context, s fleet.Stream, after uint64, lines [][]byte) error {
	return h.put(ctx, s.Name(), s.Subject(), after, lines)
}

// put puts messages into a stream that ends with the one of a number, all or none.
func (h *Hub) put(ctx context.Context, stream, subject string, after uint64, lines [][]byte) (err error) {
	if len(lines) == 1 {
		_, err = h.js.Publish(ctx, subject, lines[0],
			jetstream.WithExpectLastSequence(after), jetstream.WithExpectStream(stream))
		return err
	}
	messages := make([]*nats.Msg, len(lines))
	for i, line := range lines {
		messages[i] = &nats.Msg{Subject: subject, Data: line, Header: nats.Header{}}
	}
	messages[0].Header.Set(jetstream.ExpectedLastSeqHeader, strconv.FormatUint(after, 10))
	messages[0].Header.Set(jetstream.ExpectedStreamHeader, stream)
	_, err = jetstreamext.PublishMsgBatch(ctx, h.js, messages)
	return err
}

// PutHead says where an area's ledger ends, signed by this hub.
func (h *Hub) PutHead(ctx context.Context, head fleet.Head) error {
	text, err := head.Signed(h.cfg.Key)
	if err == nil {
		_, err = h.heads.Put(ctx, head.Area, text)
	}
	if err != nil {
		return fmt.Errorf("put the head of %s: %w", head.Area, err)
	}
	return nil
}

// Carried is the number of the last record in a stream.
func (h *Hub) Carried(ctx context.Context, s fleet.Stream) (seq uint64, err error) {
	stream, err := h.js.Stream(ctx, s.Name())
	if err == nil {
		var info *jetstream.StreamInfo
		if info, err = stream.Info(ctx); err == nil {
			return info.State.LastSeq, nil
		}
	}
	return 0, fmt.Errorf("look at stream %s: %w", s.Name(), err)
}

// statusTime is how long the hub looks for what nodes have said.
const statusTime = 5 * time.Second

// Status is what a node has said last of itself, and when; ok is false if it has said
// nothing for ten minutes.
func (h *Hub) Status(ctx context.Context, node string) (text []byte, at time.Time, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, statusTime)
	defer cancel()
	entry, err := h.statuses.Get(ctx, node)
	if err != nil {
		return nil, at, false
	}
	return entry.Value(), entry.Created(), true
}
