package lookalike

import (
	"bytes"

	"lachan/blocklist/domain"
)

// What is done for every name whose answer is not in memory: most are told by a glance to imitate
// nobody, without a public suffix looked for.

// pairs are values by two letters or digits.
type pairs[V any] [36 * 36]V

// pair is the place of two letters or digits; -1 of other characters.
func pair(a, b byte) int {
	x, y := place36(a), place36(b)
	if x < 0 || y < 0 {
		return -1
	}
	return x*36 + y
}

func place36(c byte) int {
	switch {
	case 'a' <= c && c <= 'z':
		return int(c - 'a')
	case '0' <= c && c <= '9':
		return int(c-'0') + 26
	}
	return -1
}

// of is the value of what begins a word of the tables.
func (p *pairs[V]) of(word string) *V { return &p[pair(word[0], word[1])] }

// at is the value of what a text begins with.
func (p *pairs[V]) at(text []byte) (v V) {
	if len(text) < 2 {
		return v
	}
	at := pair(text[0], text[1])
	if at < 0 {
		return v
	}
	return p[at]
}

// beginnings are sets of three bytes, by a hash: some are found that were not added.
type beginnings [1 << 12 / 64]uint64

// has reports whether three bytes are in the set, the lowest of x.
func (s *beginnings) has(x uint32) bool {
	at := x << 8 * 0x9E3779B1 >> 20
	return s[at/64]>>(at%64)&1 != 0
}

func (s *beginnings) add(x uint32) {
	at := x << 8 * 0x9E3779B1 >> 20
	s[at/64] |= 1 << (at % 64)
}

func three(a, b, c byte) uint32 { return uint32(a)<<16 | uint32(b)<<8 | uint32(c) }

// addFolded adds what a text may begin with that folds to a word, but for what single says.
func (s *beginnings) addFolded(done, word string) {
	if len(done) >= 3 {
		s.add(three(done[0], done[1], done[2]))
		return
	}
	s.addFolded(done+word[:1], word[1:])
	switch word[0] {
	case 'm':
		s.addFolded(done+"rn", word[1:])
	case 'w':
		s.addFolded(done+"vv", word[1:])
	}
}

// single is what one letter folds to.
func single(c byte) byte {
	switch c {
	case '0':
		return 'o'
	case '1', 'i':
		return 'l'
	}
	return c
}

// edits are brands by their first two letters and by their last two: what is one edit from a
// brand has the one or the other as they are.
type edits struct {
	firsts, lasts     pairs[[]*Brand]
	begin, end        beginnings // the two letters of those
	shortest, longest int
}

func (e *edits) add(b *Brand) {
	first, last := e.firsts.of(b.text), e.lasts.of(b.text[len(b.text)-2:])
	*first, *last = append(*first, b), append(*last, b)
	e.begin.add(three(0, b.text[0], b.text[1]))
	e.end.add(three(0, b.text[len(b.text)-2], b.text[len(b.text)-1]))
	if e.shortest == 0 || len(b.text) < e.shortest {
		e.shortest = len(b.text)
	}
	e.longest = max(e.longest, len(b.text))
}

// near is a brand that a label is one edit from, nil if there is none.
func (e *edits) near(label []byte) *Brand {
	if len(label) < e.shortest-1 || len(label) > e.longest+1 {
		return nil
	}
	last := label[len(label)-2:]
	if e.begin.has(three(0, label[0], label[1])) {
		if b := oneEditFrom(label, e.firsts.at(label)); b != nil {
			return b
		}
	}
	if e.end.has(three(0, last[0], last[1])) {
		return oneEditFrom(label, e.lasts.at(last))
	}
	return nil
}

func oneEditFrom(label []byte, list []*Brand) *Brand {
	for _, b := range list {
		if oneEdit(label, b.text) {
			return b
		}
	}
	return nil
}

// worthALook reports whether some label of a name in wire form may imitate a brand, or the labels
// in front of one may be a domain of Vietnam.
func (t *Table) worthALook(wire []byte) bool {
	for len(wire) > 0 {
		size := int(wire[0])
		label := wire[1 : 1+size]
		wire = wire[1+size:]
		if len(label) > 4 && string(label[:4]) == "xn--" || string(label) == "vn" && len(wire) > 0 ||
			t.hasBrand(label) || t.hasNearly(label) {
			return true
		}
	}
	return false
}

// hasBrand reports whether a brand stands in a label.
func (t *Table) hasBrand(label []byte) bool {
	if len(label) < 3 {
		return false
	}
	last := three(0, label[0], label[1])
	for at, c := range label[2:] {
		last = last<<8 | uint32(c)
		if !t.begins.has(last) {
			continue
		}
		for _, b := range t.starts.at(label[at:]) {
			if end := at + len(b.text); end <= len(label) && string(label[at:end]) == b.text {
				return true
			}
		}
	}
	return false
}

// isNearly reports whether letters are taken for those of a brand, or are one edit away.
func (t *Table) isNearly(letters []byte) bool {
	return t.folds(letters) || t.editable.near(letters) != nil
}

// hasNearly reports whether what stands between '-' is nearly a brand, or one is cut by '-'.
func (t *Table) hasNearly(label []byte) bool {
	if bytes.IndexByte(label, '-') < 0 {
		return t.isNearly(label) // most labels
	}
	var whole [domain.MaxLabel]byte
	together := whole[:0]
	for more := true; more; {
		var token []byte
		token, label, more = bytes.Cut(label, dash)
		if together = append(together, token...); t.isNearly(token) {
			return true
		}
	}
	return t.folds(together)
}

// folds reports whether letters are taken for those of a brand.
func (t *Table) folds(letters []byte) bool {
	// What folds to a brand has as many letters as its fold, or more.
	if len(letters) < leastFolded-1 ||
		!t.folded.has(three(single(letters[0]), single(letters[1]), single(letters[2]))) {
		return false
	}
	var room [domain.MaxLabel]byte
	return t.byFold[string(appendFolded(room[:0], letters))] != nil
}
