package ledger

import (
	"bufio"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"

	"lachan/internal/durable"
)

// A Ledger is a folder of records. Its methods may be called by any number of goroutines;
// one process has it open.
type Ledger struct {
	dir   string
	key   ed25519.PrivateKey
	keys  []ed25519.PublicKey // all that have signed, this node's last
	lock  *flock.Flock
	words words
	now   atomic.Pointer[standing] // what is on disk

	queue    queue
	commit   sync.Mutex // held by the one that writes for all that wait
	growing  growing    // commit
	shared   *shared    // commit; nil of a ledger that this machine alone writes
	closed   bool       // commit
	segments atomic.Pointer[[]segment]

	console     sync.Mutex
	consoleText string // console; digest of what was written

	beside  func() error  // writes what is made of the records for others; not of a copy
	point   uint64        // number of the record of the last checkpoint; keep's
	dirty   chan struct{} // something has changed that keep writes
	closing sync.Once
	stop    chan struct{}
	stopped chan struct{}

	told   sync.Mutex
	damage []error // told; what was found when it was opened
	failed error   // told; why console.yaml is not what it should be
}

// A standing is a state and the head that belongs to it, which is signed when it is asked
// for.
type standing struct {
	state *State
	head  Head
	more  chan struct{} // closed once there is a later one
}

// stand has the ledger stand at a state and a head; those who wait for more are told.
func stand(l *Ledger, state *State, head Head) {
	before := l.now.Swap(&standing{state, head, make(chan struct{})})
	if before != nil {
		close(before.more)
	}
}

// Grown is closed when there are more records than State had before the call.
func Grown(l *Ledger) <-chan struct{} { return l.now.Load().more }

// Key is the key of this node, by which it signs.
func Key(l *Ledger) ed25519.PrivateKey { return l.key }

// Open opens the ledger in a folder, which is made if it is not there, with a key of its
// own. A record that was being written when the machine stopped is none. If something is
// damaged, all that can be proven is kept; Damage says what is wrong. When Open returns,
// console.yaml is what the records say.
func Open(dir string) (*Ledger, error) {
	l, err := open(dir)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	if err := l.WriteConsole(); err != nil {
		l.fail(err)
	}
	go l.keep()
	l.touch()
	return l, nil
}

func open(dir string) (l *Ledger, err error) {
	l, lost, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	if err = l.read(); err != nil {
		return nil, errors.Join(err, l.lock.Close())
	}
	if lost {
		l.damage = append(l.damage,
			fmt.Errorf("the key was gone: records after %d are signed by another one", l.State().Seq()))
	}
	return l, nil
}

