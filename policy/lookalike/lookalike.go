// Package lookalike tells names that imitate those of others: of banks, wallets, ministries and
// platforms. It judges the form of a name alone, by tables that come with the program; whether
// there is such a name, and what is behind it, it does not know.
//
// A name imitates a brand if it is not below one of the owner's own domains, and
//
//   - a label looks like the brand by confusable characters (UTS 39) or letters that look alike;
//   - it is the brand, one letter changed, added, left out or swapped;
//   - it is the brand at another suffix than the owner's: one of those that are nearly free, or
//     any, if the brand is no word and its owner is at home at one suffix only;
//   - the brand stands in it beside words of bait (login, xacthuc, -vn) or among other letters;
//   - labels in front of the registered domain are one of the owner's domains.
//
// A brand that is a word or short needs bait or a cheap suffix beside it.
package lookalike

import (
	"bytes"
	"math/bits"
	"strings"

	"lachan/blocklist/domain"
	"lachan/internal/wording"
)

// A Brand is what is imitated.
type Brand struct {
	Label   wording.Text
	Domains []string // of the owner, the first is shown

	text  string // what names have in them
	fold  string // the same as folded writes it
	word  bool
	tails bool // the owner is at home at many suffixes
}

// A Way is how a name imitates.
type Way uint8

// The ways.
const (
	None       Way = iota
	Confusable     // by characters that look alike
	OneEdit        // one letter is another, more, less or swapped
	Suffix         // the brand at a suffix that is not its owner's
	Inside         // the brand beside other words
	Embedded       // a domain of the owner in front of another
)

var wayNames = [...]string{"none", "confusable", "edit", "suffix", "inside", "embedded"}

// String is the way as benchmarks have it.
func (w Way) String() string { return wayNames[w] }

// A Likeness is whom a name imitates, and how. Its Brand is nil if it imitates nobody.
type Likeness struct {
	Brand *Brand
	Way   Way
}

// Of is whom a name imitates. It may be called by any number of goroutines. It allocates only for
// international names.
func (t *Table) Of(n *domain.Name) Likeness {
	labels := n.Labels()
	if labels < 2 || !t.worthALook(n.Suffix(labels)) || t.innocent(n, labels) {
		return Likeness{}
	}
	suffix, icann := domain.PublicSuffix(n)
	if suffix >= labels || !icann && suffix == 1 {
		return Likeness{} // a suffix itself, or of a network of one's own
	}
	p := place{Table: t, cheap: t.isCheap(n, suffix)}
	if t.hosts[n.Hash(suffix+1)] { // a public suffix but for its not being listed
		if suffix, icann = suffix+1, false; suffix >= labels {
			return Likeness{}
		}
	}
	var room [domain.MaxWire]byte
	above, ok := appendText(room[:0], n.Suffix(labels), len(n.Suffix(suffix)))
	if !ok {
		return Likeness{}
	}
	at := bytes.LastIndexByte(above, '.') + 1
	p.private, p.registered = !icann, above[at:]
	if found := p.ofRegistered(); found.Brand != nil {
		return found
	}
	if at == 0 {
		return Likeness{}
	}
	return p.ofFront(above[:at-1])
}

// appendText appends the labels of a name in wire form with dots between, but for its last bytes.
// ok says that all of them are characters that people can type.
func appendText(dst, wire []byte, last int) (text []byte, ok bool) {
	for len(wire) > 0 {
		label := wire[1 : 1+wire[0]]
		for _, c := range label {
			if c <= ' ' || c >= 0x7F || strings.IndexByte(`."\;()@$`, c) >= 0 {
				return nil, false
			}
		}
		if len(wire) > last {
			if len(dst) > 0 {
				dst = append(dst, '.')
			}
			dst = append(dst, label...)
		}
		wire = wire[1+len(label):]
	}
	return dst, true
}

// innocent reports whether a name is an owner's, or below a domain that says others' names.
func (t *Table) innocent(n *domain.Name, labels int) bool {
	for k := 1; k <= labels; k++ {
		if _, ok := t.innocents[n.Hash(k)]; ok {
			return true
		}
	}
	return false
}

// isCheap reports whether the public suffix of so many labels is one of those that are nearly free.
func (t *Table) isCheap(n *domain.Name, suffix int) bool {
	return t.cheap[n.Hash(suffix)] || t.cheap[n.Hash(1)]
}

// A place is where the labels of one name stand.
type place struct {
	*Table
	registered []byte // the label that was registered
	cheap      bool   // at a suffix that is nearly free
	private    bool   // at a suffix of a host of sites for everybody
}

// ofRegistered judges the label that was registered.
func (p *place) ofRegistered() Likeness {
	var room [2 * domain.MaxLabel]byte
	plain, foreign := p.read(room[:0], p.registered)
	if b := p.byText[string(plain)]; b != nil {
		switch {
		case foreign:
			return Likeness{b, Confusable}
		case p.cheap, !b.word && !b.tails && !p.private:
			return Likeness{b, Suffix}
		}
		return Likeness{}
	}
	if p.usual[string(plain)] {
		return Likeness{}
	}
	var more [2 * domain.MaxLabel]byte
	if b := p.byFold[string(appendFolded(more[:0], plain))]; b != nil && len(b.text) >= leastFolded {
		return Likeness{b, Confusable}
	}
	if found := p.inside(plain, false); found.Brand != nil {
		return found
	}
	if b := p.editable.near(plain); b != nil {
		return Likeness{b, OneEdit}
	}
	return p.insideParts(plain)
}

