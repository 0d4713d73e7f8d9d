package wording

import "strings"

// A Language is what people are spoken to in.
type Language uint8

// The languages. Both, the zero Language, is Vietnamese with English beside it.
const (
	Both Language = iota
	Vietnamese
	English
)

// ParseLanguage reads vi, en or both.
func ParseLanguage(s string) (l Language, ok bool) {
	switch s {
	case "vi":
		return Vietnamese, true
	case "en":
		return English, true
	case "both":
		return Both, true
	}
	return Both, false
}

// LocaleLanguage is the language of messages in the locale of an environment:
// LC_ALL, or else LC_MESSAGES, or else LANG (POSIX 8.2). A locale of another
// language, or none, is Both.
func LocaleLanguage(getenv func(string) string) Language {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		switch locale := strings.ToLower(getenv(name)); {
		case locale == "":
		case strings.HasPrefix(locale, "vi"):
			return Vietnamese
		case strings.HasPrefix(locale, "en"):
			return English
		default:
			return Both
		}
	}
	return Both
}
