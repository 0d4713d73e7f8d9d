package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"lachan/internal/durable"
)

// waiting is a group of drafts that waits to be written.
type waiting struct {
	drafts  []Draft
	records []Record
	done    bool      // commit
	since   time.Time // commit; when others were first for the first time
	err     error
}

const (
	// mostWaiting bounds how many drafts wait for the disk.
	mostWaiting = 20_000
	// batchSize bounds in bytes what is written at once, a group more or less.
	batchSize = 4 << 20
	// orderedAtOnce bounds how many records of a shared ledger are confirmed at once, a group
	// more or less.
	orderedAtOnce = 500
)

// A queue has the groups that wait.
type queue struct {
	mu     sync.Mutex
	groups []*waiting // mu
	drafts int        // mu; of them
}

// ErrBusy is the error of drafts for which too many others wait, here or at other machines.
var ErrBusy = errors.New("too many decisions are made at once")

// Append writes drafts as one group: all of them, or none. When it returns a record, the
// group is on disk. The error is ErrConflict if another record has set one of the objects
// meanwhile; after any error nothing of the group is there. All that wait for the disk are
// written and synced together. Of a shared ledger the error may also be ErrApart, or ErrUnsure,
// after which the group may be there.
func (l *Ledger) Append(ctx context.Context, drafts ...Draft) (first Record, err error) {
	if err := ctx.Err(); err != nil {
		return first, err
	}
	w, err := l.prepare(drafts)
	if err == nil {
		err = l.queue.add(w)
	}
	if err == nil {
		l.commit.Lock()
		if !w.done {
			l.write()
		}
		err = w.err
		l.commit.Unlock()
	}
	if err != nil {
		if !errors.Is(err, ErrUnsure) {
			l.forget(w)
		}
		if errors.Is(err, ErrConflict) {
			return first, ErrConflict
		}
		return first, fmt.Errorf("append to ledger: %w", err)
	}
	l.touch()
	return w.records[0], nil
}

// prepare makes records of drafts, without their places, and writes their words.
func (l *Ledger) prepare(drafts []Draft) (w *waiting, err error) {
	w = &waiting{drafts: drafts, records: make([]Record, len(drafts))}
	if len(drafts) == 0 {
		return w, fmt.Errorf("%w: there is none", ErrValue)
	}
	for i := range drafts {
		if w.records[i], err = drafts[i].record(); err != nil {
			return w, err
		}
		w.records[i].More = len(drafts) - 1 - i
	}
	written := map[string]string{} // a group has the same words again and again
	for i := range drafts {
		text := drafts[i].Words
		if text == "" {
			continue
		}
		if written[text] == "" {
			if written[text], err = l.words.write(text); err != nil {
				return w, err
			}
		}
		w.records[i].Why = written[text]
	}
	return w, nil
}

// forget removes the words of records that are none.
func (l *Ledger) forget(w *waiting) {
	for i := range w.records {
		if why := w.records[i].Why; why != "" {
			_ = l.words.erase(why) // without its record nobody finds it
		}
	}
}

func (q *queue) add(w *waiting) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.drafts > 0 && q.drafts+len(w.drafts) > mostWaiting {
		return ErrBusy
	}
	q.drafts += len(w.drafts)
	q.groups = append(q.groups, w)
	return nil
}

func (q *queue) take() (groups []*waiting) {
	q.mu.Lock()
	defer q.mu.Unlock()
	groups, q.groups, q.drafts = q.groups, nil, 0
	return groups
}

// write writes groups that wait, at least the first of them. The caller holds commit.
func (l *Ledger) write() {
	for groups := l.queue.take(); len(groups) > 0; {
		groups = l.writeBatch(groups)
	}
}

// writeBatch writes as many groups as a batch holds and returns the others.
func (l *Ledger) writeBatch(groups []*waiting) (rest []*waiting) {
	err := l.room()
	now := l.now.Load()
	state, end := now.state, now.head
	var text bytes.Buffer
	var written []*waiting
	for len(groups) > 0 && text.Len() < batchSize && (l.shared == nil || end.Seq < now.head.Seq+orderedAtOnce) {
		w := groups[0]
		groups = groups[1:]
		w.done, w.err = true, err
		if err != nil {
			continue
		}
		var lines []byte
		var after Head
		if lines, after, w.err = l.place(w, state, end); w.err == nil {
			text.Write(lines)
			state, end = state.with(w.records...), after
			written = append(written, w)
		}
	}
	if len(written) == 0 {
		return groups
	}
	return append(settle(l, written, text.Bytes(), state, end), groups...)
}

// place gives the records of a group their places after a head.
func (l *Ledger) place(w *waiting, state *State, end Head) (text []byte, after Head, err error) {
	for i := range w.drafts {
		if v, _ := state.Get(w.drafts[i].Unit, w.drafts[i].Object); v.Seq != w.drafts[i].Expect {
			return nil, end, ErrConflict
		}
	}
	at := moment(time.Now())
	for i := range w.records {
		r := &w.records[i]
		r.Seq, r.Prev, r.At = end.Seq+1, end.Hash, at
		line, err := r.line(l.key)
		if err != nil {
			return nil, end, err
		}
		if text = append(append(text, line...), '\n'); len(text) > mostGroup {
			return nil, end, fmt.Errorf("%w: a group of more than %d bytes", ErrValue, mostGroup)
		}
		end.Seq, end.Hash = r.Seq, digest(line)
	}
	return text, end, nil
}

// room sees to it that the file can be written to, and begins a new segment if it is full.
// The caller holds commit.
func (l *Ledger) room() error {
	if l.closed {
		return fs.ErrClosed
	}
	if err := l.growing.restore(); err != nil || l.growing.size < sealedAt {
		return err
	}
	head := l.now.Load().head
	if err := l.growing.seal(head, l.key); err != nil {
		return err
	}
	before, list := l.growing.file, *l.segments.Load()
	if err := l.begin(list[len(list)-1].number+1, head); err != nil {
		return err
	}
	return before.Close()
}

// begin begins a segment after the record of a head.
func (l *Ledger) begin(number int, after Head) error {
	file, err := os.OpenFile(segmentPath(l.dir, number), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	if err := durable.SyncDir(l.dir); err != nil {
		return errors.Join(err, file.Close())
	}
	l.growing = growIn(file, nil, after)
	list := append(slices.Clone(*l.segments.Load()), segment{number, file.Name(), after.Seq + 1})
	l.segments.Store(&list)
	return nil
}
