package ledger

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Export writes the ledger as a tar that can be verified elsewhere: all but the key, and
// all as it is at this moment, whatever is appended meanwhile.
func (l *Ledger) Export(to io.Writer) error {
	l.commit.Lock()
	now, segments, size := l.now.Load(), *l.segments.Load(), l.growing.size
	l.commit.Unlock()
	out := exporter{tar.NewWriter(to), now.head.Seq}
	public, err := os.ReadFile(filepath.Join(l.dir, publicFile))
	if err == nil {
		err = out.text(publicFile, public)
	}
	err = errors.Join(err, out.text(headFile, []byte(now.head.sign(l.key).String()+"\n")))
	err = errors.Join(err, out.text(consoleFile, now.state.Console(l.words.read)))
	for i, s := range segments {
		most := int64(mostSegment)
		if i == len(segments)-1 {
			most = size
		}
		if err == nil {
			err = out.segment(s, most)
		}
	}
	if err == nil {
		err = out.wordsOf(l)
	}
	if err == nil {
		err = out.tar.Close()
	}
	if err != nil {
		return fmt.Errorf("export ledger: %w", err)
	}
	return nil
}

// Bounds of an export that is read.
const (
	mostExport = 8 << 30 // bytes of all its files
	mostFile   = 1 << 30 // of one, which is console.yaml
)

// ErrExport is wrapped by the error of a file that is no export of a ledger.
var ErrExport = errors.New("it is no export of a ledger")

// Unpack puts what Export has written into a folder, for Verify. Files of other names are
// refused: nothing is written elsewhere.
func Unpack(from io.Reader, dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, wordsFolder), 0o700); err != nil {
		return fmt.Errorf("unpack a ledger: %w", err)
	}
	in, left := tar.NewReader(from), int64(mostExport)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("unpack a ledger: %w: %w", ErrExport, err)
		}
		if left -= h.Size; h.Typeflag != tar.TypeReg || !exported(h.Name) || h.Size > mostFile || left < 0 {
			return fmt.Errorf("unpack a ledger: %w: %q, %d bytes", ErrExport, h.Name, h.Size)
		}
		if err := unpackFile(filepath.Join(dir, filepath.FromSlash(h.Name)), in); err != nil {
			return fmt.Errorf("unpack a ledger: %w", err)
		}
	}
}

// exported reports whether an export has files of a name.
func exported(name string) bool {
	if of, ok := strings.CutPrefix(name, wordsFolder+"/"); ok {
		return wordsName(of)
	}
	number, isSegment := strings.CutSuffix(name, segmentSuffix)
	if !isSegment {
		number, isSegment = strings.CutSuffix(name, sealSuffix)
	}
	_, err := strconv.ParseUint(number, 10, 32)
	return isSegment && len(number) == 8 && err == nil || name == publicFile || name == headFile || name == consoleFile
}

func unpackFile(path string, in io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, in)
	return errors.Join(err, f.Close())
}

// An exporter writes the tar of a ledger up to one record.
type exporter struct {
	tar *tar.Writer
	end uint64
}

func (e *exporter) text(name string, text []byte) error {
	err := e.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(text)), ModTime: time.Unix(0, 0)})
	if err == nil {
		_, err = e.tar.Write(text)
	}
	return err
}

// segment writes a segment, with its seal if it has one.
func (e *exporter) segment(s segment, most int64) error {
	text, err := load(s.path)
	if err != nil {
		return err
	}
	err = e.text(filepath.Base(s.path), text[:min(int64(len(text)), most)])
	if seal, failed := os.ReadFile(sealPath(s.path)); failed == nil {
		err = errors.Join(err, e.text(filepath.Base(sealPath(s.path)), seal))
	}
	return err
}

// wordsOf writes the words of the records.
func (e *exporter) wordsOf(l *Ledger) error {
	before := "" // records of a group have the same words
	for r, err := range l.Records(0) {
		if err != nil || r.Seq > e.end {
			return err
		}
		if r.Why == before || !wordsName(r.Why) {
			continue
		}
		before = r.Why
		text, err := os.ReadFile(filepath.Join(l.words.dir, r.Why))
		if err == nil {
			err = e.text(path.Join(wordsFolder, r.Why), text)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // it was erased
			return err
		}
	}
	return nil
}
