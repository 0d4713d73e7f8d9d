package hub

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// ErrOutside is the error of a file that does not lie with policy.yaml, so that a node
// could not find it by what policy.yaml says.
var ErrOutside = errors.New("it does not lie in the folder of policy.yaml, where nodes can have it")

// A File is one of a policy, as it was read when it came into force; SHA256 is "" of one that
// decides nothing.
type File struct{ Path, SHA256 string }

// ErrChanged is the error of a file that has changed since.
var ErrChanged = errors.New("it has changed since it was read, and is not in force yet")

// Pack writes the files of a policy as one: policy.yaml, the first of them, and the tables
// that it names, by their names from its folder. The same files make the same bytes.
func Pack(to io.Writer, files ...File) error {
	packed := gzip.NewWriter(to)
	out := tar.NewWriter(packed)
	for i, f := range files {
		name := "policy.yaml"
		if i > 0 {
			if !Beside(files[0].Path, f.Path) {
				return fmt.Errorf("pack %s: %w", f.Path, ErrOutside)
			}
			name, _ = filepath.Rel(filepath.Dir(files[0].Path), f.Path) // it lies there
		}
		if err := pack(out, name, f); err != nil {
			return fmt.Errorf("pack %s: %w", f.Path, err)
		}
	}
	return errors.Join(out.Close(), packed.Close())
}

// Beside reports whether a file lies in the folder of a policy, or below it.
func Beside(policy, file string) bool {
	name, err := filepath.Rel(filepath.Dir(policy), file)
	return err == nil && filepath.IsLocal(name)
}

func pack(out *tar.Writer, name string, f File) error {
	text, err := os.ReadFile(f.Path)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(text); f.SHA256 != "" && hex.EncodeToString(sum[:]) != f.SHA256 {
		return ErrChanged
	}
	header := &tar.Header{
		Typeflag: tar.TypeReg, Name: filepath.ToSlash(name), Mode: 0o600, Size: int64(len(text)),
		ModTime: time.Unix(0, 0),
	}
	if err := out.WriteHeader(header); err != nil {
		return err
	}
	_, err = out.Write(text)
	return err
}
