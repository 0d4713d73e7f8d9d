package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lachan/blocklist/feed/doubt"
	"lachan/internal/wording"
)

// heldPrefix begins the names of files with versions that are held back.
const heldPrefix = "held-"

func heldPath(dir, digest string) string { return filepath.Join(dir, heldPrefix+digest) }

// A Held is a version that arrived whole and was held back by a guard. It stays on
// disk, to be approved, until another version comes.
type Held struct {
	Copy  Copy      `json:"copy"` // what would be used
	VI    string    `json:"vi"`   // why it is held back
	EN    string    `json:"en"`
	Since time.Time `json:"since"`
}

// Text is the reason in both languages.
func (h Held) Text() wording.Text { return wording.Text{VI: h.VI, EN: h.EN} }

// An Approval is the record of a version that was approved in spite of the guards.
type Approval struct {
	Digest  string    `json:"digest"`
	Entries int       `json:"entries"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// ErrNothingHeld means that there is no version to approve.
var ErrNothingHeld = errors.New("no version is held back")

// guarded reports whether an approval helps against an error.
func guarded(err error) bool {
	return errors.Is(err, ErrOtherFormat) || errors.Is(err, ErrShrunk) || errors.Is(err, ErrGrew) ||
		errors.Is(err, ErrCore) || errors.Is(err, ErrRolledBack)
}

// hold keeps the draft, which a guard holds back, in place of any other.
func (d *draft) hold(dir string) error {
	return errors.Join(removeHeld(dir, d.digest()), d.keep(heldPath(dir, d.digest())))
}

// removeHeld removes the versions held back, but the one with the digest.
func removeHeld(dir, but string) error {
	return removeAll(dir, func(name string) bool {
		return strings.HasPrefix(name, heldPrefix) && name != heldPrefix+but
	})
}

// HeldPath returns the file of the version that is held back.
func (s *Store) HeldPath(name string, h Held) string { return heldPath(s.dir(name), h.Copy.Digest) }

// Approve approves the version that is held back, this one alone, and records by
// whom. It becomes the copy as if its update had succeeded. If none is held back, it
// approves the entries in doubt of the copy. The error is ErrNothingHeld when there
// are none either.
func (s *Store) Approve(ctx context.Context, src Source, by string) (Status, error) {
	dir := s.dir(src.Name)
	unlock, err := lock(ctx, dir)
	if err != nil {
		return Status{}, fmt.Errorf("approve feed %q: %w", src.Name, err)
	}
	defer unlock()
	at := time.Now().UTC()
	last, err := s.repair(src.Name)
	if err != nil {
		return last, err
	}
	if last.Held.Copy.Digest == "" {
		return last.approveDoubts(dir, by, at)
	}
	c, err := s.takeHeld(ctx, &src, dir, last.Held.Copy)
	if err != nil {
		return last, fmt.Errorf("approve feed %q: %w", src.Name, err)
	}
	last.Sizes = nil // what somebody has let past the guards is what the next is compared with
	next := last.succeeded(&src, at, c)
	next.Approvals = lastOf(append(next.Approvals, Approval{Digest: c.Digest, Entries: c.Entries, By: by, At: at}))
	if err := next.write(dir); err != nil {
		return last, fmt.Errorf("approve feed %q: %w", src.Name, err)
	}
	return next, removeHeld(dir, "")
}

// Reject drops the version that is held back, this one alone, and records by whom: it is
// not held back again when it comes again. The error is ErrNothingHeld if there is none.
func (s *Store) Reject(ctx context.Context, src Source, by string) (Status, error) {
	dir := s.dir(src.Name)
	unlock, err := lock(ctx, dir)
	if err != nil {
		return Status{}, fmt.Errorf("reject feed %q: %w", src.Name, err)
	}
	defer unlock()
	last, err := s.repair(src.Name)
	if err == nil && last.Held.Copy.Digest == "" {
		err = ErrNothingHeld
	}
	if err != nil {
		return last, fmt.Errorf("reject feed %q: %w", src.Name, err)
	}
	next, c := last, last.Held.Copy
	record := Approval{Digest: c.Digest, Entries: c.Entries, By: by, At: time.Now().UTC()}
	next.Rejections = lastOf(append(next.Rejections, record))
	next.Held = Held{}
	if err := next.write(dir); err != nil {
		return last, fmt.Errorf("reject feed %q: %w", src.Name, err)
	}
	return next, removeHeld(dir, "")
}

// hold notes that a guard has held a version back, unless somebody has rejected it.
func (s *Status) hold(c Copy, why wording.Text, at time.Time) {
	if _, rejected := newestOf(s.Rejections, c.Digest); rejected {
		s.Held = Held{}
		return
	}
	if c.Digest != s.Held.Copy.Digest {
		s.Holds = append(s.Holds, at)
		s.Holds = s.Holds[max(0, len(s.Holds)-maxRecords):]
	}
	s.Held = Held{Copy: c, VI: why.VI, EN: why.EN, Since: at}
}

// approveDoubts lets the entries in doubt of the copy through.
func (s Status) approveDoubts(dir, by string, at time.Time) (Status, error) {
	if len(doubt.Waiting(s.Copy.Doubts)) == 0 {
		return s, fmt.Errorf("approve feed %q: %w", s.Name, ErrNothingHeld)
	}
	s.Copy.Doubts = doubt.Approved(s.Copy.Doubts)
	s.Changed = true
	s.Approvals = lastOf(append(s.Approvals, Approval{Digest: s.Copy.Digest, Entries: s.Copy.Entries, By: by, At: at}))
	if err := s.write(dir); err != nil {
		return s, fmt.Errorf("approve feed %q: %w", s.Name, err)
	}
	return s, nil
}

// takeHeld copies the version that is held back, checks that it is still what
// it was, and keeps it under the name of a copy.
func (s *Store) takeHeld(ctx context.Context, src *Source, dir string, c Copy) (Copy, error) {
	held, err := os.Open(heldPath(dir, c.Digest))
	if err != nil {
		return Copy{}, err
	}
	defer held.Close()
	d, err := newDraft(dir)
	if err != nil {
		return Copy{}, err
	}
	defer d.discard()
	if _, err := io.Copy(d, held); err != nil {
		return Copy{}, err
	}
	if d.digest() != c.Digest {
		return Copy{}, fmt.Errorf("%w: the file that was held back", ErrDigest)
	}
	as := Copy{AskedFormat: c.AskedFormat, Format: c.Format, Readings: c.Readings}
	if _, err := d.examine(ctx, src, c.readAs(src), &as, s.Examine); err != nil {
		return Copy{}, err
	}
	c.Path, c.Verified = copyPath(dir, c.Digest), time.Now().UTC()
	c.Doubts = doubt.Approved(c.Doubts)
	return c, d.keep(c.Path)
}
