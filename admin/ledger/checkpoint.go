package ledger

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	"unique"

	"lachan/internal/durable"
)

// checkpointFile has the state after some record, so that opening a long ledger does not
// read it all, and so that what damaged records decided is not lost.
const checkpointFile = "checkpoint"

// A checkpoint is the last line of the file. Its fields are in the order of their keys.
type checkpoint struct {
	Hash    string `json:"hash"` // of the line of the last record
	Objects int    `json:"objects"`
	Seq     uint64 `json:"seq"`
	SHA256  string `json:"sha256"` // of the lines before
	Sig     string `json:"sig,omitempty"`
}

// A keptValue is one of the lines before.
type keptValue struct {
	At     time.Time       `json:"at"`
	By     string          `json:"by"`
	New    json.RawMessage `json:"new"`
	Object string          `json:"object"`
	Seq    uint64          `json:"seq"`
	Unit   string          `json:"unit"`
	Why    string          `json:"why,omitempty"`
}

// writeValues writes the values of a state and returns the checkpoint that they are of.
func writeValues(to io.Writer, s *State, h Head) (c checkpoint, err error) {
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(to, sum), 1<<16)
	for v := range s.Kind("") {
		text, err := encode(keptValue{v.At, v.By, v.New, v.Object, v.Seq, v.Unit, v.Why})
		if err != nil {
			return c, err
		}
		_, _ = out.Write(append(text, '\n')) // Flush says what was wrong
		c.Objects++
	}
	c.Hash, c.Seq = h.Hash, h.Seq
	err = out.Flush()
	c.SHA256 = hexOf(sum)
	return c, err
}

// writeCheckpoint keeps the state as it is after the record of a head.
func (l *Ledger) writeCheckpoint(s *State, h Head) error {
	file, err := durable.Create(l.dir)
	if err != nil {
		return err
	}
	c, err := writeValues(file, s, h)
	if err == nil {
		var text []byte
		text, err = encode(c)
		c.Sig = base64.RawStdEncoding.EncodeToString(ed25519.Sign(l.key, text))
	}
	if err == nil {
		var text []byte
		text, err = encode(c)
		_, failed := file.Write(append(text, '\n'))
		err = errors.Join(err, failed)
	}
	if err == nil {
		err = file.Commit(filepath.Join(l.dir, checkpointFile))
	}
	return errors.Join(err, file.Close())
}

// mostTrailer bounds the last line of a checkpoint.
const mostTrailer = 1 << 10

// readCheckpoint is the last checkpoint; ok is false if there is none, or it is not signed,
// or not what it was.
func readCheckpoint(dir string, keys []ed25519.PublicKey) (c checkpoint, f *fold, ok bool) {
	file, err := os.Open(filepath.Join(dir, checkpointFile))
	if err != nil {
		return c, newFold(), false
	}
	defer file.Close()
	c, size, err := readTrailer(file, keys)
	if err != nil {
		return checkpoint{}, newFold(), false
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(file, 0, size)); err != nil || hexOf(sum) != c.SHA256 {
		return checkpoint{}, newFold(), false
	}
	f = newFold()
	in := bufio.NewReaderSize(io.NewSectionReader(file, 0, size), mostLine+1)
	for range c.Objects {
		line, err := in.ReadSlice('\n')
		var v keptValue
		if err != nil || json.Unmarshal(line, &v) != nil {
			return checkpoint{}, newFold(), false
		}
		f.put(&entry{unique.Make(v.Unit), unique.Make(v.By), v.Object, null(v.New), v.Why, v.Seq, v.At.UnixMilli()})
	}
	f.seq = c.Seq
	return c, f, true
}

// readTrailer reads the last line, and returns how many bytes are before.
func readTrailer(file *os.File, keys []ed25519.PublicKey) (c checkpoint, size int64, err error) {
	info, err := file.Stat()
	if err != nil {
		return c, 0, err
	}
	from := max(0, info.Size()-mostTrailer)
	tail := make([]byte, info.Size()-from)
	if _, err := file.ReadAt(tail, from); err != nil && !errors.Is(err, io.EOF) {
		return c, 0, err
	}
	body := bytes.TrimSuffix(tail, []byte("\n"))
	at := bytes.LastIndexByte(body, '\n') + 1
	if !signedBy(body[at:], keys) {
		return c, 0, fs.ErrInvalid
	}
	return c, from + int64(at), json.Unmarshal(body[at:], &c)
}
