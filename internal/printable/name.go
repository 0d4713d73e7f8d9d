package printable

import (
	"strings"

	"golang.org/x/net/idna"
)

// encoded begins a label of an international name as the DNS has it.
const encoded = "xn--"

// Name is a name as the DNS has it, with the form that people read behind it where
// that is another: "xn--la-o-2ua4356bkoa.example (lừa-đảo.example)". Both are shown
// because either may deceive alone: one tells nobody anything, and in the other a
// letter of another script looks like the right one.
func Name(name string) string {
	if read, other := reading(name); other {
		return name + " (" + read + ")"
	}
	return name
}

// Names is a text of several words in which each international name is shown as
// Name does, behind the word that it stands in. One that has its reading behind it
// already stays.
func Names(text string) string {
	if !strings.Contains(text, encoded) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		end := strings.IndexAny(text, " \t\r\n")
		if end < 0 {
			end = len(text)
		}
		word, rest := text[:end], text[end:]
		bare := strings.TrimRight(word, `,;:.!?)]}"'`)
		b.WriteString(bare)
		if read := readings(bare); read != "" && !strings.HasPrefix(rest, " "+read) {
			b.WriteString(" " + read)
		}
		b.WriteString(word[len(bare):])
		between := strings.IndexFunc(rest, func(c rune) bool { return !strings.ContainsRune(" \t\r\n", c) })
		if between < 0 {
			between = len(rest)
		}
		b.WriteString(rest[:between])
		text = rest[between:]
	}
	return b.String()
}

// readings are the forms that people read of the names in a word, in parentheses;
// "" if there are none.
func readings(word string) string {
	if !strings.Contains(word, encoded) {
		return ""
	}
	var all []string
	for _, name := range strings.FieldsFunc(word, func(c rune) bool { return !isOfName(c) }) {
		if read, other := reading(strings.Trim(name, "-.")); other {
			all = append(all, read)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "(" + strings.Join(all, ", ") + ")"
}

func isOfName(c rune) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.'
}

// mostName bounds the names that are looked at, in bytes, as the DNS does.
const mostName = 255

// reading is the form of a name that people read, and whether it is another than
// the name. It leads back to the same name, and nothing in it is unseen.
func reading(name string) (read string, other bool) {
	if len(name) > mostName || !strings.Contains(name, encoded) {
		return name, false
	}
	read, err := profile.ToUnicode(name)
	if err != nil || read == name {
		return name, false
	}
	if _, hidden := Hides(read); hidden {
		return name, false
	}
	back, err := profile.ToASCII(read)
	return read, err == nil && strings.EqualFold(back, name)
}

var profile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))
