package blocklist

import "lachan/blocklist/domain"

// This file looks rules up in a snapshot that has its tags, and applies an
// overlay to its base.

// rulesOf returns the numbers of the specs that hold for a key. A nil snapshot
// has none.
func (l *boundSnapshot) rulesOf(hash uint64, key []byte) []uint32 {
	if l == nil {
		return nil
	}
	if id, ok := l.snapshot.lookup(hash, key); ok {
		return l.snapshot.meta.Rulesets[id]
	}
	return nil
}

// rulesOfAll returns the numbers of the specs that hold for every name.
func (l *boundSnapshot) rulesOfAll() []uint32 {
	if l == nil {
		return nil
	}
	return l.all
}

// prefixLengths returns the lengths of the prefixes of a family, longest first.
func (l *boundSnapshot) prefixLengths(family int) []int {
	if l == nil {
		return nil
	}
	return l.snapshot.meta.PrefixBits[family]
}

// touches reports whether an overlay has a change that may concern a name.
func (l *boundSnapshot) touches(n *domain.Name) bool {
	if l.snapshot.expressions.Len() > 0 || l.every != nil {
		return true
	}
	for k := 1; k <= n.Labels(); k++ {
		if _, ok := l.snapshot.lookup(n.Hash(k), n.Suffix(k)); ok {
			return true
		}
	}
	return false
}

// cancel finds for each Removed spec of an overlay the spec of the base that it
// removes, and removes its expressions from the base.
func (l *boundSnapshot) cancel(base *boundSnapshot) {
	byKey := map[string]*boundSpec{}
	for i := range base.specs {
		byKey[base.specs[i].keyIn(base.specs[i].feed)] = &base.specs[i]
	}
	for i := range l.specs {
		if b := &l.specs[i]; b.Removed {
			kept := b.spec
			kept.Removed = false
			b.cancels = byKey[kept.keyIn(b.feed)]
		}
	}
	for _, gone := range l.snapshot.meta.Regexes {
		b := &l.specs[gone.Spec]
		if !b.Removed {
			continue
		}
		if base.gone == nil {
			base.gone = make([]bool, len(base.snapshot.meta.Regexes))
		}
		for i, r := range base.snapshot.meta.Regexes {
			base.gone[i] = base.gone[i] || r.Expr == gone.Expr && &base.specs[r.Spec] == b.cancels
		}
	}
}

// removes reports whether the rules that an overlay has for a key remove the
// given rule of the base.
func (l *boundSnapshot) removes(over []uint32, of *boundSpec) bool {
	for _, id := range over {
		if b := &l.specs[id]; b.Removed && b.cancels == of {
			return true
		}
	}
	return false
}
