// Package sorter orders more records than fit into memory: what does not fit
// goes to sorted runs in temporary files, which are merged when read.
package sorter

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// A Record is one rule for one key. Records are ordered by hash, key and spec,
// which is the order of the snapshot.
type Record struct {
	Hash uint64
	Spec uint32
	Key  []byte // a name in wire form or an address key; at most 255 bytes
}

func (r *Record) compare(o *Record) int {
	if c := cmp.Compare(r.Hash, o.Hash); c != 0 {
		return c
	}
	if c := bytes.Compare(r.Key, o.Key); c != 0 {
		return c
	}
	return cmp.Compare(r.Spec, o.Spec)
}

// A Sorter orders any number of records in bounded memory.
type Sorter struct {
	dir   string
	limit int // bytes of records held in memory
	held  []heldRecord
	keys  []byte
	runs  []*os.File
}

// A heldRecord is a record in memory.
type heldRecord struct {
	hash uint64
	off  uint32 // of the key in keys
	spec uint32
	size uint8
}

const heldRecordBytes = 24

// New returns an empty sorter that holds at most limit bytes of records in
// memory and puts temporary files into dir.
func New(dir string, limit int) *Sorter { return &Sorter{dir: dir, limit: limit} }

// Add takes a record in, with a copy of its key.
func (s *Sorter) Add(hash uint64, key []byte, spec uint32) error {
	if len(s.keys)+len(key)+heldRecordBytes*(len(s.held)+1) > s.limit {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.held = append(s.held, heldRecord{hash, uint32(len(s.keys)), spec, uint8(len(key))})
	s.keys = append(s.keys, key...)
	return nil
}

// at returns the record with index i in memory.
func (s *Sorter) at(i int) Record {
	h := s.held[i]
	return Record{h.hash, h.spec, s.keys[h.off : h.off+uint32(h.size)]}
}

func (s *Sorter) sort() {
	slices.SortFunc(s.held, func(a, b heldRecord) int {
		if c := cmp.Compare(a.hash, b.hash); c != 0 {
			return c
		}
		ra := Record{a.hash, a.spec, s.keys[a.off : a.off+uint32(a.size)]}
		rb := Record{b.hash, b.spec, s.keys[b.off : b.off+uint32(b.size)]}
		return ra.compare(&rb)
	})
}

// spill writes what is held as one sorted run. The file has no name from the
// moment it is open, so that nothing is left over whatever happens.
func (s *Sorter) spill() error {
	if len(s.held) == 0 {
		return nil
	}
	s.sort()
	f, err := os.CreateTemp(s.dir, "run-*.tmp")
	if err != nil {
		return fmt.Errorf("create sorted run: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return errors.Join(fmt.Errorf("unlink sorted run: %w", err), f.Close())
	}
	s.runs = append(s.runs, f)
	w := bufio.NewWriterSize(f, 1<<16)
	var head [13]byte
	for i := range s.held {
		r := s.at(i)
		binary.LittleEndian.PutUint64(head[0:], r.Hash)
		binary.LittleEndian.PutUint32(head[8:], r.Spec)
		head[12] = uint8(len(r.Key))
		w.Write(head[:])
		w.Write(r.Key)
	}
	s.held, s.keys = s.held[:0], s.keys[:0]
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write sorted run: %w", err)
	}
	return nil
}

// Close removes the temporary files.
func (s *Sorter) Close() error {
	var errs []error
	for _, f := range s.runs {
		errs = append(errs, f.Close())
	}
	s.runs = nil
	return errors.Join(errs...)
}

// Each calls f with every record in order. It may be called more than once
// after the last Add. The record's key is valid during the call only.
func (s *Sorter) Each(f func(*Record) error) error {
	s.sort()
	sources := []*run{{held: s}}
	for _, file := range s.runs {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("rewind sorted run: %w", err)
		}
		sources = append(sources, &run{file: bufio.NewReaderSize(file, 1<<16)})
	}
	live := sources[:0]
	for _, r := range sources {
		if ok, err := r.next(); err != nil {
			return err
		} else if ok {
			live = append(live, r)
		}
	}
	for len(live) > 0 {
		least := 0
		for i := 1; i < len(live); i++ {
			if live[i].compare(&live[least].Record) < 0 {
				least = i
			}
		}
		if err := f(&live[least].Record); err != nil {
			return err
		}
		ok, err := live[least].next()
		if err != nil {
			return err
		}
		if !ok {
			live = slices.Delete(live, least, least+1)
		}
	}
	return nil
}

// A run yields sorted records, from memory or from a file.
type run struct {
	Record
	held *Sorter // the records in memory, from index i on
	i    int
	file *bufio.Reader
	buf  [256]byte
}

// next moves on to the next record; it returns false after the last.
func (r *run) next() (bool, error) {
	if r.held != nil {
		if r.i == len(r.held.held) {
			return false, nil
		}
		r.Record = r.held.at(r.i)
		r.i++
		return true, nil
	}
	var head [13]byte
	if _, err := io.ReadFull(r.file, head[:]); err == io.EOF {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("read sorted run: %w", err)
	}
	r.Hash = binary.LittleEndian.Uint64(head[0:])
	r.Spec = binary.LittleEndian.Uint32(head[8:])
	r.Key = r.buf[:head[12]]
	if _, err := io.ReadFull(r.file, r.Key); err != nil {
		return false, fmt.Errorf("read sorted run: %w", err)
	}
	return true, nil
}
