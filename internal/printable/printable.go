// Package printable makes what others wrote fit to be shown to people, wherever
// that is: on a terminal, in a page, in a document, in a table. What it returns is
// valid UTF-8, composed (NFC), and as long as it says; nothing in it moves a
// cursor, turns the direction of reading, or is there without being seen.
package printable

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// mostMarks is how many marks may stand on a letter. Vietnamese has two; a pile of
// them covers the lines above and below.
const mostMarks = 4

// Unknown stands for what cannot be shown: bytes that are no UTF-8, characters
// that no font is agreed to have. It is seen.
const Unknown = utf8.RuneError

// Line is a text in one line of at most so many characters, its words a space
// apart. The rest is cut off.
func Line(text string, most int) string {
	return cut(strings.Join(strings.Fields(clean(text, false)), " "), most)
}

// Text is a text whose lines stay lines, of at most so many characters.
func Text(text string, most int) string {
	return cut(clean(text, true), most)
}

func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for i := range text {
		if most--; most < 0 {
			return strings.TrimSpace(text[:i])
		}
	}
	return text
}

// clean takes out of a text what is not seen, and puts a space or Unknown for what
// cannot be shown.
func clean(text string, keepLines bool) string {
	if isPlain(text) {
		return text
	}
	text = strings.ReplaceAll(strings.ToValidUTF8(text, string(Unknown)), "\r\n", "\n")
	seen := strings.Map(func(c rune) rune {
		switch {
		case c == '\n' && keepLines:
			return c
		case unicode.IsControl(c), unicode.Is(unicode.Z, c):
			return ' '
		case unseen(c):
			return -1
		case !unicode.IsPrint(c):
			return Unknown
		}
		return c
	}, text)
	marks := 0
	return strings.Map(func(c rune) rune {
		if !unicode.Is(unicode.M, c) {
			marks = 0
		} else if marks++; marks > mostMarks {
			return -1
		}
		return c
	}, norm.NFC.String(seen))
}

// isPlain reports whether a text is ASCII that is seen: most are.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// blank are characters that are letters or symbols by their class, and empty.
var blank = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x034F, Hi: 0x034F, Stride: 1}, // combining grapheme joiner
	{Lo: 0x115F, Hi: 0x1160, Stride: 1}, // Hangul fillers
	{Lo: 0x17B4, Hi: 0x17B5, Stride: 1}, // Khmer inherent vowels
	{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // the empty Braille pattern
	{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
	{Lo: 0xFFA0, Hi: 0xFFA0, Stride: 1}, // likewise
}}

// unseen reports whether a character is there without being seen: of format, as
// those that turn the direction or join words are; selecting a variant; or empty.
func unseen(c rune) bool {
	return unicode.In(c, unicode.Cf, unicode.Variation_Selector, blank)
}

// Deceives is the first character of a text that makes a reader see something
// else than what is there: one that controls a terminal, or turns the direction of
// reading. White space does not.
func Deceives(text string) (c rune, found bool) {
	for _, c := range text {
		switch {
		case c == '\t', c == '\n', c == '\r':
		case unicode.IsControl(c), unicode.Is(unicode.Bidi_Control, c):
			return c, true
		}
	}
	return 0, false
}

// Hides is the first character of a text that is not seen or deceives: in what is
// compared to the letter it makes another text of it.
func Hides(text string) (c rune, found bool) {
	for _, c := range text {
		if unicode.IsControl(c) || unseen(c) {
			return c, true
		}
	}
	return 0, false
}

// JSON is a JSON text in which every character of a string that is not seen, or
// controls a terminal, is written as its number: the same value, safe to print.
func JSON(text []byte) []byte {
	if _, found := Hides(strings.NewReplacer("\n", "", "\t", "").Replace(string(text))); !found {
		return text
	}
	var b bytes.Buffer
	for _, c := range string(text) {
		if c == '\n' || c == '\t' || !unicode.IsControl(c) && !unseen(c) {
			b.WriteRune(c)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, c) {
			fmt.Fprintf(&b, "\\u%04x", unit)
		}
	}
	return b.Bytes()
}

// Every makes all texts in what v points to printable, in exported fields and
// lists, each as Text does, of at
// most so many characters.
func Every(v any, most int) { every(reflect.ValueOf(v), most) }

func every(v reflect.Value, most int) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			every(v.Elem(), most)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				every(v.Field(i), most)
			}
		}
	case reflect.Slice, reflect.Array:
		if k := v.Type().Elem().Kind(); k >= reflect.Bool && k <= reflect.Complex128 {
			return // numbers
		}
		for i := range v.Len() {
			every(v.Index(i), most)
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString(Text(v.String(), most))
		}
	}
}
