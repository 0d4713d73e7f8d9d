package ledger

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lachan/internal/durable"
)

// A ledger that was lost is put together of copies of it: of whole ones, such as that of another
// hub or of a backup, and of the chains that nodes have, which end later than any backup. A record
// of a chain names its number in the ledger that was lost. Nothing is taken that no writer has
// signed, or that does not agree with the rest.

// A Copied is one of the folders that a ledger is put together of.
type Copied struct {
	Dir   string
	Chain bool      // of an area, as a node has it; a whole ledger otherwise
	Name  string    // of the folder; that of a chain is the one of its stream
	Last  uint64    // its last record; of a chain the number that it had in the ledger
	At    time.Time // when that was decided
	// Torn is how many bytes at its end were being written when its machine stopped.
	Torn int

	head    Head
	line    []byte              // the last one
	signers []ed25519.PublicKey // of its folder, that a writer's signature after theirs vouches for
}

// A Gathered has what copies of a ledger have.
type Gathered struct {
	Copies  []Copied
	Whole   uint64 // records of the longest whole ledger
	Chained int    // records that only chains have
	At      time.Time

	best    *Copied                  // the longest whole ledger; nil if there is none
	damaged bool                     // that is the folder's own, which no copy has whole
	keys    []ed25519.PublicKey      // of all writers
	linked  map[uint64]*linkedRecord // of chains, by the number in the ledger that was lost
}

// A linkedRecord is a record of a chain and where it lies.
type linkedRecord struct {
	Record
	file string
	line int
}

// What can be wrong with copies together.
var (
	ErrOtherRecord = errors.New("another copy has another record of this number: one of them is forged, or of another history")
	ErrNotLinked   = errors.New("it names no number of a ledger")
	ErrKeyUnknown  = errors.New("no hub that the root key names has signed it")
)

// Folders are the copies of ledgers in folders and below them.
func Folders(dirs ...string) (found []string, err error) {
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (strings.HasSuffix(d.Name(), durable.DamagedSuffix) || d.Name() == wordsFolder):
				return fs.SkipDir
			case !d.IsDir():
				return nil
			}
			if list, err := files(path); err != nil || len(list) > 0 {
				found = append(found, path)
				return err
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("look for copies of the ledger: %w", err)
		}
	}
	return found, nil
}

// Gather reads the ledger of a folder, which may have none, and copies of it, of which nothing is
// taken that none of the writers has signed, or vouches for by a record after it. The error is a
// *Bad for the first record that is not as it has to be. Own is what is wrong with the ledger of
// the folder, and a copy has; nil if nothing is.
func Gather(dir string, writers []ed25519.PublicKey, copies ...string) (g *Gathered, own *Bad, err error) {
	g = &Gathered{linked: map[uint64]*linkedRecord{}, keys: slices.Clone(writers)}
	if own, err = g.own(dir); err != nil {
		return nil, own, fmt.Errorf("read the ledger in %s: %w", dir, err)
	}
	for _, copied := range copies {
		if err := g.add(copied, writers); err != nil {
			return nil, own, fmt.Errorf("read the copy in %s: %w", copied, err)
		}
	}
	if g.damaged {
		return nil, own, fmt.Errorf("read the ledger in %s, of which no copy has all: %w", dir, own)
	}
	if err := g.agree(); err != nil {
		return nil, own, fmt.Errorf("compare the copies: %w", err)
	}
	return g, own, nil
}

// own reads the ledger of the folder that is put together. What is wrong with it, a copy may have.
func (g *Gathered) own(dir string) (bad *Bad, err error) {
	list, err := files(dir)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	keys, err := publicKeys(dir)
	if err != nil {
		return nil, err
	}
	c := &Copied{Dir: dir, Name: filepath.Base(dir)}
	err = c.read(append(slices.Clone(keys), g.keys...), nil, func(*foundRecord, string, int) error { return nil })
	if errors.As(err, &bad) {
		c.Last, g.damaged, err = max(c.Last, lastSigned(dir, keys)), true, nil
		c.head = Head{} // what follows what is wrong is compared with nothing
	}
	if err != nil || c.Last == 0 {
		return bad, err
	}
	c.signers = keys
	g.Copies = append(g.Copies, *c)
	g.best, g.Whole, g.At = c, c.Last, c.At
	return bad, nil
}

