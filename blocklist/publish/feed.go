package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"aead.dev/minisign"

	"lachan/blocklist/release"
)

// A Feed is a directory that is published as it stands, by any web server.
type Feed struct {
	Dir       string
	ID        string
	Authority string
	Key       minisign.PrivateKey
	// Lifetime is how long nodes may take a version as the newest; a publisher
	// that is silent for longer is noticed. A version is renewed when half of it
	// has passed.
	Lifetime time.Duration
	// LeastVersion is the least number of the next version: a feed whose
	// directory was lost must go on above the last number that nodes saw.
	LeastVersion uint64
}

// Why nothing was published.
var (
	ErrOtherFeed = errors.New("directory of another feed")
	ErrBusy      = errors.New("directory in which another publisher is at work")
)

// A Result says what Publish did.
type Result struct {
	Version uint64    `json:"version"`
	Expires time.Time `json:"expires"`
	Count   int       `json:"entries"`
	Added   int       `json:"added"`
	Removed int       `json:"removed"`
	Changed bool      `json:"changed"` // there is a new version
	Renewed bool      `json:"renewed"` // or the last one was signed again
	// Unsaid: the manifest has no room for all that was lifted, so nodes hold the
	// version back as one that has lost entries.
	Unsaid bool `json:"unsaid,omitempty"`
}

// maxDeltas is for how many versions before the newest there are deltas.
const maxDeltas = 30

// Publish makes the rows the newest version of the feed, unless they are it
// already. At each moment, also if the process ends then, nodes find the version
// before or the new one. Of several calls that work in one directory,
// in this process or others, all but one get ErrBusy.
func (f *Feed) Publish(rows []string) (Result, error) {
	r, err := f.publish(rows, nil, func(uint64) error { return nil })
	if err != nil {
		return Result{}, fmt.Errorf("publish feed %q: %w", f.ID, err)
	}
	return r, nil
}

// PublishPlan is Publish for the rows of a plan. If there has been another version
// since it was made, the error is ErrBusy.
func (f *Feed) PublishPlan(p *Plan) (Result, error) {
	r, err := f.publish(p.Rows, p.withdrawn(), func(last uint64) error {
		if last != p.From {
			return fmt.Errorf("%w: version %d has come since", ErrBusy, last)
		}
		return nil
	})
	if err != nil {
		return Result{}, fmt.Errorf("publish feed %q: %w", f.ID, err)
	}
	return r, nil
}

// publish makes a version of the rows, in which some of what was in force is withdrawn.
func (f *Feed) publish(rows []string, lifted []release.Withdrawal, after func(last uint64) error) (Result, error) {
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		return Result{}, err
	}
	unlock, err := lock(f.Dir)
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	now := time.Now().UTC().Truncate(time.Second)
	last, err := f.last()
	if err == nil {
		err = after(last.Version)
	}
	if err != nil {
		return Result{}, err
	}
	content := text(rows)
	result := Result{Version: last.Version, Expires: last.Expires, Count: len(rows)}
	if last.Version >= max(f.LeastVersion, 1) && last.Content == digest(content) {
		return f.renew(last, content, now, result)
	}
	next := release.Manifest{
		ID: f.ID, Version: max(last.Version+1, f.LeastVersion), Previous: last.Version,
		Created: now, Expires: now.Add(f.Lifetime), Authority: f.Authority,
		Count: len(rows), Content: digest(content),
	}
	result.Version, result.Expires, result.Changed = next.Version, next.Expires, true
	if next.Snapshot, err = f.put(fmt.Sprintf("snapshot-%d.txt.zst", next.Version), content); err != nil {
		return Result{}, err
	}
	if err := f.putDelta(&next, &last, rows, &result); err != nil {
		return Result{}, err
	}
	result.Unsaid = !withdraw(&next, &last, lifted)
	if err := f.sign(&next); err != nil {
		return Result{}, err
	}
	return result, f.tidy(&next, &last)
}

// last returns the manifest in the directory, one of version 0 if there is none.
func (f *Feed) last() (release.Manifest, error) {
	text, err := os.ReadFile(filepath.Join(f.Dir, release.ManifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return release.Manifest{}, nil
	}
	if err != nil {
		return release.Manifest{}, err
	}
	m, err := release.Decode(text)
	if err != nil {
		return release.Manifest{}, err
	}
	if m.ID != f.ID {
		return release.Manifest{}, fmt.Errorf("%w: %q", ErrOtherFeed, m.ID)
	}
	return m, nil
}

// renew signs the last version again when half of its time has passed, or when
// it is not as this call would have made it: other words, another key, a
// snapshot that was lost, or an end in the middle of signing.
func (f *Feed) renew(last release.Manifest, content []byte, now time.Time, r Result) (Result, error) {
	whole := f.has(last.Snapshot)
	young := last.Expires.Sub(now) >= f.Lifetime/2
	signed := f.signs(release.SignatureFile) && f.signs(release.SecondSignature)
	if whole && young && signed && last.Authority == f.Authority {
		return r, nil
	}
	if !whole {
		var err error
		if last.Snapshot, err = f.put(last.Snapshot.Name, content); err != nil {
			return Result{}, err
		}
	}
	last.Created, last.Expires, last.Authority = now, now.Add(f.Lifetime), f.Authority
	r.Expires, r.Renewed = last.Expires, true
	return r, f.sign(&last)
}

// putDelta adds the delta from the version before, if that can be read and the
// delta is shorter than the list.
func (f *Feed) putDelta(next, last *release.Manifest, rows []string, r *Result) error {
	old, err := f.rowsOf(last)
	if err != nil {
		r.Added = len(rows)
		return nil // nodes take the snapshot
	}
	delta, added, removed := release.Diff(old, rows)
	r.Added, r.Removed = added, removed
	name := fmt.Sprintf("delta-%d_%d.txt.zst", last.Version, next.Version)
	file, err := f.put(name, delta)
	if err != nil {
		return err
	}
	next.Deltas = append(next.Deltas, last.Deltas...)
	next.Deltas = append(next.Deltas, release.Delta{From: last.Version, To: next.Version, File: file})
	next.Deltas = shortest(next.Deltas, next.Snapshot.Size)
	return nil
}

// shortest drops the oldest deltas, until they are few and together no larger
// than the list.
func shortest(deltas []release.Delta, most int64) []release.Delta {
	var bytes int64
	for i := len(deltas) - 1; i >= 0; i-- {
		bytes += deltas[i].Size
		if bytes > most || len(deltas)-i > maxDeltas {
			return deltas[i+1:]
		}
	}
	return deltas
}
