package wording

import "strings"

// Error is an error that says a sentence.
func Error(t Text) error { return &sentence{t} }

type sentence struct{ text Text }

func (s *sentence) Error() string { return s.text.String() }

// Wording is what the error says.
func (s *sentence) Wording() Text { return s.text }

// Of is an error in both languages: what it says of itself by a method Wording,
// or its own words around those of the errors that it wraps.
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

// ErrorIn is an error as it is said in a language.
func ErrorIn(err error, l Language) string {
	if l == Both {
		return err.Error()
	}
	return Of(err).In(l)
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
