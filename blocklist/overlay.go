package blocklist

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"

	"lachan/blocklist/domain"
	"lachan/blocklist/expression"
)

// ErrTooMuch means that so much changed that it is better to compile all sources.
var ErrTooMuch = errors.New("more changed than an overlay is for")

// A Change is one rule that is in a feed's newest copy and not in a snapshot, or
// the other way round.
type Change struct {
	Entry   string // name, prefix or /expression/
	Removed bool
}

// Diff yields how the newest rules of a feed differ from the snapshot, in the
// order of the snapshot; expressions come last. It needs memory as Compile does
// and puts temporary files into dir.
func (s *Snapshot) Diff(ctx context.Context, dir string, source Source, o Options, yield func(Change) error) error {
	d := &delta{base: s, feed: s.feed(source.Name)}
	err := d.read(ctx, dir, source, o)
	if err == nil {
		err = d.each(func(c *changed) error { return yield(Change{c.entry(), c.spec.Removed}) })
	}
	return errors.Join(err, d.fresh.sorter.Close())
}

// Overlay writes to path a small snapshot of how the newest rules of the given
// feeds differ from s; Bind applies it to s. The other feeds of s stay as they
// are. With more than limit changes the error is ErrTooMuch. It reads the changed
// feeds and s, but builds nothing of s again. The file appears whole and synced;
// on an error what was at path stays.
func (s *Snapshot) Overlay(ctx context.Context, path string, sources []Source, limit int, o Options) (Report, error) {
	c := newCompiler(ctx, filepath.Dir(path), o)
	changes, removed := 0, map[string]int{} // by expression: how often
	for i, source := range sources {
		d := &delta{base: s, feed: s.feed(source.Name)}
		err := d.read(ctx, filepath.Dir(path), source, o)
		if err == nil {
			err = d.each(func(x *changed) error {
				if changes++; changes > limit {
					return ErrTooMuch
				}
				if x.expr != "" && x.spec.Removed {
					removed[x.expr]++
				}
				x.spec.Feed = i
				return c.addChange(x)
			})
		}
		if err := errors.Join(err, d.fresh.sorter.Close()); err != nil {
			return Report{}, errors.Join(fmt.Errorf("overlay of feed %q: %w", source.Name, err), c.sorter.Close())
		}
		c.meta.Feeds = append(c.meta.Feeds, feedMeta{source.Name, source.Digest, uint64(d.fresh.read)})
	}
	if !s.hasRoom(c, removed) {
		return Report{}, errors.Join(ErrTooMuch, c.sorter.Close())
	}
	c.report.Inputs, c.meta.Base = Inputs(sources), s.Inputs()
	if err := errors.Join(c.write(path), c.sorter.Close()); err != nil {
		return Report{}, fmt.Errorf("write overlay: %w", err)
	}
	return c.report, nil
}

// hasRoom reports whether there is room for all expressions of a snapshot, less those
// that were removed, and of its overlay. If it reports false, or some were left out
// before, all feeds have to be compiled together to decide which ones have room.
func (s *Snapshot) hasRoom(overlay *compiler, removed map[string]int) bool {
	if len(overlay.meta.Regexes) == 0 {
		return true
	}
	if len(s.meta.Refused) > 0 {
		return false
	}
	var budget expression.Budget
	for _, r := range s.meta.Regexes {
		if removed[r.Expr] > 0 {
			removed[r.Expr]--
		} else if !budget.Take(r.Expr) {
			return false
		}
	}
	for _, r := range overlay.meta.Regexes {
		if !overlay.specs.list[r.Spec].Removed && !budget.Take(r.Expr) {
			return false
		}
	}
	return true
}

// addChange takes in one rule of an overlay.
func (c *compiler) addChange(x *changed) error {
	id := c.specs.intern(x.spec)
	if x.expr != "" {
		c.meta.Regexes = append(c.meta.Regexes, regex{id, x.expr})
		return nil
	}
	c.noteLength(x.key)
	return c.sorter.Add(x.hash, x.key, id)
}

// A changed rule is one that was added or removed.
type changed struct {
	spec spec // Removed says which
	hash uint64
	key  []byte
	expr string // of a regular expression, which has no key
}

// entry returns what the rule is for, as people write it.
func (c *changed) entry() string {
	if c.expr != "" {
		return "/" + c.expr + "/"
	}
	return keyText(c.key)
}

// A delta compares one feed's newest rules with those in a snapshot. Both come
// in the same order, so one pass over both is enough.
type delta struct {
	base  *Snapshot
	feed  int // index in base; -1 when base has no such feed
	fresh *compiler
}

// read takes in the newest rules.
func (d *delta) read(ctx context.Context, dir string, source Source, o Options) error {
	d.fresh = newCompiler(ctx, dir, o)
	return d.fresh.readSource(0, &source)
}

