package feed

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"lachan/blocklist/format"
	"lachan/blocklist/release"
	signed "lachan/blocklist/version"
)

// IsManifest reports whether the source is a feed of versions: its list is what
// a manifest points to.
func (s *Source) IsManifest() bool {
	detected := s.Format == "" || s.Format == format.Auto
	return s.Format == format.Manifest || detected && s.fileName() == release.ManifestFile
}

// follow writes the newest version of a feed to d, unless that is the known copy.
// It asks the mirrors in turn if the source's own address gives no acceptable
// version.
func (s *Store) follow(
	ctx context.Context, src *Source, last *Status, known *Copy, d *draft, at time.Time,
) (answer, error) {
	if len(src.Keys) == 0 {
		return answer{}, refuse(TextNoKey, fmt.Errorf("%w: no key is pinned", ErrUnsigned))
	}
	v := version{store: s, src: src, last: last, known: known, draft: d, at: at}
	got, first := v.from(ctx, src.URL, *known)
	for _, mirror := range src.Mirrors {
		if first == nil || ctx.Err() != nil || d.err != nil {
			return got, first
		}
		address := strings.TrimSuffix(mirror, "/") + "/" + lastPart(src.URL)
		if got, err := v.from(ctx, address, Copy{}); err == nil {
			return answer{unchanged: got.unchanged, release: got.release, signed: got.signed}, nil
		}
	}
	return got, first
}

// A version is being fetched.
type version struct {
	store *Store
	src   *Source
	last  *Status
	known *Copy
	draft *draft
	at    time.Time
}

// from fetches the version that the manifest at an address names. The request for
// the manifest is conditional on the copy asked.
func (v *version) from(ctx context.Context, address string, asked Copy) (answer, error) {
	// Two manifests published within one second have the same Last-Modified.
	asked.LastModified = ""
	var text bytes.Buffer
	got, err := v.store.read(ctx, v.store.Dial, address, asked, release.MaxManifestBytes, &text)
	if err != nil {
		return answer{}, err
	}
	if got.unchanged {
		got.release = v.known.Release
		return got, got.release.follows(&v.last.Newest, v.at)
	}
	key, signature, err := v.proof(ctx, address, text.Bytes())
	if err != nil {
		return answer{}, err
	}
	got.signed = &signed.Signed{Message: text.String(), Signature: string(signature)}
	m, err := release.Decode(text.Bytes())
	if err != nil {
		return answer{}, refuse(textManifest.With(err), fmt.Errorf("%w: %w", ErrManifest, err))
	}
	got.release = Release{
		Key: key, Feed: m.ID, Version: m.Version, Digest: m.Content.SHA256, Created: m.Created,
		Expires: m.Expires, Authority: m.Authority,
	}
	if err := v.allowed(&m, &got.release); err != nil {
		return answer{}, err
	}
	if got.unchanged = m.Content.SHA256 == v.known.Digest; got.unchanged {
		return got, nil
	}
	if v.draft.withdrawn = nil; v.known.Release.Feed == m.ID {
		v.draft.withdrawn = m.Withdrawn
	}
	return got, v.list(ctx, address, &m)
}

// proof returns the ID of the key that signed the manifest, and the signature. It has two
// names; while a publisher changes the manifest only one of them is good.
func (v *version) proof(
	ctx context.Context, address string, manifest []byte,
) (key string, signature []byte, err error) {
	var missing, wrong error
	for _, name := range []string{lastPart(address) + ".minisig", release.SecondSignature} {
		signature, err := v.store.readSignature(ctx, beside(address, name))
		if err != nil {
			missing = cmp.Or(missing, err)
			continue
		}
		proof, err := v.src.Keys.Verify(bytes.NewReader(manifest), signature)
		if err == nil {
			return proof.Key, signature, nil
		}
		wrong = cmp.Or(wrong, distrust(err))
	}
	return "", nil, cmp.Or(wrong, missing)
}

// allowed returns why a version may not be taken, nil if it may.
func (v *version) allowed(m *release.Manifest, r *Release) error {
	newest := &v.last.Newest
	if newest.Feed != "" && newest.Feed != m.ID && v.known.Digest != "" {
		return refuse(textOther.With(m.ID, newest.Feed), fmt.Errorf("%w: of feed %q, had %q", ErrManifest, m.ID, newest.Feed))
	}
	if max := v.src.maxBytes(); m.Content.Size > max || m.Snapshot.Size > max {
		return refuse(textTooLarge.With(max), fmt.Errorf("%w: %d bytes announced, at most %d allowed", ErrTooLarge, m.Content.Size, max))
	}
	return r.follows(newest, v.at)
}