// openFolder locks a folder and has its keys; lost says that the one of this node was gone
// and is another now.
func openFolder(dir string) (l *Ledger, lost bool, err error) {
	l = &Ledger{
		dir: dir, words: words{dir: filepath.Join(dir, wordsFolder)},
		dirty: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	l.beside = l.WriteConsole
	if err := os.MkdirAll(l.words.dir, 0o700); err != nil {
		return nil, false, err
	}
	if l.lock, err = lockFolder(dir); err != nil {
		return nil, false, err
	}
	if l.key, l.keys, lost, err = openKey(dir); err != nil {
		return nil, false, errors.Join(err, l.lock.Close())
	}
	return l, lost, nil
}

// ErrLocked is the error of a folder that another process has open.
var ErrLocked = errors.New("another process has the ledger open")

// lockWait is for how long the process before may still close the ledger.
const lockWait = 10 * time.Second

// lockFolder sees to it that one process has the ledger open.
func lockFolder(dir string) (*flock.Flock, error) {
	lock := flock.New(filepath.Join(dir, "lock"), flock.SetPermissions(0o600))
	for until := time.Now().Add(lockWait); ; time.Sleep(20 * time.Millisecond) {
		switch got, err := lock.TryLock(); {
		case err != nil:
			return nil, err
		case got:
			return lock, nil
		case time.Now().After(until):
			return nil, fmt.Errorf("%w: %s", ErrLocked, dir)
		}
	}
}

// Damage is what is wrong with what lies on disk; none if nothing is.
func (l *Ledger) Damage() []error {
	l.told.Lock()
	defer l.told.Unlock()
	if l.failed == nil {
		return slices.Clone(l.damage)
	}
	return append(slices.Clone(l.damage), l.failed)
}

func (l *Ledger) fail(err error) {
	l.told.Lock()
	defer l.told.Unlock()
	if l.failed = nil; err != nil {
		l.failed = fmt.Errorf("what was decided is in the ledger, and not written to console.yaml: %w", err)
	}
}

// State is the fold of all records that are on disk.
func (l *Ledger) State() *State { return l.now.Load().state }

// Head is the end of the ledger, of what is on disk, signed.
func (l *Ledger) Head() Head { return l.now.Load().head.sign(l.key) }

// Words are what was typed as the reason of a record; ok is false if they were erased.
func (l *Ledger) Words(digest string) (text string, ok bool) { return l.words.read(digest) }

// Erase removes words. The record stays, and so does the chain.
func (l *Ledger) Erase(digest string) error {
	if err := l.words.erase(digest); err != nil {
		return fmt.Errorf("erase words: %w", err)
	}
	return l.WriteConsole()
}

// Close writes console.yaml and closes the ledger. Nothing may be appended any more.
func (l *Ledger) Close() (err error) {
	l.closing.Do(func() {
		close(l.stop)
		<-l.stopped
		l.commit.Lock()
		defer l.commit.Unlock()
		l.closed = true
		err = l.keepOnce()
		if now := l.now.Load(); now.head.Seq > l.point {
			err = errors.Join(err, l.writeCheckpoint(now.state, now.head))
		}
		err = errors.Join(err, l.growing.file.Close(), l.lock.Close())
	})
	return err
}

// WriteConsole writes console.yaml as the state has it. If that is what is there already,
// the file stays: its readers compile nothing again.
func (l *Ledger) WriteConsole() error {
	l.console.Lock()
	defer l.console.Unlock()
	state := l.State()
	path := filepath.Join(l.dir, consoleFile)
	if l.consoleText == "" {
		l.consoleText = fileDigest(path)
	}
	file, err := durable.Create(l.dir)
	if err != nil {
		return err
	}
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(file, sum), 1<<16)
	state.console(out, l.Words)
	err = out.Flush()
	if text := hexOf(sum); err == nil && text != l.consoleText {
		if err = file.Commit(path); err == nil {
			l.consoleText = text
		}
	}
	return errors.Join(err, file.Close())
}

// fileDigest is the SHA-256 of a file; "" if it cannot be read.
func fileDigest(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return ""
	}
	return hexOf(sum)
}

// touch has keep write what has changed.
func (l *Ledger) touch() {
	select {
	case l.dirty <- struct{}{}:
	default: // it will
	}
}

const (
	// pointEvery is how many records may follow the last checkpoint.
	pointEvery = 10_000
	// keepAfter is how long after a record that is done.
	keepAfter = 200 * time.Millisecond
	// restFactor is how much longer keep rests than it has worked.
	restFactor = 4
)

// keep writes what follows from the records: console.yaml, the head and checkpoints. It
// rests between, so that those who decide have the disk.
func (l *Ledger) keep() {
	defer close(l.stopped)
	for {
		select {
		case <-l.stop:
			return
		case <-l.dirty:
		}
		select { // until those who wait for the record are gone, and with one turn for many
		case <-l.stop:
			return
		case <-time.After(keepAfter):
		}
		began := time.Now()
		l.fail(l.keepOnce())
		select {
		case <-l.stop:
			return
		case <-time.After(restFactor * time.Since(began)):
		}
	}
}

func (l *Ledger) keepOnce() error {
	err := l.beside()
	now := l.now.Load()
	if now.head.Seq == 0 {
		return err
	}
	if err = errors.Join(err, l.writeHead(now.head.sign(l.key))); err != nil || now.head.Seq < l.point+pointEvery {
		return err
	}
	if err = l.writeCheckpoint(now.state, now.head); err == nil {
		l.point = now.head.Seq
	}
	return err
}

// Dir is the folder of a ledger.
func Dir(l *Ledger) string { return l.dir }

// Replace has a folder take the place of the ledger in another one, which no process may have open,
// in one step. The one that was there is at before then.
func Replace(dir, with, before string) error {
	lock, err := lockFolder(dir)
	if err == nil {
		err = durable.SyncAll(with)
	}
	if err == nil {
		err = durable.Exchange(with, dir)
	}
	if err == nil {
		err = os.Rename(with, before)
	}
	if lock != nil {
		err = errors.Join(err, lock.Close())
	}
	if err != nil {
		return fmt.Errorf("put a ledger in place: %w", err)
	}
	return nil
}
