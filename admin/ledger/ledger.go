package ledger

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"lachan/internal/durable"
)

// A Ledger is a folder of records. Its methods may be called by any number of goroutines;
// one process has it open.
type Ledger struct {
	dir     string
	key     ed25519.PrivateKey
	now     func() time.Time
	damage  []error
	words   words
	console sync.Mutex
	state   atomic.Pointer[State] // what is on disk
	head    atomic.Pointer[Head]

	mu       sync.Mutex
	file     *os.File  // mu; of the segment that grows
	size     int64     // mu; bytes in it
	segments []segment // mu
	last     Head      // mu; of what is written, on disk or not yet
	pending  *State    // mu; with what is written
	broken   error     // mu; why nothing more can be written

	syncing sync.Mutex // held by the one that waits for the disk; all others wait for it
	synced  uint64     // syncing; number of the last record on disk
}

// A Head is the end of a ledger: who has it knows whether what is before was changed.
type Head struct {
	Seq  uint64
	Hash string // of the last line
	Sig  string // of the last record
}

// Open opens the ledger in a folder, which is made when it is not there, with a key of its
// own. A record that was being written when the machine stopped is none. Damage says what
// else was found.
func Open(dir string) (*Ledger, error) {
	if err := os.MkdirAll(filepath.Join(dir, "words"), 0o700); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	key, err := openKey(dir)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	l := &Ledger{dir: dir, key: key, now: time.Now, words: words{dir: filepath.Join(dir, "words")}}
	if err := l.read(); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	return l, nil
}

// Damage is what is wrong with what lies on disk; none if nothing is.
func (l *Ledger) Damage() []error { return l.damage }

// State is the fold of all records that are on disk.
func (l *Ledger) State() *State { return l.state.Load() }

// Head is the end of the ledger, of what is on disk.
func (l *Ledger) Head() Head { return *l.head.Load() }

// Words are what was typed as the reason of a record; ok is false if they were erased.
func (l *Ledger) Words(digest string) (text string, ok bool) { return l.words.read(digest) }

// Erase removes words. The record stays, and so does the chain.
func (l *Ledger) Erase(digest string) error { return l.words.erase(digest) }

// Append writes drafts as one group: all of them, or none. What it returns is on disk. The
// error is ErrConflict if another record has set one of the objects meanwhile. Of several
// that wait for the disk one waits for all.
func (l *Ledger) Append(ctx context.Context, drafts ...Draft) (first Record, err error) {
	if err := ctx.Err(); err != nil {
		return first, err
	}
	records := make([]Record, len(drafts))
	for i := range drafts {
		if records[i], err = l.record(&drafts[i]); err != nil {
			return first, fmt.Errorf("append to ledger: %w", err)
		}
		records[i].More = len(drafts) - 1 - i
	}
	if err := l.write(records, drafts); err != nil {
		return first, err
	}
	return records[0], l.sync(records[len(records)-1].Seq)
}

// record is the record of a draft, without its place in the chain.
func (l *Ledger) record(d *Draft) (r Record, err error) {
	r = Record{
		Area: d.Area, Unit: d.Unit, By: d.By, Role: d.Role, Via: d.Via, What: d.What, Object: d.Object,
		Request: d.Request, Of: d.Of,
	}
	if r.Old, err = canonical(d.Old); err == nil {
		r.New, err = canonical(d.New)
	}
	if err == nil && d.Words != "" {
		r.Why, err = l.words.write(d.Words)
	}
	return r, err
}

// write gives records their places and writes them, which does not mean that they are on
// disk.
func (l *Ledger) write(records []Record, drafts []Draft) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return fmt.Errorf("append to ledger: %w", l.broken)
	}
	for i := range drafts {
		if v, _ := l.pending.Get(drafts[i].Unit, drafts[i].Object); v.Seq != drafts[i].Expect {
			return ErrConflict
		}
	}
	var text bytes.Buffer
	end := l.last
	for i := range records {
		r := &records[i]
		r.Seq, r.Prev, r.At = end.Seq+1, end.Hash, l.now().Round(0).Truncate(time.Millisecond)
		line, err := r.line(l.key)
		if err != nil {
			return fmt.Errorf("append to ledger: %w", err)
		}
		end = Head{r.Seq, digest(line), r.Sig}
		text.Write(line)
		text.WriteByte('\n')
	}
	if err := l.room(); err != nil {
		return err
	}
	if n, err := l.file.Write(text.Bytes()); err != nil {
		if cut := l.file.Truncate(l.size); n > 0 && cut != nil {
			l.broken = errors.Join(err, cut) // half a record is there, and stays
		}
		return fmt.Errorf("append to ledger: %w", err)
	}
	l.size += int64(text.Len())
	l.last, l.pending = end, l.pending.with(records...)
	return nil
}

// sync waits until the record of a number is on disk.
func (l *Ledger) sync(seq uint64) error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	if l.synced >= seq {
		return nil
	}
	l.mu.Lock()
	file, end, state, broken := l.file, l.last, l.pending, l.broken
	l.mu.Unlock()
	if broken != nil {
		return fmt.Errorf("append to ledger: %w", broken)
	}
	if err := file.Sync(); err != nil { // whether it is there is not known: nothing may follow
		l.mu.Lock()
		l.broken = err
		l.mu.Unlock()
		return fmt.Errorf("append to ledger: %w", err)
	}
	l.synced = end.Seq
	l.state.Store(state)
	l.head.Store(&end)
	return nil
}

// Close writes console.yaml and closes the ledger. Nothing may be appended any more.
func (l *Ledger) Close() error {
	err := l.WriteConsole()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = fs.ErrClosed
	return errors.Join(err, l.file.Close())
}

// WriteConsole writes console.yaml as the state has it.
func (l *Ledger) WriteConsole() error {
	l.console.Lock()
	defer l.console.Unlock()
	text := l.State().Console(l.Words)
	path := filepath.Join(l.dir, consoleFile)
	if before, err := os.ReadFile(path); err == nil && bytes.Equal(before, text) {
		return nil // its readers compile nothing again
	}
	return durable.WriteFile(path, text, 0o600)
}

const consoleFile = "console.yaml"

// openKey is the key of this node, which is made at the first start.
func openKey(dir string) (ed25519.PrivateKey, error) {
	path := filepath.Join(dir, "key")
	seed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		seed = make([]byte, ed25519.SeedSize)
		_, _ = rand.Read(seed) // it never fails
		err = durable.WriteFile(path, seed, 0o600)
	}
	if err != nil {
		return nil, err
	}
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s: %d bytes are no key", path, len(seed))
	}
	key := ed25519.NewKeyFromSeed(seed)
	public, _ := key.Public().(ed25519.PublicKey) // it is one
	return key, durable.WriteFile(filepath.Join(dir, "key.pub"), publicText(public), 0o644)
}

func decode(line []byte) (r Record, err error) {
	err = json.Unmarshal(line, &r)
	return r, err
}
