package feed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"lachan/blocklist/release"
	signed "lachan/blocklist/version"
	"lachan/internal/wording"
)

// maxSignatureBytes bounds a signature; most have 300 bytes.
const maxSignatureBytes = 16 << 10

// Why a list is not trusted.
var (
	ErrUnsigned = errors.New("not signed by a pinned key")
	ErrRollback = errors.New("older than the version before")
	ErrExpired  = errors.New("version has expired")
	ErrManifest = errors.New("manifest that cannot be followed")
)

// A Release is what a signature says of a version.
type Release struct {
	Key       string    `json:"key"`                 // ID of the public key that it was checked with
	Feed      string    `json:"feed"`                // ID in the manifest; of a list alone its address
	Version   uint64    `json:"version,omitempty"`   // of the manifest, or seq of the comment; 0 is none
	Digest    string    `json:"digest"`              // SHA-256 of the list
	Created   time.Time `json:"created,omitzero"`    // when the publisher signed it
	Expires   time.Time `json:"expires,omitzero"`    // when it is not to be taken any more
	Authority string    `json:"authority,omitempty"` // as the manifest has it
}

// prove checks the signature that lies beside the list at the source's address.
// The list is the draft or, if nothing came, the known copy: a list that has not
// changed may have a signature with a later date.
func (s *Store) prove(
	ctx context.Context, src *Source, last *Status, known *Copy, got *answer, d *draft, at time.Time,
) (Release, error) {
	signature, err := s.readSignature(ctx, signatureOf(src.URL))
	if err != nil {
		return Release{}, err
	}
	got.signed = &signed.Signed{Signature: string(signature)}
	list, digest := d.file.File, d.digest()
	if got.unchanged {
		if list, err = os.Open(known.Path); err != nil {
			return Release{}, err
		}
		defer list.Close()
		digest = known.Digest
	} else if _, err := list.Seek(0, io.SeekStart); err != nil {
		return Release{}, err
	}
	proof, err := src.Keys.Verify(list, signature)
	if err != nil {
		return Release{}, distrust(err)
	}
	r := Release{
		Key: proof.Key, Feed: withoutKeys(src.URL), Version: proof.Seq,
		Digest: digest, Expires: proof.Expires,
	}
	return r, r.follows(&last.Newest, at)
}

// distrust says why a signature was not good.
func distrust(err error) error {
	text := textForged
	switch {
	case errors.Is(err, release.ErrUnknownKey):
		text = textUnknownKey
	case errors.Is(err, release.ErrSignature), errors.Is(err, release.ErrComment):
		text = textNoSignature
	case errors.Is(err, release.ErrLegacy):
		text = textLegacy
	}
	return refuse(text, fmt.Errorf("%w: %w", ErrUnsigned, err))
}

// follows returns why r may not come after the newest release that was taken, nil
// if it may. Only the key can make a version, but whatever is between the
// publisher and here can serve an old one forever.
func (r *Release) follows(newest *Release, at time.Time) error {
	switch {
	case !r.Expires.IsZero() && !at.Before(r.Expires):
		return refuse(textExpired.With(r.Expires.Format(time.DateTime)),
			fmt.Errorf("%w: on %s", ErrExpired, r.Expires.Format(time.RFC3339)))
	case newest.Feed != r.Feed:
		return nil
	case r.Version < newest.Version:
		return refuse(textRollback.With(r.Version, newest.Version),
			fmt.Errorf("%w: %d, had %d", ErrRollback, r.Version, newest.Version))
	case r.Version == newest.Version && r.Version > 0 && r.Digest != newest.Digest:
		return refuse(textSameVersion.With(r.Version),
			fmt.Errorf("%w: another list of version %d", ErrRollback, r.Version))
	}
	return nil
}

// readSignature reads the signature at an address.
func (s *Store) readSignature(ctx context.Context, address string) ([]byte, error) {
	var text bytes.Buffer
	if _, err := s.read(ctx, s.Dial, address, Copy{}, maxSignatureBytes, &text); err != nil {
		known := asError(err)
		return nil, refuse(wording.Join(textSignatureFetch, known.Text), fmt.Errorf("%w: %w", ErrUnsigned, known.Err))
	}
	return text.Bytes(), nil
}

// signatureOf is the address of the signature of what lies at an address.
func signatureOf(address string) string { return beside(address, lastPart(address)+".minisig") }
