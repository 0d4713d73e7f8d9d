package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"lachan/blocklist/format"
	"lachan/internal/fault"
	"lachan/internal/printable"
)

// Update brings the copy of a feed up to date: fetch, verify, read whole,
// guard, replace. It returns the new status, which it also wrote unless that is
// what failed; Status.Changed reports whether the copy is another than before.
// When it fails the copy is the one from before, the status says why, and the
// error is an *Error. An attempt that ctx ends is not a failure of the feed and
// leaves no trace.
func (s *Store) Update(ctx context.Context, src Source) (Status, error) {
	next, err := s.update(ctx, &src)
	if err == nil || ctx.Err() != nil {
		return next, err
	}
	known := asError(err)
	return next, &Error{Feed: src.Name, Text: known.Text, Err: known.Err}
}

// update holds the lock of the feed. Its errors are *Error, but for those of
// the disk and of ctx.
func (s *Store) update(ctx context.Context, src *Source) (Status, error) {
	if !validName(src.Name) {
		return Status{}, refuse(textName.With(src.Name), fmt.Errorf("%w: name", ErrAddress))
	}
	dir := s.dir(src.Name)
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return Status{}, err
	}
	unlock, err := lock(ctx, dir)
	if errors.Is(err, ErrBusy) {
		return Status{}, refuse(textBusy, ErrBusy)
	}
	if err != nil {
		return Status{}, err
	}
	defer unlock()

	at := time.Now().UTC()
	last, err := s.repair(src.Name)
	if err != nil {
		return last, err
	}
	c, err := safely(func() (Copy, error) { return s.attempt(ctx, src, &last, at) })
	if err != nil && ctx.Err() != nil {
		return last, fmt.Errorf("update feed %q: %w", src.Name, context.Cause(ctx))
	}
	next := last.succeeded(src, at, c)
	if err != nil {
		next = last.failed(src, at, asError(err).Text)
		if guarded(err) {
			next.hold(c, asError(err).Text, at)
		}
	}
	if werr := next.write(dir); werr != nil {
		disk := asError(werr)
		return last.failed(src, at, disk.Text), disk
	}
	return next, err
}

// asError finds the *Error in err; what is none comes from the disk.
func asError(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	return &Error{Text: textDisk.With(err), Err: fmt.Errorf("%w: %w", ErrDisk, err)}
}

// safely has a panic as an error: what one feed meets fails this feed and no other.
func safely(do func() (Copy, error)) (c Copy, err error) {
	if met := fault.Catch(func() { c, err = do() }); met != nil {
		return Copy{}, &Error{Text: textFault.With(met), Err: fmt.Errorf("fault of the program: %w", met)}
	}
	return c, err
}

// attempt is one update without the bookkeeping. It returns the copy to use
// from now on or, with the error of a guard, the one that is held back.
func (s *Store) attempt(ctx context.Context, src *Source, last *Status, at time.Time) (Copy, error) {
	dir := s.dir(src.Name)
	d, err := newDraft(dir)
	if err != nil {
		return Copy{}, err
	}
	defer d.discard()

	known := last.Copy
	if !known.isOf(src) {
		known = Copy{}
	}
	got, err := s.fetch(ctx, src, last, &known, d, at)
	if d.err != nil {
		return Copy{}, d.err
	}
	if err != nil {
		return known, err
	}
	keepSigned(s, src.Name, &got)
	c := known
	if !got.unchanged && d.digest() != known.Digest {
		as := src.listFormat()
		if got.directory {
			as = format.Directory
		}
		c, err = s.verify(ctx, src, last, &known, d, as)
		if err != nil && !guarded(err) {
			return Copy{}, err
		}
		c.URL, c.SHA256URL = withoutKeys(src.URL), withoutKeys(src.SHA256URL)
		c.TSIGKey, c.Zone, c.Release = src.TSIG.Name, got.zone, got.release
		c.AskedFormat, c.Fetched = src.askedFormat(), at
		c.Path, c.Digest, c.Bytes = copyPath(dir, d.digest()), d.digest(), d.bytes
		if err != nil {
			return c, errors.Join(err, d.hold(dir))
		}
		kept := []string{last.Copy.Digest}
		if c.Digest == last.Copy.Digest { // read again, since it is asked for in another way
			kept = append(kept, last.Previous.Digest)
		}
		if err := errors.Join(removeCopies(dir, kept...), removeHeld(dir, ""), d.keep(c.Path)); err != nil {
			return Copy{}, err
		}
	}
	c.ETag, c.LastModified, c.Release = got.etag, got.lastModified, got.release
	return c, nil
}

// fetch writes the list of a source to d, unless it is still the known copy,
// and checks its signature.
func (s *Store) fetch(
	ctx context.Context, src *Source, last *Status, known *Copy, d *draft, at time.Time,
) (answer, error) {
	if isZone(src.URL) {
		return s.transfer(ctx, src, known, d)
	}
	if src.IsManifest() {
		return s.follow(ctx, src, last, known, d, at)
	}
	if dir, local := localPath(src.URL); local && isDirectory(dir) {
		if len(src.Keys) > 0 || src.SHA256URL != "" {
			return answer{}, refuse(textDirectoryUnsigned.With(dir), fmt.Errorf("%w: a directory with a signature", ErrUnsupported))
		}
		return answer{directory: true}, copyDirectory(dir, src.maxBytes(), d)
	}
	got, err := s.read(ctx, s.dialer(src), src.URL, *known, src.maxBytes(), d)
	if err == nil && len(src.Keys) > 0 {
		got.release, err = s.prove(ctx, src, last, known, &got, d, at)
	}
	return got, err
}

// read writes what is at an address to w, unless it is still the known copy.
func (s *Store) read(
	ctx context.Context, dial dialer, address string, known Copy, max int64, w io.Writer,
) (answer, error) {
	if isWeb(address) {
		return s.download(ctx, dial, address, known, max, w)
	}
	if file, ok := localPath(address); ok {
		return answer{}, copyLocal(file, max, w)
	}
	return answer{}, refuse(textUnsupported.With(printable.Address(address)), ErrUnsupported)
}

// verify judges a draft; known is the version before it, or zero.
func (s *Store) verify(
	ctx context.Context, src *Source, last *Status, known *Copy, d *draft, as format.Format,
) (Copy, error) {
	if err := s.checkSidecar(ctx, src, d.digest()); err != nil {
		return Copy{}, err
	}
	c, err := d.examine(ctx, src, as, known, s.Examine)
	if err != nil {
		return Copy{}, err
	}
	if err := last.refuses(d.digest()); err != nil {
		return c, err
	}
	sizes := last.Sizes
	if known.Digest == "" {
		sizes = nil // of another list
	}
	return c, guard(src, known, &c, sizes)
}
