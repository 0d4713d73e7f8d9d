// Package wording is the one catalogue of what people see: every sentence in
// Vietnamese with the English beside it. Logs, metrics and code are English and
// do not come from here.
package wording

import (
	"fmt"
	"strings"
)

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

// Of is an error in both languages: what it says of itself by a method Wording,
// or its own words around those of the error that it wraps.
func Of(err error) Text {
	if speaker, ok := err.(interface{ Wording() Text }); ok {
		return speaker.Wording()
	}
	text := Text{err.Error(), err.Error()}
	for _, cause := range causes(err) {
		said, of := cause.Error(), Of(cause)
		text.VI = strings.Replace(text.VI, said, of.VI, 1)
		text.EN = strings.Replace(text.EN, said, of.EN, 1)
	}
	return text
}

// causes are the errors that an error wraps.
func causes(err error) []error {
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if cause := e.Unwrap(); cause != nil {
			return []error{cause}
		}
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	}
	return nil
}