// ofFront judges what stands in front of the registered domain.
func (p *place) ofFront(front []byte) Likeness {
	for from := 0; ; {
		parts := 0
		for end := from + 1; end <= len(front) && parts < p.deepest; end++ {
			if end < len(front) && front[end] != '.' {
				continue
			}
			parts++
			if b := p.own[string(front[from:end])]; b != nil {
				return Likeness{b, Embedded}
			}
		}
		label := front[from:]
		dot := bytes.IndexByte(label, '.')
		if dot >= 0 {
			label = label[:dot]
		}
		if found := p.ofFrontLabel(label); found.Brand != nil {
			return found
		}
		if dot < 0 {
			return Likeness{}
		}
		from += dot + 1
	}
}

// ofFrontLabel judges one label of those: people name theirs after what is behind them, so that
// the brand alone says nothing but at a cheap suffix.
func (p *place) ofFrontLabel(label []byte) Likeness {
	var room [2 * domain.MaxLabel]byte
	plain, foreign := p.read(room[:0], label)
	if b := p.byText[string(plain)]; b != nil {
		switch {
		case foreign:
			return Likeness{b, Confusable}
		case p.cheap && (!b.word || p.isBait(p.registered)):
			return Likeness{b, Inside}
		}
		return Likeness{}
	}
	if p.cheap || foreign {
		return p.inside(plain, true)
	}
	return Likeness{}
}

// maxFound bounds the brands in a label whose neighbourhood is looked at.
const maxFound = 4

// inside finds a brand among other letters of a label. In front of a registered domain only one
// between '-' counts.
func (p *place) inside(plain []byte, front bool) Likeness {
	found := 0
	for at := range plain {
		for _, b := range p.starts.at(plain[at:]) {
			end := at + len(b.text)
			if end > len(plain) || string(plain[at:end]) != b.text {
				continue
			}
			if found++; found > maxFound {
				return Likeness{}
			}
			parted := (at == 0 || plain[at-1] == '-') && (end == len(plain) || plain[end] == '-')
			baited := p.isBait(plain[:at]) && p.isBait(plain[end:])
			switch {
			case baited, parted && !front && !b.word && !b.tails, front && parted && p.cheap:
			case front || b.word && len(b.text) < leastWord:
				continue
			case b.word:
				if !p.cheap || at > 0 && end < len(plain) {
					continue
				}
			case b.tails && !p.cheap || len(b.text) < leastInside:
				continue
			}
			return Likeness{b, Inside}
		}
	}
	return Likeness{}
}

var dash = []byte{'-'}

// insideParts finds a brand between '-' whose letters are others that look alike, or one edit away,
// and one that is cut by '-' itself.
func (p *place) insideParts(plain []byte) Likeness {
	var room, whole [2 * domain.MaxLabel]byte
	together, rest := whole[:0], plain
	for more := true; more; {
		var token []byte
		token, rest, more = bytes.Cut(rest, dash)
		together = append(together, token...)
		b := p.byFold[string(appendFolded(room[:0], token))]
		if b != nil && !b.word && len(b.text) >= leastFolded && string(token) != b.text {
			return Likeness{b, Confusable}
		}
		if p.byText[string(token)] != nil || p.usual[string(token)] {
			continue
		}
		if b = p.editable.near(token); b != nil {
			return Likeness{b, OneEdit}
		}
	}
	if b := p.byFold[string(appendFolded(room[:0], together))]; b != nil && !b.word && len(b.text) >= leastInside {
		return Likeness{b, Confusable}
	}
	return Likeness{}
}

// How long a brand has to be for a likeness to be more than chance.
const (
	leastFolded = 5
	leastInside = 6
	leastWord   = 4
	leastEdit   = 7
)

// oneEdit reports whether one letter changed, added, left out or swapped with the next makes b
// of a, which are different.
func oneEdit(a []byte, b string) bool {
	if len(a) < len(b)-1 || len(a) > len(b)+1 {
		return false
	}
	from := 0
	for from < len(a) && from < len(b) && a[from] == b[from] {
		from++
	}
	end := 0
	for end < len(a)-from && end < len(b)-from && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	x, y := a[from:len(a)-end], b[from:len(b)-end]
	switch {
	case len(x) <= 1 && len(y) <= 1:
		return true
	case len(x) == 2 && len(y) == 2:
		return x[0] == y[1] && x[1] == y[0]
	}
	return false
}

// isBait reports whether a part of a label is nothing but words of bait, digits and '-'; the
// empty one is.
func (t *Table) isBait(part []byte) bool {
	var ends [domain.MaxLabel*2 + 1]bool
	ends[0] = true
	for at := range part {
		if !ends[at] {
			continue
		}
		if c := part[at]; c == '-' || '0' <= c && c <= '9' {
			ends[at+1] = true
		}
		for sizes := t.baited.at(part[at:]); sizes != 0; sizes &= sizes - 1 {
			end := at + bits.TrailingZeros32(sizes)
			if end <= len(part) && !ends[end] && t.bait[string(part[at:end])] {
				ends[end] = true
			}
		}
	}
	return ends[len(part)]
}
