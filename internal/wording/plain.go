package wording

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Plain is what people write in lower-case letters without marks, with words
// joined by joint: of "Tên miền" it is "ten_mien" when joint is '_'.
func Plain(text string, joint byte) string {
	var b strings.Builder
	for _, c := range norm.NFD.String(strings.ToLower(text)) {
		switch {
		case unicode.Is(unicode.Mn, c):
		case c == 'đ':
			b.WriteByte('d')
		case unicode.IsLetter(c), unicode.IsDigit(c):
			b.WriteRune(c)
		case !strings.HasSuffix(b.String(), string(joint)):
			b.WriteByte(joint)
		}
	}
	return strings.Trim(b.String(), string(joint))
}
