package secret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lachan/internal/wording"
)

// Bounds of a password. Long ones are better than those with a sign in them.
const (
	leastLetters = 10
	mostBytes    = 1024
	leastOwn     = 5 // different characters besides what everybody would try first
)

// tried are the words that are tried first, beside the names of the account and its units.
var tried = []string{
	"lachan", "password", "matkhau", "admin", "administrator", "quantri", "truong", "tieuhoc", "thcs", "thpt", "mamnon",
	"giaovien", "school", "welcome", "xinchao", "iloveyou", "anhyeuem", "emyeuanh", "qwerty", "asdfgh", "zxcvbn",
	"1234567890", "123456789", "12345678", "1234567", "123456", "12345", "0987654321", "987654321", "654321", "112233", "cntt",
}

// Check says what is wrong with a password of somebody who has these names; nil if it
// may be used. There is no rule of what has to be in it.
func Check(password string, names ...string) error {
	if utf8.RuneCountInString(password) < leastLetters {
		return wording.Error(textShort.With(leastLetters))
	}
	if len(password) > mostBytes || !utf8.ValidString(password) {
		return wording.Error(textLong.With(mostBytes))
	}
	rest := letterOrDigit(password)
	for _, word := range denied(names) {
		rest = strings.ReplaceAll(rest, word, "")
	}
	different := map[rune]bool{}
	for _, c := range rest + signs(password) {
		different[c] = true
	}
	if len(different) < leastOwn {
		return wording.Error(textGuessed)
	}
	return nil
}

// denied are the words that do not count, the longest first.
func denied(names []string) []string {
	words := slices.Clone(tried)
	for _, name := range names {
		words = append(words, letterOrDigit(name))
		joint := func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }
		for part := range strings.FieldsFuncSeq(name, joint) {
			words = append(words, letterOrDigit(part))
		}
	}
	words = slices.DeleteFunc(words, func(w string) bool { return len(w) < 3 })
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

// letterOrDigit is a text without marks, spaces and signs.
func letterOrDigit(text string) string {
	return strings.ReplaceAll(wording.Plain(text, ' '), " ", "")
}

// signs are what letterOrDigit leaves out, apart from what joins words.
func signs(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.M, c) || strings.ContainsRune(" -_.", c) {
			return -1
		}
		return c
	}, text)
}
