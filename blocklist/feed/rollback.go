package feed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"lachan/internal/wording"
)

// ErrNoPrevious means that there is no version to go back to.
var ErrNoPrevious = errors.New("no version before this one is kept")

// ErrRolledBack marks a version that was rolled back.
var ErrRolledBack = errors.New("version was rolled back")

// Rollback goes back to the version before the one in use, and records by whom.
// The version that was in use is held back until it is approved or another one
// comes. The error is ErrNoPrevious if none is kept.
func (s *Store) Rollback(ctx context.Context, src Source, by string) (Status, error) {
	dir := s.dir(src.Name)
	unlock, err := lock(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNoPrevious // it was never updated
	}
	if err != nil {
		return Status{}, fmt.Errorf("roll back feed %q: %w", src.Name, err)
	}
	defer unlock()
	at := time.Now().UTC()
	last, err := s.repair(src.Name)
	if err == nil && (last.Previous.Digest == "" || last.Previous.intact() != nil) {
		err = ErrNoPrevious
	}
	if err != nil {
		return last, fmt.Errorf("roll back feed %q: %w", src.Name, err)
	}
	left := last.Copy
	if left.Digest != "" { // else it was found damaged
		if err := errors.Join(removeHeld(dir, left.Digest), linkAs(left.Path, heldPath(dir, left.Digest))); err != nil {
			return last, fmt.Errorf("roll back feed %q: %w", src.Name, err)
		}
	}
	next := last.rolledBack(left, by, at)
	if err := next.write(dir); err != nil {
		return last, fmt.Errorf("roll back feed %q: %w", src.Name, err)
	}
	return next, nil
}

// Before is the version that Rollback would go back to; the zero Copy if none is kept, or it
// is no longer whole.
func (s *Status) Before() Copy {
	if before := s.Previous; before.Digest != "" && before.intact() == nil {
		return before
	}
	return Copy{}
}

// linkAs gives a file a second name.
func linkAs(path, as string) error {
	if err := os.Link(path, as); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// rolledBack is the status after going back from a copy.
func (s Status) rolledBack(from Copy, by string, at time.Time) Status {
	s.Copy, s.Previous, s.Changed, s.Held = s.Previous, Copy{}, true, Held{}
	s.Sizes = withSize(nil, at, s.Copy.Entries)
	if from.Digest != "" {
		record := Approval{Digest: from.Digest, Entries: from.Entries, By: by, At: at}
		s.Rollbacks = lastOf(append(s.Rollbacks, record))
		text := record.rolledBackText()
		s.Held = Held{Copy: from, VI: text.VI, EN: text.EN, Since: at}
	}
	return s
}

func (a *Approval) rolledBackText() wording.Text {
	return textRolledBack.With(a.By, a.At.Format(time.DateTime))
}

// maxRecords is how many approvals, and how many rollbacks, are remembered.
const maxRecords = 100

func lastOf(records []Approval) []Approval { return records[max(0, len(records)-maxRecords):] }

// refuses returns the error for a version that was rolled back and not approved
// since.
func (s *Status) refuses(digest string) error {
	back, ok := newestOf(s.Rollbacks, digest)
	approved, again := newestOf(s.Approvals, digest)
	if !ok || again && approved.At.After(back.At) {
		return nil
	}
	return refuse(back.rolledBackText(), fmt.Errorf("%w: %s", ErrRolledBack, digest))
}

func newestOf(records []Approval, digest string) (newest Approval, ok bool) {
	for _, r := range records {
		if r.Digest == digest {
			newest, ok = r, true
		}
	}
	return newest, ok
}
