package lookalike

import (
	"bytes"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// read appends a label as people see it, in ASCII: of an international one each character as
// what it looks like, without marks; one that looks like no letter becomes '?'. foreign says that
// it is international.
func (t *Table) read(dst, label []byte) (plain []byte, foreign bool) {
	if !bytes.HasPrefix(label, []byte("xn--")) {
		return append(dst, label...), false
	}
	shown, err := idna.Punycode.ToUnicode(string(label))
	if err != nil {
		return append(dst, label...), false
	}
	for _, c := range norm.NFD.String(shown) {
		looks, ok := t.looks[c]
		switch {
		case len(dst)+len(looks) >= cap(dst):
			return dst, true // longer than any brand and its bait
		case c < 0x80:
			dst = append(dst, byte(unicode.ToLower(c)))
		case unicode.Is(unicode.Mn, c):
		case ok:
			dst = append(dst, looks...)
		default:
			dst = append(dst, '?')
		}
	}
	return dst, true
}

// appendFolded appends a label with one letter for those that are taken for each other in the
// fonts of address bars.
func appendFolded(dst, plain []byte) []byte {
	for i := 0; i < len(plain); i++ {
		c := plain[i]
		pair := i+1 < len(plain)
		switch {
		case c == '0':
			c = 'o'
		case c == '1' || c == 'i':
			c = 'l'
		case c == 'r' && pair && plain[i+1] == 'n':
			c = 'm'
			i++
		case c == 'v' && pair && plain[i+1] == 'v':
			c = 'w'
			i++
		}
		dst = append(dst, c)
	}
	return dst
}
