package domain

import (
	"errors"
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// Errors of names in text. They say what is wrong; the reader of the file says
// where.
var (
	ErrEmpty     = errors.New("no name")
	ErrAddress   = errors.New("an address, not a name")
	ErrLabelSize = errors.New("a label is empty or longer than 63 octets")
	ErrCharacter = errors.New("a character that host names do not have")
	ErrIDN       = errors.New("an international name that cannot be turned into ASCII")
)

// Canonical turns a name as people and lists write it into the form that the
// program compares: ASCII (IDNA2008 with the mappings of UTS 46), lower case,
// no final dot. Letters, digits, '-' and '_' may stand in a label. A name that
// is ASCII already is not judged by IDNA, whose rules many real names break.
func Canonical(s string) (string, error) {
	s = strings.TrimSuffix(s, ".")
	if s == "" {
		return "", ErrEmpty
	}
	ascii, upper := true, false
	for i := 0; i < len(s); i++ {
		ascii = ascii && s[i] < 0x80
		upper = upper || 'A' <= s[i] && s[i] <= 'Z'
	}
	if !ascii {
		a, err := profile.ToASCII(s)
		if err != nil {
			return "", ErrIDN
		}
		s = strings.TrimSuffix(a, ".")
	} else if upper {
		s = strings.ToLower(s)
	}
	if err := check(s); err != nil {
		return "", err
	}
	if last := s[len(s)-1]; '0' <= last && last <= '9' || strings.Contains(s, ":") {
		if _, err := netip.ParseAddr(s); err == nil {
			return "", ErrAddress
		}
	}
	return s, nil
}

var profile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

func check(s string) error {
	if len(s) > MaxWire-2 {
		return ErrLength
	}
	size := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '.':
			if size == 0 || size > MaxLabel {
				return ErrLabelSize
			}
			size = 0
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
			size++
		case c == ':':
			if _, err := netip.ParseAddr(s); err == nil {
				return ErrAddress
			}
			return ErrCharacter
		default:
			return ErrCharacter
		}
	}
	if size == 0 || size > MaxLabel {
		return ErrLabelSize
	}
	return nil
}

// SetText sets n to a name that Canonical returned. Other names are an error.
func (n *Name) SetText(s string) error {
	if err := check(s); err != nil {
		return err
	}
	var buf [MaxWire]byte
	length := 0
	for label := range strings.SplitSeq(s, ".") {
		buf[length] = byte(len(label))
		length += 1 + copy(buf[length+1:], label)
	}
	_, err := n.SetWire(buf[:length+1], 0)
	return err
}

// String returns the name as RFC 1035 section 5.1 writes it: without the final dot
// unless it is the root, odd bytes as \DDD, dots within a label as \. .
func (n *Name) String() string {
	if n.labels == 0 {
		return "."
	}
	return Text(n.Suffix(n.labels))
}

// Text returns the presentation form of a wire suffix as Suffix returns it.
func Text(wire []byte) string {
	var b strings.Builder
	for len(wire) > 0 {
		size := int(wire[0])
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		for _, c := range wire[1 : 1+size] {
			switch {
			case c == '.' || c == '\\' || c == '"' || c == ';' || c == '(' || c == ')' || c == '@' || c == '$':
				b.WriteByte('\\')
				b.WriteByte(c)
			case c <= ' ' || c >= 0x7F:
				b.WriteByte('\\')
				b.WriteByte('0' + c/100)
				b.WriteByte('0' + c/10%10)
				b.WriteByte('0' + c%10)
			default:
				b.WriteByte(c)
			}
		}
		wire = wire[1+size:]
	}
	return b.String()
}

// IsPublicSuffix reports whether a canonical name is a suffix of the ICANN
// section of the public suffix list, such as "com" or "edu.vn", below which
// unrelated people register names. Suffixes that private companies listed
// (github.io) and names whose top label is unknown are not.
func IsPublicSuffix(name string) bool {
	suffix, icann := publicsuffix.PublicSuffix(name)
	return icann && suffix == name
}