// list writes the list of a manifest to the draft: by the changes since the known
// copy, or whole if those do not lead there.
func (v *version) list(ctx context.Context, address string, m *release.Manifest) error {
	if way, ok := m.Chain(v.known.Release.Version); ok && v.known.Release.Feed == m.ID && v.known.Digest != "" {
		err := v.change(ctx, address, way)
		if err == nil && v.draft.is(m.Content) {
			return nil
		}
		if err := cmp.Or(context.Cause(ctx), v.draft.err); err != nil {
			return err
		}
	}
	if err := v.draft.reset(); err != nil {
		return err
	}
	unpacked, err := v.file(ctx, address, m.Snapshot, m.Content.Size)
	if err != nil {
		return err
	}
	defer unpacked.Close()
	if _, err := io.Copy(v.draft, unpacked); err != nil {
		return refuse(textPacked, fmt.Errorf("%w: %s: %w", ErrAnswer, m.Snapshot.Name, err))
	}
	if !v.draft.is(m.Content) {
		return refuse(textDigest.With(v.draft.digest(), m.Content.SHA256),
			fmt.Errorf("%w: list in %s", ErrDigest, m.Snapshot.Name))
	}
	return nil
}

// change writes the known copy, changed by deltas, to the draft.
func (v *version) change(ctx context.Context, address string, way []release.Delta) error {
	var changes release.Changes
	for _, d := range way {
		unpacked, err := v.file(ctx, address, d.File, release.MaxChangeBytes)
		if err != nil {
			return err
		}
		if err := errors.Join(changes.Read(unpacked), unpacked.Close()); err != nil {
			return err
		}
	}
	if err := v.draft.reset(); err != nil {
		return err
	}
	old, err := os.Open(v.known.Path)
	if err != nil {
		return err
	}
	defer old.Close()
	return changes.Apply(old, v.draft)
}

// file fetches a file beside the manifest, checks it, and unpacks it as it is
// read, to at most max bytes.
func (v *version) file(ctx context.Context, address string, f release.File, max int64) (io.ReadCloser, error) {
	packed, err := newDraft(filepath.Dir(v.draft.file.Name()))
	if err != nil {
		return nil, err
	}
	_, err = v.store.read(ctx, v.store.Dial, beside(address, f.Name), Copy{}, min(f.Size, v.src.maxBytes()), packed)
	if errors.Is(err, ErrTooLarge) {
		err = refuse(textLonger.With(f.Name, f.Size), fmt.Errorf("%w: %s is longer than its %d bytes", ErrDigest, f.Name, f.Size))
	}
	if err != nil {
		packed.discard()
		return nil, errors.Join(packed.err, err)
	}
	if !packed.is(f.Digest) {
		packed.discard()
		return nil, refuse(textDigest.With(packed.digest(), f.SHA256), fmt.Errorf("%w: %s", ErrDigest, f.Name))
	}
	return unzstd(packed, max)
}

// An unpacking is a file that is unpacked as it is read.
type unpacking struct {
	io.Reader
	z      *zstd.Decoder
	packed *draft
}

// unzstd unpacks a draft, which Close then removes.
func unzstd(packed *draft, max int64) (*unpacking, error) {
	_, err := packed.file.Seek(0, io.SeekStart)
	if err != nil {
		packed.discard()
		return nil, err
	}
	z, err := zstd.NewReader(packed.file, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow))
	if err != nil {
		packed.discard()
		return nil, err
	}
	return &unpacking{&cappedReader{r: z, left: max}, z, packed}, nil
}

// Close removes the file.
func (u *unpacking) Close() error {
	u.z.Close()
	u.packed.discard()
	return nil
}

// beside returns the address of another file in the same place.
func beside(address, name string) string {
	if file, local := localPath(address); local {
		return filepath.Join(filepath.Dir(file), name)
	}
	u, err := url.Parse(address)
	if err != nil {
		return "" // the address itself was refused before
	}
	return u.JoinPath("..", name).String()
}

// lastPart returns the name of the file at an address.
func lastPart(address string) string {
	if _, local := localPath(address); !local {
		if u, err := url.Parse(address); err == nil {
			return path.Base(u.Path)
		}
	}
	return path.Base(address)
}
