package source

import (
	"maps"
	"slices"
	"strings"

	"lachan/internal/wording"
	"lachan/policy/catalogue"
	"lachan/policy/source"
)

// Words are what tables may call the categories that are built in, with their codes.
type Words map[string]string

// LoadWords returns those of the catalogue.
func LoadWords() (Words, error) {
	facts, err := catalogue.Load()
	if err != nil {
		return nil, err
	}
	return facts.Words(), nil
}

// Know reports whether a text names a category, or may name a service.
func (w Words) Know(text string) bool {
	return strings.HasPrefix(text, "service:") || w[wording.Plain(text, '-')] != ""
}

// Nearest adds to a message the word that a category is likely meant to be.
func (w Words) Nearest(message wording.Text, text string) wording.Text {
	return source.Nearest(message, wording.Plain(text, '-'), slices.Sorted(maps.Keys(w)))
}