// lastSigned is the highest number of a record of a folder that one of some keys has signed.
func lastSigned(dir string, keys []ed25519.PublicKey) (last uint64) {
	list, err := files(dir)
	if err != nil {
		return 0
	}
	for _, s := range list {
		text, err := load(s.path)
		if err != nil {
			continue
		}
		for line := range lines(text) {
			if r, err := read(line.text); err == nil && r.Seq > last && signedBy(line.text, keys) {
				last = r.Seq
			}
		}
	}
	if h, err := ReadHead(dir); err == nil && h.signedBy(keys) {
		last = max(last, h.Seq)
	}
	return last
}

// add reads a copy.
func (g *Gathered) add(dir string, writers []ed25519.PublicKey) error {
	c := &Copied{Dir: dir, Name: filepath.Base(dir)}
	also, err := publicKeys(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	first := true
	err = c.read(writers, also, func(r *foundRecord, file string, line int) error {
		if first {
			first, c.Chain = false, r.From > 0
		}
		if !c.Chain && r.From == 0 {
			return nil
		}
		if r.From <= c.Last || !c.Chain {
			return ErrNotLinked
		}
		is := &linkedRecord{r.Record, file, line}
		if other := g.linked[r.From]; other != nil && !same(&other.Record, &is.Record) {
			return fmt.Errorf("%w: %s:%d", ErrOtherRecord, other.file, other.line)
		}
		g.linked[r.From] = is
		c.Last = r.From
		return nil
	})
	if err != nil {
		return err
	}
	g.Copies = append(g.Copies, *c)
	if !c.Chain && (c.Last > g.Whole || g.damaged && c.Last == g.Whole) {
		g.best, g.Whole, g.At, g.damaged = c, c.Last, c.At, false
	}
	return nil
}

// read reads a folder record by record, each signed by one of some keys, or by one of others and
// followed by one of those. The error is a *Bad for the first that is wrong.
func (c *Copied) read(keys, also []ed25519.PublicKey, each func(r *foundRecord, file string, line int) error) error {
	list, err := files(c.Dir)
	if err != nil {
		return err
	}
	kept, headErr := ReadHead(c.Dir) // before more records may follow
	v := vouching{keys: keys, also: also}
	last, more, number := Head{}, 0, 0
	file := c.Dir
	for i, s := range list {
		text, err := load(s.path)
		if err != nil {
			return err
		}
		file = s.path
		for line := range lines(text) {
			if number = line.number; !line.ended && i == len(list)-1 {
				c.Torn += len(line.text)
				break
			}
			r, err := readNext(&line, last, more)
			if err == nil {
				err = v.see(r.Seq, file, &line)
			}
			if err == nil && headErr == nil && kept.Seq == r.Seq && kept.Hash != digest(line.text) {
				err = ErrRewritten
			}
			if err == nil {
				err = each(&foundRecord{r, line.text}, file, number)
			}
			if err != nil {
				return &Bad{last.Seq + 1, file, number, err}
			}
			last, more, c.line = Head{Seq: r.Seq, Hash: digest(line.text)}, r.More, line.text
			if c.At = r.At; !c.Chain {
				c.Last = r.Seq
			}
		}
	}
	switch {
	case more > 0:
		return &Bad{last.Seq + 1, file, number + 1, ErrGroup}
	case headErr == nil && kept.Seq > last.Seq:
		return &Bad{last.Seq + 1, file, number + 1, ErrCut}
	case v.open != nil:
		return v.open
	}
	c.head, c.signers = last, v.used
	return nil
}

// readNext reads a line that has to follow a head.
func readNext(line *readLine, last Head, more int) (r Record, err error) {
	if !line.ended {
		return r, ErrTorn
	}
	if r, err = read(line.text); err != nil {
		return r, fmt.Errorf("%w: %w", ErrUnread, err)
	}
	return r, follows(&r, last, more)
}

// A vouching sees that records are signed by those who may write, or by others before them: what
// is signed has the digest of all that is before it.
type vouching struct {
	keys, also []ed25519.PublicKey
	open       *Bad // the first record for which none of the keys vouches yet
	used       []ed25519.PublicKey
}

func (v *vouching) see(seq uint64, file string, line *readLine) error {
	if len(v.keys) == 0 { // it was seen before
		return nil
	}
	if signedBy(line.text, v.keys) {
		v.open = nil
		return nil
	}
	signed := func(k ed25519.PublicKey) bool { return signedBy(line.text, []ed25519.PublicKey{k}) }
	at := slices.IndexFunc(v.also, signed)
	if at < 0 {
		return ErrKeyUnknown
	}
	if v.open == nil {
		v.open = &Bad{seq, file, line.number, ErrKeyUnknown}
	}
	if !slices.ContainsFunc(v.used, func(k ed25519.PublicKey) bool { return k.Equal(v.also[at]) }) {
		v.used = append(v.used, v.also[at])
	}
	return nil
}

// agree compares all copies with the longest whole ledger, and counts what only chains have.
func (g *Gathered) agree() error {
	ends := map[uint64][]*Copied{}
	for i := range g.Copies {
		if c := &g.Copies[i]; !c.Chain && c.head.Seq > 0 {
			ends[c.head.Seq] = append(ends[c.head.Seq], c)
		}
	}
	if g.best != nil {
		c := Copied{Dir: g.best.Dir}
		err := c.read(nil, nil, func(r *foundRecord, _ string, _ int) error {
			for _, other := range ends[r.Seq] {
				if other.head.Hash != digest(r.line) {
					return fmt.Errorf("%w: %s", ErrOtherRecord, other.Dir)
				}
			}
			if is := g.linked[r.Seq]; is != nil && !same(&r.Record, &is.Record) {
				return fmt.Errorf("%w: %s:%d", ErrOtherRecord, is.file, is.line)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for from, is := range g.linked {
		if from > g.Whole {
			g.Chained++
			if is.At.After(g.At) {
				g.At = is.At
			}
		}
	}
	return nil
}

// same reports whether two records are the same assignment.
func same(a, b *Record) bool {
	return a.Object == b.Object && a.Unit == b.Unit && a.By == b.By && a.Why == b.Why &&
		a.At.Equal(b.At) && bytes.Equal(a.New, b.New)
}

// Signed reports whether the last record of the longest whole ledger is signed by a key: only that
// one goes on with what nodes have of it.
func (g *Gathered) Signed(key ed25519.PublicKey) bool {
	return g.best != nil && signedBy(g.best.line, []ed25519.PublicKey{key})
}

// Complete reports whether the ledger of a folder has all that was gathered already.
func (g *Gathered) Complete(dir string) bool {
	return g.Chained == 0 && g.best != nil && g.best.Dir == dir
}

// LastOf is what the last record of a folder says of an object that is of no unit, nil if none does.
// Nothing of it is verified.
func LastOf(dir, object string) (value json.RawMessage, err error) {
	c := Copied{Dir: dir}
	err = c.read(nil, nil, func(r *foundRecord, _ string, _ int) error {
		if r.Object == object && r.Unit == "" && r.From == 0 {
			value = bytes.Clone(r.New)
		}
		return nil
	})
	if bad := (*Bad)(nil); errors.As(err, &bad) {
		err = nil // Gather tells it
	}
	return value, err
}
