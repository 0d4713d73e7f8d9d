package hub

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"lachan/admin/ledger"
)

// A Chain is the ledger of three hubs: a stream whose message of a number is the record of that
// number, byte for byte. A hub appends where it believes the end to be; the stream takes it only
// there, so that it says which of two decisions counts first. It is ledger.Sequence.
type Chain struct {
	hub   atomic.Pointer[Hub] // nil while this hub serves none
	apart atomic.Bool         // the last attempt found nobody
}

// The stream of the chain. A group of records is put there as one.
const (
	mostInGroup  = 20_000
	chainStream  = "HUBS"
	chainSubject = "hubs.ledger" // nobody listens there, so that it shows when no server leads
	chainBell    = "hubs.bell"
	// ChainBytes bounds the records of all, on the disk of each hub.
	ChainBytes = 1 << 30
)

// Times of the chain.
const (
	askTime   = 3 * time.Second // for an answer of those that lead
	orderTime = 8 * time.Second // until others lead, where those that led have gone
	orderRest = 100 * time.Millisecond
)

// Use has the chain be that of a hub, or of none.
func (c *Chain) Use(h *Hub) {
	c.apart.Store(false)
	c.hub.Store(h)
}

// openChain makes the stream if there is none.
func openChain(ctx context.Context, h *Hub) error {
	return h.stream(ctx, jetstream.StreamConfig{
		Name: chainStream, Subjects: []string{chainSubject}, Storage: jetstream.FileStorage, Replicas: h.replicas,
		MaxBytes: ChainBytes, Discard: jetstream.DiscardNew,
		DenyDelete: true, DenyPurge: true, AllowDirect: true, AllowAtomicPublish: true,
	})
}

// Append is ledger.Sequence.
func (c *Chain) Append(ctx context.Context, after uint64, lines [][]byte) error {
	h := c.hub.Load()
	if h == nil {
		return ledger.ErrApart
	}
	unsure := error(nil)
	for until := time.Now().Add(orderTime); ; {
		err := order(ctx, h, after, lines)
		switch is := code(err); {
		case err == nil:
			c.apart.Store(false)
			_ = h.conn.Publish(chainBell, nil) // the others look by themselves too
			return nil
		case is == jetstream.JSErrCodeStreamWrongLastSequence:
			c.apart.Store(false)
			return ledger.ErrTaken
		case is == 0 && !errors.Is(err, nats.ErrNoResponders) && !errors.Is(err, jetstream.ErrNoStreamResponse):
			unsure = err // it may be on its way
		}
		if time.Now().After(until) || ctx.Err() != nil || c.apart.Load() && unsure == nil {
			c.apart.Store(true)
			if unsure != nil {
				return unsure
			}
			return fmt.Errorf("%w: %w", ledger.ErrApart, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(orderRest):
		}
	}
}

// order puts lines into the stream, all or none, if it ends with the record of a number.
func order(ctx context.Context, h *Hub, after uint64, lines [][]byte) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return h.put(ctx, chainStream, chainSubject, after, lines)
}

// After is ledger.Sequence.
func (c *Chain) After(ctx context.Context, after uint64, most int) (lines [][]byte, err error) {
	h := c.hub.Load()
	if h == nil {
		return nil, ErrNotYet
	}
	for len(lines) < most {
		ask := min(most-len(lines), carriedAtOnce)
		some, err := given(ctx, h, after+uint64(len(lines)), ask)
		if err != nil {
			return nil, err
		}
		if lines = append(lines, some...); len(some) < ask {
			break
		}
	}
	return lines, nil
}

// given are the lines after a number, at most carriedAtOnce.
func given(ctx context.Context, h *Hub, after uint64, most int) (lines [][]byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	messages, err := jetstreamext.GetBatch(ctx, h.js, chainStream, most, jetstreamext.GetBatchSeq(after+1))
	if err != nil {
		return nil, fmt.Errorf("ask for what other hubs have decided: %w", err)
	}
	for m, err := range messages {
		if errors.Is(err, jetstreamext.ErrNoMessages) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read what other hubs have decided: %w", err)
		}
		lines = append(lines, m.Data)
	}
	return lines, nil
}

// End is how many records the hubs have confirmed, as the one that leads says.
func (c *Chain) End(ctx context.Context) (uint64, error) {
	h := c.hub.Load()
	if h == nil {
		return 0, ErrNotYet
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	stream, err := h.js.Stream(ctx, chainStream)
	if err != nil {
		return 0, fmt.Errorf("look at stream %s: %w", chainStream, err)
	}
	return stream.CachedInfo().State.LastSeq, nil
}

// Leads reports whether this hub does what one of three does for all: the one whose server says
// which decision counts first. Alone it always does.
func (h *Hub) Leads() bool {
	is, ok := h.engine.(*inside)
	return !ok || h.cfg.Partners == nil || is.server.JetStreamIsStreamLeader(globalAccount, chainStream)
}

// globalAccount is that of all connections to the server in this process.
const globalAccount = "$G"

// Heard has ring called when another hub may have decided something, until Close.
func (c *Chain) Heard(ring func()) error {
	h := c.hub.Load()
	if h == nil {
		return ErrNotYet
	}
	_, err := h.conn.Subscribe(chainBell, func(*nats.Msg) { ring() })
	if err != nil {
		return fmt.Errorf("listen to other hubs: %w", err)
	}
	return nil
}

// ErrForked is the error of a ledger that is not the one of the other hubs.
var ErrForked = errors.New("the ledger here has records that are not in that of the other hubs")

// ErrFirst is the error of a hub that has a ledger, where nobody has begun the one of all.
var ErrFirst = errors.New("the first of the hubs has to begin the ledger of all")

// Meet has the ledger of this hub and that of all be the same: it takes what it lacks, and gives
// what the others have lost, as far as its records follow theirs. Where the others have nothing
// at all, the first hub alone begins.
func (c *Chain) Meet(ctx context.Context, book *ledger.Ledger, first bool) error {
	h := c.hub.Load()
	if h == nil {
		return ErrNotYet
	}
	end, err := c.End(ctx)
	if err != nil {
		return err
	}
	if own := book.State().Seq(); end < own {
		if end == 0 && !first {
			return ErrFirst
		}
		if err := c.give(ctx, book, end); err != nil {
			return err
		}
	}
	_, err = ledger.CatchUp(ctx, book)
	if errors.Is(err, ledger.ErrFollow) {
		return fmt.Errorf("%w: %w", ErrForked, err)
	}
	return err
}

// give puts the records after a number into the stream, if the one of that number is the same.
func (c *Chain) give(ctx context.Context, book *ledger.Ledger, end uint64) error {
	if end > 0 {
		there, err := c.After(ctx, end-1, 1)
		if err != nil {
			return err
		}
		if len(there) != 1 || !ledger.Wrote(book, end, there[0]) {
			return ErrForked
		}
	}
	var lines [][]byte
	for group, err := range ledger.Tail(book, end) {
		if err != nil {
			return err
		}
		if len(lines)+len(group) > carriedAtOnce && len(lines) > 0 {
			if err := c.Append(ctx, end, lines); err != nil {
				return err
			}
			end, lines = end+uint64(len(lines)), nil
		}
		lines = append(lines, group...)
	}
	return c.Append(ctx, end, lines)
}
