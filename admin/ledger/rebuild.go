package ledger

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lachan/internal/durable"
)

// Rebuild makes the ledger of a new folder of what was gathered, with the key of the one of another
// folder. What only chains have follows under new numbers, in the order and with the times in which
// it was decided, and after it what last makes of how many that were; nil makes nothing.
func (g *Gathered) Rebuild(dir, keyOf string, last func(records int) Draft) (head Head, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return head, fmt.Errorf("put the ledger together: %w", err)
	}
	for _, name := range []string{keyFile, publicFile} {
		text, err := os.ReadFile(filepath.Join(keyOf, name))
		if err == nil {
			err = durable.WriteFile(filepath.Join(dir, name), text, 0o600)
		}
		if err != nil {
			return head, fmt.Errorf("put the ledger together: %w", err)
		}
	}
	if err := g.copyWords(dir); err != nil {
		return head, fmt.Errorf("put the ledger together: %w", err)
	}
	keys := slices.Clone(g.keys)
	if g.best != nil {
		keys = append(keys, g.best.signers...)
	}
	c, err := OpenCopy(dir, keys...)
	if err != nil {
		return head, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := g.takeWhole(c.ledger); err != nil {
		return head, fmt.Errorf("put the ledger together: %w", err)
	}
	if err := g.restore(c.ledger, last); err != nil {
		return head, fmt.Errorf("put the ledger together: %w", err)
	}
	return c.ledger.Head(), c.ledger.WriteConsole() // it is a copy no more
}

// copyWords copies the words of all whole copies.
func (g *Gathered) copyWords(dir string) error {
	to := filepath.Join(dir, wordsFolder)
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, c := range g.Copies {
		entries, err := os.ReadDir(filepath.Join(c.Dir, wordsFolder))
		if c.Chain || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range entries {
			text, err := os.ReadFile(filepath.Join(c.Dir, wordsFolder, e.Name()))
			if err != nil || !wordsName(e.Name()) || digest(text) != e.Name() {
				continue // it was erased meanwhile, or is damaged
			}
			if err := durable.WriteFile(filepath.Join(to, e.Name()), text, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeWhole takes the longest whole ledger, as it is.
func (g *Gathered) takeWhole(l *Ledger) error {
	if g.best == nil {
		return nil
	}
	l.commit.Lock()
	defer l.commit.Unlock()
	var text bytes.Buffer
	var records []Record
	book := Copied{Dir: g.best.Dir}
	err := book.read(nil, nil, func(r *foundRecord, _ string, _ int) error {
		text.Write(append(bytes.Clone(r.line), '\n'))
		if records = append(records, r.Record); r.More > 0 || len(records) < carriedTogether && r.Seq < g.Whole {
			return nil
		}
		if err := l.room(); err != nil {
			return err
		}
		if err := l.growing.flush(text.Bytes()); err != nil {
			return err
		}
		stand(l, l.now.Load().state.with(records...), Head{Seq: r.Seq, Hash: digest(r.line)})
		text.Reset()
		records = nil
		return nil
	})
	if err == nil && l.now.Load().head != g.best.head {
		err = fmt.Errorf("%s has changed meanwhile", g.best.Dir)
	}
	return err
}

// carriedTogether is how many records are written at once.
const carriedTogether = 500

// restore appends what only chains have.
func (g *Gathered) restore(l *Ledger, last func(records int) Draft) error {
	l.commit.Lock()
	defer l.commit.Unlock()
	number := map[uint64]uint64{} // that records have here, by that which they had
	missing := slices.DeleteFunc(slices.Sorted(maps.Keys(g.linked)), func(from uint64) bool { return from <= g.Whole })
	for some := range slices.Chunk(missing, carriedTogether) {
		var records []Record
		for _, from := range some {
			r := g.linked[from].Record
			r.From, r.More, number[from] = 0, 0, l.now.Load().head.Seq+uint64(len(records))+1
			if r.Of > g.Whole {
				r.Of = number[r.Of] // 0 if no copy has it
			}
			records = append(records, r)
		}
		if err := writeAgain(l, records); err != nil {
			return err
		}
	}
	if last == nil {
		return nil
	}
	d := last(len(missing))
	v, _ := l.State().Get(d.Unit, d.Object)
	d.Old = v.New
	r, err := d.record()
	if r.At = moment(time.Now()); err == nil {
		err = writeAgain(l, []Record{r})
	}
	return err
}

// writeAgain writes records at the end, with the times that they have. commit is held.
func writeAgain(l *Ledger, records []Record) error {
	if err := l.room(); err != nil {
		return err
	}
	now := l.now.Load()
	end := now.head
	var text bytes.Buffer
	for i := range records {
		r := &records[i]
		r.Seq, r.Prev = end.Seq+1, end.Hash
		line, err := r.line(l.key)
		if err != nil {
			return err
		}
		text.Write(append(line, '\n'))
		end = Head{Seq: r.Seq, Hash: digest(line)}
	}
	if err := l.growing.flush(text.Bytes()); err != nil {
		return err
	}
	stand(l, now.state.with(records...), end)
	l.touch()
	return nil
}

// CopyOut writes the records of a folder, which another process may have open, into another folder
// as far as their groups are whole, with the head of the last one, which it returns: what is cut off
// later is found out.
func CopyOut(from, to string) (last Head, err error) {
	list, err := files(from)
	seed, wrong := os.ReadFile(filepath.Join(from, keyFile))
	if err = errors.Join(err, wrong); err == nil && len(seed) != ed25519.SeedSize {
		err = fmt.Errorf("%s is no key", filepath.Join(from, keyFile))
	}
	if err == nil {
		err = os.MkdirAll(to, 0o700)
	}
	if err != nil {
		return last, fmt.Errorf("copy the records of %s: %w", from, err)
	}
	for _, s := range list {
		text, err := load(s.path)
		if err != nil {
			return last, fmt.Errorf("copy the records of %s: %w", from, err)
		}
		end := 0
		for line := range lines(text) {
			r, err := read(line.text)
			if err != nil || !line.ended {
				break // what is damaged has to be told where it is read
			}
			if r.More == 0 {
				end, last = line.at+len(line.text)+1, Head{Seq: r.Seq, Hash: digest(line.text)}
			}
		}
		if err := durable.WriteFile(filepath.Join(to, filepath.Base(s.path)), text[:end], 0o600); err != nil {
			return last, fmt.Errorf("copy the records of %s: %w", from, err)
		}
	}
	last = last.sign(ed25519.NewKeyFromSeed(seed))
	return last, durable.WriteFile(filepath.Join(to, headFile), []byte(last.String()+"\n"), 0o600)
}
