package backup

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// ageMagic begins what is encrypted, zstdMagic what is not.
const (
	ageMagic  = "age-encryption.org/"
	zstdMagic = "\x28\xb5\x2f\xfd"
)

// readArchive reads an archive from its beginning to its end. The manifest is handed to
// begin, then each file to take, whose size it has. When it returns nil every byte was as
// it was written; with an error what was taken is of no use, and the error names where
// it is damaged.
func readArchive(
	f *os.File, keys []age.Identity, begin func(*Manifest) error, take func(Entry, io.Reader) error,
) (*Manifest, error) {
	a := &reading{file: f, at: manifestName}
	m, err := a.read(keys, begin, take)
	var said *refusal
	switch {
	case err == nil || errors.As(err, &said):
		return m, err
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return nil, refuse(textCut, a.at)
	case a.ours:
		return nil, err // of who takes, such as a disk that is full
	}
	return nil, refuse(textDamaged, a.at, err)
}

// A reading is an archive that is being read.
type reading struct {
	file *os.File
	at   string // the file of the archive that is being read
	ours bool   // an error is not of the archive
}

func (a *reading) read(
	keys []age.Identity, begin func(*Manifest) error, take func(Entry, io.Reader) error,
) (*Manifest, error) {
	plain, err := a.open(keys)
	if err != nil {
		return nil, err
	}
	tail := &tailing{from: plain, hash: sha256.New()}
	unpacked, err := zstd.NewReader(tail, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(mostWindow))
	if err != nil {
		return nil, err
	}
	defer unpacked.Close()
	entries := tar.NewReader(unpacked)
	m, err := a.manifest(entries)
	if err != nil {
		return nil, err
	}
	if err := begin(m); err != nil {
		a.ours = true
		return nil, err
	}
	for _, e := range m.Files {
		if err := a.entry(entries, e, take); err != nil {
			return nil, err
		}
	}
	a.at = "tar"
	if _, err := entries.Next(); err == nil {
		return nil, refuse(textUnlisted)
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, unpacked); err != nil { // its checksum is at its end
		return nil, err
	}
	if a.at = "sha256"; !tail.whole() {
		return nil, refuse(textDamaged, a.at, errDigest)
	}
	return m, nil
}

var errDigest = errors.New("SHA-256 differs")

// open finds out what the file is.
func (a *reading) open(keys []age.Identity) (io.Reader, error) {
	start := make([]byte, len(ageMagic))
	n, err := io.ReadFull(a.file, start)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if _, err := a.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	switch {
	case string(start[:n]) == ageMagic:
		if len(keys) == 0 {
			return nil, refuse(textKeyNeeded)
		}
		a.at = "age"
		plain, err := age.Decrypt(a.file, keys...)
		if err != nil {
			return nil, refuse(textWrongKey, err)
		}
		a.at = manifestName
		return plain, nil
	case bytes.HasPrefix(start[:n], []byte(zstdMagic)):
		return a.file, nil
	}
	return nil, refuse(textForeign)
}

func (a *reading) manifest(entries *tar.Reader) (*Manifest, error) {
	h, err := entries.Next()
	if err != nil {
		return nil, err
	}
	if h.Name != manifestName || h.Typeflag != tar.TypeReg {
		return nil, refuse(textForeign)
	}
	if h.Size > mostManifest {
		return nil, refuse(textTooMuch)
	}
	text, err := io.ReadAll(entries)
	if err != nil {
		return nil, err
	}
	return parseManifest(text)
}

// entry reads the file that has to follow.
func (a *reading) entry(entries *tar.Reader, e Entry, take func(Entry, io.Reader) error) error {
	a.at = e.Name
	h, err := entries.Next()
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	if h.Name != e.Name || h.Typeflag != tar.TypeReg || h.Size != e.Size {
		return refuse(textUnlisted)
	}
	digest := sha256.New()
	content := &remembering{from: io.TeeReader(entries, digest)}
	if err := take(e, content); err != nil {
		a.ours = content.err == nil
		return err
	}
	if content.err != nil {
		return content.err
	}
	if hex.EncodeToString(digest.Sum(nil)) != e.SHA256 {
		return refuse(textDamaged, e.Name, errDigest)
	}
	return nil
}

// A remembering reader knows whether it failed, and not who read from it.
type remembering struct {
	from io.Reader
	err  error
}

func (r *remembering) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}
