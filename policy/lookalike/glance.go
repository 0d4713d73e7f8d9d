package lookalike

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

// threes are sets of three bytes, by a hash: some are found that were not added.
type threes [1 << 12 / 64]uint64

// place is the place of the three lowest bytes.
func (*threes) place(x uint32) (word, bit uint32) {
	at := x << 8 * 0x9E3779B1 >> 20
	return at / 64, at % 64
}

func (s *threes) add(text string) {
	word, bit := s.place(uint32(text[0])<<16 | uint32(text[1])<<8 | uint32(text[2]))
	s[word] |= 1 << bit
}

// edits are brands by their first two letters and by their last two: what is one edit from a
// brand has the one or the other as they are.
type edits struct {
	firsts, lasts     pairs[[]*Brand]
	shortest, longest int
}

func (e *edits) add(b *Brand) {
	first, last := e.firsts.of(b.text), e.lasts.of(b.text[len(b.text)-2:])
	*first, *last = append(*first, b), append(*last, b)
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
	for _, list := range [2][]*Brand{e.firsts.at(label), e.lasts.at(label[len(label)-2:])} {
		for _, b := range list {
			if oneEdit(label, b.text) {
				return b
			}
		}
	}
	return nil
}

// worthALook reports whether some label of a name in wire form may imitate a brand.
func (t *Table) worthALook(wire []byte) bool {
	for len(wire) > 0 {
		size := int(wire[0])
		label := wire[1 : 1+size]
		wire = wire[1+size:]
		if len(label) > 4 && string(label[:4]) == "xn--" || t.hasBrand(label) ||
			t.hasFolded(label) || t.editable.near(label) != nil {
			return true
		}
	}
	return false
}

// hasBrand reports whether a brand stands in a label.
func (t *Table) hasBrand(label []byte) bool {
	var last uint32 // three bytes
	for i, c := range label {
		last = last<<8 | uint32(c)
		if word, bit := t.begins.place(last); t.begins[word]>>bit&1 == 0 || i < 2 {
			continue
		}
		at := i - 2
		for _, b := range t.starts.at(label[at:]) {
			if end := at + len(b.text); end <= len(label) && string(label[at:end]) == b.text {
				return true
			}
		}
	}
	return false
}

// hasFolded reports whether a brand stands between '-' in letters that are taken for its own.
func (t *Table) hasFolded(label []byte) bool {
	for from := 0; from < len(label); {
		end := from
		for end < len(label) && label[end] != '-' {
			end++
		}
		// A fold has at most as many letters as what it is of.
		if token := label[from:end]; len(token) >= leastFolded-1 {
			var room [64]byte
			if first := appendFolded(room[:0], token[:4]); t.folds.at(first) &&
				t.byFold[string(appendFolded(room[:0], token))] != nil {
				return true
			}
		}
		from = end + 1
	}
	return false
}
