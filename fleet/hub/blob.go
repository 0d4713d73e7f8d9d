package hub

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"

	"lachan/internal/durable"
)

// Blobs are the files that nodes need and no record is long enough for: the policy's,
// lists. Each is named by its SHA-256, which only the records of an area tell; a node that
// knows the name may have the file.
type Blobs struct {
	dir string
	max int64 // bytes of all
}

// ErrBlobs is the error of a blob for which there is no room.
var ErrBlobs = errors.New("the files for nodes take all the room that they may have")

// OpenBlobs keeps files in a folder, which is made if it is not there, of at most so many
// bytes together.
func OpenBlobs(dir string, max int64) (*Blobs, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open the files for nodes: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open the files for nodes: %w", err)
	}
	for _, e := range entries {
		if durable.IsTemporary(e.Name()) {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return nil, fmt.Errorf("open the files for nodes: %w", err)
			}
		}
	}
	return &Blobs{dir, max}, nil
}

// Put keeps what is read until its end. When it returns, it is on disk.
func (b *Blobs) Put(from io.Reader) (digest string, size int64, err error) {
	used, err := b.used()
	if err != nil {
		return "", 0, fmt.Errorf("keep a file for nodes: %w", err)
	}
	file, err := durable.Create(b.dir)
	if err != nil {
		return "", 0, fmt.Errorf("keep a file for nodes: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(file, sum), io.LimitReader(from, b.max-used+1))
	if err == nil && size > b.max-used {
		err = fmt.Errorf("%w: %d bytes", ErrBlobs, b.max)
	}
	digest = hex.EncodeToString(sum.Sum(nil))
	if err == nil {
		err = file.Commit(filepath.Join(b.dir, digest))
	}
	if err != nil {
		return "", 0, fmt.Errorf("keep a file for nodes: %w", err)
	}
	return digest, size, nil
}

// Has reports whether a file is there, of its size.
func (b *Blobs) Has(digest string, size int64) bool {
	info, err := os.Stat(filepath.Join(b.dir, digest))
	return err == nil && digestForm.MatchString(digest) && info.Size() == size
}

// Path is the file of a digest, which may be not there.
func (b *Blobs) Path(digest string) string { return filepath.Join(b.dir, digest) }

// used is how many bytes all files have.
func (b *Blobs) used() (size int64, err error) {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil { // it may be gone meanwhile
			size += info.Size()
		}
	}
	return size, nil
}

// Keep removes all files but those.
func (b *Blobs) Keep(digests map[string]bool) error {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return fmt.Errorf("remove files for nodes: %w", err)
	}
	var errs []error
	for _, e := range entries {
		if digestForm.MatchString(e.Name()) && !digests[e.Name()] {
			errs = append(errs, os.Remove(filepath.Join(b.dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// ServeHTTP gives a file, or the part of it that Range names.
func (b *Blobs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	digest := r.PathValue("digest")
	if !digestForm.MatchString(digest) {
		http.NotFound(w, r)
		return
	}
	file, err := os.Open(filepath.Join(b.dir, digest))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("ETag", `"`+digest+`"`)
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	http.ServeContent(w, r, "", info.ModTime(), file)
}
