package ledger

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"time"
)

// Records yields the records after a number, in their order, as far as they are on disk.
func (l *Ledger) Records(after uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for f, err := range found(l, after) {
			if !yield(f.Record, err) {
				return
			}
		}
	}
}

// RecordsSince yields the records of a folder that were written from a moment on, and some before
// it, also while a server writes there. Nothing of them is verified.
func RecordsSince(dir string, from time.Time) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for w, err := range WrittenSince(dir, from) {
			if !yield(w.Record, err) {
				return
			}
		}
	}
}

// A Written is a record as it lies on disk.
type Written struct {
	Record
	Line []byte // without its line feed; valid until the next call
}

// WrittenSince is RecordsSince, with the lines.
func WrittenSince(dir string, from time.Time) iter.Seq2[Written, error] {
	return func(yield func(Written, error) bool) {
		segments, err := files(dir)
		if err != nil {
			yield(Written{}, fmt.Errorf("read ledger: %w", err))
			return
		}
		for i, s := range segments {
			if i+1 < len(segments) {
				if next, ok := segments[i+1].begins(); ok && next.At.Before(from) {
					continue
				}
			}
			if !s.records(0, math.MaxUint64, func(f foundRecord, err error) bool {
				return yield(Written{f.Record, f.line}, err)
			}) {
				return
			}
		}
	}
}

// found is Records, with their lines.
func found(l *Ledger, after uint64) iter.Seq2[foundRecord, error] {
	return func(yield func(foundRecord, error) bool) {
		end := l.State().Seq()
		segments := *l.segments.Load()
		for i, s := range segments {
			if i+1 < len(segments) && segments[i+1].first <= after+1 {
				continue
			}
			if !s.records(after, end, yield) {
				return
			}
		}
	}
}

// records yields those of one segment; more is false if the caller wants no more, or end
// is reached.
func (s segment) records(after, end uint64, yield func(foundRecord, error) bool) (more bool) {
	file, err := os.Open(s.path)
	if err != nil {
		yield(foundRecord{}, fmt.Errorf("read ledger: %w", err))
		return false
	}
	defer file.Close()
	in, err := recordsFrom(file, after)
	for err == nil {
		var line []byte
		if line, err = in.ReadBytes('\n'); err != nil {
			break
		}
		var r Record
		if r, err = read(line[:len(line)-1]); err != nil {
			break
		}
		if r.Seq > end {
			return false
		}
		if r.Seq > after && !yield(foundRecord{r, line[:len(line)-1]}, nil) {
			return false
		}
	}
	if !errors.Is(err, io.EOF) {
		yield(foundRecord{}, fmt.Errorf("read ledger: %s: %w", s.path, err))
		return false
	}
	return true
}

// near is the size of what is read record by record.
const near = 1 << 16

// recordsFrom reads from a line on that is not far before the record after a number. It
// is looked for by halves, since numbers only grow.
func recordsFrom(file *os.File, after uint64) (*bufio.Reader, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	low, high := int64(0), info.Size()
	for high-low > near {
		middle := low + (high-low)/2
		in := bufio.NewReader(io.NewSectionReader(file, middle, high-middle))
		skipped, err := in.ReadBytes('\n')
		line, failed := []byte(nil), err
		if begin := middle + int64(len(skipped)); err == nil {
			if line, failed = in.ReadBytes('\n'); failed == nil {
				r, wrong := read(line[:len(line)-1])
				if wrong != nil {
					return nil, wrong
				}
				if r.Seq <= after {
					low = begin
					continue
				}
			}
		}
		if failed != nil && !errors.Is(failed, io.EOF) {
			return nil, failed
		}
		high = middle
	}
	return bufio.NewReader(io.NewSectionReader(file, low, info.Size()-low)), nil
}
