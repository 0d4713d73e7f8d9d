// Package charset reads text as Vietnamese offices save it: UTF-8 and UTF-16 with a
// mark or without one, Windows-1258, and TCVN3, the encoding of the .VnTime fonts.
package charset

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Decoder decodes a text that begins with head to UTF-8; it is nil if the text is
// UTF-8, or of a code page that Line decodes. A mark at its beginning is taken off.
func Decoder(head []byte) transform.Transformer {
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		return unicode.UTF8BOM.NewDecoder()
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
	}
	if order, ok := utf16Order(head); ok {
		return unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder()
	}
	if isTCVN3(head) {
		return transform.Chain(tcvn3{}, norm.NFC)
	}
	return nil
}

// Text is a whole text in UTF-8.
func Text(data []byte) []byte {
	if d := Decoder(data); d != nil {
		decoded, _, err := transform.Bytes(d, data)
		if err != nil {
			return data
		}
		return decoded
	}
	return Line(data)
}

// Line decodes a line that is not UTF-8 from the code page in which a
// Vietnamese Windows saves it.
func Line(line []byte) []byte {
	if utf8.Valid(line) {
		return line
	}
	decoded, err := charmap.Windows1258.NewDecoder().Bytes(line)
	if err != nil {
		return line
	}
	return norm.NFC.Bytes(decoded)
}

// utf16Order finds the order of bytes of a text of UTF-16 without a mark: names,
// digits and separators have a zero byte each, and no other text has any.
func utf16Order(head []byte) (order unicode.Endianness, ok bool) {
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	most := len(head) / 2
	switch {
	case most < 4:
	case zeros[1] > most/3 && zeros[0] < zeros[1]/8:
		return unicode.LittleEndian, true
	case zeros[0] > most/3 && zeros[1] < zeros[0]/8:
		return unicode.BigEndian, true
	}
	return order, false
}

// isTCVN3 reports whether a text that is not UTF-8 is TCVN3: đ, ă, â, ê, ô, ơ, ư and
// a with its tones are there what are signs of currency and quotation in a code
// page, and within words.
func isTCVN3(head []byte) bool {
	control := func(c rune) bool { return c < '\t' } // of a program or an archive
	if utf8.Valid(head[:len(head)-partial(head)]) || bytes.ContainsFunc(head, control) {
		return false
	}
	runes := make([]rune, len(head))
	for i, c := range head {
		runes[i] = rune(c)
	}
	return looksTCVN3(runes, 4)
}

// partial is how many bytes at the end of a text begin a character.
func partial(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if at := text[len(text)-n:]; utf8.RuneStart(at[0]) {
			if utf8.FullRune(at) {
				return 0
			}
			return n
		}
	}
	return 0
}

// MisreadTCVN3 reports whether a text in Unicode is one of TCVN3 that a program took
// for Latin letters, as in a workbook with the font .VnTime: "Tªn miÒn". What is
// Vietnamese in Unicode has letters that Latin-1 does not have.
func MisreadTCVN3(text string) bool { return looksTCVN3([]rune(text), 3) }

func looksTCVN3(text []rune, least int) bool {
	high, odd := 0, 0
	for i, c := range text {
		switch {
		case c > 0xFF:
			return false
		case c < 0x80:
			continue
		}
		high++
		sign := c >= 0xA1 && c <= 0xAE || c >= 0xB5 && c <= 0xBE
		if sign && (i > 0 && inWord(text[i-1]) || i+1 < len(text) && inWord(text[i+1])) {
			odd++
		}
	}
	return high >= least && odd > 1 && odd*4 > high
}

// inWord reports whether a character of TCVN3 is a letter.
func inWord(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0xB5 && c <= 0xFE
}

// letters are the upper half of TCVN3 (TCVN 5712:1993, VN1).
const letters = "" +
	"ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨ" +
	"ÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ" +
	"\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ" +
	"\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴ" +
	"ẮẦẨẪẤỀặầẩẫấậèỂẻẽ" +
	"éẹềểễếệìỉỄẾỒĩíịò" +
	"Ổỏõóọồổỗốộờởỡớợù" +
	"ỖủũúụừửữứựỳỷỹýỵỐ"

// tcvn3 decodes TCVN3.
type tcvn3 struct{ transform.NopResetter }

// Transform implements transform.Transformer.
func (tcvn3) Transform(to, from []byte, _ bool) (written, read int, err error) {
	upper := []rune(letters)
	for _, c := range from {
		r := rune(c)
		if c >= utf8.RuneSelf {
			r = upper[c-utf8.RuneSelf]
		}
		if written+utf8.RuneLen(r) > len(to) {
			return written, read, transform.ErrShortDst
		}
		written += utf8.EncodeRune(to[written:], r)
		read++
	}
	return written, read, nil
}