// A side is the snapshot, whose rules may be removed, or the newest rules, which
// may be added.
type side struct {
	specs   []spec
	numbers map[uint32]int // of specs, common to both sides
	other   map[uint32]int // the numbers of the other side's specs
	removed bool
}

// each yields the changes of names and prefixes in order, then of expressions.
func (d *delta) each(yield func(*changed) error) error {
	was, is := d.numbers()
	next, stop := iter.Pull(d.old)
	defer stop()
	old, more := next()
	removed := side{specs: d.base.meta.Specs, numbers: was, other: is, removed: true}
	added := side{specs: d.fresh.specs.list, numbers: is, other: was}
	// emit yields the rules of an entry that the other side does not have for it.
	emit := func(s *side, e *entryOf, there []uint32) error {
		for _, id := range e.set {
			n := s.numbers[id]
			if !slices.ContainsFunc(there, func(o uint32) bool { return s.other[o] == n }) {
				c := changed{spec: s.specs[id], hash: e.hash, key: e.key}
				c.spec.Removed = s.removed
				if err := yield(&c); err != nil {
					return err
				}
			}
		}
		return nil
	}
	err := d.fresh.rulesets(func(hash uint64, key []byte, set []uint32) error {
		now := entryOf{hash, key, set}
		for more && old.compare(&now) < 0 {
			if err := emit(&removed, &old, nil); err != nil {
				return err
			}
			old, more = next()
		}
		if more && old.compare(&now) == 0 {
			err := errors.Join(
				emit(&removed, &old, set),
				emit(&added, &now, old.set))
			old, more = next()
			return err
		}
		return emit(&added, &now, nil)
	})
	for ; err == nil && more; old, more = next() {
		err = emit(&removed, &old, nil)
	}
	if err != nil {
		return err
	}
	return d.regexes(was, is, yield)
}

// numbers gives equal specs of the two snapshots equal numbers.
func (d *delta) numbers() (was, is map[uint32]int) {
	common := map[string]int{}
	number := func(list []spec) map[uint32]int {
		of := map[uint32]int{}
		for i := range list {
			key := list[i].keyIn("")
			if _, ok := common[key]; !ok {
				common[key] = len(common)
			}
			of[uint32(i)] = common[key]
		}
		return of
	}
	return number(d.base.meta.Specs), number(d.fresh.specs.list)
}

// regexes yields the changes among regular expressions.
func (d *delta) regexes(was, is map[uint32]int, yield func(*changed) error) error {
	type identity struct {
		spec int
		expr string
	}
	old := map[identity]bool{}
	for _, r := range d.base.meta.Regexes {
		if d.base.meta.Specs[r.Spec].Feed == d.feed {
			old[identity{was[r.Spec], r.Expr}] = true
		}
	}
	for _, r := range d.fresh.meta.Regexes {
		key := identity{is[r.Spec], r.Expr}
		if !old[key] {
			if err := yield(&changed{spec: d.fresh.specs.list[r.Spec], expr: r.Expr}); err != nil {
				return err
			}
		}
		delete(old, key)
	}
	for _, r := range d.base.meta.Regexes {
		s := d.base.meta.Specs[r.Spec]
		if s.Feed == d.feed && old[identity{was[r.Spec], r.Expr}] {
			s.Removed = true
			if err := yield(&changed{spec: s, expr: r.Expr}); err != nil {
				return err
			}
		}
	}
	return nil
}

// An entryOf has the specs of one feed for a key.
type entryOf struct {
	hash uint64
	key  []byte
	set  []uint32
}

func (e *entryOf) compare(o *entryOf) int {
	return cmp.Or(cmp.Compare(e.hash, o.hash), bytes.Compare(e.key, o.key))
}

// old yields the feed's entries in the snapshot, in its order.
func (d *delta) old(yield func(entryOf) bool) {
	var name domain.Name
	var wire []byte
	d.base.entries(func(key []byte, ruleset uint32) bool {
		var set []uint32
		for _, id := range d.base.meta.Rulesets[ruleset] {
			if d.base.meta.Specs[id].Feed == d.feed {
				set = append(set, id)
			}
		}
		if set == nil {
			return true
		}
		hash := domain.HashBytes(key)
		if _, isPrefix := familyOf(key); !isPrefix && key[0] != keyAll {
			wire = append(append(wire[:0], key...), 0)
			if _, err := name.SetWire(wire, 0); err != nil {
				return true // not what the compiler wrote; it matches no name either
			}
			hash = name.Hash(name.Labels())
		}
		return yield(entryOf{hash, key, set})
	})
}

// feed returns the index of a feed, -1 if the snapshot does not have it.
func (s *Snapshot) feed(name string) int {
	return slices.IndexFunc(s.meta.Feeds, func(f feedMeta) bool { return f.Name == name })
}
