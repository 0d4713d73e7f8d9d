package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/synadia-io/orbit.go/jetstreamext"

	"lachan/admin/ledger"
	"lachan/fleet"
)

// takeAll takes records until there are no more.
func (n *Node) takeAll(ctx context.Context, f *Follower) error {
	var rest [][]byte // of a group longer than a batch
	for {
		lines, err := n.ask(ctx, f, len(rest))
		if err != nil {
			return err
		}
		given := len(lines)
		lines = append(rest, lines...)
		taken, err := f.Copy.Take(lines...)
		if errors.Is(err, ledger.ErrUnvouched) && given == batch { // by one that comes later
			err = nil
		}
		if taken > 0 && f.Taken != nil {
			seq, _ := f.Copy.End()
			f.Taken(seq)
		}
		switch {
		case err != nil:
			return fmt.Errorf("take records of %s: %w", f.Stream.Area, err)
		case given < batch:
			return nil // those were all
		}
		if rest = lines[taken:]; len(rest) > mostInGroup {
			return fmt.Errorf("take records of %s: %w", f.Stream.Area, errGroup)
		}
	}
}

// errGroup is the error of records of which more count together than a hub writes.
var errGroup = errors.New("a group of records does not end")

// readHead asks for the head of an area.
func (n *Node) readHead(ctx context.Context, area string) (fleet.Head, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	answer, err := n.conn.RequestWithContext(ctx, fleet.HeadSubject(area), nil)
	if err != nil {
		return fleet.Head{}, fmt.Errorf("ask for the head of %s: %w", area, err)
	}
	if status := answer.Header.Get("Status"); status != "" {
		return fleet.Head{}, fmt.Errorf("ask for the head of %s: %s %s", area, status, answer.Header.Get("Description"))
	}
	head, err := fleet.ParseHead(answer.Data, n.cfg.Trust.Signers(time.Now())...)
	if err == nil && head.Area != area {
		err = fmt.Errorf("%w: it is that of %s", fleet.ErrHead, head.Area)
	}
	return head, err
}

// ask asks for the records after those that are here and so many more.
func (n *Node) ask(ctx context.Context, f *Follower, more int) (lines [][]byte, err error) {
	ctx, cancel := n.untilRefused(ctx)
	defer cancel()
	seq, _ := f.Copy.End()
	from := seq + uint64(more) + 1
	messages, err := jetstreamext.GetBatch(ctx, n.js, f.Stream.Name(), batch, jetstreamext.GetBatchSeq(from))
	if err != nil {
		return nil, fmt.Errorf("ask for records of %s: %w", f.Stream.Area, err)
	}
	for m, err := range messages {
		if errors.Is(err, jetstreamext.ErrNoMessages) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read records of %s: %w", f.Stream.Area, err)
		}
		lines = append(lines, m.Data)
	}
	return lines, nil
}
