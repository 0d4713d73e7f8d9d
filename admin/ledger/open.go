package ledger

import (
	"cmp"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"lachan/internal/durable"
)

// Opening a ledger reads what is not covered by the last checkpoint. Where a record is
// damaged or missing, those that this node has signed are kept, what the checkpoint knows
// of the others too, and the rest is told.

// An opening reads a folder.
type opening struct {
	dir    string
	keys   []ed25519.PublicKey
	point  checkpoint
	fold   *fold
	last   Head // so far
	forked bool // the checkpoint is of another history
	damage []error
	// What the last segment is, and its text.
	before Head // of it
	text   []byte
	done   bool // it is sealed
}

// read reads the folder and opens the last segment to write.
func (l *Ledger) read() error {
	if err := tidy(l.dir, l.words.dir); err != nil {
		return err
	}
	o := &opening{dir: l.dir, keys: l.keys}
	o.point, o.fold, _ = readCheckpoint(l.dir, l.keys)
	list, err := o.read()
	if err == nil && o.forked {
		forked := fmt.Errorf("the checkpoint after record %d is of another history and not used", o.point.Seq)
		o = &opening{dir: l.dir, keys: l.keys, fold: newFold(), damage: []error{forked}}
		list, err = o.read()
	}
	if err != nil {
		return err
	}
	o.tail()
	o.fold.seq = o.last.Seq
	l.damage, l.point = o.damage, o.point.Seq
	stand(l, o.fold.state(), o.last)
	l.segments.Store(&list)
	switch {
	case len(list) == 0:
		return l.begin(1, o.last)
	case o.done:
		return l.begin(list[len(list)-1].number+1, o.last)
	}
	file, err := os.OpenFile(list[len(list)-1].path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	l.growing = growIn(file, o.text, o.before)
	return nil
}

// tidy removes files that were being written when the machine stopped: they may be words.
func tidy(dirs ...string) error {
	for _, dir := range dirs {
		folder, err := os.Open(dir)
		if err != nil {
			return err
		}
		for names := []string{""}; len(names) > 0; {
			names, _ = folder.Readdirnames(1000) // none at the end
			for _, name := range names {
				if durable.IsTemporary(name) {
					err = errors.Join(err, os.Remove(filepath.Join(dir, name)))
				}
			}
		}
		if err = errors.Join(err, folder.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (o *opening) read() (list []segment, err error) {
	if list, err = files(o.dir); err != nil {
		return nil, err
	}
	for i := range list {
		list[i].first = o.last.Seq + 1
		o.before, o.text, o.done = o.last, nil, false
		if err := o.segment(&list[i], i == len(list)-1); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (o *opening) tell(format string, args ...any) {
	o.damage = append(o.damage, fmt.Errorf(format, args...))
}

// segment reads a segment, or believes its seal if the checkpoint has it.
func (o *opening) segment(s *segment, final bool) error {
	text, err := load(s.path)
	if errors.Is(err, syscall.EIO) || errors.Is(err, errTooLarge) {
		aside, failed := durable.SetAside(s.path)
		o.tell("%w; it is set aside as %s", err, aside)
		return errors.Join(failed, durable.WriteFile(s.path, nil, 0o600))
	}
	if err != nil {
		return err
	}
	sealed, intact := sealOf(s.path, text, o.keys)
	o.done, o.text = intact, text
	if intact && sealed.Last <= o.point.Seq && sealed.First == o.last.Seq+1 && sealed.Prev == o.last.Hash {
		o.last = Head{Seq: sealed.Last, Hash: sealed.Hash}
		o.meetsPoint()
		return nil
	}
	found := o.scan(text)
	if found.wrong == nil && found.end == len(text) {
		o.take(found.records)
		return nil
	}
	if final && !anyRecord(text[found.at:]) {
		o.text = text[:found.end]
		o.take(found.records)
		return cut(s.path, text, found.end)
	}
	return o.salvage(s, text, found.wrong)
}

// A foundRecord is a record with its line.
type foundRecord struct {
	Record
	line []byte
}

// A scanned segment is what its beginning has of whole groups that follow each other.
type scanned struct {
	records []foundRecord
	end     int   // of the last whole group
	at      int   // where something is wrong; the end of the text if nothing is
	wrong   error // nil if at most the rest of a group is missing
}

// scan reads a segment up to what is wrong. The last of its records is signed, and with it
// all before.
func (o *opening) scan(text []byte) scanned {
	s := scanned{at: len(text)}
	last, whole, more := o.last, 0, 0
	for line := range lines(text) {
		r, err := read(line.text)
		switch {
		case err == nil && !line.ended:
			err = ErrTorn
		case err == nil:
			err = follows(&r, last, more)
		}
		if err != nil {
			s.at, s.wrong = line.at, fmt.Errorf("line %d: %w", line.number, err)
			break
		}
		s.records = append(s.records, foundRecord{r, line.text})
		last, more = Head{Seq: r.Seq, Hash: digest(line.text)}, r.More
		if more == 0 {
			whole, s.end = len(s.records), line.at+len(line.text)+1
		}
	}
	s.records = s.records[:whole]
	if whole > 0 && !signedBy(s.records[whole-1].line, o.keys) {
		return scanned{wrong: ErrSignature}
	}
	return s
}

// follows is nil if a record comes after a head; more is how many of the group are missing.
func follows(r *Record, last Head, more int) error {
	switch {
	case r.Seq > last.Seq+1:
		return ErrMissing
	case r.Seq != last.Seq+1:
		return ErrOrder
	case r.Prev != last.Hash:
		return ErrChain
	case more > 0 && r.More != more-1:
		return ErrGroup
	}
	return nil
}

// take folds records, which are signed, and tells of those that are missing between.
func (o *opening) take(records []foundRecord) {
	for i := range records {
		r := &records[i]
		switch {
		case r.Seq > o.last.Seq+1:
			o.missing(o.last.Seq+1, r.Seq-1)
		case r.Prev != o.last.Hash:
			o.tell("record %d does not follow the one before, which is of another history", r.Seq)
		}
		o.last = Head{Seq: r.Seq, Hash: digest(r.line)}
		o.meetsPoint()
		if r.Seq > o.point.Seq {
			o.fold.set(&r.Record)
		}
	}
}

func (o *opening) meetsPoint() {
	if o.last.Seq == o.point.Seq && o.last.Hash != o.point.Hash {
		o.forked = true
	}
}

// missing tells of records that are gone.
func (o *opening) missing(from, to uint64) {
	if to <= o.point.Seq {
		o.tell("records %d to %d are missing; what they decided is known from the checkpoint after record %d", from, to, o.point.Seq)
		return
	}
	o.tell("records %d to %d are missing, and what they decided is not in force", from, to)
}

// anyRecord reports whether a text has a whole line that is a record. What was being
// written when the machine stopped has none.
func anyRecord(text []byte) bool {
	for line := range lines(text) {
		if _, err := read(line.text); err == nil && line.ended {
			return true
		}
	}
	return false
}

// salvage takes what is signed in a damaged segment, by number. If that is not all, the
// file is set aside and one with the rest takes its place.
func (o *opening) salvage(s *segment, text []byte, wrong error) error {
	var kept []foundRecord
	all, sorted := true, true
	for line := range lines(text) {
		r, err := read(line.text)
		if err != nil || !line.ended || !signedBy(line.text, o.keys) || r.Seq <= o.last.Seq {
			all = false
			continue
		}
		sorted = sorted && (len(kept) == 0 || kept[len(kept)-1].Seq < r.Seq)
		kept = append(kept, foundRecord{r, line.text})
	}
	slices.SortStableFunc(kept, func(a, b foundRecord) int { return cmp.Compare(a.Seq, b.Seq) })
	kept = slices.CompactFunc(kept, func(a, b foundRecord) bool { return a.Seq == b.Seq })
	if wrong == nil {
		wrong = ErrGroup
	}
	if !all || !sorted {
		aside, err := durable.SetAside(s.path)
		if err != nil {
			return err
		}
		o.tell("%s is damaged (%w) and set aside as %s; %d records of it are proven", s.path, wrong, aside, len(kept))
		text = nil
		for i := range kept {
			text = append(append(text, kept[i].line...), '\n')
		}
		if err := os.Remove(sealPath(s.path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := durable.WriteFile(s.path, text, 0o600); err != nil {
			return err
		}
		o.done = false
	}
	o.text = text
	o.take(kept)
	return nil
}

// cut shortens a file to what is whole, and keeps the rest beside it.
func cut(path string, text []byte, whole int) error {
	if err := durable.WriteFile(path+".torn", text[whole:], 0o600); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Truncate(int64(whole)), file.Sync(), file.Close())
}

// tail tells of records at the end that are known to have been there.
func (o *opening) tail() {
	end := Head{Seq: o.point.Seq, Hash: o.point.Hash}
	if h, err := ReadHead(o.dir); err == nil && h.Seq > end.Seq && h.signedBy(o.keys) {
		end = h
	}
	if end.Seq > o.last.Seq {
		o.missing(o.last.Seq+1, end.Seq)
		o.last = Head{Seq: end.Seq, Hash: end.Hash}
	}
}
