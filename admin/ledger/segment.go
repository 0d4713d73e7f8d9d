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
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

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

// Seals are those of the segments of a folder that grow no more, in their order, each a signed line.
// Nothing of them is verified.
func Seals(dir string) (lines []string, err error) {
	list, err := files(dir)
	for _, s := range list {
		text, err := os.ReadFile(sealPath(s.path))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the seal of a segment: %w", err)
		}
		lines = append(lines, strings.TrimSpace(string(text)))
	}
	return lines, err
}

// ParseSeal reads a line of Seals that one of some keys has signed: the last record of the segment,
// and the digest of its line.
func ParseSeal(line []byte, keys ...ed25519.PublicKey) (last uint64, hash string, err error) {
	var s seal
	if err := json.Unmarshal(line, &s); err != nil {
		return 0, "", fmt.Errorf("%w: %w", ErrUnread, err)
	}
	if !signedBy(line, keys) {
		return 0, "", ErrSignature
	}
	return s.Last, s.Hash, nil
}

// LastLine is the last record of a folder, as it lies there; nil if there is none. Nothing of it is
// verified.
func LastLine(dir string) (line []byte, err error) {
	lastSegment := time.Unix(1<<40, 0) // no record is from after that, so others are left out
	for w, err := range WrittenSince(dir, lastSegment) {
		if err != nil {
			return nil, err
		}
		line = append(line[:0], w.Line...)
	}
	return line, nil
}

func hexOf(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }

// growing is the segment that is written to.
type growing struct {
	file   *os.File
	size   int64 // of what is confirmed
	sum    hash.Hash
	begins seal // as far as it is known
	unsure bool // the file may have more than is confirmed
}

// growIn is a segment that has a text, and begins after the record of a head.
func growIn(file *os.File, text []byte, after Head) growing {
	begins := seal{First: after.Seq + 1, Prev: after.Hash}
	g := growing{file: file, size: int64(len(text)), sum: sha256.New(), begins: begins}
	_, _ = g.sum.Write(text) // it never fails
	return g
}

// flush puts text on disk, or leaves the file as it was.
func (g *growing) flush(text []byte) error {
	_, err := g.file.Write(text)
	if err == nil {
		err = g.file.Sync()
	}
	if err != nil {
		g.unsure = true
		return errors.Join(err, g.restore())
	}
	g.size += int64(len(text))
	_, _ = g.sum.Write(text) // it never fails
	return nil
}

// restore cuts off the file what is not confirmed. Until that has worked, nothing is
// written. The file is opened anew: what one that could not be synced says later is not
// to be trusted.
func (g *growing) restore() error {
	if !g.unsure {
		return nil
	}
	file, err := os.OpenFile(g.file.Name(), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(file.Truncate(g.size), file.Sync()); err != nil {
		return errors.Join(err, file.Close())
	}
	_ = g.file.Close() // nothing of it is wanted any more
	g.file, g.unsure = file, false
	return nil
}

// seal seals the segment, which ends in the record of a head.
func (g *growing) seal(end Head, key ed25519.PrivateKey) error {
	s := g.begins
	s.Last, s.Hash, s.Size, s.SHA256 = end.Seq, end.Hash, int(g.size), hexOf(g.sum)
	return s.write(g.file.Name(), key)
}
