package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"lachan/internal/durable"
)

// A segment is one file of records.
type segment struct {
	number int
	path   string
	first  uint64 // number of its first record, or of the one that it will have
}

const (
	// sealedAt is the size beyond which a segment grows no more.
	sealedAt = 16 << 20
	// mostSegment bounds what is read into memory: a segment, with the batch that filled it.
	mostSegment = 64 << 20

	segmentSuffix = ".jsonl"
	sealSuffix    = ".head"
)

func segmentPath(dir string, number int) string {
	return filepath.Join(dir, fmt.Sprintf("%08d%s", number, segmentSuffix))
}

// files are the segments of a folder in their order.
func files(dir string) (list []segment, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "????????"+segmentSuffix))
	slices.Sort(names)
	for _, name := range names {
		if n, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(name), segmentSuffix)); err == nil && n > 0 {
			list = append(list, segment{number: n, path: name})
		}
	}
	return list, err
}

var errTooLarge = errors.New("it is larger than a segment can be")

// load reads a file that is no larger than a segment can be.
func load(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > mostSegment {
		return nil, fmt.Errorf("%s: %w: %d bytes", path, errTooLarge, info.Size())
	}
	text := make([]byte, info.Size())
	n, err := io.ReadFull(file, text)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil // it was cut meanwhile
	}
	return text[:n], err
}

// A readLine is a line of a segment.
type readLine struct {
	number int
	text   []byte // without the end of the line
	ended  bool   // by the end of a line
	at     int    // where it begins
}

// lines yields the lines of a segment.
func lines(segment []byte) iter.Seq[readLine] {
	return func(yield func(readLine) bool) {
		for number, at := 1, 0; at < len(segment); number++ {
			text, _, ended := bytes.Cut(segment[at:], []byte("\n"))
			if !yield(readLine{number, text, ended, at}) {
				return
			}
			at += len(text) + 1
		}
	}
}

// A seal says what a segment is that grows no more. Its fields are in the order of their
// keys.
type seal struct {
	First  uint64 `json:"first"` // record
	Hash   string `json:"hash"`  // of the line of the last one
	Last   uint64 `json:"last"`
	Prev   string `json:"prev"`   // hash of the line before the first one
	SHA256 string `json:"sha256"` // of the file
	Sig    string `json:"sig,omitempty"`
	Size   int    `json:"size"`
}

func sealPath(segment string) string { return strings.TrimSuffix(segment, segmentSuffix) + sealSuffix }

// write signs a seal and puts it beside its segment.
func (s seal) write(segment string, key ed25519.PrivateKey) error {
	s.Sig = ""
	text, err := encode(s)
	if err != nil {
		return err
	}
	s.Sig = base64.RawStdEncoding.EncodeToString(ed25519.Sign(key, text))
	if text, err = encode(s); err != nil {
		return err
	}
	return durable.WriteFile(sealPath(segment), append(text, '\n'), 0o600)
}

// sealOf is the seal of a segment; ok is false if it has none that fits and is signed.
func sealOf(path string, segment []byte, keys []ed25519.PublicKey) (s seal, ok bool) {
	text, err := os.ReadFile(sealPath(path))
	if err != nil || !signedBy(bytes.TrimSpace(text), keys) || json.Unmarshal(text, &s) != nil {
		return seal{}, false
	}
	sum := sha256.Sum256(segment)
	return s, s.Size == len(segment) && hex.EncodeToString(sum[:]) == s.SHA256
}

func hexOf(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }
