package ledger

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A Report is what verifying a ledger has found.
type Report struct {
	Records uint64 // that are good
	Head    Head   // of the last of them; signed if the ledger is this node's
	// Bad is what is wrong with the first record that is; nil if none is.
	Bad *Bad
	// Console reports whether console.yaml is the fold of the records.
	Console bool
	From    uint64   // the first record that was checked; 1 is all of them, and Console is of all alone
	Erased  int      // records whose words are gone
	Unknown []string // kinds of objects that this version does not know
}

// Bad is a record, or a place for one, that is wrong.
type Bad struct {
	Seq  uint64
	File string
	Line int
	What error
}

// Error is where it is and what is wrong.
func (b *Bad) Error() string {
	return fmt.Sprintf("record %d (%s:%d): %v", b.Seq, b.File, b.Line, b.What)
}

// Unwrap is what is wrong.
func (b *Bad) Unwrap() error { return b.What }

// What can be wrong with a record; ErrUnread is wrapped by the error that says why.
var (
	ErrTorn      = errors.New("its line has no end")
	ErrUnread    = errors.New("it cannot be read")
	ErrMissing   = errors.New("it is missing: the next one there has a higher number")
	ErrOrder     = errors.New("its number is not the next one: records were moved")
	ErrChain     = errors.New("it does not follow the record before, which is not the one that was there")
	ErrSignature = errors.New("its signature is not that of this node: it was changed, or another node wrote it")
	ErrGroup     = errors.New("its group is not whole")
	ErrCut       = errors.New("it is missing: a signed head knows it, so the end was cut off")
	ErrRewritten = errors.New("it is not the one that a signed head knows: what is before was written anew")
)

// signedEvery is how many records one signature may vouch for: what is signed has the
// digest of the line before, and so all of them.
const signedEvery = 256

// Verify checks the ledger in a folder: chain, signatures, numbers, groups, and that
// console.yaml is their fold. Heads are signed ones that were kept elsewhere, such as
// those of reports: a ledger that does not have their records was cut off or written anew.
func Verify(dir string, heads ...Head) (rep Report, err error) {
	return VerifySince(dir, Since{}, heads...)
}

// A Since is where checking begins: at the segment that has the record of a number, or what
// was decided at a time. The signed end of the segment before is taken for what it says, so
// whether console.yaml is the fold is not known then. The zero Since checks all.
type Since struct {
	Seq uint64
	At  time.Time
}

func (s Since) all() bool { return s.Seq == 0 && s.At.IsZero() }

// VerifySince is Verify of what was decided since then.
func VerifySince(dir string, since Since, heads ...Head) (rep Report, err error) {
	if h, err := ReadHead(dir); err == nil { // before more records may follow
		heads = append(slices.Clone(heads), h)
	}
	list, err := files(dir)
	if err != nil {
		return rep, fmt.Errorf("verify ledger: %w", err)
	}
	v, err := verify(dir, since, heads, list, mostSegment)
	if err != nil {
		return rep, fmt.Errorf("verify ledger: %w", err)
	}
	rep, state := v.report()
	if rep.From > 1 {
		rep.Console = true
		return rep, nil
	}
	console, err := os.ReadFile(filepath.Join(dir, consoleFile))
	rep.Console = err == nil && bytes.Equal(console, state.Console(v.words.read)) ||
		errors.Is(err, fs.ErrNotExist) && state.seq == 0
	return rep, nil
}

// Verify checks this ledger as it is on disk at this moment. Others may append to it
// meanwhile.
func (l *Ledger) Verify(heads ...Head) (rep Report, err error) {
	return VerifyOpen(l, Since{}, heads...)
}

// VerifyOpen is Ledger.Verify of what was decided since then.
func VerifyOpen(l *Ledger, since Since, heads ...Head) (rep Report, err error) {
	l.commit.Lock()
	now, segments, size := l.now.Load(), *l.segments.Load(), l.growing.size
	l.commit.Unlock()
	v, err := verify(l.dir, since, append(slices.Clone(heads), now.head.sign(l.key)), segments, size)
	if err == nil {
		err = l.WriteConsole()
	}
	if err != nil {
		return rep, fmt.Errorf("verify ledger: %w", err)
	}
	rep, state := v.report()
	if rep.From > 1 {
		rep.Console = true
		return rep, nil
	}
	l.console.Lock()
	defer l.console.Unlock()
	there := l.consoleText == fileDigest(filepath.Join(l.dir, consoleFile)) // as it was written last
	rep.Console = there && bytes.Equal(state.Console(nil), now.state.Console(nil))
	return rep, nil
}

