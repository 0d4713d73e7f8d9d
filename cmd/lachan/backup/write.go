package backup

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// A source is a file that goes into an archive.
type source struct {
	name string // in the archive
	path string
	size int64 // what counts of it
}

// describe adds the digests of sources to a manifest.
func describe(m *Manifest, sources []source, progress func(n int)) error {
	for _, s := range sources {
		digest := sha256.New()
		if err := copySource(digest, s, progress); err != nil {
			return err
		}
		m.Files = append(m.Files, Entry{s.name, s.size, hex.EncodeToString(digest.Sum(nil))})
	}
	return nil
}

// copySource copies what counts of a file.
func copySource(to io.Writer, s source, progress func(n int)) error {
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer f.Close()
	n, err := io.Copy(to, io.TeeReader(io.LimitReader(f, s.size), counting(progress)))
	if err == nil && n != s.size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", s.name, err)
	}
	return nil
}

// counting tells of what is written to it.
type counting func(n int)

func (c counting) Write(p []byte) (int, error) {
	c(len(p))
	return len(p), nil
}

// writeArchive writes an archive for recipients, for everybody if there are none.
func writeArchive(to io.Writer, m *Manifest, sources []source, recipients []age.Recipient, progress func(n int)) error {
	if len(recipients) == 0 {
		return writePlain(to, m, sources, progress)
	}
	encrypted, err := age.Encrypt(to, recipients...)
	if err != nil {
		return fmt.Errorf("encrypt: %w", err)
	}
	if err := writePlain(encrypted, m, sources, progress); err != nil {
		return err // what was written is of no use
	}
	return encrypted.Close()
}

func writePlain(to io.Writer, m *Manifest, sources []source, progress func(n int)) error {
	summed := &summing{to, sha256.New()}
	packed, err := zstd.NewWriter(summed, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(4<<20))
	if err != nil {
		return err
	}
	if err := writeTar(packed, m, sources, progress); err != nil {
		return errors.Join(err, packed.Close())
	}
	if err := packed.Close(); err != nil {
		return err
	}
	_, err = to.Write(trailer(summed.hash.Sum(nil)))
	return err
}

// A summing writer keeps the digest of what goes through it.
type summing struct {
	to   io.Writer
	hash hash.Hash
}

func (s *summing) Write(p []byte) (int, error) {
	s.hash.Write(p)
	return s.to.Write(p)
}

const (
	skippable     = 0x184D2A50 // RFC 8878 section 3.1.2
	trailerLength = 8 + sha256.Size
)

// trailer is the frame that ends an archive.
func trailer(digest []byte) []byte {
	t := binary.LittleEndian.AppendUint32(nil, skippable)
	return append(binary.LittleEndian.AppendUint32(t, sha256.Size), digest...)
}

func writeTar(to io.Writer, m *Manifest, sources []source, progress func(n int)) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	w := tar.NewWriter(to)
	head := func(name string, size int64) error {
		return w.WriteHeader(&tar.Header{
			Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600,
			ModTime: m.Made.Truncate(time.Second), Format: tar.FormatPAX,
		})
	}
	if err := head(manifestName, int64(len(text))); err != nil {
		return err
	}
	if _, err := io.Copy(w, bytes.NewReader(text)); err != nil {
		return err
	}
	for _, s := range sources {
		if err := head(s.name, s.size); err != nil {
			return err
		}
		if err := copySource(w, s, progress); err != nil {
			return err
		}
	}
	return w.Close()
}

// configSources are the files that people write: the configuration, and what lies
// beside it and the policy.
func configSources(file, policy string) (sources []source, err error) {
	const mostConfig = 64 << 20
	seen := map[string]bool{}
	for _, near := range []string{file, policy} {
		if near == "" {
			continue
		}
		for _, kind := range []string{"*.yaml", "*.csv", "*.xlsx", "*.script"} {
			found, err := filepath.Glob(filepath.Join(filepath.Dir(near), kind))
			if err != nil {
				return nil, err
			}
			for _, at := range found {
				info, err := os.Stat(at)
				if err != nil || !info.Mode().IsRegular() || info.Size() > mostConfig || seen[filepath.Base(at)] {
					continue
				}
				seen[filepath.Base(at)] = true
				sources = append(sources, source{configFolder + filepath.Base(at), at, info.Size()})
			}
		}
	}
	return sources, nil
}
