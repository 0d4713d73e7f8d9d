// Package wording is how the program speaks to people: a sentence in Vietnamese
// with the English beside it, said in one language or in both. The sentences
// themselves are in the file wording.go of the package that says them. Logs,
// metrics and code are English and do not come from here.
package wording

import (
	"fmt"
	"strconv"
	"strings"
)

// A Text is one sentence in both languages. Both take the same arguments in
// the same order, as package fmt formats them.
type Text struct{ VI, EN string }

// A Count is a number of things, told as people of a language write it: 2.799 and 2,799.
// Numbers by which something is found, of lines, ports and years, are none.
type Count int

// In is the count in a language. Both is Vietnamese.
func (c Count) In(l Language) string {
	point := "."
	if l == English {
		point = ","
	}
	sign, digits := "", strconv.Itoa(int(c))
	if c < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(point)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Twofold is the text of a line that says it in both languages, as String does. A line in
// one is the same in both.
func Twofold(line string) Text {
	if vi, en, both := strings.Cut(line, " | "); both {
		return Text{vi, en}
	}
	return Text{line, line}
}

// A Spoken is said in a language: a Text, a Count.
type Spoken interface{ In(l Language) string }

// With fills the arguments in. An argument that is Spoken, or an error that has a
// Text, is put into each language in that language; %s takes it.
func (t Text) With(args ...any) Text {
	vi, en := make([]any, len(args)), make([]any, len(args))
	for i, arg := range args {
		vi[i], en[i] = arg, arg
		switch a := arg.(type) {
		case Spoken:
			vi[i], en[i] = a.In(Vietnamese), a.In(English)
		case error:
			text := Of(a)
			vi[i], en[i] = text.VI, text.EN
		}
	}
	return Text{fmt.Sprintf(t.VI, vi...), fmt.Sprintf(t.EN, en...)}
}

// String is the line that people read: Vietnamese first, English beside it.
func (t Text) String() string { return t.In(Both) }

// In is the line in a language. What is the same in both is said once.
func (t Text) In(l Language) string {
	switch {
	case l == Vietnamese || t.VI == t.EN:
		return t.VI
	case l == English:
		return t.EN
	}
	return t.VI + " | " + t.EN
}

// Paragraphs is a longer text in a language, or in both with what is between
// them.
func (t Text) Paragraphs(l Language, between string) string {
	if l == Both {
		return t.VI + between + t.EN
	}
	return t.In(l)
}

// Join is a sentence with another one after it.
func Join(before, t Text) Text { return Text{before.VI + t.VI, before.EN + t.EN} }
