package lookalike

// What is done for every name whose answer is not in memory: most are told by a glance to imitate
// nobody, without a public suffix looked for or anything allocated.

// pairs are brands by two letters or digits.
type pairs [36 * 36][]*Brand

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

func (p *pairs) add(two string, b *Brand) {
	if at := pair(two[0], two[1]); at >= 0 {
		p[at] = append(p[at], b)
	}
}

// at are the brands that a text may begin with.
func (p *pairs) at(text []byte) []*Brand {
	if len(text) < 2 {
		return nil
	}
	at := pair(text[0], text[1])
	if at < 0 {
		return nil
	}
	return p[at]
}

// edits are brands by their first two letters and by their last two: what is one edit from a
// brand has the one or the other as they are.
type edits struct{ firsts, lasts pairs }

func (e *edits) beginning(text []byte) []*Brand { return e.firsts.at(text) }

func (e *edits) ending(text []byte) []*Brand { return e.lasts.at(text[max(0, len(text)-2):]) }

// worthALook reports whether some label of a name in wire form may imitate a brand.
func (t *Table) worthALook(wire []byte) bool {
	for len(wire) > 0 {
		size := int(wire[0])
		label := wire[1 : 1+size]
		wire = wire[1+size:]
		if len(label) > 4 && string(label[:4]) == "xn--" || t.hasBrand(label) || t.mayBeOne(label) {
			return true
		}
	}
	return false
}

// hasBrand reports whether a brand stands in a label.
func (t *Table) hasBrand(label []byte) bool {
	for at := range label {
		for _, b := range t.starts.at(label[at:]) {
			if end := at + len(b.text); end <= len(label) && string(label[at:end]) == b.text {
				return true
			}
		}
	}
	return false
}

// mayBeOne reports whether a label may be a brand in other letters.
func (t *Table) mayBeOne(label []byte) bool {
	if len(label) < leastFolded-1 {
		return false
	}
	for _, list := range [2][]*Brand{t.editable.beginning(label), t.editable.ending(label)} {
		for _, b := range list {
			if oneEdit(label, b.text) {
				return true
			}
		}
	}
	var room [64]byte
	folded := appendFolded(room[:0], label)
	for at := range folded {
		if at > 0 && folded[at-1] != '-' {
			continue
		}
		for _, b := range t.folds.at(folded[at:]) {
			end := at + len(b.fold)
			if end <= len(folded) && string(folded[at:end]) == b.fold && (end == len(folded) || folded[end] == '-') {
				return true
			}
		}
	}
	return false
}
