package node

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Bounds of the files of a policy, unpacked.
const (
	mostBase  = 1 << 30 // bytes
	mostFiles = 10_000
)

// ErrBase is the error of files of a policy that cannot be what a hub has packed.
var ErrBase = errors.New("these are not the files of a policy")

// Unpack writes the files of a policy, as a hub has packed them, into a folder that is not
// there yet. If it fails the folder is not there.
func Unpack(packed, dir string) (err error) {
	file, err := os.Open(packed)
	if err != nil {
		return fmt.Errorf("unpack the files of the policy: %w", err)
	}
	defer file.Close()
	made, err := os.MkdirTemp(filepath.Dir(dir), ".new-*.tmp")
	if err != nil {
		return fmt.Errorf("unpack the files of the policy: %w", err)
	}
	if err = unpack(file, made); err == nil {
		err = os.Rename(made, dir)
	}
	if err != nil {
		return fmt.Errorf("unpack the files of the policy: %w", errors.Join(err, os.RemoveAll(made)))
	}
	return nil
}

func unpack(packed io.Reader, dir string) error {
	plain, err := gzip.NewReader(packed)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBase, err)
	}
	in, left := tar.NewReader(plain), int64(mostBase)
	for n := 0; ; n++ {
		header, err := in.Next()
		if errors.Is(err, io.EOF) && n > 0 {
			if _, err := io.Copy(io.Discard, io.LimitReader(plain, mostBase)); err != nil { // its sum is at the end
				return fmt.Errorf("%w: %w", ErrBase, err)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrBase, err)
		}
		name := filepath.FromSlash(header.Name)
		left -= header.Size
		if n == mostFiles || left < 0 || header.Typeflag != tar.TypeReg || !filepath.IsLocal(name) ||
			(n == 0) != (name == "policy.yaml") {
			return fmt.Errorf("%w: %q of %d bytes", ErrBase, header.Name, header.Size)
		}
		if err := writeFile(filepath.Join(dir, name), in); err != nil {
			return err
		}
	}
}

// Same reports whether a folder has the files of a policy as they were packed.
func Same(packed, dir string) bool {
	file, err := os.Open(packed)
	if err != nil {
		return false
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return false
	}
	for in := tar.NewReader(plain); ; {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			return false
		}
		want, err := io.ReadAll(in)
		if err != nil {
			return false
		}
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(header.Name)))
		if err != nil || !bytes.Equal(got, want) {
			return false
		}
	}
}

func writeFile(path string, from io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	return errors.Join(err, file.Sync(), file.Close())
}
