package blocklist

import (
	"bytes"
	"cmp"
	"iter"
	"net/netip"

	"lachan/blocklist/domain"
)

// An Entry is a name or a prefix of a list, with what the list says there about
// queries for addresses.
type Entry struct {
	Name   *domain.Name // nil for a prefix; valid until the next entry
	Prefix netip.Prefix // invalid for a name

	hash uint64
	key  []byte

	Whole Set // tags of the name itself, or of the prefix
	Below Set // tags of names below it that have no entry of their own
	Above Set // tags that it would have without an entry of its own
}

// Compare orders entries as Each yields them, also entries of two lists.
func (e *Entry) Compare(o *Entry) int {
	return cmp.Or(cmp.Compare(e.hash, o.hash), bytes.Compare(e.key, o.key))
}

// Each yields every name and prefix that the list has a rule for, each once and
// in order. It leaves out regular expressions, which have no name, and takes
// about a microsecond an entry.
func (l *List) Each(now int64, yield func(*Entry) bool) {
	if l == nil {
		return
	}
	next, stop := iter.Pull(l.eachOver(now))
	defer stop()
	over, more := next()
	w := walker{list: l, now: now}
	for key := range l.base.snapshot.entries {
		if !w.entry(key) {
			continue
		}
		for more && over.Compare(&w.found) < 0 {
			if !yield(over) {
				return
			}
			over, more = next()
		}
		if !yield(&w.found) {
			return
		}
	}
	for ; more && yield(over); over, more = next() {
	}
}

// eachOver yields the entries that only the overlay has.
func (l *List) eachOver(now int64) iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		if l.overlay == nil {
			return
		}
		w := walker{list: l, now: now}
		for key := range l.overlay.snapshot.entries {
			if w.entry(key) && l.base.rulesOf(w.found.hash, key) == nil && !yield(&w.found) {
				return
			}
		}
	}
}

// A walker turns keys into entries.
type walker struct {
	list  *List
	now   int64
	found Entry

	name, other domain.Name
	wire        []byte
}

// entry reads a key into found. It returns false for keys that are left out.
func (w *walker) entry(key []byte) bool {
	if family, isPrefix := familyOf(key); isPrefix {
		return (family == familyIPv4 || family == familyIPv6) && w.prefix(key)
	}
	if !w.set(&w.name, "", key) {
		return false
	}
	w.nameEntry(key)
	return true
}

// nameEntry finds what the list says of a name.
func (w *walker) nameEntry(key []byte) {
	w.found = Entry{Name: &w.name, hash: w.name.Hash(w.name.Labels()), key: key, Whole: w.classify(&w.name)}
	// No list has a rule for the label of wildcards, so it stands for any label.
	if w.set(&w.other, "\x01*", key) {
		w.found.Below = w.classify(&w.other)
	}
	if parent := key[1+int(key[0]):]; len(parent) > 0 && w.set(&w.other, "\x01*", parent) {
		w.found.Above = w.classify(&w.other)
	}
}

// set sets n to a label and a suffix, both in wire form. It returns false for a
// name that would be too long.
func (w *walker) set(n *domain.Name, label string, suffix []byte) bool {
	w.wire = append(append(append(w.wire[:0], label...), suffix...), 0)
	_, err := n.SetWire(w.wire, 0)
	return err == nil
}

func (w *walker) classify(n *domain.Name) Set {
	return w.list.Classify(n, domain.TypeA, w.now)
}

// prefix finds what the list says of a prefix of addresses in answers.
func (w *walker) prefix(key []byte) bool {
	a, ok := netip.AddrFromSlice(key[2:])
	if !ok {
		return false
	}
	w.found = Entry{Prefix: netip.PrefixFrom(a, int(key[1])), hash: domain.HashBytes(key), key: key}
	w.list.visitAddr(a, false, w.now, func(b *boundSpec, bits int) {
		if bits <= int(key[1]) {
			w.found.Whole = w.found.Whole.Or(b.tags)
		}
		if bits < int(key[1]) {
			w.found.Above = w.found.Above.Or(b.tags)
		}
	})
	return true
}
