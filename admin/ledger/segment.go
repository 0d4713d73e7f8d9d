package ledger

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"lachan/internal/durable"
)

// A segment is one file of records.
type segment struct {
	number int
	path   string
	first  uint64 // number of its first record
}

// sealedAt is the size beyond which a segment grows no more.
const sealedAt = 16 << 20

func (l *Ledger) segmentPath(number int) string {
	return filepath.Join(l.dir, fmt.Sprintf("%08d.jsonl", number))
}

// files are the segments of a folder in their order.
func files(dir string) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "????????.jsonl"))
	slices.Sort(names)
	return names, err
}

// room begins a new segment when the last one is full. The caller holds mu.
func (l *Ledger) room() error {
	if l.size < sealedAt {
		return nil
	}
	if err := l.file.Sync(); err != nil {
		l.broken = err
		return err
	}
	before := l.file
	if err := l.begin(len(l.segments) + 1); err != nil {
		return err
	}
	return before.Close()
}

// begin begins a segment.
func (l *Ledger) begin(number int) error {
	file, err := os.OpenFile(l.segmentPath(number), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	l.file, l.size = file, 0
	l.segments = append(l.segments, segment{number, file.Name(), l.last.Seq + 1})
	return durable.SyncDir(l.dir)
}

// read folds what is on disk and opens the last segment to write.
func (l *Ledger) read() error {
	names, err := files(l.dir)
	if err != nil {
		return err
	}
	state := newState()
	for i, name := range names {
		l.segments = append(l.segments, segment{i + 1, name, l.last.Seq + 1})
		if err := l.fold(state, name, i == len(names)-1); err != nil {
			return err
		}
	}
	l.pending, l.synced = state, l.last.Seq
	l.state.Store(state)
	head := l.last
	l.head.Store(&head)
	if len(names) == 0 {
		return l.begin(1)
	}
	if l.file, err = os.OpenFile(names[len(names)-1], os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return err
	}
	l.size, err = l.file.Seek(0, io.SeekEnd)
	return err
}

// fold adds the records of a file to a state. Of the last one an end that was being
// written is cut off.
func (l *Ledger) fold(state *State, name string, last bool) error {
	var group []Record
	var whole, at int64
	before := l.last
	for line, err := range lines(name) {
		if err != nil {
			return err
		}
		r, err := decode(line.text)
		torn := err != nil || !line.ended
		if torn && last && line.final {
			break
		}
		if err == nil && (r.Prev != l.last.Hash || r.Seq != l.last.Seq+1) {
			err = fmt.Errorf("record %d does not follow record %d", r.Seq, l.last.Seq)
		}
		if err != nil {
			l.damage = append(l.damage, fmt.Errorf("%s, line %d: %w", name, line.number, err))
		}
		if torn {
			continue
		}
		at += int64(len(line.text)) + 1
		l.last = Head{max(r.Seq, l.last.Seq+1), digest(line.text), r.Sig}
		if group = append(group, r); r.More > 0 {
			continue
		}
		for i := range group {
			state.set(&group[i])
		}
		group, whole, before = group[:0], at, l.last
	}
	if !last || len(l.damage) > 0 {
		return nil
	}
	l.last = before // a group that is not whole is none
	return cut(name, whole)
}

// cut shortens a file to its whole groups, and keeps the rest under another name.
func cut(name string, whole int64) error {
	text, err := os.ReadFile(name)
	if err != nil || int64(len(text)) <= whole {
		return err
	}
	if err := durable.WriteFile(name+".torn", text[whole:], 0o600); err != nil {
		return err
	}
	return os.Truncate(name, whole)
}

// A readLine is a line of a segment.
type readLine struct {
	number int
	text   []byte // valid until the next one
	ended  bool   // by the end of a line
	final  bool   // nothing follows
}

// lines yields the lines of a file.
func lines(name string) iter.Seq2[readLine, error] {
	return func(yield func(readLine, error) bool) {
		file, err := os.Open(name)
		if err != nil {
			yield(readLine{}, err)
			return
		}
		defer file.Close()
		in := bufio.NewReaderSize(file, mostLine+1)
		for number := 1; ; number++ {
			text, err := in.ReadSlice('\n')
			if errors.Is(err, io.EOF) && len(text) == 0 {
				return
			}
			if err != nil && !errors.Is(err, io.EOF) {
				yield(readLine{}, fmt.Errorf("read %s, line %d: %w", name, number, err))
				return
			}
			body := bytes.TrimSuffix(text, []byte("\n"))
			_, more := in.Peek(1)
			text = bytes.Clone(body)
			if !yield(readLine{number, text, err == nil, more != nil}, nil) {
				return
			}
		}
	}
}

// Records yields the records after a number, in their order.
func (l *Ledger) Records(after uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		l.mu.Lock()
		segments := slices.Clone(l.segments)
		l.mu.Unlock()
		end := l.Head().Seq
		for i, s := range segments {
			if i+1 < len(segments) && segments[i+1].first <= after+1 {
				continue
			}
			for line, err := range lines(s.path) {
				var r Record
				if err == nil {
					r, err = decode(line.text)
				}
				if err == nil && r.Seq <= after {
					continue
				}
				if err == nil && r.Seq > end {
					return // not on disk yet
				}
				r.Old, r.New = null(r.Old), null(r.New)
				if !yield(r, err) || err != nil {
					return
				}
			}
		}
	}
}
