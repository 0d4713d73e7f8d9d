// Package wording is the one catalogue of what people see: every sentence in
// Vietnamese with the English beside it. Logs, metrics and code are English and
// do not come from here.
package wording

import "fmt"

// A Text is one sentence in both languages. Both take the same arguments in
// the same order, as package fmt formats them.
type Text struct{ VI, EN string }

// With fills the arguments in. An argument that is a Text itself is put into
// each language in that language.
func (t Text) With(args ...any) Text {
	vi, en := make([]any, len(args)), make([]any, len(args))
	for i, arg := range args {
		vi[i], en[i] = arg, arg
		if text, ok := arg.(Text); ok {
			vi[i], en[i] = text.VI, text.EN
		}
	}
	return Text{fmt.Sprintf(t.VI, vi...), fmt.Sprintf(t.EN, en...)}
}

// String is the line that people read: Vietnamese first, English beside it.
func (t Text) String() string { return t.VI + " | " + t.EN }

// Join is a sentence with another one behind it.
func Join(before, t Text) Text { return Text{before.VI + t.VI, before.EN + t.EN} }
