package ledger

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"
)

// A Sequence has the records of a ledger that several machines write, in the one order in
// which they count. What it has confirmed is decided, whichever of them decided it; the file of
// each machine is a copy. Only one record can follow another, so that who is second reads what
// came before and tries again.
type Sequence interface {
	// Append puts lines after the record of a number, all or none. The error is ErrTaken if
	// other records follow that one, ErrApart if the lines were not put and nobody will put
	// them; after any other error they may be there, or come to be.
	Append(ctx context.Context, after uint64, lines [][]byte) error
	// After are the lines that follow the record of a number, at most so many. That there are
	// none may be said a moment too late.
	After(ctx context.Context, after uint64, most int) ([][]byte, error)
}

// Errors of a ledger that several machines write.
var (
	// ErrTaken is the error of lines whose place others have.
	ErrTaken = errors.New("other records follow already")
	// ErrApart is the error of what was not decided because too few of the machines are there
	// to confirm it.
	ErrApart = errors.New("too few of the machines that write the ledger answer")
	// ErrUnsure is the error of what may be decided: those that confirm it went away meanwhile.
	// Once they are back it shows.
	ErrUnsure = errors.New("the machines that write the ledger went away before they confirmed it")
)

// shared is what makes a ledger one of several machines.
type shared struct {
	ledger   *Ledger
	sequence Sequence
	writers  []ed25519.PublicKey // whose records are taken; this machine's too
	former   []ed25519.PublicKey // whose are where one of the writers has signed a later one
}

// Share has a ledger be one that several machines write: from now on what it appends has to be
// confirmed by a sequence first, and it takes from there what the others have appended. The
// keys are those of all that may write. It may be called again with others.
func Share(l *Ledger, sequence Sequence, writers ...ed25519.PublicKey) error {
	l.commit.Lock()
	defer l.commit.Unlock()
	keys, err := known(l.dir, l.keys, writers)
	if err != nil {
		return fmt.Errorf("keep the keys of those who write the ledger: %w", err)
	}
	own, _ := l.key.Public().(ed25519.PublicKey) // it is one
	l.keys, l.shared = keys, &shared{ledger: l, sequence: sequence, writers: append(slices.Clone(writers), own)}
	return nil
}

// Vouched has a shared ledger take what former writers have signed too, where one of the writers
// has signed a record after it. Share forgets them.
func Vouched(l *Ledger, former ...ed25519.PublicKey) error {
	l.commit.Lock()
	defer l.commit.Unlock()
	keys, err := known(l.dir, l.keys, former)
	if err != nil {
		return fmt.Errorf("keep the keys of former writers: %w", err)
	}
	if l.keys = keys; l.shared != nil {
		l.shared.former = slices.Clone(former)
	}
	return nil
}

// CatchUp takes what other machines have appended to a shared ledger, and returns how many
// records that is. The error is ErrFollow or ErrForged if what the sequence has does not go on
// where this ledger ends.
func CatchUp(ctx context.Context, l *Ledger) (taken int, err error) {
	l.commit.Lock()
	defer l.commit.Unlock()
	if l.shared == nil {
		return 0, nil
	}
	taken, err = l.shared.catchUp(ctx)
	if err != nil {
		return taken, fmt.Errorf("take what other machines have decided: %w", err)
	}
	return taken, nil
}

// takenAtOnce is how many records are asked for at once.
const takenAtOnce = 500

// catchUp is CatchUp. commit is held.
func (s *shared) catchUp(ctx context.Context) (all int, err error) {
	for ask := takenAtOnce; ; {
		lines, err := s.sequence.After(ctx, s.ledger.now.Load().head.Seq, ask)
		if err != nil {
			return all, err
		}
		taken, err := take(s.ledger, s.writers, s.former, lines)
		all += taken
		if errors.Is(err, ErrUnvouched) && len(lines) == ask { // by one that comes later
			err = nil
		}
		switch {
		case err != nil:
			return all, err
		case len(lines) < ask:
			return all, nil
		case taken == 0:
			ask *= 2 // a group longer than that
		}
	}
}

// Bounds of what one machine waits for where others may be first.
const (
	confirmTime = 15 * time.Second      // until lines are confirmed, or it is known that they are not
	lookAgain   = 20 * time.Millisecond // for what came first, which is seen a moment later
	turnTime    = 15 * time.Second      // for which others are first before a group is given up
)

// errAgain is the error of lines that have to be placed anew: others were first, and what they
// have appended is here now. errHere is that of lines that are here already: what seemed not to
// be confirmed was.
var (
	errAgain = errors.New("others were first")
	errHere  = errors.New("it is here")
)

// confirm has the sequence confirm the lines of records that follow the end of this ledger, of
// which the last is given. Without an error they are decided, and not here yet. commit is held.
func (s *shared) confirm(text []byte, last *Record) error {
	ctx, cancel := context.WithTimeout(context.Background(), confirmTime) // whoever waited may be gone
	defer cancel()
	before := s.ledger.now.Load().head
	err := s.sequence.Append(ctx, before.Seq, bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")))
	if err == nil || errors.Is(err, ErrApart) {
		return err
	}
	if !errors.Is(err, ErrTaken) {
		return fmt.Errorf("%w: %w", ErrUnsure, err)
	}
	for {
		_, err := s.catchUp(ctx)
		switch {
		case wrote(s.ledger, last):
			return errHere
		case s.ledger.now.Load().head.Seq > before.Seq:
			return errAgain
		case err != nil:
			return fmt.Errorf("%w: %w", ErrUnsure, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrUnsure, ctx.Err())
		case <-time.After(lookAgain):
		}
	}
}

// wrote reports whether a record is here as this machine has signed it.
func wrote(l *Ledger, is *Record) bool {
	for r, err := range l.Records(is.Seq - 1) {
		return err == nil && r.Seq == is.Seq && r.Sig == is.Sig
	}
	return false
}

// Wrote reports whether the record of a number is a line.
func Wrote(l *Ledger, seq uint64, line []byte) bool {
	for f, err := range found(l, seq-1) {
		return err == nil && f.Seq == seq && bytes.Equal(f.line, line)
	}
	return false
}

// settle gives groups that were placed after each other what became of them, and returns those
// that have to be placed anew. After what is confirmed and cannot be written here nothing is
// certain: it comes with what others append.
func settle(l *Ledger, written []*waiting, text []byte, state *State, end Head) (again []*waiting) {
	err := error(nil)
	if l.shared != nil {
		records := written[len(written)-1].records
		err = l.shared.confirm(text, &records[len(records)-1])
	}
	switch {
	case errors.Is(err, errHere):
		return nil
	case errors.Is(err, errAgain):
		for _, w := range written {
			if w.since.IsZero() {
				w.since = time.Now()
			}
			if time.Since(w.since) < turnTime {
				w.done, again = false, append(again, w)
				continue
			}
			w.err = ErrBusy
		}
		return again
	case err == nil:
		if err = l.growing.flush(text); err == nil {
			stand(l, state, end)
			return nil
		}
		if l.shared != nil {
			err = fmt.Errorf("%w: %w", ErrUnsure, err)
		}
	}
	for _, w := range written {
		w.err = err
	}
	return nil
}

// Tail yields the records after the one of a number as they were written: of each group the
// lines.
func Tail(l *Ledger, after uint64) iter.Seq2[[][]byte, error] {
	return func(yield func([][]byte, error) bool) {
		var group [][]byte
		for f, err := range found(l, after) {
			if group = append(group, f.line); err != nil || f.More == 0 {
				if !yield(group, err) {
					return
				}
				group = nil
			}
		}
	}
}