// verify checks segments, of the last of them as many bytes as are confirmed.
func verify(
	dir string, since Since, heads []Head, segments []segment, size int64,
) (v *verification, err error) {
	v = &verification{dir: dir, words: words{dir: filepath.Join(dir, wordsFolder)}, fold: newFold(), from: 1}
	if v.keys, err = publicKeys(dir); err != nil {
		return nil, err
	}
	for _, h := range heads {
		if err := h.Check(); err != nil {
			return nil, err
		}
		v.heads = append(v.heads, h)
	}
	if !since.all() {
		segments = v.skip(segments, since)
	}
	for i, s := range segments {
		text, err := load(s.path)
		if err != nil {
			return nil, err
		}
		if i == len(segments)-1 {
			text = text[:min(int64(len(text)), size)]
		}
		if v.segment(filepath.Base(s.path), text); v.bad != nil {
			break
		}
	}
	return v, nil
}

// skip leaves out the segments before the one that checking begins with.
func (v *verification) skip(segments []segment, since Since) []segment {
	for i := len(segments) - 1; i > 0; i-- {
		first, ok := segments[i].begins()
		early := since.Seq != 0 && first.Seq <= since.Seq || since.Seq == 0 && !first.At.After(since.At)
		text, err := os.ReadFile(sealPath(segments[i-1].path))
		var s seal
		if !ok || !early || err != nil {
			continue
		}
		if !signedBy(bytes.TrimSpace(text), v.keys) || json.Unmarshal(text, &s) != nil {
			continue
		}
		v.last, v.from = Head{Seq: s.Last, Hash: s.Hash}, s.Last+1
		return segments[i:]
	}
	return segments
}

// begins is the first record of a segment.
func (s segment) begins() (r Record, ok bool) {
	file, err := os.Open(s.path)
	if err != nil {
		return r, false
	}
	defer file.Close()
	line, err := bufio.NewReaderSize(file, 64<<10).ReadBytes('\n')
	if err != nil {
		return r, false
	}
	r, err = read(bytes.TrimSuffix(line, []byte("\n")))
	return r, err == nil
}

// A verification is one on its way.
type verification struct {
	dir    string
	keys   []ed25519.PublicKey
	heads  []Head
	words  words
	fold   *fold
	last   Head // of the last good record
	from   uint64
	more   int // how many of its group follow
	erased int
	file   string
	// pending are lines that no signature has vouched for yet.
	pending []vouched
	bad     *Bad
}

// vouched is a line for which a signature vouches, its own or a later one.
type vouched struct {
	seq  uint64
	line int
	text []byte
}

// segment checks a segment.
func (v *verification) segment(name string, text []byte) {
	v.file = name
	number := 0
	for line := range lines(text) {
		number = line.number
		r, err := read(line.text)
		switch {
		case !line.ended:
			err = ErrTorn
		case err != nil:
			err = fmt.Errorf("%w: %w", ErrUnread, err)
		default:
			err = v.record(&r, &line)
		}
		if err != nil {
			if v.vouch(); v.bad == nil { // one before may be the one that was changed
				v.bad = &Bad{v.last.Seq + 1, name, line.number, err}
			}
			return
		}
	}
	if v.vouch(); v.bad == nil && v.more > 0 {
		v.bad = &Bad{v.last.Seq + 1, name, number + 1, ErrGroup}
	}
}

// record checks a record and folds it.
func (v *verification) record(r *Record, line *readLine) error {
	if err := follows(r, v.last, v.more); err != nil {
		return err
	}
	hash := digest(line.text)
	for _, h := range v.heads {
		if h.Seq == r.Seq && h.Hash != hash {
			return ErrRewritten
		}
	}
	v.last, v.more = Head{Seq: r.Seq, Hash: hash}, r.More
	v.pending = append(v.pending, vouched{r.Seq, line.number, line.text})
	if len(v.pending) == signedEvery {
		if v.vouch(); v.bad != nil {
			return v.bad
		}
	}
	if r.Why != "" {
		if _, err := os.Stat(filepath.Join(v.words.dir, filepath.Base(r.Why))); errors.Is(err, fs.ErrNotExist) {
			v.erased++
		}
	}
	v.fold.set(r)
	return nil
}

// vouch checks the last signature of those pending; if it is wrong, which one is the first.
func (v *verification) vouch() {
	n := len(v.pending)
	if n > 0 && !signedBy(v.pending[n-1].text, v.keys) {
		for _, p := range v.pending {
			if !signedBy(p.text, v.keys) {
				v.bad = &Bad{p.seq, v.file, p.line, ErrSignature}
				break
			}
		}
	}
	v.pending = v.pending[:0]
}

func (v *verification) report() (Report, *State) {
	state := v.fold.state()
	rep := Report{
		Records: v.last.Seq, From: v.from, Head: v.last, Bad: v.bad, Erased: v.erased, Unknown: state.Unknown(),
	}
	if v.bad != nil {
		rep.Records = v.bad.Seq - 1
	}
	for _, h := range v.heads {
		if rep.Bad == nil && h.Seq > v.last.Seq {
			rep.Bad = &Bad{v.last.Seq + 1, v.file, 0, ErrCut}
		}
		if h.Seq == v.last.Seq && h.Hash == v.last.Hash {
			rep.Head = h
		}
	}
	return rep, state
}
