package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"lachan/blocklist/release"
	"lachan/internal/durable"
)

// signs reports whether a file has a signature of the manifest by the key.
func (f *Feed) signs(name string) bool {
	manifest, err1 := os.ReadFile(filepath.Join(f.Dir, release.ManifestFile))
	signature, err2 := os.ReadFile(filepath.Join(f.Dir, name))
	if err1 != nil || err2 != nil {
		return false
	}
	_, err := release.Keys{release.PublicKey(f.Key)}.Verify(bytes.NewReader(manifest), signature)
	return err == nil
}

// sign writes a manifest and its signatures in an order in which one signature is
// good at each moment, also if the process ends in between.
func (f *Feed) sign(m *release.Manifest) error {
	manifest, err := m.Encode()
	if err != nil {
		return err
	}
	comment := release.Comment{Seq: m.Version, Expires: m.Expires}
	signature, err := release.Sign(f.Key, bytes.NewReader(manifest), comment.String())
	if err != nil {
		return err
	}
	if f.signs(release.SignatureFile) && !f.signs(release.SecondSignature) {
		first, err := os.ReadFile(filepath.Join(f.Dir, release.SignatureFile))
		if err = errors.Join(err, f.write(release.SecondSignature, first)); err != nil {
			return err
		}
	}
	if err := f.write(release.SignatureFile, signature); err != nil {
		return err
	}
	if err := f.write(release.ManifestFile, manifest); err != nil {
		return err
	}
	return f.write(release.SecondSignature, signature)
}

func (f *Feed) write(name string, text []byte) error {
	return durable.WriteFile(filepath.Join(f.Dir, name), text, 0o644)
}

// has reports whether a file lies in the directory as the manifest names it.
func (f *Feed) has(file release.File) bool {
	packed, err := os.ReadFile(filepath.Join(f.Dir, file.Name))
	return err == nil && digest(packed) == file.Digest
}

// rowsOf returns the rows of a version in the directory.
func (f *Feed) rowsOf(m *release.Manifest) ([]string, error) {
	if m.Version == 0 {
		return nil, fs.ErrNotExist
	}
	packed, err := os.ReadFile(filepath.Join(f.Dir, m.Snapshot.Name))
	if err != nil {
		return nil, err
	}
	z, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(max(uint64(m.Content.Size), 1<<20)))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	content, err := z.DecodeAll(packed, nil)
	if err != nil {
		return nil, err
	}
	if digest(content) != m.Content {
		return nil, errors.New("snapshot is damaged")
	}
	lines := strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	return lines[1:], nil
}

// put compresses a text into a file beside the manifest.
func (f *Feed) put(name string, text []byte) (release.File, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(8<<20))
	if err != nil {
		return release.File{}, err
	}
	packed := z.EncodeAll(text, nil)
	return release.File{Name: name, Digest: digest(packed)}, f.write(name, packed)
}

// tidy removes the files that no manifest names any more. Those of the version
// before stay for nodes that are fetching them.
func (f *Feed) tidy(next, last *release.Manifest) error {
	keep := map[string]bool{next.Snapshot.Name: true, last.Snapshot.Name: true}
	for _, d := range append(last.Deltas, next.Deltas...) {
		keep[d.Name] = true
	}
	entries, err := os.ReadDir(f.Dir)
	for _, e := range entries {
		name := e.Name()
		ours := durable.IsTemporary(name) ||
			strings.HasSuffix(name, ".txt.zst") && (strings.HasPrefix(name, "snapshot-") || strings.HasPrefix(name, "delta-"))
		if ours && !keep[name] {
			err = errors.Join(err, os.Remove(filepath.Join(f.Dir, name)))
		}
	}
	return err
}

// text returns the list with the rows.
func text(rows []string) []byte {
	return []byte(release.Header + "\n" + strings.Join(rows, "\n") + "\n")
}

func digest(text []byte) release.Digest {
	sum := sha256.Sum256(text)
	return release.Digest{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(text))}
}
