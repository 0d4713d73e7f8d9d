package version

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lachan/internal/durable"
)

// A Signed is what the publisher of a version has signed, as it came: with it and with his key
// anybody sees that it was he.
type Signed struct {
	// Message is the manifest that names the list by its SHA-256; "" where the signature is of
	// the list itself.
	Message   string `json:"message,omitempty"`
	Signature string `json:"signature"` // a file of minisign
}

const (
	signedSuffix = ".json"
	// mostSigned bounds one file, mostAll all of a folder, in bytes: the oldest give way.
	mostSigned = 2 << 20
	mostAll    = 64 << 20
)

// KeepSigned keeps what was signed of a version in a folder. Keeping it again changes nothing.
func KeepSigned(dir, feed, digest string, s Signed) error {
	text, err := json.Marshal(s)
	file := filepath.Join(dir, feed+"-"+digest+signedSuffix)
	if _, there := os.Stat(file); there == nil || err == nil && len(text) > mostSigned {
		return nil
	}
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = makeRoom(dir, int64(len(text)))
	}
	if err == nil {
		err = durable.WriteFile(file, append(text, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep the signature of a list: %w", err)
	}
	return nil
}

// makeRoom removes the oldest files of a folder until there is room for so many bytes.
func makeRoom(dir string, size int64) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var files []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !strings.HasSuffix(e.Name(), signedSuffix) {
			continue
		}
		files = append(files, info)
		size += info.Size()
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), strings.Compare(a.Name(), b.Name()))
	})
	for _, f := range files {
		if size <= mostAll {
			break
		}
		size -= f.Size()
		if err := os.Remove(filepath.Join(dir, f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// SignedIn is what a folder has of a version; ok is false if it has nothing that can be read.
func SignedIn(dir, feed, digest string) (s Signed, ok bool) {
	file := filepath.Join(dir, feed+"-"+digest+signedSuffix)
	info, err := os.Stat(file)
	if err != nil || info.Size() > mostSigned+1 {
		return s, false
	}
	text, err := os.ReadFile(file)
	return s, err == nil && json.Unmarshal(text, &s) == nil && s.Signature != ""
}
